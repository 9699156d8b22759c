"""Any view of an image gives what a contiguous copy of it gives."""

import numpy as np
import pytest

import backproj
from backproj._validate import ownership
from helpers.image_views import STEPS, views


@pytest.fixture(params=[3, 4], ids="{} channels".format)
def image(request):
    return np.random.default_rng(5).integers(0, 256, (41, 67, request.param), np.uint8)


@pytest.fixture
def hist(image):
    return backproj.Histogram(np.ascontiguousarray(image[:20, :20, :3]))


@pytest.mark.parametrize("memory", ["C", "F"])
@pytest.mark.parametrize("order", ["bgr", "rgb"])
@pytest.mark.parametrize("writeable", [True, False], ids=["writeable", "read-only"])
def test_views_of_a_frame(image, hist, memory, order, writeable):
    image = np.array(image, order=memory)
    image.flags.writeable = writeable
    for view in views(image):
        copy = np.ascontiguousarray(view)
        np.testing.assert_array_equal(
            hist.back_project(view, order=order), hist.back_project(copy, order=order)
        )


def test_channels_reversed_by_a_step_are_the_other_order(image, hist):
    image = image[..., :3]
    for view in views(image):
        np.testing.assert_array_equal(
            hist.back_project(view[..., ::-1]), hist.back_project(view, order="rgb")
        )


@pytest.mark.parametrize("channels", [slice(0, 3), slice(1, 4), slice(3, 0, -1)], ids=str)
def test_three_channels_of_four_are_read_as_such(hist, channels):
    view = np.random.default_rng(5).integers(0, 256, (41, 67, 4), np.uint8)[..., channels]
    np.testing.assert_array_equal(hist.back_project(view), hist.back_project(np.ascontiguousarray(view)))


def test_planar_images(image, hist):
    planes = np.ascontiguousarray(np.moveaxis(image, -1, 0))
    np.testing.assert_array_equal(hist.back_project(np.moveaxis(planes, 0, -1)), hist.back_project(image))


def test_broadcast_images(hist):
    row = np.random.default_rng(1).integers(0, 256, (1, 30, 3), np.uint8)
    for view in (
        np.broadcast_to(row, (5, 30, 3)),
        np.broadcast_to(row[:, :1], (5, 7, 3)),
        np.broadcast_to(row[:, :, :1], (1, 30, 3)),
    ):
        np.testing.assert_array_equal(hist.back_project(view), hist.back_project(np.ascontiguousarray(view)))


def test_wide_views_pass_through_the_scratch_in_blocks(hist):
    wide = np.random.default_rng(1).integers(0, 256, (3, 9999, 3), np.uint8)
    for view in (wide[:, ::-1], wide[:, ::2], wide.transpose(1, 0, 2)):
        np.testing.assert_array_equal(hist.back_project(view), hist.back_project(np.ascontiguousarray(view)))


def test_views_of_out(image, hist):
    for view in views(image):
        expected = hist.back_project(view)
        for step in STEPS:
            buffer = np.full((2 * view.shape[0] + 3, 2 * view.shape[1] + 3), 99, np.uint8)
            out = (
                buffer[1:, 1:][: 2 * view.shape[0] : 2, : 2 * view.shape[1] : 2]
                if abs(step) == 2
                else buffer[1:, 1:][: view.shape[0], : view.shape[1]]
            )
            out = out[:: step // abs(step), :: step // abs(step)]
            assert hist.back_project(view, out=out) is out
            np.testing.assert_array_equal(out, expected)
            out[...] = 99
            assert (buffer == 99).all(), "bytes outside out were written"


def test_a_transposed_out(image, hist):
    out = np.empty(image.shape[1::-1], np.uint8).T
    np.testing.assert_array_equal(hist.back_project(image, out=out), hist.back_project(image))


def test_out_may_be_the_fourth_channel_of_the_frame(hist):
    image = np.random.default_rng(5).integers(0, 256, (41, 67, 4), np.uint8)
    expected = hist.back_project(image)
    hist.back_project(image, out=image[..., 3])
    np.testing.assert_array_equal(image[..., 3], expected)


def test_views_of_a_model_and_its_mask(image):
    mask = np.random.default_rng(6).integers(0, 2, image.shape[:2], np.uint8)
    for view, where in zip(views(image), views(mask[..., np.newaxis]), strict=True):
        copy = backproj.Histogram(np.ascontiguousarray(view), mask=np.ascontiguousarray(where[..., 0]))
        np.testing.assert_array_equal(backproj.Histogram(view, mask=where[..., 0]).counts, copy.counts)
        np.testing.assert_array_equal(
            backproj.Histogram(view).counts, backproj.Histogram(np.ascontiguousarray(view)).counts
        )


@pytest.mark.parametrize("shape", [(0, 5), (5, 0), (0, 0)])
def test_a_frame_without_pixels_gives_an_empty_result(shape, hist):
    assert hist.back_project(np.empty((*shape, 3), np.uint8)).shape == shape


def test_memory_maps_and_subclasses_are_arrays_too(tmp_path, image, hist):
    mapped = np.memmap(tmp_path / "frame", np.uint8, "w+", shape=image.shape)
    mapped[...] = image
    np.testing.assert_array_equal(hist.back_project(mapped), hist.back_project(image))


# Arrays whose addresses are asked for in different ways: with and without gaps, writeable or not, empty.
ARRAYS = {
    "whole": lambda a: a,
    "crop": lambda a: a[3:-5, 7:-2],
    "backwards": lambda a: a[::-1, ::-2, ::-1],
    "Fortran": np.asfortranarray,
    "transposed": lambda a: a.transpose(2, 0, 1),
    "repeated": lambda a: np.broadcast_to(a[0, 0], a.shape),
    "soon read-only": lambda a: np.broadcast_arrays(a, 0)[0],
    "soon read-only, with gaps": lambda a: np.broadcast_arrays(a[:, :1], a)[0],
    "empty": lambda a: a[:0],
    "empty, with gaps": lambda a: a[::2, 5:5, ::2],
    "flat": lambda a: a.reshape(-1),
    "one": lambda a: a[0, 0, :1].reshape(()),
    "float32": lambda a: a.astype(np.float32),
    "int64, with gaps": lambda a: a.astype(np.int64)[::2],
}


@pytest.mark.parametrize("make", ARRAYS.values(), ids=ARRAYS)
@pytest.mark.parametrize("writeable", [True, False], ids=["writeable", "read-only"])
def test_an_address_is_the_one_that_numpy_says(make, writeable):
    array = make(np.zeros((41, 67, 4), np.uint8))
    if not writeable:
        array.flags.writeable = False
    assert ownership.address(array) == array.__array_interface__["data"][0]
