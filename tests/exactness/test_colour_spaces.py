"""Channels of every colour space count, project and gate as OpenCV does, for all 2^24 colours."""

import math
import pickle

import cv2
import numpy as np
import pytest

import backproj
from helpers import formula, opencv_chain

# (channels, bins, ranges)
LAYOUTS = {
    "s": ("s", 32, None),
    "s, a bin a value": ("s", 256, None),
    "v": ("v", 32, None),
    "v, fractional range": ("v", 23, [10.5, 200.25]),
    "hv": ("hv", 32, None),
    "hv, a bin a value": ("hv", (180, 256), None),
    "sv": ("sv", 32, None),
    "sv, sub-ranges": ("sv", (16, 100), [20, 200, 50, 256]),
    "gray": ("gray", 32, None),
    "gray, a bin a value": ("gray", 256, None),
    "gray, sub-range": ("gray", 7, [16, 236]),
    "crcb": ("crcb", 32, None),
    "crcb, a bin a value": ("crcb", 256, None),
    "crcb, sub-ranges": ("crcb", (20, 30), [133, 173, 77, 127]),
    "ycrcb": ("ycrcb", 16, None),
    "ycrcb, many": ("ycrcb", (4, 100, 100), None),
    "ycrcb, sub-ranges": ("ycrcb", (3, 8, 9), [16, 235, 100, 200, 60.5, 140]),
    "ab": ("ab", 32, None),
    "ab, a bin a value": ("ab", 256, None),
    "ab, sub-ranges": ("ab", (20, 30), [100, 200, 90.5, 180]),
    "lab": ("lab", 16, None),
    "lab, many": ("lab", (4, 100, 100), None),
    "lab, sub-ranges": ("lab", (3, 8, 9), [16, 235, 100, 200, 60.5, 160]),
    "bgr": ("bgr", 8, None),
    "bgr, 16": ("bgr", 16, None),
    "bgr, many": ("bgr", (64, 128, 100), None),
    "bgr, sub-ranges": ("bgr", (5, 6, 7), [0.5, 100.25, 9.9, 256, -3, 128.5]),
}

# Bounds of the components of each space, in OpenCV's order.
GATES = {
    "hsv": ((20, 60, 32), (150, 230, 240)),
    "ycrcb": ((16, 133, 77), (235, 173, 127)),
    "lab": ((20, 110, 100), (240, 190, 180)),
    "bgr": ((20, 40, 60), (200, 220, 240)),
    "gray": (50, 200),
}
SPACES = dict.fromkeys(("s", "v", "hv", "sv"), "hsv") | {
    "gray": "gray",
    "crcb": "ycrcb",
    "ycrcb": "ycrcb",
    "ab": "lab",
    "lab": "lab",
    "bgr": "bgr",
}


def different(channels, bins):
    """Return values with no two neighbours that project to the same byte."""
    size = len(opencv_chain.CHANNELS[channels][1])
    shape = (bins,) * size if isinstance(bins, int) else bins
    return (np.random.default_rng(3).permutation(math.prod(shape)) % 256).reshape(shape).astype(np.float32)


def inside(image, space):
    """Return OpenCV's mask of a BGR image."""
    return cv2.inRange(opencv_chain.convert(image, space), *GATES[space])  # all components are channels


@pytest.mark.parametrize(("channels", "bins", "ranges"), LAYOUTS.values(), ids=LAYOUTS)
def test_every_colour_finds_its_bin(all_colours, channels, bins, ranges):
    values = different(channels, bins)
    hist = backproj.Histogram.from_values(values, channels=channels, ranges=ranges)
    converted = opencv_chain.convert(all_colours, channels)
    expected = opencv_chain.project(converted, values, channels, ranges)
    prob = hist.back_project(all_colours)
    np.testing.assert_array_equal(prob, expected)
    some = slice(5, None, 64)
    layout = {"channels": channels, "bins": bins, "ranges": ranges}
    np.testing.assert_array_equal(prob[some], formula.project(all_colours[some], values, **layout))


@pytest.mark.parametrize(("channels", "bins", "ranges"), LAYOUTS.values(), ids=LAYOUTS)
def test_models_are_counted_normalised_and_projected(photograph, channels, bins, ranges):
    layout = {"channels": channels, "bins": bins, "ranges": ranges, "peak": 255}
    for model in (photograph, photograph[200:240, 90:140].copy()):
        counts, values = opencv_chain.histogram(model, **layout)
        hist = backproj.Histogram(model, **layout)
        np.testing.assert_array_equal(hist.counts, counts)
        assert hist.values.tobytes() == values.tobytes()
        converted = opencv_chain.convert(photograph, channels)
        expected = opencv_chain.project(converted, values, channels, ranges)
        np.testing.assert_array_equal(hist.back_project(photograph), expected)
        np.testing.assert_array_equal(backproj.back_project(photograph, model, **layout), expected)


