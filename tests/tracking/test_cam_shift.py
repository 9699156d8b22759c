"""``cam_shift`` makes the windows of OpenCV's ``CamShift``, and its rotated rectangles to 1e-4."""

import cv2
import numpy as np
import pytest

import backproj
from helpers import planes
from helpers.rotated_rects import has_direction
from helpers.shift_judge import BOTH, check


@pytest.fixture(scope="module")
def prob():
    return planes.smooth()


@pytest.mark.usefixtures("opencvs_own_code")
@pytest.mark.parametrize("make", planes.RANDOM.values(), ids=planes.RANDOM)
def test_random_planes_and_windows(make):
    for case in planes.cases(make, 200):
        check("cam_shift", *case)


@pytest.mark.parametrize("make", planes.RANDOM.values(), ids=planes.RANDOM)
def test_random_planes_and_windows_with_all_of_opencv(make):
    for case in planes.cases(make, 20):
        check("cam_shift", *case)


@pytest.mark.parametrize(("angle", "shape"), planes.SYMMETRICAL.values(), ids=planes.SYMMETRICAL)
def test_symmetrical_shapes_have_their_angle(angle, shape):
    random = np.random.default_rng(4)
    for _ in range(20):
        prob, window = planes.placed(shape, random)
        check("cam_shift", prob, window)
        if angle is not None:
            assert backproj.cam_shift(prob, window)[0][2] == angle


@pytest.mark.usefixtures("opencvs_own_code")
@pytest.mark.parametrize("make", [planes.sparse, planes.bar, planes.ellipses], ids=lambda make: make.__name__)
def test_shapes_without_a_direction_have_the_angle_that_opencvs_code_makes_of_the_last_bits(make):
    cases = planes.cases(make, 1000)
    found = [case for case in cases if not has_direction(cv2.CamShift(*case)[0], case[0])]
    assert len(found) > 100
    for case in found:
        check("cam_shift", *case)


def test_a_plane_that_is_all_0_has_a_rectangle_of_zeros():
    empty = np.zeros((40, 50), np.uint8)
    for window in ((3, 4, 5, 6), (30, 20, 20, 20), (-9, -9, 5, 5)):
        result = backproj.cam_shift(empty, window)
        assert result == cv2.CamShift(empty, window, BOTH)
        assert result[0] == ((0.0, 0.0), (0.0, 0.0), 0.0)


def types(result):
    return tuple(map(types, result)) if type(result) is tuple else type(result)


@pytest.mark.parametrize("fill", [0, 200], ids=["empty", "not empty"])
def test_the_result_has_the_types_of_opencvs(fill):
    prob = np.full((60, 80), fill, np.uint8)
    result = backproj.cam_shift(prob, (9, 8, 30, 20))
    assert types(result) == types(cv2.CamShift(prob, (9, 8, 30, 20), BOTH))
    assert types(result) == (((float, float), (float, float), float), (int, int, int, int))


def test_opencv_draws_the_rectangle_and_takes_the_window(prob):
    rect, window = backproj.cam_shift(prob, (9, 8, 30, 20))
    expected, _ = cv2.CamShift(prob, (9, 8, 30, 20), BOTH)
    np.testing.assert_allclose(cv2.boxPoints(rect), cv2.boxPoints(expected), atol=1e-3)
    pictures = []
    for drawn in (rect, expected):
        pictures.append(np.zeros(prob.shape, np.uint8))
        cv2.ellipse(pictures[-1], drawn, 255, 2)
    assert pictures[0].any()
    np.testing.assert_array_equal(*pictures)
    cv2.CamShift(prob, window, BOTH)
    backproj.cam_shift(prob, window)
