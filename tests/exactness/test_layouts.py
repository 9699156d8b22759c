"""Every layout counts and projects as OpenCV and the formula do, byte for byte."""

import math

import cv2
import numpy as np
import pytest

import backproj
from helpers import formula, opencv_chain

# (channels, bins, ranges, peak)
LAYOUTS = {
    "find_it": ("hs", 32, None, 256),
    "CamShift": ("h", 16, None, 255),
    "tutorial": ("hs", (180, 256), None, 255),
    "a bin a hue": ("h", 180, None, 255),
    "more bins than hues": ("h", 256, None, 255),
    "hues as if to 256": ("h", 32, [0, 256], 255),
    "one bin": ("hs", 1, None, 256),
    "one bin, raw": ("hs", 1, None, None),
    "one bin of hue alone": ("h", 1, None, 256),
    "no hue": ("hs", (1, 32), None, 255),
    "no saturation": ("hs", (32, 1), None, 255),
    "7×3": ("hs", (7, 3), None, 255),
    "30×32": ("hs", (30, 32), None, 255),
    "256×256": ("hs", 256, None, 255),
    "peak 100": ("hs", (50, 60), None, 100),
    "peak 1": ("hs", (50, 60), None, 1),
    "peak 77.7": ("hs", (50, 60), None, 77.7),
    "peak 1000": ("hs", 32, None, 1000),
    "raw counts": ("hs", (30, 32), None, None),
    "raw counts of hue": ("h", 180, None, None),
    "sub-ranges": ("hs", (16, 10), [20, 60, 50, 200], 255),
    "sub-range of hue": ("h", 8, [20, 60], 255),
    "fractional ranges": ("hs", (30, 32), [0.5, 100.25, 10.75, 199.9], 255),
    "fractional range of hue": ("h", 23, [0.1, 99.7], 255),
    "more bins than values": ("hs", (256, 200), [10, 20, 50, 90.5], 255),
    "ranges beyond all reason": ("hs", (30, 31), [-3e38, 3e38, -1e-30, 1e30], 255),
    "ranges beyond all values": ("hs", (30, 31), [-10.5, 300, -1, 1000.5], 255),
    "8×8×8": ("hsv", 8, None, 255),
    "16×16×16": ("hsv", 16, None, 256),
    "30×32×7": ("hsv", (30, 32, 7), None, 255),
    "value alone": ("hsv", (1, 1, 256), None, 255),
    "the most bins": ("hsv", (64, 64, 256), None, 255),
    "raw counts in three dimensions": ("hsv", (12, 4, 4), None, None),
    "three sub-ranges": ("hsv", (9, 10, 11), [20, 60, 50, 200, 32, 255], 255),
    "three fractional ranges": ("hsv", (5, 6, 7), [0.5, 100.25, 9.9, 256, -3, 128.5], 255),
}

# Bounds of hue, saturation and value.
GATES = {
    "CamShift's": ((0, 60, 32), (180, 255, 255)),
    "of value": ((0, 0, 100), (180, 255, 200)),
    "of hue": ((20, 0, 0), (90, 255, 255)),
    "of all three": ((100, 30, 40), (140, 250, 240)),
    "one colour": ((12, 25, 187), (12, 25, 187)),  # the photograph has it
    "red, around 0": ((170, 60, 32), (10, 255, 255)),
    "all but one hue": ((31, 0, 0), (29, 255, 255)),
}

GATED = {
    "h": ("h", 16, None),
    "hs": ("hs", (30, 32), None),
    "hsv": ("hsv", (16, 8, 8), None),
    "sub-range of hue": ("h", 9, [10, 150]),
    "three sub-ranges": ("hsv", 8, [0, 120, 20, 256, 10.5, 200]),
}


@pytest.fixture(scope="module")
def hsv(all_colours):
    return opencv_chain.to_hsv(all_colours)


def different(channels, bins):
    """Return values with no two neighbours that project to the same byte."""
    shape = formula.shape(channels, bins)
    order = np.random.default_rng(3).permutation(math.prod(shape))
    return (order % 256).reshape(shape).astype(np.float32)


