"""A histogram's segment and cut_out are OpenCV's chain of calls on any frame, by any histogram."""

import itertools

import cv2
import numpy as np
import pytest
import skimage.data

import backproj
from backproj._engine import blocks
from backproj._engine.kernels import forced
from helpers import opencv_chain
from helpers.discs import IRREGULAR
from helpers.histograms import HISTS, model_of
from helpers.image_views import views
from helpers.region_judge import check, methods, region

pytestmark = [methods, pytest.mark.usefixtures("opencvs_own_code")]

DISCS = [None, 1, 2, 5, 11, (12, 3), 31, IRREGULAR["noise"], IRREGULAR["a ring"].astype(bool)]
THRESHOLDS = [0, 1, 50, 127, 128, 200, 254, 255, "otsu"]


@pytest.fixture(params=["astronaut", "coffee", "chelsea", "rocket"], scope="module")
def picture(request):
    return np.ascontiguousarray(getattr(skimage.data, request.param)()[..., ::-1])


@pytest.fixture(params=[3, 4], ids="{} channels".format, scope="module")
def image(request):
    """Noise that grows denser towards the left, so that sums of all discs are of all sizes."""
    random = np.random.default_rng(5)
    image = random.integers(0, 256, (41, 67, request.param), np.uint8)
    image[random.random((41, 67)) > np.linspace(1, 0, 67) ** 4 / 2] = (10, 90, 50, 7)[: request.param]
    return image


@pytest.fixture(scope="module")
def hist():
    """A histogram of most of the noise, and not of the colour between it."""
    noise = np.random.default_rng(5).integers(0, 256, (41, 67, 3), np.uint8)
    return backproj.Histogram(noise, bins=(9, 8), in_range=((60, 0, 0), (30, 255, 255)), peak=35)


def options(seed):
    """Yield discs and thresholds of all kinds in turn, forever."""
    pairs = list(itertools.product(DISCS, THRESHOLDS))
    order = np.random.default_rng(seed).permutation(len(pairs))
    return itertools.cycle(pairs[i] for i in order)


@pytest.mark.parametrize("make", HISTS.values(), ids=HISTS)
def test_photographs(picture, make, method):
    hist = make(model_of(picture))
    for disc, threshold in itertools.islice(options(len(repr(hist))), 4):
        check(method, hist, picture, disc, threshold)


@pytest.mark.parametrize("threshold", THRESHOLDS)
@pytest.mark.parametrize("disc", DISCS, ids=lambda disc: repr(np.shape(disc) or disc))
def test_discs_and_thresholds(image, hist, disc, threshold, method):
    check(method, hist, image, disc, threshold)
    check(method, hist, image[::-1, ::2], disc, threshold, "rgb")


@pytest.mark.parametrize("kernel", backproj.info()["kernels"])
def test_every_kernel(kernel, photograph, method):
    turn = options(3)
    with forced(kernel):
        for make in HISTS.values():
            hist = make(model_of(photograph))
            for frame in (photograph, photograph[200:210, 99:111], photograph[::3, ::-2]):
                check(method, hist, frame, *next(turn))


@pytest.mark.parametrize("order", ["bgr", "rgb"])
def test_orders(order, photograph, method):
    hist = backproj.Histogram(model_of(photograph), bins=16)
    call, turned = getattr(hist, method), np.ascontiguousarray(photograph[..., ::-1])
    check(method, hist, photograph if order == "bgr" else turned, order=order)
    found = call(photograph)
    back = slice(None, None, -1 if method == "cut_out" else 1)
    np.testing.assert_array_equal(call(turned, order="rgb")[..., back], found)
    np.testing.assert_array_equal(call(photograph[..., ::-1], order="rgb")[..., back], found)


@pytest.mark.parametrize("memory", ["C", "F"])
@pytest.mark.parametrize("order", ["bgr", "rgb"])
@pytest.mark.parametrize("writeable", [True, False], ids=["writeable", "read-only"])
def test_views(image, hist, memory, order, writeable, method):
    image = np.array(image, order=memory)
    before, turn = image.copy(), options(5)
    image.flags.writeable = writeable
    for view in views(image):
        check(method, hist, view, *next(turn), order)
    np.testing.assert_array_equal(image, before)


