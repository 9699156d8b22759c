"""segment makes of back projections that exist what OpenCV's filter2D and threshold make."""

import itertools

import numpy as np
import pytest

import backproj
from backproj._engine.kernels import forced
from helpers import opencv_chain
from helpers.discs import IRREGULAR, PLANES
from helpers.histograms import HISTS, model_of
from helpers.image_views import STEPS, Subclass
from helpers.region_judge import footprint

pytestmark = pytest.mark.usefixtures("opencvs_own_code")

DISCS = [None, 1, 3, (8, 5), 11, IRREGULAR["the corners"]]
THRESHOLDS = [0, 1, 50, 127, 128, 254, 255, "otsu"]


def masks(prob, disc, threshold):
    """Return OpenCV's mask of a plane, or of each of several."""
    if prob.ndim == 2:
        return opencv_chain.segment(prob, footprint(disc), threshold)
    return np.stack([masks(plane, disc, threshold) for plane in prob])


def check(prob, disc, threshold, **options):
    found = backproj.segment(prob, disc=disc, threshold=threshold, **options)
    np.testing.assert_array_equal(found, masks(prob, disc, threshold), f"disc={disc}, {threshold}")
    return found


@pytest.mark.parametrize("kind", PLANES.values(), ids=PLANES)
def test_planes_of_every_kind(kind):
    random = np.random.default_rng(1)
    for disc, threshold in itertools.product(DISCS, THRESHOLDS):
        check(kind(random, (43, 71)), disc, threshold)


@pytest.mark.parametrize("threshold", range(256))
def test_every_threshold(threshold):
    every_sum = np.arange(256, dtype=np.uint8)
    for prob in (every_sum.reshape(1, 256), every_sum.reshape(16, 16), every_sum.reshape(256, 1)):
        found = check(prob, None, threshold)
        assert np.count_nonzero(found) == 255 - threshold
        check(prob, 2, threshold)


@pytest.mark.parametrize("height", [*range(1, 12), 70])
def test_planes_of_every_size(height):
    random = np.random.default_rng(height)
    for width in [*range(1, 70), 130, 513]:
        prob = random.integers(0, 60, (height, width), np.uint8)
        for disc, threshold in ((None, 30), (5, 200), (11, "otsu")):
            check(prob, disc, threshold)


PROB = np.random.default_rng(1).integers(0, 60, (41, 67), np.uint8)
BATCH = np.random.default_rng(2).integers(0, 60, (5, 23, 31), np.uint8) * np.uint8(
    [[[1]], [[0]]] + [[[3]]] * 3
)


@pytest.mark.parametrize("prob", [PROB, np.asfortranarray(PROB)], ids=["C", "F"])
@pytest.mark.parametrize("threshold", [50, "otsu"])
def test_views(prob, threshold):
    for rows, columns in itertools.product(STEPS, STEPS):
        view = prob[2:-1, 5:][::rows, ::columns]
        view.flags.writeable = False
        for disc in (None, 3):
            check(view, disc, threshold)
            check(view.T, disc, threshold)
    check(np.broadcast_to(prob[3], prob.shape), 3, threshold)
    assert type(check(prob.view(Subclass), 3, threshold)) is np.ndarray


@pytest.mark.parametrize("threshold", [50, "otsu"])
def test_each_plane_of_a_batch_is_thresholded_alone(threshold):
    for batch in (BATCH, BATCH[::-2, ::-1], BATCH.transpose(2, 0, 1), np.broadcast_to(PROB, (3, 41, 67))):
        for disc in DISCS:
            check(batch, disc, threshold)


@pytest.mark.parametrize("threshold", [50, "otsu"])
@pytest.mark.parametrize("view", [np.s_[...], np.s_[..., ::-1, 1::2], np.s_[..., 3:-2]], ids=str)
@pytest.mark.parametrize("array", [PROB, BATCH], ids=["a plane", "a batch"])
def test_out(array, view, threshold):
    for disc in DISCS:
        prob, memory = array.copy(), np.full_like(array, 99)
        prob, out, expected = prob[view], memory[view], masks(prob[view], disc, threshold)
        assert check(prob, disc, threshold, out=out) is out
        out[...] = 99
        assert (memory == 99).all()
        assert backproj.segment(prob, disc=disc, threshold=threshold, out=prob) is prob
        np.testing.assert_array_equal(prob, expected)


@pytest.mark.parametrize("kernel", backproj.info()["kernels"])
def test_kernels_and_threads(kernel):
    prob = PLANES["masked"](np.random.default_rng(3), (1500, 1501))
    with forced(kernel):
        for disc, threshold, threads in ((None, 50, 2), (3, "otsu", 64), (11, 254, 3)):
            check(prob, disc, threshold, threads=threads)


def test_the_defaults():
    np.testing.assert_array_equal(backproj.segment(PROB), masks(PROB, 5, 50))


def test_of_several_models(photograph):
    hists = [make(model_of(photograph)) for make in HISTS.values()]
    probs = backproj.back_project(photograph, hists)
    for threshold in (50, "otsu"):
        check(probs, 5, threshold)
        each = [hist.segment(photograph, threshold=threshold) for hist in hists]
        np.testing.assert_array_equal(backproj.segment(probs, threshold=threshold), each)


def test_a_mask_is_what_segment_makes_of_what_disc_sum_returns(photograph):
    hist = HISTS["the tutorial's"](model_of(photograph))
    sums = backproj.disc_sum(hist.back_project(photograph), 11)
    for threshold in (50, "otsu"):
        np.testing.assert_array_equal(
            backproj.segment(sums, disc=None, threshold=threshold),
            hist.segment(photograph, disc=11, threshold=threshold),
        )


@pytest.mark.parametrize("shape", [(0, 7), (7, 0), (0, 0), (3, 0, 7), (0, 5, 7), (3, 5, 0)], ids=str)
@pytest.mark.parametrize("threshold", [50, "otsu"])
def test_planes_without_pixels(shape, threshold):
    assert backproj.segment(np.empty(shape, np.uint8), threshold=threshold).shape == shape
