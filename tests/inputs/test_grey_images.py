"""Histograms of grey take grey images as they are: of any shape, any strides, with masks and into out."""

import re

import cv2
import numpy as np
import pytest

import backproj
from helpers import opencv_chain

GREY = np.random.default_rng(5).integers(0, 256, (30, 40), np.uint8)
BATCH = np.random.default_rng(6).integers(0, 256, (3, 30, 40), np.uint8)
HIST = backproj.Histogram(GREY[5:15, 5:15], channels="gray", bins=16)
COLOUR = np.dstack([GREY] * 3)


def projected(grey):
    """Return what cv2 makes of one grey image."""
    return opencv_chain.project(np.ascontiguousarray(grey), HIST.values, "gray")


def test_a_grey_model_is_counted_as_by_cv2():
    counts, values = opencv_chain.histogram(GREY[5:15, 5:15].copy(), bins=16, channels="gray")
    np.testing.assert_array_equal(HIST.counts, counts)
    assert HIST.values.tobytes() == values.tobytes()


# (grey images, the shape of the result)
SHAPES = {
    "an image": (GREY, (30, 40)),
    "an image with an axis of channels": (GREY[..., np.newaxis], (30, 40)),
    "a batch": (BATCH, (3, 30, 40)),
    "a batch with an axis of channels": (BATCH[..., np.newaxis], (3, 30, 40)),
    "a batch of narrow images": (BATCH[:, :, :3, np.newaxis], (3, 30, 3)),
    "no images": (BATCH[:0], (0, 30, 40)),
    "a pixel": (GREY[:1, :1], (1, 1)),
}

VIEWS = {
    "a crop": GREY[3:20, 5:33],
    "every other pixel": GREY[::3, ::2],
    "upside down": GREY[::-1],
    "left to right": GREY[:, ::-1],
    "transposed": GREY.T,
    "one row again and again": np.broadcast_to(GREY[0], (9, 40)),
    "green of a colour image": np.random.default_rng(7).integers(0, 256, (20, 25, 3), np.uint8)[..., 1],
    "Fortran's order": np.asfortranarray(GREY),
    "wide": np.random.default_rng(8).integers(0, 256, (2, 5000), np.uint8),
}


@pytest.mark.parametrize(("grey", "shape"), SHAPES.values(), ids=SHAPES)
def test_grey_images_are_projected_in_every_shape(grey, shape):
    prob = HIST.back_project(grey)
    assert prob.shape == shape
    for one, image in zip(prob.reshape(-1, *shape[-2:]), grey.reshape(-1, *shape[-2:]), strict=True):
        np.testing.assert_array_equal(one, projected(image))


@pytest.mark.parametrize("grey", VIEWS.values(), ids=VIEWS)
def test_any_view_is_read_and_written(grey):
    expected = projected(grey)
    np.testing.assert_array_equal(HIST.back_project(grey), expected)
    np.testing.assert_array_equal(backproj.back_project(grey, HIST), expected)
    out = np.zeros((*grey.shape, 2), np.uint8)[..., 1]
    assert HIST.back_project(grey, out=out) is out
    np.testing.assert_array_equal(out, expected)
    model = backproj.Histogram(grey, channels="gray", bins=256)
    assert model.counts.tolist() == np.bincount(grey.ravel(), minlength=256).tolist()


def test_a_mask_says_what_is_counted():
    mask = GREY > 100
    hist = backproj.Histogram(GREY, mask=mask, channels="gray", bins=256)
    assert hist.counts.tolist() == np.bincount(GREY[mask], minlength=256).tolist()


def test_grey_images_and_colour_images_are_counted_together():
    hist = backproj.Histogram([GREY, COLOUR], channels="gray")
    np.testing.assert_array_equal(hist.counts, 2 * backproj.Histogram(GREY, channels="gray").counts)


@pytest.mark.parametrize("frame", [GREY, COLOUR], ids=["grey", "colour"])
@pytest.mark.parametrize("model", [GREY[5:15, 5:15], COLOUR[5:15, 5:15]], ids=["grey", "colour"])
def test_a_model_and_a_frame_may_be_grey_or_not(frame, model):
    prob = backproj.back_project(frame, model, channels="gray", bins=16)
    np.testing.assert_array_equal(prob, projected(GREY))


def test_a_colour_is_as_grey_as_in_cv2():
    frame = np.random.default_rng(9).integers(0, 256, (30, 40, 3), np.uint8)
    np.testing.assert_array_equal(
        HIST.back_project(frame), projected(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY))
    )
    np.testing.assert_array_equal(HIST.back_project(frame[..., ::-1], order="rgb"), HIST.back_project(frame))


@pytest.mark.parametrize("width", [1, 3, 4])
def test_a_last_axis_of_one_or_three_is_one_of_channels(width):
    narrow = np.random.default_rng(10).integers(0, 256, (5, 8, width), np.uint8)
    assert HIST.back_project(narrow).shape == (5, 8)
    batch = HIST.back_project(narrow[..., np.newaxis])
    np.testing.assert_array_equal(batch, [projected(grey) for grey in narrow])


def test_several_grey_histograms_take_a_grey_image():
    other = backproj.Histogram(GREY[:9], channels="gray")
    probs = backproj.back_project(GREY, [HIST, other])
    np.testing.assert_array_equal(probs[0], projected(GREY))
    np.testing.assert_array_equal(probs[1], other.back_project(GREY))


