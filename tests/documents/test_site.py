"""`make docs` turns the pages into a site, keeps their links, and reports faults of the site."""

import re
from pkgutil import iter_modules
from runpy import run_path

import pytest

import backproj
from helpers.processes import ROOT

SITE = ROOT / "docs" / "site"
assemble = run_path(str(SITE / "assemble.py"))
check = run_path(str(SITE / "check.py"))

SOURCES = "https://github.com/backproj/backproj"


@pytest.mark.parametrize(
    ("link", "in_the_site"),
    [
        ("guide.md", "guide.md"),
        ("guide.md#gates", "guide.md#gates"),
        ("../README.md", "index.md"),
        ("../CONTRIBUTING.md#the-map", "contributing.md#the-map"),
        ("../examples/astronaut.jpg", "astronaut.jpg"),
        ("../examples/track.py", f"{SOURCES}/blob/main/examples/track.py"),
        ("../examples/cv2_scripts/", f"{SOURCES}/tree/main/examples/cv2_scripts"),
        ("#gates", "#gates"),
        ("https://pypi.org/", "https://pypi.org/"),
    ],
)
def test_a_link_leads_to_the_same_place_in_the_site(link, in_the_site, tmp_path):
    text = f"See [this]({link}).\n"
    assert assemble["rewrite_links"](text, "docs/inputs.md", tmp_path) == (f"See [this]({in_the_site}).\n")


def test_pictures_are_copied(tmp_path):
    assemble["rewrite_links"]("![A face](examples/astronaut.jpg)", "README.md", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["astronaut.jpg"]


def test_blocks_of_code_are_unchanged(tmp_path):
    text = "```python\nnames[0](guide.md)\n```\n"
    assert assemble["rewrite_links"](text, "docs/inputs.md", tmp_path) == text


def test_a_link_to_nowhere_is_an_error_that_names_it(tmp_path):
    with pytest.raises(SystemExit, match=r"docs/inputs\.md links to nowhere\.md"):
        assemble["rewrite_links"]("[x](nowhere.md)", "docs/inputs.md", tmp_path)


def test_the_page_of_the_python_api_has_every_public_name_and_module():
    page = (SITE / "python_api.md").read_text(encoding="utf-8")
    modules = [
        f"backproj.{name}" for _, name, _ in iter_modules(backproj.__path__) if not name.startswith("_")
    ]
    assert sorted(re.findall(r"^\.\. auto\w+:: ([\w.]+)$", page, re.MULTILINE)) == sorted(
        [*backproj.__all__, *modules]
    )


GOOD = '<h2 id="here"><a href="#here"></a><a href="two.html#there"></a><img src="data:,"><script src="s.js">'


def site(folder, page=GOOD, sheet=""):
    (folder / "one.html").write_text(page)
    (folder / "two.html").write_text('<h2 id="there"></h2><a href="https://pypi.org/"></a>')
    (folder / "s.js").write_text("")
    (folder / "s.css").write_text(sheet)
    return check["faults"](folder)


def test_a_good_site_has_no_fault(tmp_path):
    assert site(tmp_path) == []


@pytest.mark.parametrize(
    ("page", "sheet", "fault"),
    [
        ('<a href="three.html"></a>', "", "one.html links to three.html, which does not exist"),
        ('<a href="#there"></a>', "", "one.html links to #there, but there is no such anchor"),
        ('<a href="two.html#here"></a>', "", "one.html links to two.html#here, but there is no such anchor"),
        ('<img src="none.png">', "", "one.html links to none.png, which does not exist"),
        ('<script src="https://cdn.example/x.js">', "", "one.html loads https://cdn.example/x.js"),
        ('<link rel="stylesheet" href="//cdn.example/x">', "", "one.html loads //cdn.example/x"),
        ("", "@import url(https://fonts.example/x)", "s.css loads files from other hosts"),
        ("", "a { src: url('https://fonts.example/x') }", "s.css loads files from other hosts"),
    ],
)
def test_a_fault_of_a_site_is_reported(page, sheet, fault, tmp_path):
    assert site(tmp_path, page, sheet) == [fault]
