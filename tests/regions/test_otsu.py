"""Otsu's level is OpenCV's, to the bit of every rounding that decides it."""

from fractions import Fraction

import numpy as np
import pytest

import backproj
from backproj._engine.region import otsu
from backproj._validate.views import view_plane
from helpers import opencv_chain
from helpers.discs import PLANES
from helpers.histograms import HISTS, model_of

# Where two levels are equally good, Intel's IPP may come to the other one.
own_code = pytest.mark.usefixtures("opencvs_own_code")


def level(prob):
    return otsu(view_plane(prob, "prob"))


def two_values(random, shape):
    return random.choice(random.integers(0, 256, 2), shape, p=(share := random.random(), 1 - share))


def few_values(random, shape):
    return random.choice(random.integers(0, 256, random.integers(1, 6)), shape)


def symmetrical(random, shape):
    """Return a plane for which two levels are equally good, or would be without rounding."""
    half = random.integers(0, 128, shape)
    return np.concatenate([half, 255 - half])


def two_hills(random, shape):
    means, widths = random.uniform(0, 255, 2), random.uniform(1, 40, 2)
    which = random.integers(0, 2, shape)
    return np.clip(np.rint(random.normal(means[which], widths[which])), 0, 255)


def nearly_constant(random, shape):
    prob = np.full(shape, random.integers(0, 256))
    prob.flat[0] = random.integers(0, 256)
    return prob


def narrow(random, shape):
    first = random.integers(0, 256)
    return random.integers(first, min(256, first + random.integers(1, 9)), shape)


KINDS = PLANES | {
    make.__name__: make for make in (two_values, few_values, symmetrical, two_hills, nearly_constant, narrow)
}


def different(random, kind, sizes, number):
    """Return for how many planes of a kind, and of random sizes, the levels differ."""
    wrong = 0
    for _ in range(number):
        shape = tuple(random.integers(1, sizes, 2))
        prob = kind(random, shape).astype(np.uint8)
        wrong += level(prob) != opencv_chain.otsu(prob)
    return wrong


@own_code
@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_500_planes_of_a_kind(kind):
    random = np.random.default_rng(1)
    assert different(random, kind, 9, 250) == different(random, kind, 70, 250) == 0


@own_code
@pytest.mark.parametrize("pixels", [1, 2, 3])
def test_planes_of_a_few_pixels(pixels):
    random = np.random.default_rng(pixels)
    probs = random.integers(0, 256, (700, pixels, 1), np.uint8)
    assert [level(prob) for prob in probs] == [opencv_chain.otsu(prob) for prob in probs]


@own_code
@pytest.mark.parametrize("value", [0, 1, 127, 128, 254, 255])
def test_constant_planes(value):
    for shape in ((1, 1), (3, 70), (500, 500)):
        prob = np.full(shape, value, np.uint8)
        assert level(prob) == opencv_chain.otsu(prob)


# Classes that are smaller than OpenCV's least share of the pixels, FLT_EPSILON, and as large as it.
@own_code
@pytest.mark.parametrize("pixels", [1, 2, 3, 4, 5, 9])
@pytest.mark.parametrize("shape", [(2048, 4096), (4096, 4096), (5000, 5001)], ids=str)
def test_classes_of_a_few_pixels_of_millions(pixels, shape):
    prob = np.full(shape, 40, np.uint8)
    prob[7, :pixels] = 200
    assert level(prob) == opencv_chain.otsu(prob)


@own_code
def test_photographs(photograph):
    for make in HISTS.values():
        prob = make(model_of(photograph)).back_project(photograph)
        for disc in (None, 5, 31):
            sums = backproj.disc_sum(prob, disc)
            assert level(sums) == opencv_chain.otsu(sums)
    for channel in range(3):
        grey = np.ascontiguousarray(photograph[..., channel])
        assert level(grey) == opencv_chain.otsu(grey)


def variance(counts, last):
    """Return the exact variance between the classes up to a level and above it, but for a factor."""
    levels = np.arange(256)
    pixels, total = int(counts.sum()), int(counts @ levels)
    below, total_below = (int(n[: last + 1].sum()) for n in (counts, counts * levels))
    if below in (0, pixels):
        return Fraction(0)
    return Fraction((total * below - total_below * pixels) ** 2, below * (pixels - below))


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_ipps_levels_differ_only_where_two_are_equally_good(kind):
    random = np.random.default_rng(1)
    for _ in range(100):
        prob = kind(random, tuple(random.integers(1, 9, 2))).astype(np.uint8)
        counts = np.bincount(prob.ravel(), minlength=256)
        assert variance(counts, level(prob)) == variance(counts, opencv_chain.otsu(prob))


VIEWS = {
    "upside down": lambda prob: prob[::-1],
    "mirrored": lambda prob: prob[:, ::-1],
    "every third pixel": lambda prob: prob[:, ::3],
    "transposed": lambda prob: prob.T,
    "a channel": lambda prob: np.stack([prob] * 3, axis=-1)[..., 1],
    "one row": lambda prob: np.broadcast_to(prob[5], prob.shape),
}


@own_code
@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
def test_views(view):
    prob = view(PLANES["blurred"](np.random.default_rng(3), (120, 203)))
    assert level(prob) == opencv_chain.otsu(prob)


@own_code
def test_a_plane_larger_than_a_call():
    prob = np.resize(two_hills(np.random.default_rng(9), (97, 203)).astype(np.uint8), (5000, 6000))
    assert level(prob) == opencv_chain.otsu(prob)
    assert level(prob.T) == opencv_chain.otsu(prob)
