"""The formulas of colour spaces that results are compared with are those of cv2."""

import cv2
import numpy as np
import pytest

from helpers import formula

# The formula, and cv2's name of the space.
SPACES = {
    "hsv": (formula.hsv, "HSV"),
    "ycrcb": (formula.ycrcb, "YCrCb"),
    "lab": (formula.lab, "Lab"),
    "gray": (formula.gray, "GRAY"),
}


def converted(image, order, name):
    """Return what cv2 makes of an image, with the components on the last axis."""
    if image.shape[2] == 4 and name == "GRAY":  # the other conversions take four channels for three
        order += "A"
    return np.atleast_3d(cv2.cvtColor(image, getattr(cv2, f"COLOR_{order}2{name}")))


@pytest.mark.exhaustive
@pytest.mark.parametrize(("space", "name"), SPACES.values(), ids=SPACES)
def test_the_formula_is_cv2s_for_all_colours(all_colours, space, name):
    for rows in np.split(all_colours, 64):  # temporaries of int64 are large
        np.testing.assert_array_equal(space(rows), converted(rows, "BGR", name))


@pytest.mark.parametrize("ipp", [False, True])
@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize(("space", "name"), SPACES.values(), ids=SPACES)
def test_cv2_converts_rows_of_every_width_alike(space, name, channels, ipp):
    # Its vector code leaves the last pixels of a row to other code.
    noise = np.random.default_rng(channels).integers(0, 256, (3, 150, channels), np.uint8)
    used = cv2.ipp.useIPP()
    cv2.ipp.setUseIPP(ipp)
    try:
        for width in range(1, 150):
            part = noise[:, :width]
            np.testing.assert_array_equal(converted(part, "BGR", name), space(part))
            np.testing.assert_array_equal(converted(part, "RGB", name), space(part[..., 2::-1]))
    finally:
        cv2.ipp.setUseIPP(used)


def test_lab_is_not_what_exact_arithmetic_gives():
    # Two entries of OpenCV's table differ from the curve as defined, which it computes in float32.
    x = np.arange(2041) / 2040
    curve = np.where(x < 216 / 24389, x * 841 / 108 + 16 / 116, np.cbrt(x))
    different = np.flatnonzero(np.rint((1 << 15) * curve) != formula.lab_curve())
    assert different.tolist() == [49, 628]
