"""How Sphinx makes the site of the pages that assemble.py laid out."""

import backproj

project = "backproj"
version = release = backproj.__version__
author = "The backproj developers"
language = "en"

extensions = ["myst_parser", "sphinx.ext.autodoc", "numpydoc"]

# As GitHub names the headings down to the third level, so that links to them work there and here.
myst_heading_anchors = 3

# A block that does not say its language is what a terminal shows.
highlight_language = "none"

# The docstrings say what the types are, in words; `name` in them is a name of the package.
autodoc_typehints = "none"
autodoc_member_order = "bysource"
default_role = "obj"
add_module_names = False
numpydoc_show_class_members = False

html_theme = "furo"
html_title = f"backproj {release}"
html_copy_source = False
html_show_copyright = False