@pytest.mark.parametrize(("lo", "hi"), [(50, 200), ((50,), [200]), (np.uint8(50), 200.0), (-3, 1000)])
def test_in_range_of_grey_takes_numbers(lo, hi):
    expected = cv2.inRange(GREY, float(np.squeeze(lo)), float(np.squeeze(hi)))
    np.testing.assert_array_equal(backproj.in_range(GREY, lo, hi, space="gray"), expected)
    np.testing.assert_array_equal(backproj.in_range(COLOUR, lo, hi, space="gray"), expected)


def test_what_is_cut_out_is_grey():
    found = HIST.cut_out(GREY, disc=None, threshold=100)
    np.testing.assert_array_equal(found, np.where(projected(GREY) > 100, GREY, 0))
    assert HIST.cut_out(GREY[..., np.newaxis]).shape == (30, 40, 1)
    batch = HIST.cut_out(BATCH, disc=3)
    np.testing.assert_array_equal(batch[1], HIST.cut_out(BATCH[1], disc=3))
    np.testing.assert_array_equal(backproj.cut_out(BATCH, BATCH > 9), np.where(BATCH > 9, BATCH, 0))


def test_regions_are_those_of_the_back_projection():
    prob = projected(GREY)
    np.testing.assert_array_equal(HIST.segment(GREY, disc=5), backproj.segment(prob, disc=5))
    np.testing.assert_array_equal(
        HIST.segment(BATCH, threshold="otsu")[2], HIST.segment(BATCH[2], threshold="otsu")
    )


def test_objects_are_followed_through_grey_films():
    film = np.zeros((5, 60, 80), np.uint8)
    for i, frame in enumerate(film):
        frame[20:35, 10 + 6 * i : 25 + 6 * i] = 200
    tracker = backproj.Tracker(channels="gray", method="meanshift")
    tracker.init(film[0], (8, 18, 19, 19))
    for frame in film[1:]:
        ok, box = tracker.update(frame)
        assert ok
    x, y, w, h = box
    assert (film[4][y : y + h, x : x + w] == 200).sum() == 15 * 15


# (call, what the message must contain)
BAD = {
    "a grey frame for colours": (
        lambda: backproj.Histogram(COLOUR).back_project(GREY),
        "frame has shape (30, 40): a grey image has no colours",
    ),
    "a grey model for colours": (
        lambda: backproj.Histogram(GREY),
        "model has shape (30, 40): a grey image has no colours",
    ),
    "a grey frame for Cr and Cb": (
        lambda: backproj.back_project(GREY, COLOUR, channels="crcb"),
        "a grey image has no colours, and only histograms of channels='gray' take it; give a colour",
    ),
    "a grey frame for grey and colours": (
        lambda: backproj.back_project(GREY, [HIST, backproj.Histogram(COLOUR)]),
        "frame has shape (30, 40): a grey image has no colours, and only histograms of channels='gray' take",
    ),
    "a batch as a model": (
        lambda: backproj.Histogram(BATCH, channels="gray"),
        "model has shape (3, 30, 40), a batch of images; give a list of images",
    ),
    "a row": (lambda: HIST.back_project(GREY[0]), "frame must have shape (h, w), (n, h, w), (h, w, 3)"),
    "five axes": (lambda: HIST.back_project(BATCH[None, None]), "not (1, 1, 3, 30, 40)"),
    "two channels": (lambda: HIST.back_project(BATCH[..., None].repeat(2, -1)), "not (3, 30, 40, 2)"),
    "a model without pixels": (lambda: backproj.Histogram(GREY[:0], channels="gray"), "no pixels to count"),
    "a mask of another size": (
        lambda: backproj.Histogram(GREY, mask=GREY[1:], channels="gray"),
        "mask has shape (29, 40), but the model has (30, 40) pixels",
    ),
    "an out that is the frame": (lambda: HIST.back_project(GREY, out=GREY), "shares memory with the frame"),
    "an out of colours": (lambda: HIST.cut_out(GREY, out=COLOUR.copy()), "the result has (30, 40)"),
    "a grey image for hues": (
        lambda: backproj.in_range(GREY, (0, 0, 0), (9, 9, 9)),
        "image has shape (30, 40): a grey image has no colours, and space='gray' takes it; give a colour",
    ),
    "a grey image with an axis for hues": (
        lambda: backproj.in_range(GREY[..., None], (0, 0, 0), (9, 9, 9)),
        "numpy.stack([image[..., 0]] * 3, axis=-1)",
    ),
    "a grey frame that masks do not fit": (
        lambda: backproj.cut_out(GREY, BATCH),
        "mask has shape (3, 30, 40), but the frame has (30, 40) pixels; mask and frame must show the same",
    ),
    "a grey frame that a back projection does not fit": (
        lambda: backproj.overlay(GREY, BATCH),
        "prob has shape (3, 30, 40), but the frame has (30, 40) pixels; prob[0] is the first of several",
    ),
    "planes of a colour that a mask does not fit": (
        lambda: backproj.cut_out(BATCH, GREY),
        "frame must have shape (h, w, 3) or (h, w, 4), not (3, 30, 40); numpy.moveaxis",
    ),
}


@pytest.mark.parametrize(("call", "says"), BAD.values(), ids=BAD)
def test_errors_say_what_fits(call, says):
    with pytest.raises(ValueError, match=re.escape(says)):
        call()
