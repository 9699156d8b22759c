"""The page "In Jupyter" shows what its lines print and how a notebook shows a histogram."""

import base64
import doctest
import re

import numpy as np
import PIL.Image
import pytest

import backproj
from helpers.processes import ROOT

DOCS = ROOT / "docs"
PAGE = (DOCS / "jupyter.md").read_text(encoding="utf-8")


@pytest.fixture
def html():
    """What a notebook shows of the page's histogram."""
    return suit()._repr_html_()


def suit():
    frame = np.asarray(PIL.Image.open(ROOT / "examples" / "astronaut.jpg"))
    return backproj.Histogram(frame[300:360, 120:180], order="rgb")


def picture_of(html):
    return base64.b64decode(re.search(r'src="data:image/png;base64,([^"]+)"', html)[1])


def test_the_lines_print_what_the_page_shows(monkeypatch):
    import matplotlib.pyplot as plt

    monkeypatch.chdir(ROOT / "examples")
    try:
        result = doctest.testfile(str(DOCS / "jupyter.md"), module_relative=False)
    finally:
        plt.close("all")
    assert result.attempted >= 15
    assert not result.failed


def test_the_table_is_the_one_of_the_repr(html):
    rows = re.findall(r"<tr><th[^>]*>(.*?)</th><td[^>]*>(.*?)</td></tr>", html)
    assert re.findall(r"^\| (\w+) \| (.*?) \|$", PAGE, re.MULTILINE) == rows


def test_the_picture_is_the_one_of_the_repr(html, tmp_path):
    (tmp_path / "now.png").write_bytes(picture_of(html))
    with PIL.Image.open(tmp_path / "now.png") as now, PIL.Image.open(DOCS / "repr.png") as shown:
        np.testing.assert_array_equal(np.asarray(now), np.asarray(shown))


def test_every_file_that_the_page_names_exists():
    for target in re.findall(r"\]\(([^)#]+)\)", PAGE):
        assert (DOCS / target).exists(), target


def test_its_pictures_are_small():
    assert (DOCS / "widget.jpg").stat().st_size < 60_000


if __name__ == "__main__":
    (DOCS / "repr.png").write_bytes(picture_of(suit()._repr_html_()))
