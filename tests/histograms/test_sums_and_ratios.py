"""Histograms of several models, sums of histograms, and their ratios to a scene."""

import re

import numpy as np
import pytest

import backproj
from helpers import formula
from helpers.histograms import GATE, assert_same


@pytest.fixture(scope="module")
def model():
    return np.random.default_rng(14).integers(0, 256, (60, 70, 3), np.uint8)


@pytest.mark.parametrize(
    "options", [{}, {"channels": "h", "bins": 7}, {"channels": "hsv", "bins": 5, "peak": None}]
)
def test_a_sum_counts_both_models(model, photograph, options):
    mask = photograph[..., 2] > 120
    one, two = backproj.Histogram(model, **options), backproj.Histogram(photograph, mask=mask, **options)
    both = backproj.Histogram([model, photograph], mask=[None, mask], **options)
    np.testing.assert_array_equal((one + two).counts, one.counts + two.counts)
    assert_same(one + two, both, model)
    assert_same(two + one, both, model)
    assert_same(backproj.Histogram((model, photograph), mask=(None, mask), **options), both, model)
    unmasked = backproj.Histogram([model, photograph], **options)
    assert unmasked == one + backproj.Histogram(photograph, **options)
    assert one == backproj.Histogram([model], mask=[None], **options), "neither changed"


def test_sums_have_more_than_32_bits(model):
    hist = backproj.Histogram(model)
    for _ in range(40):
        hist = hist + hist
    assert hist.counts.sum() == model.shape[0] * model.shape[1] << 40
    np.testing.assert_allclose(hist.values, backproj.Histogram(model).values, rtol=1e-6)


DIFFERENT = {
    "channels": ({"channels": "h"}, "layouts differ: channels='hs' of one, 'h' of the other; make both with"),
    "space": (
        {"channels": "crcb"},
        "layouts differ: channels='hs' of one, 'crcb' of the other; make both with",
    ),
    "bins": ({"bins": 31}, "layouts differ: bins=(32, 32) of one, (31, 31) of the other"),
    "ranges": ({"ranges": [0, 180, 0, 255]}, "layouts differ: ranges=(0.0, 180.0, 0.0, 256.0) of one"),
    "in_range": ({"in_range": GATE}, "layouts differ: in_range=None of one"),
    "peak": ({"peak": 255}, "peaks differ: 256.0 of one, 255.0 of the other; make both with"),
    "raw": ({"peak": None}, "peaks differ: 256.0 of one, None of the other"),
}


@pytest.mark.parametrize(("options", "says"), DIFFERENT.values(), ids=DIFFERENT)
def test_histograms_of_different_layouts_or_peaks_cannot_be_added(model, options, says):
    one, two = backproj.Histogram(model), backproj.Histogram(model, **options)
    with pytest.raises(ValueError, match=re.escape(says)):
        one + two
    with pytest.raises(ValueError, match=r"differ: .* of one, .* of the other"):
        two + one


def test_histograms_without_counts_cannot_be_added(model):
    counted = backproj.Histogram(model)
    for other in (backproj.Histogram.from_values(counted.values, channels="hs"), counted.ratio(counted)):
        for a, b in ((counted, other), (other, counted)):
            with pytest.raises(ValueError, match="no counts to add"):
                a + b


def test_sum_adds_histograms(model):
    hist = backproj.Histogram(model)
    assert sum([hist, hist, hist]) == backproj.Histogram([model] * 3)


@pytest.mark.parametrize("other", [1, 1.5, None, np.ones((32, 32)), "hist", [1]])
def test_only_histograms_can_be_added(model, other):
    hist = backproj.Histogram(model)
    refused = r"unsupported operand|[Cc]oncatenat|does not support ufuncs"
    with pytest.raises(TypeError, match=refused):
        hist + other
    with pytest.raises(TypeError, match=refused):
        other + hist


@pytest.mark.parametrize(
    ("masks", "error", "says"),
    [
        (np.ones((60, 70), bool), TypeError, "a list of 2 images; mask must be a list"),
        ([None], TypeError, "a list of 2 images"),
        ([None] * 3, TypeError, "a list of 2 images"),
        ([], TypeError, "a list of 2 images"),
        ([None, 5], TypeError, "mask must be .* not int 5"),
        ([None, np.ones((3, 3), bool)], ValueError, r"\(3, 3\), but the model has \(60, 70\)"),
    ],
)
def test_a_list_of_models_needs_as_many_masks(model, masks, error, says):
    with pytest.raises(error, match=says):
        backproj.Histogram([model, model], mask=masks)


def test_counts_that_overflow_are_an_error(model):
    hist = backproj.Histogram(model[:1, :1])
    for _ in range(62):
        hist = hist + hist
    assert hist.counts.max() == 2**62
    with pytest.raises(OverflowError, match=r"more than 2\^63 - 1"):
        hist + hist


@pytest.mark.parametrize(
    "options", [{}, {"channels": "h", "bins": 16, "in_range": GATE}, {"channels": "hsv", "bins": 6}]
)
def test_a_ratio_is_that_of_swain_and_ballard(photograph, options):
    # R = min(M / I, 1) for each bin, of the model's and the image's counts: section 5 of "Color Indexing".
    patch = photograph[80:160, 180:260]
    one, scene = backproj.Histogram(patch, **options), backproj.Histogram(photograph, **options)
    ratio = one.ratio(scene)
    assert ratio.counts is None
    m, i = (formula.counts(image, **options) for image in (patch, photograph))
    expected = np.array(
        [255 * min(a / b, 1) if b else 0 for a, b in zip(m.flat, i.flat, strict=True)], np.float32
    ).reshape(m.shape)
    assert ratio.values.tobytes() == expected.tobytes()
    layout = {"channels": "hs", "bins": 32, **options}
    np.testing.assert_array_equal(
        ratio.back_project(photograph), formula.project(photograph, expected, **layout)
    )


def test_a_ratio_is_at_most_1_and_0_where_the_scene_has_nothing(model):
    red, blue = (np.full((2, 2, 3), colour, np.uint8) for colour in ((0, 0, 255), (255, 0, 0)))
    ratio = backproj.Histogram([red, red, blue]).ratio(backproj.Histogram(red))
    assert ratio.back_project(np.concatenate([red, blue])).tolist() == [[255, 255]] * 2 + [[0, 0]] * 2


def test_a_ratio_does_not_depend_on_the_peaks(model):
    one, scene = model[:20], model
    ratios = {
        backproj.Histogram(one, peak=a).ratio(backproj.Histogram(scene, peak=b))
        for a in (1, None)
        for b in (256, 9)
    }
    assert len(ratios) == 1


def test_bad_scenes_are_named(model):
    hist = backproj.Histogram(model)
    for scene in (model, None, hist.values):
        with pytest.raises(TypeError, match=f"scene must be a Histogram, not {type(scene).__name__}"):
            hist.ratio(scene)
    for options in ({"bins": 31}, {"channels": "h"}, {"in_range": GATE}):
        with pytest.raises(
            ValueError, match=r"layouts differ: .* of the model, .* of the scene; make both with"
        ):
            hist.ratio(backproj.Histogram(model, **options))
    values = backproj.Histogram.from_values(hist.values, channels="hs")
    for a, b in ((hist, values), (values, hist)):
        with pytest.raises(ValueError, match="no counts to divide"):
            a.ratio(b)
