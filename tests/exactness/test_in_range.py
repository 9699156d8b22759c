"""``backproj.in_range`` gives the mask of cv2.cvtColor and cv2.inRange."""

import cv2
import numpy as np
import pytest

import backproj
from helpers import formula, opencv_chain

# Bounds that cv2 can compute too, because their hues do not wrap around.
BOUNDS = {
    "CamShift": ((0, 60, 32), (180, 255, 255)),
    "all": ((0, 0, 0), (255, 255, 255)),
    "the least": ((0, 0, 0), (0, 0, 0)),
    "the greatest": ((179, 255, 255), (179, 255, 255)),
    "no such hue": ((180, 0, 0), (255, 255, 255)),
    "greys": ((0, 0, 0), (180, 0, 255)),
    "green": ((35, 43, 46), (77, 255, 255)),
    "lists": ([35, 43, 46], [77, 255, 255]),
    "floats with whole values": ((35.0, 43.0, 46.0), (77.0, 255.0, 255.0)),
    "beyond": ((-1, -1000, -5.0), (1000, 256, 1e9)),
    "all too high": ((256, 0, 0), (300, 255, 255)),
    "saturation too high": ((0, 256, 0), (180, 300, 255)),
    "value too low": ((0, 0, -9), (180, 255, -1)),
    "uint8 arrays": (np.array([35, 43, 46], np.uint8), np.array([77, 255, 255], np.uint8)),
    "float64 arrays": (np.array([35.0, 43, 46]), np.array([77.0, 255, 255])),
    "float32 arrays": (np.array([35, 43, 46], np.float32), np.array([77, 255, 255], np.float32)),
    "int64 arrays": (np.array([-35, 43, 46]), np.array([77, 2550, 255])),
    "numpy numbers": (tuple(np.int64([35, 43, 46])), tuple(np.float32([77, 255, 255]))),
}

WRAPPED = {
    "red": ((170, 60, 32), (10, 255, 255)),
    "one hue beyond 0": ((179, 0, 0), (0, 255, 255)),
    "all but one hue": ((91, 0, 0), (89, 255, 255)),
    "no such hue below": ((200, 0, 0), (10, 255, 255)),
    "no byte below": ((300, 0, 0), (10, 255, 255)),
    "no byte above": ((170, 0, 0), (-5, 255, 255)),
    "no byte either way": ((300, 0, 0), (-5, 255, 255)),
    "arrays": (np.array([170.0, 60, 32]), np.array([10.0, 255, 255])),
}


def as_scalars(bounds):
    """Return bounds as all versions of cv2 take them."""
    return tuple(float(bound) for bound in bounds)


@pytest.mark.parametrize(("lo", "hi"), BOUNDS.values(), ids=BOUNDS)
def test_every_colour_is_masked_as_by_cv2(all_colours, lo, hi):
    some = all_colours[::3]
    expected = cv2.inRange(opencv_chain.to_hsv(some), as_scalars(lo), as_scalars(hi))
    np.testing.assert_array_equal(backproj.in_range(some, lo, hi), expected)


@pytest.mark.parametrize(("lo", "hi"), WRAPPED.values(), ids=WRAPPED)
def test_hue_wraps_around(all_colours, lo, hi):
    some = all_colours[::3]
    hsv = opencv_chain.to_hsv(some)
    expected = formula.within(hsv, np.asarray(lo), np.asarray(hi)) * np.uint8(255)
    np.testing.assert_array_equal(backproj.in_range(some, lo, hi), expected)
    np.testing.assert_array_equal(opencv_chain.in_range(hsv, as_scalars(lo), as_scalars(hi)), expected)


def test_every_colour_is_masked_as_the_formula_says_for_random_bounds(all_colours):
    hsv = opencv_chain.to_hsv(all_colours)
    random = np.random.default_rng(4)
    for _ in range(8):
        lo, hi = np.sort(random.integers(-20, 290, (2, 3)), axis=0)
        expected = cv2.inRange(hsv, as_scalars(lo), as_scalars(hi))
        np.testing.assert_array_equal(backproj.in_range(all_colours, lo, hi), expected, f"{lo}, {hi}")


@pytest.mark.parametrize("order", ["bgr", "rgb"])
def test_any_view_and_order_of_an_image_is_read(noise, order):
    lo, hi = (20, 30, 40), (150, 220, 230)
    bgr = noise if order == "bgr" else noise[..., ::-1]
    expected = cv2.inRange(opencv_chain.to_hsv(np.ascontiguousarray(bgr)), lo, hi)
    alpha = np.dstack([noise, noise[..., 0]])
    for image in (noise, alpha, np.asfortranarray(noise)):
        np.testing.assert_array_equal(backproj.in_range(image, lo, hi, order=order), expected)
    np.testing.assert_array_equal(
        backproj.in_range(noise[::-1, ::2], lo, hi, order=order), expected[::-1, ::2]
    )
    batch = np.stack([noise, noise[::-1]])
    np.testing.assert_array_equal(
        backproj.in_range(batch, lo, hi, order=order), np.stack([expected, expected[::-1]])
    )
    assert backproj.in_range(noise[:0], lo, hi, order=order).shape == (0, noise.shape[1])


def test_out_may_be_a_view(noise):
    lo, hi = (20, 30, 40), (150, 220, 230)
    expected = backproj.in_range(noise, lo, hi)
    buffer = np.full((noise.shape[0] + 2, 2 * noise.shape[1]), 7, np.uint8)
    out = buffer[1:-1, ::2]
    assert backproj.in_range(noise, lo, hi, out=out) is out
    np.testing.assert_array_equal(out, expected)
    out[...] = 7
    assert (buffer == 7).all(), "bytes outside out were written"


def test_a_model_with_in_range_counts_the_pixels_of_this_mask(photograph):
    lo, hi = (0, 60, 32), (180, 255, 255)
    model = backproj.Histogram(photograph, mask=backproj.in_range(photograph, lo, hi), channels="h", bins=16)
    mask = cv2.inRange(opencv_chain.to_hsv(photograph), lo, hi)
    counts, values = opencv_chain.histogram(photograph, mask, 16, channels="h")
    np.testing.assert_array_equal(model.counts, counts)
    np.testing.assert_array_equal(
        model.back_project(photograph),
        opencv_chain.project(opencv_chain.to_hsv(photograph), values, "h"),
    )


@pytest.mark.parametrize(
    ("space", "error", "says"),
    [
        ("hls", ValueError, "space must be 'hsv', 'ycrcb', 'lab', 'bgr' or 'gray', not 'hls'"),
        (None, TypeError, "not None"),
        (["bgr"], TypeError, "not ['bgr']"),
    ],
)
def test_spaces_that_there_are_not_are_named(noise, space, error, says):
    with pytest.raises(error) as caught:
        backproj.in_range(noise, (0, 0, 0), (9, 9, 9), space=space)
    assert says in str(caught.value)
