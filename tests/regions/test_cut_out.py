"""cut_out takes the pixels of a mask that exists out of a frame, as OpenCV's bitwise_and does."""

import itertools

import numpy as np
import pytest

import backproj
from backproj._engine.kernels import forced
from helpers import opencv_chain
from helpers.image_views import STEPS, Subclass, views

RANDOM = np.random.default_rng(4)


@pytest.fixture(params=[3, 4], ids="{} channels".format)
def image(request):
    return np.random.default_rng(5).integers(0, 256, (41, 67, request.param), np.uint8)


def mask_for(image):
    """Return a mask of all numbers; half of it is 0."""
    random = np.random.default_rng(6)
    return random.integers(0, 256, image.shape[:-1], np.uint8) * random.integers(
        0, 2, image.shape[:-1], np.uint8
    )


def check(frame, mask, **options):
    found = backproj.cut_out(frame, mask, **options)
    if frame.ndim == 4:
        expected = np.stack([opencv_chain.cut_out(*pair) for pair in zip(frame, mask, strict=True)])
    else:
        expected = opencv_chain.cut_out(frame, mask)
    np.testing.assert_array_equal(found, expected)
    return found


@pytest.mark.parametrize("value", range(256))
def test_any_number_but_0_is_within(value):
    frame = np.full((1, 9, 4), 77, np.uint8)
    mask = np.array([[0, value] * 4 + [0]], np.uint8)
    np.testing.assert_array_equal(check(frame, mask)[..., 3], np.where(mask, 77, 0))


@pytest.mark.parametrize("height", [1, 2, 9])
def test_frames_of_every_width(height, image):
    for width in [*range(1, 67), 255, 256, 257, 1023, 1025, 2050]:
        frame = np.resize(image, (height, width, image.shape[-1]))
        check(frame, mask_for(frame))


def test_views_of_frames(image):
    for array in (image, np.asfortranarray(image)):
        for view in views(array):
            view.flags.writeable = False
            check(view, mask_for(view))


GREY = {
    "an image": (9, 7),
    "an image as wide as colours": (9, 3),
    "a batch": (2, 9, 7),
    "a batch as wide as colours, with a last axis": (2, 9, 3, 1),
    "a batch with a last axis": (2, 9, 7, 1),
    "an image with a last axis": (9, 7, 1),
    "no pixels": (2, 0, 7),
}


@pytest.mark.parametrize("shape", GREY.values(), ids=GREY)
def test_grey_frames_have_the_shape_of_their_mask_or_a_last_axis_of_length_1(shape):
    frame = RANDOM.integers(1, 256, shape, np.uint8)
    mask = mask_for(frame if shape[-1] == 1 else frame[..., np.newaxis])
    out = np.full(shape, 7, np.uint8)
    expected = np.where(mask.reshape(shape), frame, 0)
    assert backproj.cut_out(frame, mask, out=out) is out
    for found in (out, backproj.cut_out(frame, mask)):
        np.testing.assert_array_equal(found, expected)


CHANNELS = {
    "in reverse": lambda image: image[..., ::-1],
    "three of more": lambda image: np.concatenate([image, image], axis=-1)[..., 1:4],
    "four of more, in reverse": lambda image: np.concatenate([image, image], axis=-1)[..., 4:0:-1],
    "every other": lambda image: np.concatenate([image, image], axis=-1)[..., :6:2],
    "planar": lambda image: np.moveaxis(np.ascontiguousarray(np.moveaxis(image, -1, 0)), 0, -1),
    "one, repeated": lambda image: np.broadcast_to(image[..., 1:2], image.shape),
    "one colour": lambda image: np.broadcast_to(image[7, 7], image.shape),
}


@pytest.mark.parametrize("view", CHANNELS.values(), ids=CHANNELS)
def test_channels_keep_their_places(view, image):
    frame = view(image)
    check(frame, mask_for(frame))


@pytest.mark.parametrize("dtype", [np.uint8, bool])
@pytest.mark.parametrize("memory", ["C", "F"])
def test_views_of_masks(dtype, memory, image):
    mask = np.array(mask_for(np.empty((90, 150, 3))), dtype, order=memory)
    mask.flags.writeable = False
    for rows, columns in itertools.product(STEPS, STEPS):
        view = mask[::rows, ::columns][:41, :67]
        frame = image[: view.shape[0], : view.shape[1]]
        check(frame, view)
        check(frame.transpose(1, 0, 2), view.T)
    check(image, np.broadcast_to(mask[0, :67], (41, 67)))
    check(image, np.broadcast_to(mask[:41, :1], (41, 67)))


def test_batches(image):
    batch = np.stack([np.roll(image[:23, :31], 3 * i, axis=1) for i in range(5)])
    for frames in (batch, batch[::-2], batch.transpose(1, 0, 2, 3), np.broadcast_to(batch[1], batch.shape)):
        mask = mask_for(frames)
        check(frames, mask)
        check(frames, mask.astype(bool)[..., ::-1])
        check(frames, np.broadcast_to(mask[0], mask.shape))


OUTS = {
    "contiguous": lambda shape: np.empty(shape, np.uint8),
    "inside a larger array": lambda shape: np.empty([n + 2 for n in shape], np.uint8)[
        tuple(slice(1, 1 + n) for n in shape)
    ],
    "in reverse": lambda shape: np.empty(shape, np.uint8)[(slice(None, None, -1),) * len(shape)],
    "channels in reverse": lambda shape: np.empty(shape, np.uint8)[..., ::-1],
    "Fortran": lambda shape: np.empty(shape, np.uint8, order="F"),
    "a subclass": lambda shape: np.empty(shape, np.uint8).view(Subclass),
}


@pytest.mark.parametrize("make", OUTS.values(), ids=OUTS)
def test_the_result_is_written_to_out_and_nowhere_else(make, image):
    for frame in (image, image[::-1, ::2], image[..., ::-1], np.stack([image[:9, :9]] * 3)):
        out = make(frame.shape)
        memory = out if out.base is None else out.base
        memory[...] = 99
        assert check(frame, mask_for(frame), out=out) is out
        if out.base is not None:
            out[...] = 99
            assert (memory == 99).all()


def test_kernels_and_threads(image):
    large = np.resize(image, (1500, 1501, image.shape[-1]))
    mask = mask_for(large)
    for frame in (large, large[::-1, ::-1]):
        expected = check(frame, mask)
        for kernel, threads in itertools.product(backproj.info()["kernels"], (1, 3, 64)):
            with forced(kernel):
                found = backproj.cut_out(frame, mask, threads=threads)
            assert np.array_equal(found, expected), f"{kernel}, {threads} threads"


def test_with_the_mask_that_segment_returns_it_is_what_cut_out_returns(photograph):
    hist = backproj.Histogram(photograph[80:160, 180:260])
    mask = hist.segment(photograph, disc=11)
    np.testing.assert_array_equal(backproj.cut_out(photograph, mask), hist.cut_out(photograph, disc=11))


@pytest.mark.parametrize("shape", [(0, 7), (7, 0), (0, 0), (3, 0, 7), (0, 5, 7), (3, 5, 0)], ids=str)
def test_frames_without_pixels(shape):
    assert backproj.cut_out(np.empty((*shape, 4), np.uint8), np.empty(shape, bool)).shape == (*shape, 4)
