"""The configuration of Sphinx for the pages that assemble.py collects."""

import backproj

project = "backproj"
version = release = backproj.__version__
author = "The backproj developers"
language = "en"

extensions = ["myst_parser", "sphinx.ext.autodoc", "numpydoc"]

# Headings get the same anchors as on GitHub, so that links to them work in both places.
myst_heading_anchors = 3

# Blocks without a language show a terminal.
highlight_language = "none"

# The docstrings describe the types in words. `name` in them refers to a name of the package.
autodoc_typehints = "none"
autodoc_member_order = "bysource"
default_role = "obj"
add_module_names = False
numpydoc_show_class_members = False

html_theme = "furo"
html_title = f"backproj {release}"
html_copy_source = False
html_show_copyright = False