SPREAD = {
    "planar": lambda image: np.moveaxis(np.ascontiguousarray(np.moveaxis(image, -1, 0)), 0, -1),
    "the other order": lambda image: image[..., 2::-1],
    "all channels in reverse": lambda image: image[..., ::-1],
    "three of more channels": lambda image: np.concatenate([image, image], axis=-1)[..., 1:4],
    "four of more channels": lambda image: np.concatenate([image, image], axis=-1)[..., 1:5],
    "every other channel": lambda image: np.concatenate([image, image], axis=-1)[..., :6:2],
    "one row": lambda image: np.broadcast_to(image[7], image.shape),
    "one column": lambda image: np.broadcast_to(image[:, 7:8], image.shape),
    "one colour": lambda image: np.broadcast_to(image[7, 7], image.shape),
    "one grey channel": lambda image: np.broadcast_to(image[..., :1], (*image.shape[:2], 3)),
}


@pytest.mark.parametrize("view", SPREAD.values(), ids=SPREAD)
def test_views_that_repeat_or_reorder_memory(image, hist, view, method):
    for disc, threshold in itertools.islice(options(7), 9):
        check(method, hist, view(image), disc, threshold)


@pytest.mark.parametrize("shape", [(1, 1), (1, 2), (2, 1), (1, 50), (50, 1), (3, 7), (2, 700)], ids=str)
def test_frames_smaller_than_the_disc(shape, image, hist, method):
    frame = np.resize(image, (*shape, image.shape[-1]))
    for disc, threshold in itertools.product(DISCS, (0, 50, "otsu")):
        check(method, hist, frame, disc, threshold)


@pytest.mark.parametrize("shape", [(0, 7), (7, 0), (0, 0), (3, 0, 7), (0, 5, 7), (3, 5, 0)], ids=str)
@pytest.mark.parametrize("threshold", [50, "otsu"])
def test_frames_without_pixels(shape, hist, threshold, method):
    found = getattr(hist, method)(np.empty((*shape, 3), np.uint8), threshold=threshold)
    assert found.shape == ((*shape, 3) if method == "cut_out" else shape)


@pytest.mark.parametrize("width", [63, 64, 65, 255, 257, 511, 513, 1023, 1025, 2000])
def test_widths_around_those_of_strips_and_vectors(width, image, hist, method):
    wide = np.resize(image, (13, width, image.shape[-1]))
    for disc, threshold in itertools.islice(options(width), 6):
        check(method, hist, wide, disc, threshold)


BATCHES = {
    "contiguous": lambda batch: batch,
    "every other frame": lambda batch: batch[::2],
    "in reverse": lambda batch: batch[::-1, ::-1],
    "mirrored": lambda batch: batch[:, :, ::-2],
    "rows as frames": lambda batch: batch.transpose(1, 0, 2, 3),
    "frames transposed": lambda batch: batch.transpose(0, 2, 1, 3),
    "the other order": lambda batch: batch[..., 2::-1],
    "one frame": lambda batch: batch[2:3],
    "no frames": lambda batch: batch[:0],
    "one frame, repeated": lambda batch: np.broadcast_to(batch[3], batch.shape),
    "Fortran": np.asfortranarray,
}


@pytest.mark.parametrize("view", BATCHES.values(), ids=BATCHES)
def test_batches(view, image, hist, method):
    batch = view(np.stack([np.roll(image[:23, :31], 3 * i, axis=1) for i in range(5)]))
    turn = options(11)
    # Each frame has a level of its own.
    for disc, threshold in [*itertools.islice(turn, 6), (5, "otsu")]:
        check(method, hist, batch, disc, threshold)


