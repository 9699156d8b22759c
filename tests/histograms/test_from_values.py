"""Histograms from values: of OpenCV, of a file, or computed."""

import numpy as np
import pytest

import backproj
from helpers import formula, opencv_chain
from helpers.histograms import gradient


@pytest.fixture(scope="module")
def model():
    return np.random.default_rng(14).integers(0, 256, (60, 70, 3), np.uint8)


@pytest.mark.parametrize(
    ("shape", "channels", "bins"),
    [
        ((16,), "h", (16,)),
        ((16, 1), "h", (16,)),
        ((1,), "h", (1,)),
        ((1, 1), "h", (1,)),
        ((16, 1), "hs", (16, 1)),
        ((16, 9), "hs", (16, 9)),
        ((1, 9), "hs", (1, 9)),
        ((16, 9, 4), "hsv", (16, 9, 4)),
        ((16, 1, 1), "hsv", (16, 1, 1)),
    ],
)
def test_from_values_takes_an_axis_for_each_channel(model, shape, channels, bins):
    values = gradient(*shape)
    hist = backproj.Histogram.from_values(values, channels=channels)
    assert hist.counts is None
    assert hist.values.shape == bins
    assert repr(hist) == f"<backproj.Histogram: {channels}, {'×'.join(map(str, bins))} bins>"
    np.testing.assert_array_equal(
        hist.back_project(model), formula.project(model, values.reshape(bins), channels=channels, bins=bins)
    )
    for view in (np.asfortranarray(values), np.repeat(values, 2, axis=0)[::2], values[::-1][::-1]):
        assert backproj.Histogram.from_values(view, channels=channels) == hist


def test_values_are_copied(model):
    values = gradient(16, 9)
    hist = backproj.Histogram.from_values(values, channels="hs")
    before = hist.back_project(model)
    values[...] = 0
    np.testing.assert_array_equal(hist.back_project(model), before)


@pytest.mark.parametrize("channels", ["h", "hs", "hsv"])
def test_from_values_with_opencvs_values_equals_a_counted_histogram(model, channels):
    _, values = opencv_chain.histogram(model, channels=channels, bins=12, peak=255)
    counted = backproj.Histogram(model, channels=channels, bins=12, peak=255)
    given = backproj.Histogram.from_values(values, channels=channels)
    np.testing.assert_array_equal(given.values, counted.values)


ONES = np.ones((4, 4), np.float32)


def with_one(number):
    values = ONES.copy()
    values[2, 3] = number
    return values


BAD_VALUES = {
    "None": (None, {}, TypeError, "NoneType"),
    "a list": (ONES.tolist(), {}, TypeError, "list"),
    "float64": (ONES.astype(np.float64), {}, TypeError, "float64"),
    "int64": (ONES.astype(np.int64), {}, TypeError, "int64"),
    "uint8": (ONES.astype(np.uint8), {}, TypeError, "uint8"),
    "bool": (ONES.astype(bool), {}, TypeError, "bool"),
    "other-endian": (ONES.astype(">f4"), {}, TypeError, ">f4"),
    "masked": (np.ma.masked_equal(ONES, 1), {}, TypeError, "masked array"),
    "nan": (with_one(np.nan), {}, ValueError, "finite"),
    "inf": (with_one(np.inf), {}, ValueError, "finite"),
    "-inf": (with_one(-np.inf), {}, ValueError, "finite"),
    "2^31": (with_one(2.0**31), {}, ValueError, "less than 2^31"),
    "-2^31": (with_one(-(2.0**31)), {}, ValueError, "less than 2^31"),
    "1e38": (with_one(1e38), {}, ValueError, "less than 2^31"),
    "2^31 by the scale": (ONES, {"scale": 2.0**31}, ValueError, "2147483648"),
    "2^31 by rounding": (with_one(2.0**31 - 128), {"scale": 1 + 1e-7}, ValueError, "less than 2^31"),
    "a scale of nan": (ONES, {"scale": float("nan")}, ValueError, "nan"),
    "a scale of inf": (ONES, {"scale": float("inf")}, ValueError, "inf"),
    "a scale of inf for zeros": (0 * ONES, {"scale": float("inf")}, ValueError, "inf"),
    "a scale beyond float32": (ONES, {"scale": 1e300}, ValueError, "1e+300"),
    "a scale beyond float64": (ONES, {"scale": 10**400}, ValueError, "scale is 1000"),
    "a text as scale": (ONES, {"scale": "2"}, TypeError, "'2'"),
    "no scale": (ONES, {"scale": None}, TypeError, "None"),
    "scales": (ONES, {"scale": [1, 2]}, TypeError, "[1, 2]"),
    "a bool as scale": (ONES, {"scale": True}, TypeError, "True"),
    "an axis too many": (ONES, {"channels": "h"}, ValueError, "(4, 4)"),
    "an axis too few": (ONES, {"channels": "hsv"}, ValueError, "(4, 4)"),
    "two columns of hue": (ONES[:, :2], {"channels": "h"}, ValueError, "(4, 2)"),
    "a row of hues": (ONES[:1], {"channels": "h"}, ValueError, "(1, 4)"),
    "no axis": (np.ones((), np.float32), {"channels": "h"}, ValueError, "()"),
    "no bins": (ONES[:0], {}, ValueError, "(0, 4)"),
    "too many bins": (np.ones(257, np.float32), {"channels": "h"}, ValueError, "(257,)"),
    "other channels": (ONES, {"channels": "vh"}, ValueError, "'vh'"),
    "other ranges": (ONES, {"ranges": [0, 180]}, ValueError, "2 numbers"),
    "other bounds": (ONES, {"in_range": ((0, 9, 0), (9, 8, 9))}, ValueError, "from 9 to 8 in saturation"),
}


@pytest.mark.parametrize(("values", "options", "error", "named"), BAD_VALUES.values(), ids=BAD_VALUES)
def test_bad_values_are_named(values, options, error, named):
    with pytest.raises(error) as caught:
        backproj.Histogram.from_values(values, **{"channels": "hs", **options})
    assert named in str(caught.value)
    assert "\n" not in str(caught.value)
