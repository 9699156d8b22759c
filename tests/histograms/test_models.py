"""Histograms from values and from several models; sums, ratios, equality, copies and pickles."""

import copy
import copyreg
import gc
import pickle
import weakref

import numpy as np
import pytest

import backproj
from helpers import formula, opencv_chain
from helpers.histograms import GATE, ORIGINS, assert_same, gradient


@pytest.fixture(scope="module")
def model():
    return np.random.default_rng(14).integers(0, 256, (60, 70, 3), np.uint8)


@pytest.fixture(params=ORIGINS)
def hist(request, model):
    return ORIGINS[request.param](model)


# --- from_values


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
    "other channels": (ONES, {"channels": "hv"}, ValueError, "'hv'"),
    "other ranges": (ONES, {"ranges": [0, 180]}, ValueError, "2 numbers"),
    "other bounds": (ONES, {"in_range": ((0, 9, 0), (9, 8, 9))}, ValueError, "saturation from 9 to 8"),
}


@pytest.mark.parametrize(("values", "options", "error", "named"), BAD_VALUES.values(), ids=BAD_VALUES)
def test_bad_values_are_named(values, options, error, named):
    with pytest.raises(error) as caught:
        backproj.Histogram.from_values(values, **{"channels": "hs", **options})
    assert named in str(caught.value)
    assert "\n" not in str(caught.value)


# --- several models, sums


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
    "channels": {"channels": "h"},
    "bins": {"bins": 31},
    "ranges": {"ranges": [0, 180, 0, 255]},
    "in_range": {"in_range": GATE},
    "peak": {"peak": 255},
    "raw": {"peak": None},
}


@pytest.mark.parametrize("options", DIFFERENT.values(), ids=DIFFERENT)
def test_histograms_of_different_layouts_or_peaks_cannot_be_added(model, options):
    one, two = backproj.Histogram(model), backproj.Histogram(model, **options)
    for a, b in ((one, two), (two, one)):
        with pytest.raises(ValueError, match="different layouts or peaks cannot be added"):
            a + b


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


# --- ratio


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
        with pytest.raises(ValueError, match="the layouts differ"):
            hist.ratio(backproj.Histogram(model, **options))
    values = backproj.Histogram.from_values(hist.values, channels="hs")
    for a, b in ((hist, values), (values, hist)):
        with pytest.raises(ValueError, match="no counts to divide"):
            a.ratio(b)


# --- equality, copies


def test_histograms_are_equal_to_those_of_the_same_origin_only(model):
    every = [make(model) for make in ORIGINS.values()]
    again = [make(model) for make in ORIGINS.values()]
    for i, one in enumerate(every):
        assert [one == other for other in again] == [i == j for j in range(len(every))]
    assert len({*every, *again}) == len(every)


def test_equality_tells_counts_and_peaks_apart(model):
    hist = backproj.Histogram(model)
    assert hist == backproj.Histogram(model.copy())
    assert hash(hist) == hash(backproj.Histogram(model.copy()))
    twice = backproj.Histogram([model, model])  # has the same values
    np.testing.assert_array_equal(hist.values, twice.values)
    assert hist != twice
    values = backproj.Histogram.from_values(hist.values, channels="hs")
    assert hist != values  # which has no counts
    black = np.zeros((16, 16, 3), np.uint8)  # 256 pixels in one bin
    assert backproj.Histogram(black, peak=256) != backproj.Histogram(black, peak=None)
    for options in ({"scale": 2}, {"in_range": GATE}, {"ranges": [0, 180, 0, 255]}):
        assert values != backproj.Histogram.from_values(hist.values, channels="hs", **options)


@pytest.mark.parametrize("other", [None, 0, "hist", np.ones(3), np.ones((32, 32)), np.ones(0), [1], object()])
def test_a_comparison_with_anything_else_is_a_plain_bool(model, other):
    hist = backproj.Histogram(model)
    assert [hist == other, other == hist, hist != other, other != hist] == [False, False, True, True]
    assert {type(x) for x in (hist == other, other == hist, hist != other, other != hist)} == {bool}


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_pickled_histogram_comes_back_equal(hist, model, protocol):
    assert_same(hist, pickle.loads(pickle.dumps(hist, protocol)), model)


