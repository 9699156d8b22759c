"""``mean_shift`` makes the iterations and the windows of OpenCV's ``meanShift``."""

import cv2
import numpy as np
import pytest

import backproj
from helpers import planes
from helpers.shift_judge import BOTH, check


@pytest.fixture(scope="module")
def prob():
    return planes.smooth()


@pytest.mark.usefixtures("opencvs_own_code")  # which is faster
@pytest.mark.parametrize("make", planes.RANDOM.values(), ids=planes.RANDOM)
def test_random_planes_and_windows(make):
    for case in planes.cases(make, 200):
        check("mean_shift", *case)


@pytest.mark.parametrize("make", planes.RANDOM.values(), ids=planes.RANDOM)
def test_random_planes_and_windows_with_all_of_opencv(make):
    for case in planes.cases(make, 5):
        check("mean_shift", *case)


@pytest.mark.parametrize(("_", "shape"), planes.SYMMETRICAL.values(), ids=planes.SYMMETRICAL)
def test_symmetrical_shapes(_, shape):
    random = np.random.default_rng(4)
    for _ in range(20):
        check("mean_shift", *planes.placed(shape, random))


# (criteria, iterations of a window that never comes near enough)
ENDLESS = {
    "both": ((3, 5, 0), 5),
    "a count of 0": ((3, 0, 0), 1),
    "a negative count": ((3, -9, 0), 1),
    "no count": ((2, 3, 0), 100),
    "a large count": ((3, 2345, 0), 2345),
}


@pytest.mark.parametrize(("criteria", "iterations"), ENDLESS.values(), ids=ENDLESS)
def test_an_epsilon_of_0_makes_all_iterations(criteria, iterations, prob):
    assert backproj.mean_shift(prob, (40, 50, 60, 70), criteria)[0] == iterations
    check("mean_shift", prob, (40, 50, 60, 70), criteria)


@pytest.mark.parametrize(("columns", "width"), [(700, 129), (1500, 300), (3000, 300)])
def test_a_window_climbs_to_the_end_of_a_slope(columns, width):
    slope = np.rint(255 ** (np.arange(columns) / columns)).astype(np.uint8)
    prob = np.broadcast_to(slope, (50, columns))
    for most in (1, 2, 10, 100, 1000):
        check("mean_shift", prob, (0, 5, width, 40), (3, most, 1))
    assert backproj.mean_shift(prob, (0, 5, width, 40), (3, 1000, 1))[1][0] == columns - width


# The squares of these are an int32, a negative one once they have wrapped around, 0, and a positive one.
MOVES = [46_340, 46_341, 50_000, 65_535, 65_536, 65_537, 90_000, 131_072]


@pytest.mark.parametrize("pixels", MOVES)
def test_moves_whose_square_is_beyond_int32_end_where_opencvs_do(pixels):
    for shape in ((1, 4 * pixels), (4 * pixels, 1)):
        prob = np.zeros(shape, np.uint8)
        prob.reshape(-1)[2 * pixels + 1] = 255
        window = 0, 0, min(shape[1], 2 * pixels + 2), min(shape[0], 2 * pixels + 2)
        moved = backproj.mean_shift(prob, window, (3, 1, 1))[1]
        assert sum(moved[:2]) == pixels
        check("mean_shift", prob, window)


def test_the_result_is_of_plain_ints_and_its_window_is_taken_again(prob):
    iterations, window = result = backproj.mean_shift(prob, (9, 8, 70, 60))
    assert [type(part) for part in (result, iterations, window)] == [tuple, int, tuple]
    assert [type(number) for number in window] == [int] * 4
    cv2.meanShift(prob, window, BOTH)
    backproj.mean_shift(prob, window)
