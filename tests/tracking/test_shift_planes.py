"""Mean shift and CamShift are OpenCV's on planes of any size and strides, with any window and criteria."""

import cv2
import numpy as np
import pytest

import backproj
from helpers import planes
from helpers.shift_judge import check, shifts

pytestmark = shifts


@pytest.fixture(scope="module")
def prob():
    return planes.smooth()


@pytest.fixture(scope="module")
def large():
    return planes.large()


@pytest.mark.usefixtures("opencvs_own_code")
@pytest.mark.parametrize("height", planes.HEIGHTS)
def test_windows_of_every_size(height, large, shift):
    random = np.random.default_rng(height)
    for width in planes.WIDTHS:
        x, y = random.integers(0, (2100 - width, 600 - height)).tolist()
        check(shift, large, (x, y, width, height), (3, 4, 0))


@pytest.mark.usefixtures("opencvs_own_code")
@pytest.mark.parametrize("height", planes.HEIGHTS)
def test_planes_of_every_size(height, large, shift):
    for width in planes.WIDTHS:
        part = large[:height, -width:]
        for window in ((0, 0, width, height), (-1, 1, width, height)):
            check(shift, part, window, (3, 2, 0))


# Sums that are as large as they can be: those of squares are beyond int64.
FULL = [
    *((258, 1025), (515, 2049), (3000, 4200), (1100, 33), (1025, 32), (2, 70_000), (70_000, 2)),
    *((1, 1_000_000), (1_000_000, 1)),
]


@pytest.mark.usefixtures("opencvs_own_code")
@pytest.mark.parametrize("shape", FULL, ids=str)
def test_planes_that_are_full(shape, shift):
    full = np.full(shape, 255, np.uint8)
    height, width = shape
    for window in ((0, 0, width, height), (width // 3, height // 3, width, height), (-5, -5, width, height)):
        check(shift, full, window)


MOST = 2**31 - 1

# Windows whose edges lie at the ends of int32.
FAR = [
    (0, 0, MOST, MOST),
    (-7, -9, MOST, MOST),
    (MOST - 10, 0, 10, 100),
    (MOST - 1, MOST - 1, 1, 1),
    (-MOST, -MOST, MOST, MOST),
    (-MOST, 5, MOST, 1),
    (5, -MOST, 1, MOST),
    (-(2**30), -(2**30), MOST, MOST),
]


@pytest.mark.parametrize("window", FAR, ids=str)
def test_windows_to_the_ends_of_int32(window, prob, shift):
    check(shift, prob, window)


@pytest.mark.parametrize("criteria", planes.CRITERIA.values(), ids=planes.CRITERIA)
def test_criteria(criteria, prob, shift):
    random = np.random.default_rng(6)
    for _ in range(5):
        for window in planes.windows(random, prob.shape):
            check(shift, prob, window, criteria)


def test_without_criteria_there_are_10_iterations_or_until_the_window_moves_less_than_a_pixel(prob, shift):
    call = getattr(backproj, shift)
    for window in planes.windows(np.random.default_rng(2), prob.shape):
        assert call(prob, window) == call(prob, window, (3, 10, 1.0))


NUMBERS = {
    "lists": ([9, 8, 70, 60], [3, 10, 1]),
    "arrays": (np.array([9, 8, 70, 60]), np.array([3, 10, 1])),
    "numpy's numbers": ((np.int16(9), np.uint8(8), 70, 60), (np.int64(3), np.int8(10), np.float32(1))),
    "cv2's constants": (
        (9, 8, 70, 60),
        (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 10, 1),
    ),
}


@pytest.mark.parametrize(("window", "criteria"), NUMBERS.values(), ids=NUMBERS)
def test_window_and_criteria_are_any_sequences_of_numbers(window, criteria, prob, shift):
    call = getattr(backproj, shift)
    expected = call(prob, (9, 8, 70, 60), (3, 10, 1.0))
    assert call(prob, window, criteria) == expected
    assert call(prob, window, criteria=criteria) == expected


STEPS = [np.s_[:], np.s_[::2, ::3], np.s_[::-1], np.s_[:, ::-1], np.s_[4:, 3:-7]]


@pytest.mark.parametrize("step", STEPS, ids=str)
@pytest.mark.parametrize("memory", ["C", "F"])
@pytest.mark.parametrize("writeable", [True, False], ids=["writeable", "read-only"])
def test_views(step, memory, writeable, prob, shift):
    array = np.array(prob, order=memory)
    array.flags.writeable = writeable
    random = np.random.default_rng(3)
    for view in (array[step], array[step].T):
        for window in planes.windows(random, view.shape):
            check(shift, view, window)


LARGE_VIEWS = {
    "in place": lambda prob: prob,
    "upside down": lambda prob: prob[::-1],
    "backwards": lambda prob: prob[:, ::-1],
    "transposed": lambda prob: prob.T,
}


@pytest.mark.usefixtures("opencvs_own_code")
@pytest.mark.parametrize("view", LARGE_VIEWS.values(), ids=LARGE_VIEWS)
def test_a_window_of_millions_of_pixels(view, shift):
    prob = view(planes.noise(np.random.default_rng(5), (1500, 1601)))
    height, width = prob.shape
    for window in ((0, 0, width, height), (30, 20, width, height), (-9, 50, width - 30, height)):
        check(shift, prob, window, (3, 5, 0))


SPREAD = {
    "one row": lambda prob: np.broadcast_to(prob[7], prob.shape),
    "one column": lambda prob: np.broadcast_to(prob[:, 7:8], prob.shape),
    "a channel": lambda prob: np.stack([prob, 255 - prob, prob // 2], axis=-1)[..., 1],
    "a channel, backwards": lambda prob: np.stack([prob] * 4, axis=-1)[::-1, ::2, 3],
}


@pytest.mark.parametrize("view", SPREAD.values(), ids=SPREAD)
def test_views_that_repeat_or_skip_memory(view, prob, shift):
    for window in planes.windows(np.random.default_rng(3), view(prob).shape):
        check(shift, view(prob), window)


def test_memory_maps(tmp_path, prob, shift):
    prob.tofile(tmp_path / "prob")
    mapped = np.memmap(tmp_path / "prob", np.uint8, "r", shape=prob.shape)
    for window in planes.windows(np.random.default_rng(3), prob.shape):
        check(shift, mapped, window)