def test_a_pickle_with_out_of_band_buffers_comes_back_equal(hist, model):
    buffers = []
    data = pickle.dumps(hist, 5, buffer_callback=buffers.append)
    raw = [bytearray(buffer.raw()) for buffer in buffers]
    again = pickle.loads(data, buffers=raw)
    assert_same(hist, again, model)
    for buffer in raw:
        buffer[:] = bytes(len(buffer))
    assert_same(hist, again, model)


BAD_PICKLES = {
    "another version": ({"version": 2}, "version 2 cannot be read"),
    "no version": ({"version": None}, "version None cannot be read"),
    "values of another shape": ({"values": np.zeros((3, 3, 3), np.float32)}, "needs an axis for each"),
    "values of another dtype": ({"values": np.zeros((32, 32))}, "values must be a numpy array of float32"),
    "values that are not finite": ({"values": np.full((32, 32), np.nan, np.float32)}, "must be finite"),
    "counts of another shape": ({"counts": np.zeros((3, 3), np.int64)}, "counts has shape"),
    "counts of another dtype": ({"counts": np.zeros((32, 32))}, "counts must be a numpy array of int64"),
    "negative counts": ({"counts": np.full((32, 32), -1)}, "must not be negative"),
    "no counts": ({"counts": None}, "there is a peak, 256, but there are no counts"),
    "a negative peak": ({"peak": -3}, "peak must be more than 0"),
    "other channels": ({"channels": "rgb"}, "channels must be"),
    "ranges of nothing": ({"ranges": (0, 0, 0, 256)}, "which holds nothing"),
}


@pytest.mark.parametrize(("change", "says"), BAD_PICKLES.values(), ids=BAD_PICKLES)
def test_a_pickle_that_is_not_a_histogram_is_an_error(model, change, says):
    class Forged:
        def __reduce__(self):
            state = backproj.Histogram(model).__getstate__() | change
            return copyreg._reconstructor, (backproj.Histogram, object, None), state

    with pytest.raises((TypeError, ValueError), match=says):
        pickle.loads(pickle.dumps(Forged()))


def test_pickles_name_public_modules_only(model):
    assert b"backproj._" not in pickle.dumps(backproj.Histogram(model), 0)


def test_peak_and_scale_are_those_given(model):
    hist = backproj.Histogram(model)
    assert (hist.peak, hist.scale) == (256, 1)
    assert backproj.Histogram(model, peak=255).peak == 255
    assert backproj.Histogram(model, peak=None).peak is None
    given = backproj.Histogram.from_values(hist.values, channels="hs", scale=0.5)
    assert (given.peak, given.scale) == (None, 0.5)
    assert hist.ratio(hist).peak is None
    assert type(backproj.Histogram(model, peak=np.float16(255)).peak) is float


def test_counts_that_overflow_are_an_error(model):
    hist = backproj.Histogram(model[:1, :1])
    for _ in range(62):
        hist = hist + hist
    assert hist.counts.max() == 2**62
    with pytest.raises(OverflowError, match=r"more than 2\^63 - 1"):
        hist + hist


@pytest.mark.parametrize("way", [copy.copy, copy.deepcopy, lambda hist: copy.deepcopy([hist])[0]])
def test_a_copy_is_equal(hist, model, way):
    assert_same(hist, way(hist), model)


class Named(backproj.Histogram):
    __slots__ = ()


def test_sums_copies_and_loaded_histograms_keep_the_subclass(model, tmp_path):
    hist = Named(model)
    hist.save(tmp_path / "hist")
    for other in (
        pickle.loads(pickle.dumps(hist)),
        copy.copy(hist),
        hist + hist,
        Named.load(tmp_path / "hist"),
    ):
        assert type(other) is Named
    assert hist == backproj.Histogram(model)


def test_a_weak_reference_does_not_keep_a_histogram_alive(model):
    hist = backproj.Histogram(model)
    reference = weakref.ref(hist)
    assert reference() is hist
    values = hist.values
    del hist
    gc.collect()
    assert reference() is None
    assert values.max() == 256, "arrays outlive their histogram"


def test_attributes_cannot_be_set(hist):
    for name in ("values", "counts", "anything"):
        with pytest.raises(AttributeError):
            setattr(hist, name, None)
