"""What a histogram becomes with a part of another one mixed in."""

import pickle

import numpy as np
import pytest

import backproj
from helpers.histograms import GATE, ORIGINS, assert_same, gradient

LAYOUTS = {
    "default": {},
    "hue": {"channels": "h", "bins": 16, "peak": 255},
    "three dimensions": {"channels": "hsv", "bins": (5, 6, 7)},
    "gated": {"in_range": GATE, "bins": (30, 32)},
    "red, around 0": {"in_range": ((170, 60, 32), (10, 255, 255))},
    "sub-ranges": {"ranges": [20, 160, 50, 200], "bins": (16, 10)},
    "raw": {"peak": None},
    "one bin of each": {"channels": "hsv", "bins": (1, 1, 9)},
}

RATES = [0, 0.05, 0.5, 0.9, 1]


def blend(one, other, rate):
    """Return the values of two histograms, blended by the definition, in double precision."""
    a, b = (np.maximum(hist.values.astype(float) * hist.scale, 0) for hist in (one, other))
    mixed = (1 - rate) * a / a.max() + rate * b / b.max()
    return mixed / mixed.max() * a.max()


def assert_blended(one, other, rate):
    """Fail unless the blend of two histograms has the values of the definition, and no counts."""
    result = one.blend(other, rate)
    np.testing.assert_allclose(result.values, blend(one, other, rate), rtol=1e-6)
    assert (result.counts, result.peak, result.scale) == (None, None, 1)
    for name in ("channels", "bins", "ranges", "in_range"):
        assert getattr(result, name) == getattr(one, name)


def of(*values, scale=1.0):
    """Return a histogram of hue with these values."""
    return backproj.Histogram.from_values(np.array(values, np.float32), channels="h", scale=scale)


@pytest.fixture(scope="module")
def pair(photograph):
    """Return a function that makes histograms of two parts of a photograph, by options."""

    def make(**options):
        return [
            backproj.Histogram(photograph[at], **options)
            for at in (np.s_[80:160, 180:260], np.s_[300:360, :])
        ]

    return make


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("options", LAYOUTS.values(), ids=LAYOUTS)
def test_a_blend_is_the_mean_of_both_scaled_to_the_same_peak(pair, options, rate):
    assert_blended(*pair(**options), rate)


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("make", ORIGINS.values(), ids=ORIGINS)
def test_histograms_of_all_origins_can_be_blended(photograph, make, rate):
    one, other = make(photograph[80:160, 180:260]), make(photograph[300:360])
    assert_blended(one, other, rate)
    values = backproj.Histogram.from_values(
        gradient(*one.bins), channels=one.channels, ranges=one.ranges, in_range=one.in_range, scale=0.01
    )
    assert_blended(one, values, rate)
    assert_blended(values, one, rate)


@pytest.mark.parametrize("peaks", [(256, 9), (9, 256), (None, 256), (256, None)])
def test_only_the_peak_of_the_first_one_counts(pair, peaks):
    one, _ = pair(peak=peaks[0])
    _, other = pair(peak=peaks[1])
    assert_blended(one, other, 0.3)
    assert one.blend(other, 0.3).values.max() == one.values.max()


@pytest.mark.parametrize("peak", [256, 255, 100, None])
def test_a_rate_of_0_projects_as_this_histogram(pair, photograph, peak):
    one, other = pair(peak=peak)
    same = one.blend(other, 0)
    np.testing.assert_array_equal(same.values, one.values)
    np.testing.assert_array_equal(same.back_project(photograph), one.back_project(photograph))


def test_a_rate_of_1_projects_as_the_other_one_with_the_same_peak(pair, photograph):
    one, other = pair(peak=200)
    np.testing.assert_array_equal(
        one.blend(other, 1).back_project(photograph), other.back_project(photograph)
    )


def test_blending_does_not_change_either(pair):
    one, other = pair()
    before = one.values.copy(), other.values.copy()
    one.blend(other, 0.5)
    for hist, values in zip((one, other), before, strict=True):
        np.testing.assert_array_equal(hist.values, values)


def test_a_histogram_blended_with_itself_has_the_same_values(pair):
    one, _ = pair()
    np.testing.assert_allclose(one.blend(one, 0.3).values, one.values, rtol=1e-6)


ZEROS = {"zeros": of(0, 0, 0), "negative": of(-1, -5, -0.5)}


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("nothing", ZEROS.values(), ids=ZEROS)
def test_blended_with_a_histogram_that_projects_to_0_it_has_the_other_ones_values(nothing, rate):
    some = of(1, 200, 7, scale=0.5)
    for result in (some.blend(nothing, rate), nothing.blend(some, rate)):
        assert result.values.tolist() == [0.5, 100, 3.5]
    assert nothing.blend(nothing, rate).values.tolist() == [0, 0, 0]