@pytest.mark.parametrize(("channels", "bins", "ranges", "_"), LAYOUTS.values(), ids=LAYOUTS)
def test_every_colour_finds_its_bin(all_colours, hsv, channels, bins, ranges, _):
    values = different(channels, bins)
    prob = backproj.Histogram.from_values(values, channels=channels, ranges=ranges).back_project(all_colours)
    np.testing.assert_array_equal(prob, opencv_chain.project(hsv, values, channels, ranges))
    layout = {"channels": channels, "bins": bins, "ranges": ranges}
    some = slice(None, None, 1 if channels == "hsv" else 4)  # every hue and saturation is among a quarter
    np.testing.assert_array_equal(prob[some], formula.project_converted(hsv[some], values, **layout))


@pytest.mark.parametrize(("channels", "bins", "ranges", "peak"), LAYOUTS.values(), ids=LAYOUTS)
def test_every_colour_projects_as_in_opencv(all_colours, hsv, photograph, channels, bins, ranges, peak):
    layout = {"channels": channels, "bins": bins, "ranges": ranges}
    for model in (photograph, photograph[200:240, 90:140].copy()):
        counts, values = opencv_chain.histogram(model, peak=peak, **layout)
        hist = backproj.Histogram(model, peak=peak, **layout)
        np.testing.assert_array_equal(hist.counts, counts)
        assert hist.values.tobytes() == values.tobytes()
        assert hist.values.shape == formula.shape(channels, bins)
        assert hist.values.tobytes() == formula.normalized(hist.counts, peak).tobytes()
    expected = opencv_chain.project(hsv, values, channels, ranges)
    np.testing.assert_array_equal(hist.back_project(all_colours), expected)
    # As is, the values are what cv2 takes.
    np.testing.assert_array_equal(opencv_chain.project(hsv, hist.values, channels, ranges), expected)


@pytest.mark.parametrize("peak", [1, 77.7, 100, 255, 256, 1000])
@pytest.mark.parametrize(
    ("channels", "bins"), [("h", 7), ("hs", (7, 3)), ("hs", (18, 8)), ("hsv", (4, 3, 5))]
)
def test_values_are_opencvs_when_no_bin_is_empty(channels, bins, peak):
    # The least count is then not 0, and neither is the shift of the normalisation.
    model = np.random.default_rng(8).integers(0, 256, (500, 500, 3), np.uint8)
    layout = {"channels": channels, "bins": bins}
    hist = backproj.Histogram(model, peak=peak, **layout)
    assert hist.counts.min() > 0
    assert hist.values.tobytes() == formula.normalized(hist.counts, peak).tobytes()
    _, values = opencv_chain.histogram(model, peak=peak, **layout)
    if "AVX2" in cv2.getCPUFeaturesLine():
        assert hist.values.tobytes() == values.tobytes()
    else:  # OpenCV's SSE code rounds twice
        np.testing.assert_array_max_ulp(hist.values, values, 1)


def test_the_range_of_a_single_bin_of_saturation_applies(all_colours, hsv, photograph):
    # calcHist honours it too; calcBackProject takes (n, 1) for hue alone, and projects all saturations.
    layout = {"channels": "hs", "bins": (30, 1), "ranges": [0, 180, 100, 200]}
    counts, values = opencv_chain.histogram(photograph, peak=255, **layout)
    hist = backproj.Histogram(photograph, peak=255, **layout)
    np.testing.assert_array_equal(hist.counts, counts)
    prob = hist.back_project(all_colours)
    np.testing.assert_array_equal(prob, formula.project_converted(hsv, values, **layout))
    expected = opencv_chain.project(hsv, values, "hs", layout["ranges"])
    within = (hsv[..., 1] >= 100) & (hsv[..., 1] < 200)
    np.testing.assert_array_equal(prob, np.where(within, expected, 0))


@pytest.mark.parametrize("shape", [(24,), (24, 1)])
def test_values_of_one_dimension_may_have_a_second_axis(all_colours, hsv, shape):
    values = different("h", 24)
    expected = cv2.calcBackProject([hsv], [0], values.reshape(shape), [0, 180], 1)
    hist = backproj.Histogram.from_values(values.reshape(shape), channels="h")
    assert hist.values.shape == (24,)
    np.testing.assert_array_equal(hist.back_project(all_colours), expected)


