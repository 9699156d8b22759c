"""`overlay` leaves the colour where a back projection is high, and fades the rest to dark grey."""

import numpy as np
import pytest
from PIL import Image

import backproj


def by_pillow(rgb, prob):
    """Return the same by a library: a grey of 35%, and the picture over it through a mask."""
    picture = Image.fromarray(rgb)
    grey = picture.convert("L").point([round(0.35 * level) for level in range(256)]).convert("RGB")
    return np.asarray(Image.composite(picture, grey, Image.fromarray(prob)))


@pytest.fixture
def prob(photograph):
    return backproj.back_project(photograph, photograph[300:360, 120:180])


def test_a_pixel_that_fits_keeps_its_colour(photograph, prob):
    shown = backproj.overlay(photograph, prob)
    assert (shown.dtype, shown.shape) == (np.uint8, photograph.shape)
    np.testing.assert_array_equal(shown[prob == 255], photograph[prob == 255])


def test_a_pixel_that_does_not_fit_is_dark_grey(photograph, prob):
    faded = backproj.overlay(photograph, prob)[prob == 0]
    assert (faded == faded[:, :1]).all()
    assert faded.max() <= 0.36 * 255


def test_it_is_what_pillow_composes(photograph, prob):
    rgb = np.ascontiguousarray(photograph[..., ::-1])
    got = backproj.overlay(rgb, prob, order="rgb").astype(int)
    assert np.abs(got - by_pillow(rgb, prob)).max() <= 1


def test_it_never_overflows():
    brightest = np.full((1, 256, 3), 255, np.uint8)
    every = np.arange(256, dtype=np.uint8)[np.newaxis]
    shown = backproj.overlay(brightest, every)[0].astype(int)
    assert (np.diff(shown, axis=0) >= 0).all()
    assert shown[0].tolist() == [90] * 3
    assert shown[-1].tolist() == [255] * 3


def test_the_result_has_the_order_of_the_frame(photograph, prob):
    rgb = backproj.overlay(photograph[..., ::-1], prob, order="rgb")
    np.testing.assert_array_equal(rgb[..., ::-1], backproj.overlay(photograph, prob))


def test_a_fourth_channel_is_ignored(noise):
    plane = noise[..., 0]
    bgra = np.dstack([noise, plane])
    np.testing.assert_array_equal(backproj.overlay(bgra, plane), backproj.overlay(noise, plane))


@pytest.mark.parametrize("view", [np.s_[:], np.s_[::2, ::-1], np.s_[:0]])
def test_a_bool_mask_is_255_where_it_is_true(view, noise):
    mask = noise[..., 0] > 127
    expected = backproj.overlay(noise[view], mask[view].astype(np.uint8) * 255)
    np.testing.assert_array_equal(backproj.overlay(noise[view], mask[view]), expected)


def test_a_batch_takes_a_bool_mask(noise):
    frames = np.stack([noise, noise[::-1]])
    masks = frames[..., 0] > 127
    expected = backproj.overlay(frames, masks.astype(np.uint8) * 255)
    np.testing.assert_array_equal(backproj.overlay(frames, masks), expected)


def test_the_dtype_of_a_mask_of_a_subclass_is_the_arrays_own(noise):
    class Wrong(np.ndarray):
        dtype = np.dtype(np.float32)

    mask = noise[..., 0] > 127
    np.testing.assert_array_equal(backproj.overlay(noise, mask.view(Wrong)), backproj.overlay(noise, mask))


def test_true_may_be_any_byte_but_0(noise):
    mask = np.array(noise[..., 0])  # as numpy reads bytes that others wrote as bool
    expected = backproj.overlay(noise, np.where(mask, np.uint8(255), np.uint8(0)))
    np.testing.assert_array_equal(backproj.overlay(noise, mask.view(bool)), expected)


@pytest.mark.parametrize("view", [np.s_[::2, ::-1], np.s_[::-1, 3:9], np.s_[:0], np.s_[:, :0]])
def test_views_are_read_as_they_are(view, noise):
    plane = noise[..., 1]
    np.testing.assert_array_equal(
        backproj.overlay(noise[view], plane[view]), backproj.overlay(noise, plane)[view]
    )


def test_a_batch_is_its_frames(noise):
    frames = np.stack([noise, noise[::-1], 255 - noise])
    probs = np.ascontiguousarray(frames[..., 2])
    expected = [backproj.overlay(frame, prob) for frame, prob in zip(frames, probs, strict=True)]
    np.testing.assert_array_equal(backproj.overlay(frames, probs), expected)


@pytest.mark.parametrize("view", [np.s_[:], np.s_[::2, ::-1], np.s_[:0], np.s_[:, :0]])
def test_a_grey_frame_is_faded_as_the_same_in_colours(view, noise):
    grey, plane = noise[view][..., 0], noise[view][..., 1]
    shown = backproj.overlay(grey, plane)
    expected = backproj.overlay(np.stack([grey] * 3, axis=-1), plane)
    np.testing.assert_array_equal(np.stack([shown] * 3, axis=-1), expected)
    with_axis = backproj.overlay(grey[..., np.newaxis], plane)
    np.testing.assert_array_equal(with_axis, shown[..., np.newaxis])


def test_a_batch_of_grey_frames_is_its_frames(noise):
    frames, probs = noise.transpose(2, 0, 1), noise[::-1].transpose(2, 0, 1)
    expected = [backproj.overlay(frame, prob) for frame, prob in zip(frames, probs, strict=True)]
    np.testing.assert_array_equal(backproj.overlay(frames, probs), expected)
    batch = backproj.overlay(frames[..., np.newaxis], probs)
    np.testing.assert_array_equal(batch, np.array(expected)[..., np.newaxis])


def test_it_does_not_change_its_inputs(noise):
    frame, plane = noise.copy(), noise[..., 0].copy()
    shown = backproj.overlay(frame, plane)
    shown[...] = 7
    np.testing.assert_array_equal(frame, noise)
    np.testing.assert_array_equal(plane, noise[..., 0])


FRAME, PROB = np.zeros((4, 5, 3), np.uint8), np.zeros((4, 5), np.uint8)

MISTAKES = {
    "other shape": (
        (FRAME, PROB[:3]),
        ValueError,
        r"prob has shape \(3, 5\), .* frame has \(4, 5\) pixels",
    ),
    "several": ((FRAME, np.stack([PROB, PROB])), ValueError, r"prob\[0\] is the first of several"),
    "float prob": ((FRAME, PROB / 255), TypeError, r"prob has dtype float64.*img_as_ubyte\(prob\)"),
    "bool of another shape": ((FRAME, PROB[:3] > 1), ValueError, r"prob has shape \(3, 5\)"),
    "five channels": ((np.zeros((4, 5, 5), np.uint8), PROB), ValueError, r"not \(4, 5, 5\)"),
    "no frame": ((None, PROB), TypeError, "check the path"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_an_error_that_says_how_to_fix_it(mistake):
    arguments, error, says = MISTAKES[mistake]
    with pytest.raises(error, match=says) as raised:
        backproj.overlay(*arguments)
    assert "\n" not in str(raised.value)


def test_an_unknown_order_is_an_error():
    with pytest.raises(ValueError, match="order must be 'bgr'"):
        backproj.overlay(FRAME, PROB, order="gbr")
