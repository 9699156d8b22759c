"""The Python on every page runs from top to bottom, beside the examples; every link has a target."""

import doctest
import re
import sys

import pytest

from helpers.markdown_pages import blocks_of, names_of_pages, python_of
from helpers.processes import ROOT

IN_PAIRS = "docs/from_cv2.md"

# Pages whose blocks are run by other tests: test_from_cv2.py, test_dask.py in a process of its own, and
# test_jupyter_page.py.
ELSEWHERE = {IN_PAIRS, "docs/dask.md", "docs/jupyter.md"}

PAGES = [page for page in names_of_pages() if page not in ELSEWHERE and python_of(page)]
WITH_MORE = [(page, need) for page in PAGES for need in {block.needs for block in python_of(page)} if need]


@pytest.fixture
def names(tmp_path, monkeypatch):
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", sys.path[:])  # which the guide adds to
    return {"__name__": "__main__"}


@pytest.mark.parametrize("page", PAGES)
def test_the_python_of_a_page_runs(page, names):
    for block in python_of(page):
        if block.needs is None:
            block.run(names)


@pytest.mark.parametrize(("page", "module"), WITH_MORE)
def test_blocks_that_need_a_module_run_where_it_is_installed(page, module, names):
    pytest.importorskip(module)
    for block in python_of(page):
        if block.needs in (None, module):
            block.run(names)


@pytest.mark.parametrize("page", names_of_pages())
def test_every_block_of_python_is_marked_as_such(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    blocks = blocks_of(page)
    assert text.count("```") == 2 * len(blocks), "a fence that is not closed, or not at the start of a line"
    languages = {"python", "pycon"} | ({"diff"} if page == IN_PAIRS else set())  # see test_cv2_scripts.py
    for block in blocks:
        if block.language in languages or block.illustration:
            text = text.replace(block.code, "")
    assert re.findall(r"^(?: {4,})?(?:>>> |import \w+$|.*\bbackproj\.\w+\(.*\)$).*", text, re.MULTILINE) == []


def test_a_remark_above_a_block_says_how_it_runs(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(
        "<!-- first: n = 3 -->\n```python\nn += 1\n```\n\n"
        "<!-- illustration: no such name -->\n```python\nnonesuch\n```\n\n"
        "<!-- needs torch -->\n```pycon\n>>> n\n4\n```\n"
    )
    assert [(block.line, block.illustration) for block in blocks_of(page)] == [
        (3, False),
        (8, True),
        (13, False),
    ]
    one, two = python_of(page)
    assert (one.needs, two.needs) == (None, "torch")
    names = {}
    one.run(names)
    two.run(names)
    with pytest.raises(doctest.DocTestFailure):
        two.run({"n": 5})


@pytest.mark.parametrize("page", names_of_pages())
def test_every_remark_above_a_block_is_understood(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    understood = [block for block in blocks_of(page) if block.illustration or block.needs or block.first]
    assert text.count("-->\n```") == len(understood)


def links_of(page):
    """Return the targets of a page's links and pictures, without those on other sites."""
    text = (ROOT / page).read_text(encoding="utf-8")
    for block in blocks_of(page):
        text = text.replace(block.code, "")
    return [target for target in re.findall(r"\]\(([^)\s]+)\)", text) if not re.match(r"https?:", target)]


def anchors_of(page):
    """Return the anchors that GitHub makes of a page's headings."""
    text = (ROOT / page).read_text(encoding="utf-8")
    for block in blocks_of(page):
        text = text.replace(block.code, "")
    names = [
        re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        for heading in re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    ]
    return {f"{name}-{names[:n].count(name)}" if name in names[:n] else name for n, name in enumerate(names)}


@pytest.mark.parametrize("page", names_of_pages())
def test_every_link_of_a_page_has_a_target(page):
    for link in links_of(page):
        path, _, anchor = link.partition("#")
        target = ((ROOT / page).parent / path).resolve() if path else ROOT / page
        assert target.exists(), link
        assert target.is_relative_to(ROOT), link
        if anchor and target.suffix == ".md":
            assert anchor in anchors_of(target.relative_to(ROOT)), link
