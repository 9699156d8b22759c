"""The blocks of the page "From cv2" run, and both sides of each section give the same result."""

import re

import cv2
import numpy as np
import pytest
import skimage.data

import backproj
from helpers.markdown_pages import python_of
from helpers.processes import ROOT

PAGE = (ROOT / "docs" / "from_cv2.md").read_text(encoding="utf-8")

# A photograph, and the box of an object in it.
PHOTOGRAPHS = {
    "astronaut": (120, 300, 60, 60),
    "coffee": (230, 120, 140, 90),
    "chelsea": (120, 60, 100, 80),
    "rocket": (300, 200, 40, 120),
}


def sections():
    """Return for each heading of the second level the blocks of Python below it."""
    headings = dict.fromkeys(re.findall(r"^## (.*)$", PAGE, re.MULTILINE))
    of_page = python_of("docs/from_cv2.md")
    return {heading: [block for block in of_page if block.heading == heading] for heading in headings}


*PAIRS, DIFFERENCES, _whole_scripts = sections()


def names_of(photograph):
    """Return the names that the page says every block may use."""
    frame = cv2.cvtColor(getattr(skimage.data, photograph)(), cv2.COLOR_RGB2BGR)
    x, y, w, h = PHOTOGRAPHS[photograph]
    model = frame[y : y + h, x : x + w]
    images = {"frame": frame, "model": model}
    images |= {
        "hsv": cv2.cvtColor(frame, cv2.COLOR_BGR2HSV),
        "hsv_model": cv2.cvtColor(model, cv2.COLOR_BGR2HSV),
    }
    return {"cv2": cv2, "np": np, "backproj": backproj, "x": x, "y": y, "w": w, "h": h} | images


def run(blocks, photograph):
    names = names_of(photograph)
    for block in blocks:
        block.run(names)
    return names


@pytest.mark.parametrize("photograph", PHOTOGRAPHS)
@pytest.mark.parametrize("heading", PAIRS)
def test_both_sides_of_a_section_give_the_same_result(heading, photograph):
    *shared, in_cv2, here = sections()[heading]
    expected = run([*shared, in_cv2], photograph)["expected"]
    got = run([*shared, here], photograph)["got"]
    assert np.any(expected), "the photograph shows nothing of it"
    assert np.asarray(got).dtype == np.asarray(expected).dtype
    np.testing.assert_array_equal(got, expected)


@pytest.mark.parametrize("heading", PAIRS)
def test_one_side_uses_cv2_and_the_other_backproj(heading):
    in_cv2, here = (block.code for block in sections()[heading][-2:])
    assert "cv2." in in_cv2
    assert "backproj" not in in_cv2
    assert "backproj." in here
    assert not re.search(r"\bhsv\b(?!\")|hsv_model|cvtColor|calcHist|calcBackProject|inRange|normalize", here)
    assert not re.search(r"filter2D|cv2\.threshold|THRESH|merge|bitwise_and", here)


@pytest.mark.parametrize("photograph", PHOTOGRAPHS)
def test_the_differences_are_those_that_the_page_states(photograph):
    for block in sections()[DIFFERENCES]:
        assert re.search(r"^assert ", block.code, re.MULTILINE)
        run([block], photograph)


def test_no_other_section_has_blocks_of_python():
    shown = [block for heading in (*PAIRS, DIFFERENCES) for block in sections()[heading]]
    assert shown == python_of("docs/from_cv2.md")


def test_the_table_leads_to_every_section():
    def anchor(heading):
        return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")

    rows = re.findall(r"^\| \[(.*?)\]\(#(.*?)\) \|", PAGE, re.MULTILINE)
    assert [heading for heading, _ in rows] == PAIRS
    assert all(link == anchor(heading) for heading, link in rows)
