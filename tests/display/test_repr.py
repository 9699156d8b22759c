"""A notebook shows a histogram as a small picture of its colours and a table of its layout."""

import tracemalloc
from html.parser import HTMLParser

import cv2
import numpy as np
import pytest

import backproj
from helpers.drawn import facts, parts, patches, picture
from helpers.processes import run_python

CAMSHIFT = {"channels": "h", "bins": 16, "in_range": ((0, 60, 32), (180, 255, 255)), "peak": 255}

LAYOUTS = {
    "default": {},
    "camshift": CAMSHIFT,
    "hues": {"channels": "h", "bins": 180},
    "tutorial": {"bins": (180, 256), "peak": 255},
    "all channels": {"channels": "hsv", "bins": (18, 8, 4)},
    "Cr and Cb": {"channels": "crcb", "bins": 64},
    "blue, green and red": {"channels": "bgr", "bins": 32},
    "value": {"channels": "v", "bins": 256},
    "many bins": {"channels": "hsv", "bins": (180, 64, 64)},
    "a part": {"bins": (7, 5), "ranges": (-10, 90, 40, 300)},
    "one bin": {"bins": 1},
    "raw": {"peak": None},
}

# What is drawn before a slate plane, because it has black bins.
ON_SLATE = ("blue, green and red", "value")

# RGB of an orange, a violet and a green that are bins of 180×256 of their own, with value 255.
ORANGE, VIOLET, GREEN = (255, 128, 0), (178, 51, 255), (102, 255, 102)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_it_takes_a_few_kilobytes(layout, photograph):
    assert len(backproj.Histogram(photograph, **LAYOUTS[layout])._repr_html_()) < 16_000


def test_the_fullest_histogram_is_small_too():
    noise = np.random.default_rng(1).integers(0, 256, (600, 800, 3), np.uint8)
    assert len(backproj.Histogram(noise, bins=(180, 256))._repr_html_()) < 20_000


@pytest.mark.parametrize("high", [5e5, 1e30])
def test_a_range_of_any_width_takes_little_memory(high, photograph):
    hist = backproj.Histogram(photograph, ranges=[0, high, 0, high])
    tracemalloc.start()
    try:
        hist._repr_html_()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 4 << 20


@pytest.mark.parametrize("layout", LAYOUTS)
def test_it_is_html_that_closes_what_it_opens(layout, photograph):
    class Parser(HTMLParser):
        opened = []  # noqa: RUF012

        def handle_starttag(self, tag, attrs):
            if tag not in ("img", "br"):
                self.opened.append(tag)

        def handle_endtag(self, tag):
            assert self.opened.pop() == tag

    parser = Parser()
    parser.feed(backproj.Histogram(photograph, **LAYOUTS[layout])._repr_html_())
    parser.close()
    assert not parser.opened


def test_it_needs_numpy_alone():
    script = (
        "import sys; before = set(sys.modules); import backproj, numpy as np\n"
        "backproj.Histogram(np.full((4, 4, 3), 9, np.uint8))._repr_html_()\n"
        "print(sorted(sys.modules.keys() & {'matplotlib', 'PIL', 'cv2', 'IPython'}))"
    )
    done = run_python(script)
    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_every_bin_of_hue_and_saturation_has_its_colour():
    every = np.ones((180, 256), np.float32)
    hsv = np.dstack([*np.mgrid[:180, :256], np.full((180, 256), 255)]).astype(np.uint8)
    expected = cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB)
    for hue in range(0, 180, 60):  # so many bins are drawn one by one
        hist = backproj.Histogram.from_values(
            every[hue : hue + 60, 192:], channels="hs", ranges=(hue, hue + 60, 192, 256)
        )
        cells, _ = parts(hist)
        drawn = cells[::-3, ::6].transpose(1, 0, 2)
        np.testing.assert_allclose(drawn, expected[hue : hue + 60, 192:], atol=1)


def test_the_fuller_a_bin_the_brighter_and_an_empty_one_is_dark():
    hist = backproj.Histogram(patches(ORANGE, VIOLET, GREEN), bins=(60, 64), order="rgb")
    colours = np.unique(parts(hist)[0].reshape(-1, 3), axis=0).astype(float)
    brightness = colours.max(axis=1)
    *_, empty, green, violet, orange = np.argsort(brightness)
    assert brightness[orange] == 255
    assert brightness[violet] < 255
    assert brightness[empty] < 50 < brightness[green] < brightness[violet]
    for drawn, colour in ((orange, ORANGE), (violet, VIOLET), (green, GREEN)):
        np.testing.assert_allclose(
            colours[drawn] / brightness[drawn] * 255, colour, atol=16
        )  # a bin is 3 hues


