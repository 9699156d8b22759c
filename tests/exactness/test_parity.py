"""Results equal OpenCV's, byte for byte."""

import cv2
import numpy as np
import pytest

import backproj
from helpers import formula, opencv_chain
from helpers.models import MODELS


@pytest.fixture(params=MODELS)
def model(request, photograph):
    return np.ascontiguousarray(MODELS[request.param](photograph))


def test_every_colour_projects_as_in_opencv(all_colours, model):
    expected = opencv_chain.back_project(all_colours, model)
    np.testing.assert_array_equal(backproj.back_project(all_colours, model), expected)


def test_every_colour_projects_as_the_formula_says(all_colours, photograph):
    model = photograph[300:360, 120:180]
    for rows in np.split(all_colours, 16):  # the formula's int64 temporaries are large
        np.testing.assert_array_equal(backproj.back_project(rows, model), formula.back_project(rows, model))


def test_values_and_counts_are_opencvs_bit_for_bit(model):
    counts, values = opencv_chain.histogram(model)
    hist = backproj.Histogram(model)
    assert hist.values.dtype == np.float32
    assert hist.values.tobytes() == values.tobytes()
    np.testing.assert_array_equal(hist.counts, counts)


@pytest.mark.parametrize("size", [800, 1000, 1234, 2000])
def test_values_are_opencvs_bit_for_bit_when_no_bin_is_empty(size):
    # The least count is then not 0, and neither is the shift of the normalisation.
    model = np.random.default_rng(size).integers(0, 256, (size, size, 3), np.uint8)
    counts, values = opencv_chain.histogram(model)
    hist = backproj.Histogram(model)
    assert counts.min() > 0
    np.testing.assert_array_equal(hist.counts, counts)
    if "AVX2" in cv2.getCPUFeaturesLine():
        assert hist.values.tobytes() == values.tobytes()
    else:  # OpenCV's SSE code rounds twice
        np.testing.assert_array_max_ulp(hist.values, values, 1)


def test_values_go_into_calc_back_project_unchanged(photograph, model):
    hist = backproj.Histogram(model)
    hsv = cv2.cvtColor(photograph, cv2.COLOR_BGR2HSV)
    expected = cv2.calcBackProject([hsv], [0, 1], hist.values, opencv_chain.RANGES, 1)
    np.testing.assert_array_equal(hist.back_project(photograph), expected)


@pytest.mark.parametrize("dtype", [np.uint8, bool])
def test_a_mask_counts_what_calc_hist_counts(photograph, dtype):
    model = np.ascontiguousarray(photograph[250:400, 60:200])
    mask = cv2.circle(np.zeros(model.shape[:2], np.uint8), (60, 70), 50, 255, -1)
    expected = opencv_chain.back_project(photograph, model, mask)
    np.testing.assert_array_equal(backproj.back_project(photograph, model, mask=mask.astype(dtype)), expected)


def test_rgb_order_gives_what_swapping_to_bgr_gives(photograph):
    rgb = np.ascontiguousarray(photograph[..., ::-1])
    expected = backproj.back_project(photograph, photograph[300:360, 120:180])
    np.testing.assert_array_equal(backproj.back_project(rgb, rgb[300:360, 120:180], order="rgb"), expected)


@pytest.mark.parametrize("width", [7, 9, 0])
def test_the_bindings_byte_function_returns_no_bytes_for_wrong_sizes(width):
    native = backproj._runtime.loader.load("_native")
    handle = native.Slice_byte_from_bytes(bytes(8 * 8 * 3))
    native.IncRef(handle)
    result = native.binding_BackProject(handle, 8, 8, handle, width, 8)
    native.IncRef(result)
    assert native.Slice_byte_len(result) == 0
    native.DecRef(result)
    native.DecRef(handle)
