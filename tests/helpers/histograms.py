"""Histograms of every origin, and what it means that two are the same."""

import numpy as np
import pytest

import backproj

GATE = ((0, 60, 32), (180, 255, 255))


def gradient(*shape):
    return np.linspace(-20, 300, int(np.prod(shape)), dtype=np.float32).reshape(shape)


# Histograms of all origins, of a model.
ORIGINS = {
    "default": backproj.Histogram,
    "hue": lambda model: backproj.Histogram(model, channels="h", bins=16, peak=255),
    "three dimensions": lambda model: backproj.Histogram(model, channels="hsv", bins=(5, 6, 7)),
    "gated": lambda model: backproj.Histogram(model, in_range=GATE, bins=(30, 32)),
    "fractional ranges": lambda model: backproj.Histogram(model, ranges=[0.1, 99.7, 10, 200.3]),
    "raw": lambda model: backproj.Histogram(model, peak=None),
    "masked": lambda model: backproj.Histogram(model, mask=model[..., 0] > 99),
    "from values": lambda _: backproj.Histogram.from_values(gradient(9, 7), channels="hs"),
    "scaled, gated, from values": lambda _: backproj.Histogram.from_values(
        gradient(8, 4, 2), channels="hsv", in_range=((170, 0, 0), (10, 255, 200)), scale=0.3
    ),
    "sum": lambda model: backproj.Histogram(model) + backproj.Histogram(model[::2]),
    "ratio": lambda model: backproj.Histogram(model[::2]).ratio(backproj.Histogram(model)),
}


RED = (170, 60, 32), (10, 255, 255)


def model_of(frame):
    """Return the middle of a frame."""
    height, width = (length // 5 for length in frame.shape[:2])
    return frame[2 * height : 3 * height, 2 * width : 3 * width]


def of(**options):
    return lambda model: backproj.Histogram(model, **options)


# Histograms of a model, by all that decides how a pixel is looked up.
HISTS = ORIGINS | {
    "CamShift's": of(channels="h", bins=16, in_range=((0, 60, 32), (180, 255, 255)), peak=255),
    "a bin a hue": of(channels="h", bins=180, peak=255),
    "odd bins of hue": of(channels="h", bins=23, ranges=[0.1, 99.7]),
    "odd bins": of(bins=(7, 31), peak=100),
    "the tutorial's": of(bins=(180, 256), peak=255),
    "one bin": of(bins=1, peak=None),
    "sub-ranges": of(bins=(16, 10), ranges=[20, 160, 50, 200]),
    "red, around 0": of(in_range=RED),
    "red, around 0, of hue": of(channels="h", bins=30, in_range=RED),
    "red, around 0, in three dimensions": of(channels="hsv", bins=8, in_range=RED),
    "values alone": of(channels="hsv", bins=(1, 1, 256)),
}


def assert_same(one, other, frame):
    assert (one == other, one != other, hash(one) == hash(other)) == (True, False, True)
    assert type(one) is type(other)
    assert repr(one) == repr(other)
    assert one.values.tobytes() == other.values.tobytes()
    assert one.values.shape == other.values.shape
    np.testing.assert_array_equal(one.counts, other.counts)
    np.testing.assert_array_equal(one.back_project(frame), other.back_project(frame))
    for array in (other.values, other.counts):
        if array is not None:
            assert not array.flags.writeable
            with pytest.raises(ValueError, match="cannot set WRITEABLE"):
                array.flags.writeable = True
