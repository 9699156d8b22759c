"""Which histograms are equal, and that copies and pickles are."""

import copy
import copyreg
import gc
import pickle
import weakref

import numpy as np
import pytest

import backproj
from helpers.histograms import GATE, ORIGINS, assert_same


@pytest.fixture(scope="module")
def model():
    return np.random.default_rng(14).integers(0, 256, (60, 70, 3), np.uint8)


@pytest.fixture(params=ORIGINS)
def hist(request, model):
    return ORIGINS[request.param](model)


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
    "values of another shape": (
        {"values": np.zeros((3, 3, 3), np.float32)},
        "channels='hs' needs 2 axes: hue, saturation",
    ),
    "values of another dtype": ({"values": np.zeros((32, 32))}, "values must be a numpy array of float32"),
    "values that are not finite": ({"values": np.full((32, 32), np.nan, np.float32)}, "must be finite"),
    "counts of another shape": ({"counts": np.zeros((3, 3), np.int64)}, "counts has shape"),
    "counts of another dtype": ({"counts": np.zeros((32, 32))}, "counts must be a numpy array of int64"),
    "negative counts": ({"counts": np.full((32, 32), -1)}, "must not be negative"),
    "masked counts": ({"counts": np.ma.zeros((32, 32), np.int64)}, "counts must be a numpy array of int64"),
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


@pytest.mark.parametrize(
    "field", ["version", "channels", "ranges", "in_range", "values", "scale", "counts", "peak"]
)
def test_a_state_without_a_field_is_an_error_that_names_it(model, field):
    state = backproj.Histogram(model).__getstate__()
    del state[field]
    with pytest.raises(ValueError, match=field):
        backproj.Histogram.__new__(backproj.Histogram).__setstate__(state)


def test_a_state_that_is_not_a_dict_is_an_error():
    with pytest.raises(TypeError, match="must be a dict, not None"):
        backproj.Histogram.__new__(backproj.Histogram).__setstate__(None)


@pytest.mark.parametrize("field", ["values", "counts"])
def test_a_state_that_reaches_beyond_its_memory_is_an_error(model, field):
    state = backproj.Histogram(model).__getstate__()
    one = np.zeros(1, state[field].dtype)
    state[field] = np.lib.stride_tricks.as_strided(one, (32, 32), (1 << 40, 8))
    with pytest.raises(ValueError, match=f"{field} of shape .* reach beyond"):
        backproj.Histogram.__new__(backproj.Histogram).__setstate__(state)


def test_pickles_name_public_modules_only(model):
    assert b"backproj._" not in pickle.dumps(backproj.Histogram(model), 0)


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