@pytest.mark.parametrize(
    "scale", [0, 1, 2, 0.5, 0.1, 0.3, 1 / 3, 0.7, 1 / 255, 255 / 180, 1e-3, 3.7, 1e5, -1]
)
@pytest.mark.parametrize(("channels", "bins"), [("h", 180), ("hs", (60, 50)), ("hsv", (30, 10, 10))])
def test_a_scale_multiplies_as_in_opencv(photograph, channels, bins, scale):
    shape = formula.shape(channels, bins)
    hsv = opencv_chain.to_hsv(photograph)
    for unit in (1, 2, 7, 255, 1000):  # numbers whose products end in exactly or almost a half
        values = (np.arange(math.prod(shape)).reshape(shape) / unit).astype(np.float32)
        hist = backproj.Histogram.from_values(values, channels=channels, scale=scale)
        prob = hist.back_project(photograph)
        np.testing.assert_array_equal(prob, opencv_chain.project(hsv, values, channels, scale=scale))
        np.testing.assert_array_equal(
            prob, formula.project(photograph, values, scale, channels=channels, bins=bins)
        )


@pytest.mark.parametrize(
    ("value", "byte"),
    [(0.5, 0), (1.5, 2), (2.5, 2), (254.5, 254), (254.51, 255), (255.5, 255), (2.0**31 - 128, 255), (-3, 0)],
)
def test_values_are_rounded_half_to_even_and_limited(value, byte):
    red = np.array([[[0, 0, 255]]], np.uint8)
    hist = backproj.Histogram.from_values(np.full(1, value, np.float32), channels="h")
    assert hist.back_project(red).item() == byte
    assert opencv_chain.project(opencv_chain.to_hsv(red), hist.values, "h").item() == byte


@pytest.mark.parametrize(("lo", "hi"), GATES.values(), ids=GATES)
@pytest.mark.parametrize(("channels", "bins", "ranges"), GATED.values(), ids=GATED)
def test_in_range_gates_as_opencvs_camshift_example_does(
    all_colours, hsv, photograph, channels, bins, ranges, lo, hi
):
    layout = {"channels": channels, "bins": bins, "ranges": ranges}
    values, prob = opencv_chain.camshift(hsv, photograph, lo, hi, **layout)
    hist = backproj.Histogram(photograph, in_range=(lo, hi), peak=255, **layout)
    assert hist.values.tobytes() == values.tobytes()
    np.testing.assert_array_equal(hist.back_project(all_colours), prob)
    assert prob.any()


@pytest.mark.parametrize(("lo", "hi"), GATES.values(), ids=GATES)
def test_in_range_and_mask_both_exclude_pixels(photograph, lo, hi):
    mask = cv2.circle(np.zeros(photograph.shape[:2], np.uint8), (250, 250), 200, 255, -1)
    both = mask & opencv_chain.in_range(opencv_chain.to_hsv(photograph), lo, hi)
    for channels in ("h", "hs", "hsv"):
        counts, _ = opencv_chain.histogram(photograph, both, 16, channels=channels)
        hist = backproj.Histogram(photograph, mask=mask, channels=channels, bins=16, in_range=(lo, hi))
        np.testing.assert_array_equal(hist.counts, counts)


@pytest.mark.parametrize(("channels", "bins", "ranges"), GATED.values(), ids=GATED)
def test_colours_beyond_every_bound_project_to_0(channels, bins, ranges):
    black = np.zeros((3, 3, 3), np.uint8)
    layout = {"channels": channels, "bins": bins, "ranges": ranges}
    with pytest.warns(RuntimeWarning, match="no pixel passed mask"):
        hist = backproj.Histogram(black, in_range=((10, 60, 32), (180, 255, 255)), **layout)
    assert not hist.counts.any()
    assert not hist.back_project(black).any()


@pytest.mark.parametrize("gate", [*GATES.values(), None])
@pytest.mark.parametrize(("channels", "bins", "ranges"), GATED.values(), ids=GATED)
def test_in_range_projects_as_the_formula_says(all_colours, hsv, channels, bins, ranges, gate):
    values = different(channels, bins)
    options = {"channels": channels, "ranges": ranges, "in_range": gate}
    hist = backproj.Histogram.from_values(values, **options)
    some = slice(0, None, 9)  # every hue, saturation and value is among them
    np.testing.assert_array_equal(
        hist.back_project(all_colours[some]),
        formula.project_converted(hsv[some], values, bins=bins, **options),
    )
