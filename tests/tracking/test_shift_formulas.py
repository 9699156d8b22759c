"""The formulas of mean shift and CamShift, which are written down here, are OpenCV's, bit for bit."""

import cv2
import numpy as np
import pytest

from helpers import mean_shift_formula as formula
from helpers import planes

pytestmark = pytest.mark.usefixtures("opencvs_own_code")


@pytest.mark.parametrize("make", planes.RANDOM.values(), ids=planes.RANDOM)
def test_random_planes(make):
    for prob, window, criteria in planes.cases(make, 100):
        case = prob.shape, window, criteria
        assert formula.mean_shift(prob, window, criteria) == cv2.meanShift(prob, window, criteria), case
        assert formula.cam_shift(prob, window, criteria) == cv2.CamShift(prob, window, criteria), case


@pytest.mark.parametrize(("angle", "shape"), planes.SYMMETRICAL.values(), ids=planes.SYMMETRICAL)
def test_symmetrical_shapes(angle, shape):
    random = np.random.default_rng(3)
    for _ in range(10):
        prob, window = planes.placed(shape, random)
        rect, moved = cv2.CamShift(prob, window, (3, 10, 1))
        assert formula.cam_shift(prob, window) == (rect, moved)
        assert angle is None or rect[2] == angle


@pytest.mark.parametrize("pixels", [46_340, 46_341, 50_000, 65_535, 65_536, 65_537])
def test_moves_whose_square_is_beyond_int32(pixels):
    prob = np.zeros((1, 4 * pixels), np.uint8)
    prob[0, 2 * pixels + 1] = 255
    window = 0, 0, 2 * pixels + 2, 1
    assert formula.mean_shift(prob, window) == cv2.meanShift(prob, window, (3, 10, 1))