def test_a_colour_is_drawn_where_its_hue_and_saturation_are():
    cells, _ = parts(backproj.Histogram(patches(VIOLET), order="rgb"))
    height, width, _ = cells.shape
    rows, columns = np.nonzero(cells.max(axis=2) == 255)
    # cv2 gives violet a hue of 139 and a saturation of 204.
    assert columns.min() <= 139 / 180 * width <= columns.max() + 1
    assert rows.min() <= (1 - 204 / 256) * height <= rows.max() + 1


def test_hues_are_bars_as_high_as_they_are_full():
    cells, _ = parts(backproj.Histogram(patches(ORANGE, GREEN), channels="h", bins=180, order="rgb"))
    heights = np.count_nonzero(cells.max(axis=2) == 255, axis=0)
    orange, green = (2 * hue for hue in (15, 60))  # two pixels a hue
    assert heights[orange] == 2 * heights[green] == len(cells)
    assert np.count_nonzero(heights) == 4


@pytest.mark.parametrize("options", [{"bins": (180, 256)}, {"channels": "hsv", "bins": (180, 64, 64)}])
def test_the_strip_has_the_colours_in_proportion_the_most_common_first(options):
    _, strip = parts(backproj.Histogram(patches(ORANGE, VIOLET, GREEN), order="rgb", **options))
    shares = np.split(strip, np.flatnonzero(np.diff(strip.astype(int), axis=0).any(axis=1)) + 1)
    for share, colour, part in zip(shares, (ORANGE, VIOLET, GREEN), (4 / 7, 2 / 7, 1 / 7), strict=True):
        np.testing.assert_allclose(share[0], colour, atol=4)
        assert len(share) == pytest.approx(part * len(strip), abs=1)


def test_the_value_of_three_channels_shows_in_the_strip():
    dark = np.array([[(64, 32, 0)]], np.uint8)
    _, strip = parts(backproj.Histogram(dark, channels="hsv", bins=(180, 64, 64), order="rgb"))
    np.testing.assert_allclose(strip[0], (64, 32, 0), atol=3)


@pytest.mark.parametrize("options", [{"bins": (1, 32)}, {"ranges": [0, 180 * 32, 0, 256]}])
def test_a_bin_of_all_hues_is_grey(options):
    cells, strip = parts(backproj.Histogram(patches(ORANGE), order="rgb", **options))
    cells = cells[cells.max(axis=2) > 50]  # the bins with pixels
    assert (cells == cells[..., :1]).all()
    assert (strip == strip[:, :1]).all()


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.filterwarnings("ignore:no pixel passed")
def test_an_empty_one_is_dim(layout):
    model = np.full((2, 2, 3), 100, np.uint8)
    empty = backproj.Histogram(model, mask=np.zeros((2, 2), bool), **LAYOUTS[layout])
    assert picture(empty).max() < (140 if layout in ON_SLATE else 50)
    assert facts(empty)["pixels"] == "0"


def test_it_says_what_the_histogram_is(photograph):
    assert facts(backproj.Histogram(photograph[300:360, 120:180])) == {
        "channels": "hue, saturation",
        "bins": "32 × 32, 119 of them not empty",
        "ranges": "0 to 180, 0 to 256",
        "pixels": "3,600",
        "peak": "256",
    }
    shown = facts(backproj.Histogram(photograph, **CAMSHIFT))
    assert shown["in_range"] == "(0, 60, 32) to (180, 255, 255)"
    assert shown["peak"] == "255"
    assert facts(backproj.Histogram(photograph, peak=None))["peak"] == "none: raw counts"


def test_values_from_elsewhere_are_drawn_as_they_project():
    values = np.array([-5, 0, 50, 100], np.float32)
    hist = backproj.Histogram.from_values(values, channels="h", scale=2)
    assert facts(hist) == {
        "channels": "hue",
        "bins": "4, 3 of them not empty",
        "ranges": "0 to 180",
        "values": "-5 to 100, not counted",
        "scale": "2",
    }
    cells, _ = parts(hist)
    heights = np.count_nonzero(cells.max(axis=2) > 100, axis=0)
    assert list(heights[45::90]) == [0, 0, len(cells) // 2, len(cells)]
