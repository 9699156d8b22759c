"""The line around an object: where it is in the picture, at edges and in extreme sizes."""

import cv2
import numpy as np
import pytest

from backproj._cli.draw_track import draw_track

MAGENTA = (255, 0, 255)
SHAPE = (240, 320)


def drawn(rect, method, *, dashed=False, shape=SHAPE):
    """Return how much of each pixel of a black picture is magenta, from 0 to 255."""
    picture = draw_track(np.zeros(shape, np.uint8), rect, method, dashed=dashed)
    assert not picture[..., 1].any()
    np.testing.assert_array_equal(picture[..., 0], picture[..., 2])
    return picture[..., 0]


def away(mask):
    """Return how far each pixel is from the nearest one of a mask."""
    return cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)


RECTS = {
    "upright": ((160, 120), (60, 140), 0),
    "slanted": ((160, 120), (60, 140), 30),
    "on its side": ((160, 120), (60, 140), 90),
    "slanted to the left": ((160.5, 120.25), (40.3, 150.7), 151.5),
    "partly outside": ((15, 230), (60, 140), 60),
    "larger than the picture": ((160, 120), (300, 500), 45),
    "a line": ((160, 120), (0, 140), 75),
    "a point": ((160.5, 120.5), (0, 0), 0),
    "in the last corner": ((319.5, 239.5), (1, 1), 0),
}


@pytest.mark.parametrize("rect", RECTS.values(), ids=RECTS.keys())
def test_camshifts_line_is_the_ellipse_that_cv2_draws(rect):
    (cx, cy), size, angle = rect
    height, width = SHAPE
    around = 300
    line = np.zeros((height + 2 * around, width + 2 * around), np.uint8)
    # Pixels are points for cv2, and squares here: the first one's middle is at 0.5.
    cv2.ellipse(line, ((cx - 0.5 + around, cy - 0.5 + around), size, angle), 255)
    seen = slice(around, around + height), slice(around, around + width)
    got = drawn(rect, "camshift") > 127
    assert got.any()
    assert away(line > 0)[seen][got].max() < 3
    # The tips of a line are thinner than a pixel.
    assert (away(got)[line[seen] > 0] < 2).mean() > 0.9


@pytest.mark.parametrize("box", [(20, 30, 100, 40), (0, 0, 50, 50), (300, 200, 20, 40), (0, 0, 320, 240)])
def test_mean_shifts_line_is_two_pixels_within_the_edge_of_the_box(box):
    x, y, w, h = box
    got = drawn(((x + w / 2, y + h / 2), (w, h), 0), "meanshift")
    expected = np.zeros(SHAPE, bool)
    expected[y : y + h, x : x + w] = True
    expected[y + 2 : y + h - 2, x + 2 : x + w - 2] = False
    np.testing.assert_array_equal(got > 127, expected)


@pytest.mark.parametrize("size", [1, 2, 3])
def test_a_tiny_box_is_filled(size):
    got = drawn(((100 + size / 2, 50 + size / 2), (size, size), 0), "meanshift")
    assert (got[50 : 50 + size, 100 : 100 + size] > 0).all()
    assert got[:48].max() == got[:, :98].max() == got[54:].max() == got[:, 104:].max() == 0


@pytest.mark.parametrize("method", ["camshift", "meanshift"])
@pytest.mark.parametrize("size", [(24, 20), (200, 160)])
def test_dashes_are_parts_of_the_line_with_gaps_of_about_the_same_length(method, size):
    rect = ((160, 120), size, 0)
    whole, dashes = drawn(rect, method), drawn(rect, method, dashed=True)
    assert ((dashes > 0) <= (whole > 0)).all()
    assert 0.35 < dashes.sum() / whole.sum() < 0.65
    number, _ = cv2.connectedComponents((dashes > 0).astype(np.uint8))
    assert number - 1 == (4 if size == (24, 20) else 12)


def test_the_corners_of_a_dashed_box_are_drawn():
    dashes = drawn(((160, 120), (200, 160), 0), "meanshift", dashed=True)
    for y in (40, 199):
        for x in (60, 259):
            assert dashes[y, x] == 255


@pytest.mark.parametrize("method", ["camshift", "meanshift"])
def test_the_line_is_thicker_in_larger_pictures(method):
    thickness = []
    for scale in (1, 4, 8):
        shape = 240 * scale, 320 * scale
        got = drawn(((160 * scale, 120 * scale), (100 * scale, 60 * scale), 0), method, shape=shape)
        thickness.append(np.count_nonzero(got[120 * scale, : 160 * scale] > 127))
    assert thickness == [2, 3, 5]


def test_the_line_is_on_a_copy_of_the_picture_and_the_rest_stays():
    before = np.random.default_rng(0).integers(0, 256, (*SHAPE, 3), np.uint8)
    picture = before.copy()
    got = draw_track(picture, ((160, 120), (60, 140), 30), "camshift", dashed=False)
    np.testing.assert_array_equal(picture, before)
    untouched = drawn(((160, 120), (60, 140), 30), "camshift") == 0
    np.testing.assert_array_equal(got[untouched], before[untouched])
    assert (got == MAGENTA).all(axis=-1).sum() > 300
