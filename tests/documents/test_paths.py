"""Every path of this repository that a page names exists."""

import re

import pytest

from helpers.markdown_pages import names_of_pages
from helpers.processes import ROOT

# A path from the root of the repository that is not the end of a longer path or of an address.
PATH = re.compile(
    r"(?<![\w./<-])(?:\.ci|\.github|backproj|benchmarks|docs|examples|python|scripts|soak|tests)/[\w./-]*\w"
)
# The name of a source file, in backticks.
SOURCE = re.compile(r"`([\w./]+\.(?:go|py))`")

# The change log also names files that have moved since.
PAGES = [page for page in names_of_pages() if page != "CHANGELOG.md"]


@pytest.mark.parametrize("page", PAGES)
def test_every_path_on_a_page_exists(page):
    paths = set(PATH.findall((ROOT / page).read_text(encoding="utf-8")))
    assert sorted(path for path in paths if not (ROOT / path).exists()) == []


def test_every_source_file_that_contributing_names_exists():
    named = set(SOURCE.findall((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")))
    folders = ROOT / "python", ROOT / "backproj", ROOT / "tests"
    missing = [name for name in named if not any(any(folder.rglob(name)) for folder in folders)]
    assert sorted(name for name in missing if not (ROOT / name).exists()) == []