@pytest.mark.parametrize(("channels", "bins", "ranges"), LAYOUTS.values(), ids=LAYOUTS)
def test_in_range_is_of_the_channels_own_space(all_colours, photograph, channels, bins, ranges):
    gate = GATES[SPACES[channels]]
    layout = {"channels": channels, "bins": bins, "ranges": ranges, "peak": 255}
    counts, values = opencv_chain.histogram(photograph, inside(photograph, SPACES[channels]), **layout)
    hist = backproj.Histogram(photograph, in_range=gate, **layout)
    np.testing.assert_array_equal(hist.counts, counts)
    expected = opencv_chain.project(opencv_chain.convert(all_colours, channels), values, channels, ranges)
    expected &= inside(all_colours, SPACES[channels])
    np.testing.assert_array_equal(hist.back_project(all_colours), expected)


@pytest.mark.parametrize("space", GATES)
def test_every_colour_is_masked_as_by_cv2(all_colours, space):
    np.testing.assert_array_equal(
        backproj.in_range(all_colours, *GATES[space], space=space), inside(all_colours, space)
    )


def test_hue_wraps_around_whichever_channels_there_are(all_colours):
    red = (170, 60, 32), (10, 255, 255)
    expected = opencv_chain.in_range(opencv_chain.to_hsv(all_colours), *red)
    for channels in ("h", "s", "v", "hs", "hv", "sv", "hsv"):
        ones = np.full((1,) * len(channels), 255, np.float32)
        hist = backproj.Histogram.from_values(ones, channels=channels, in_range=red)
        np.testing.assert_array_equal(hist.back_project(all_colours), expected)


@pytest.mark.parametrize("channels", SPACES)
def test_the_order_of_the_frame_does_not_matter(photograph, channels):
    rgb = np.ascontiguousarray(photograph[..., ::-1])
    layout = {"channels": channels, "bins": 16}
    hist = backproj.Histogram(photograph, **layout)
    assert hist == backproj.Histogram(rgb, order="rgb", **layout)
    expected = hist.back_project(photograph)
    np.testing.assert_array_equal(hist.back_project(rgb, order="rgb"), expected)
    alpha = np.dstack([rgb, rgb[..., 0]])
    np.testing.assert_array_equal(hist.back_project(alpha, order="rgb"), expected)


def test_histograms_of_different_spaces_are_projected_in_one_call(photograph):
    model = photograph[200:240, 90:140]
    hists = [backproj.Histogram(model, channels=channels, bins=8) for channels in opencv_chain.CHANNELS]
    together = backproj.back_project(photograph, hists)
    for hist, prob in zip(hists, together, strict=True):
        np.testing.assert_array_equal(prob, hist.back_project(photograph), hist.channels)


@pytest.mark.parametrize("channels", SPACES)
def test_histograms_of_all_channels_are_saved_pickled_and_compared(photograph, tmp_path, channels):
    gate = GATES[SPACES[channels]]
    hist = backproj.Histogram(photograph, channels=channels, bins=8, in_range=gate)
    hist.save(tmp_path / "hist.npz")
    assert backproj.Histogram.load(tmp_path / "hist.npz") == hist
    assert pickle.loads(pickle.dumps(hist)) == hist
    assert hist.channels == channels
    lo, hi = hist.in_range
    assert (lo, hi) == (tuple(np.atleast_1d(gate[0])), tuple(np.atleast_1d(gate[1])))


@pytest.mark.parametrize("channels", SPACES)
def test_histograms_of_all_channels_are_added_divided_and_blended(photograph, channels):
    layout = {"channels": channels, "bins": 8}
    one, two = (backproj.Histogram(part, **layout) for part in (photograph[:200], photograph[200:]))
    both = backproj.Histogram(photograph, **layout)
    assert one + two == both
    assert one.ratio(both).values.max() <= 255
    assert one.blend(two, 0.5).channels == channels


@pytest.mark.parametrize("call", [lambda a, b: a + b, lambda a, b: a.ratio(b), lambda a, b: a.blend(b, 0.5)])
def test_histograms_of_different_channels_cannot_be_combined(photograph, call):
    crcb, sv = (backproj.Histogram(photograph, channels=channels) for channels in ("crcb", "sv"))
    with pytest.raises(ValueError, match=r"layout.*crcb.*sv"):
        call(crcb, sv)


@pytest.mark.parametrize("channels", SPACES)
def test_windows_and_regions_are_those_of_the_back_projection(photograph, channels):
    hist = backproj.Histogram(photograph[300:360, 120:180], channels=channels, bins=8)
    prob, window = hist.back_project(photograph), (100, 280, 90, 90)
    assert hist.mean_shift(photograph, window) == backproj.mean_shift(prob, window)
    assert hist.cam_shift(photograph, window) == backproj.cam_shift(prob, window)
    mask = backproj.segment(prob, disc=5, threshold=200)
    np.testing.assert_array_equal(hist.segment(photograph, disc=5, threshold=200), mask)
    np.testing.assert_array_equal(
        hist.cut_out(photograph, disc=5, threshold=200), backproj.cut_out(photograph, mask)
    )