# Where a result of some shape may be written. The last axis of what is cut out has its channels.
OUTS = {
    "contiguous": lambda shape: np.empty(shape, np.uint8),
    "inside a larger array": lambda shape: np.empty([n + 2 for n in shape], np.uint8)[
        tuple(slice(1, 1 + n) for n in shape)
    ],
    "every other": lambda shape: np.empty([2 * n for n in shape], np.uint8)[
        (slice(None, None, 2),) * len(shape)
    ],
    "in reverse": lambda shape: np.empty(shape, np.uint8)[(slice(None, None, -1),) * len(shape)],
    "upside down": lambda shape: np.empty(shape, np.uint8)[::-1],
    "Fortran": lambda shape: np.empty(shape, np.uint8, order="F"),
    "a part of more channels": lambda shape: np.empty((*shape[:-1], shape[-1] + 3), np.uint8)[
        ..., 1 : shape[-1] + 1
    ],
}


@pytest.mark.parametrize("make", OUTS.values(), ids=OUTS)
@pytest.mark.parametrize("threshold", [50, "otsu"])
def test_the_result_is_written_to_out_and_nowhere_else(make, threshold, image, hist, method):
    for frame in (image, image[::-1, ::2], image[..., 2::-1], np.stack([image[:9, :9]] * 3)):
        shape = frame.shape if method == "cut_out" else frame.shape[:-1]
        for disc in (None, 5, 31):
            out = make(shape)
            memory = out if out.base is None else out.base
            memory[...] = 99
            assert check(method, hist, frame, disc, threshold, out=out) is out
            if out.base is not None:
                out[...] = 99
                assert (memory == 99).all()


def test_any_number_of_threads(image, hist, method):
    frame = np.resize(image, (2600, 1001, image.shape[-1]))
    for disc, threshold in ((5, 50), (31, "otsu"), (None, 20)):
        expected = region(method, hist, frame, disc, threshold)
        for kernel, threads in itertools.product(backproj.info()["kernels"], (1, 2, 64)):
            with forced(kernel):
                found = getattr(hist, method)(frame, disc=disc, threshold=threshold, threads=threads)
            np.testing.assert_array_equal(found, expected, f"{kernel}, {threads} threads, {disc}")


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("pixels", [1, 60, 67, 1000])
def test_bands_of_any_size(monkeypatch, pixels, threads, image, hist, method):
    monkeypatch.setattr(blocks, "PIXELS_PER_CALL", pixels)
    monkeypatch.setattr(blocks, "_MAX_PIXELS_PER_CALL", pixels)
    for disc, threshold in itertools.islice(options(13), 20):
        check(method, hist, image, disc, threshold, threads=threads)


def test_a_large_frame(photograph, method):
    frame = np.resize(photograph, (3000, 4000, 3))
    hist = backproj.Histogram(model_of(photograph), bins=(180, 256), peak=255)
    check(method, hist, frame, 11, "otsu" if method == "segment" else 50)


def test_a_subclass_and_a_memory_map(tmp_path, photograph, method):
    hist = backproj.Histogram(model_of(photograph))
    photograph.tofile(tmp_path / "frame")
    mapped = np.memmap(tmp_path / "frame", np.uint8, "r", shape=photograph.shape)
    assert type(check(method, hist, mapped)) is np.ndarray


def test_the_defaults_are_the_tutorials(photograph, method):
    hist = backproj.Histogram(model_of(photograph))
    call = getattr(hist, method)
    np.testing.assert_array_equal(call(photograph), region(method, hist, photograph, 5, 50))
    np.testing.assert_array_equal(call(photograph), call(photograph, disc=5, threshold=50, order="bgr"))


def test_opencvs_tutorial_back_projection(photograph, method):
    hsv, model = opencv_chain.to_hsv(photograph), opencv_chain.to_hsv(model_of(photograph))
    values = cv2.calcHist([model], [0, 1], None, [180, 256], [0, 180, 0, 256])
    cv2.normalize(values, values, 0, 255, cv2.NORM_MINMAX)
    dst = cv2.calcBackProject([hsv], [0, 1], values, [0, 180, 0, 256], 1)
    cv2.filter2D(dst, -1, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (5, 5)), dst)
    _, thresh = cv2.threshold(dst, 50, 255, 0)
    expected = cv2.bitwise_and(photograph, cv2.merge((thresh, thresh, thresh)))
    hist = backproj.Histogram(model_of(photograph), bins=(180, 256), peak=255)
    np.testing.assert_array_equal(
        getattr(hist, method)(photograph), expected if method == "cut_out" else thresh
    )