def test_a_model_of_which_no_pixel_was_counted_leaves_the_other_one_as_it_is(pair):
    one, _ = pair()
    with pytest.warns(RuntimeWarning, match="no pixel passed"):
        empty = backproj.Histogram(np.zeros((2, 2, 3), np.uint8), mask=np.zeros((2, 2), bool))
    np.testing.assert_array_equal(one.blend(empty, 0.5).values, one.values)


@pytest.mark.parametrize("rate", RATES)
def test_negative_values_count_as_0(rate):
    one, other = of(10, -100), of(-100, 20)
    expected = of(10, 0).blend(of(0, 20), rate)
    np.testing.assert_array_equal(one.blend(other, rate).values, expected.values)


def test_scales_are_part_of_the_values():
    assert of(1, 2, scale=100).blend(of(3, 0), 0.5).values.tolist() == [200, pytest.approx(400 / 3)]
    assert of(4, 2, scale=-1).blend(of(0, 9), 0.5).values.tolist() == [0, 9]


EXTREMES = {
    "the greatest and the least": (of(2e9, 0), of(0, 1e-38)),
    "the least and the greatest": (of(1e-38, 0), of(0, 2e9)),
    "less than normal numbers": (of(2e9, 0), of(0, 1e-44)),
    "a large scale": (of(1e-30, 0, scale=1e38), of(0, 1)),
    "a small scale": (of(2e9, 0), of(0, 1, scale=1e-38)),
}


@pytest.mark.parametrize(("one", "other"), EXTREMES.values(), ids=EXTREMES)
def test_the_sizes_of_values_do_not_matter(one, other):
    most = np.float32(one.values.max() * one.scale)
    np.testing.assert_allclose(one.blend(other, 0.5).values, [most, most], rtol=1e-6)
    np.testing.assert_allclose(one.blend(other, 0.2).values, [most, most / 4], rtol=1e-6)


def test_values_may_fade_away_also_where_numpy_raises_errors():
    with np.errstate(all="raise"):
        hist, other = of(3, 200, 0), of(0, 0, 1)
        for _ in range(3000):
            hist = hist.blend(other, 0.05)
    assert hist.values.tolist() == [pytest.approx(0), pytest.approx(0), 200]


def test_a_blend_can_be_pickled_and_saved(pair, photograph, tmp_path):
    one, other = pair(in_range=GATE)
    blended = one.blend(other, 0.25)
    assert_same(blended, pickle.loads(pickle.dumps(blended)), photograph)
    blended.save(tmp_path / "blended.npz")
    assert_same(blended, backproj.Histogram.load(tmp_path / "blended.npz"), photograph)


def test_a_blend_has_no_counts_to_add(pair):
    one, other = pair()
    with pytest.raises(ValueError, match="no counts to add"):
        one.blend(other, 0.5) + one


DIFFERENT = {
    "channels": {"channels": "h"},
    "bins": {"bins": 31},
    "ranges": {"ranges": [0, 180, 0, 255]},
    "in_range": {"in_range": GATE},
}


@pytest.mark.parametrize("name", DIFFERENT)
def test_layouts_that_differ_are_named(pair, name):
    (one, _), (_, other) = pair(), pair(**DIFFERENT[name])
    for a, b in ((one, other), (other, one)):
        with pytest.raises(
            ValueError, match=f"the layouts differ: {name}=.* of this histogram, .* of the other"
        ):
            a.blend(b, 0.5)


@pytest.mark.parametrize(
    "other", [None, 1, "hist", np.ones((32, 32), np.float32)], ids=lambda it: type(it).__name__
)
def test_only_histograms_can_be_blended(pair, other):
    one, _ = pair()
    with pytest.raises(TypeError, match=f"other must be a Histogram, not {type(other).__name__}"):
        one.blend(other, 0.5)


BAD_RATES = {
    "not a number": (float("nan"), ValueError, "nan"),
    "negative": (-0.1, ValueError, "-0.1"),
    "more than 1": (1.01, ValueError, "1.01"),
    "beyond floats": (10**400, ValueError, "1000000"),
    "a bool": (True, TypeError, "True"),
    "text": ("x", TypeError, "'x'"),
    "nothing": (None, TypeError, "None"),
    "complex": (0.5j, TypeError, "0.5j"),
    "an array": (np.array([0.5]), TypeError, r"array\(\[0.5"),
}


@pytest.mark.parametrize(("rate", "error", "says"), BAD_RATES.values(), ids=BAD_RATES)
def test_bad_rates_are_named(pair, rate, error, says):
    one, other = pair()
    with pytest.raises(error, match=f"rate must be .*from 0 to 1, not {says}"):
        one.blend(other, rate)


@pytest.mark.parametrize(
    "rate", [np.float32(0.5), np.float64(0.5), np.float16(0.5)], ids=lambda it: it.dtype.name
)
def test_rates_of_numpy_are_numbers_too(pair, rate):
    one, other = pair()
    assert one.blend(other, rate) == one.blend(other, 0.5)
