"""``locate`` finds the window with the greatest sum, and the first one if several are equal."""

import sys

import cv2
import numpy as np
import pytest

import backproj
from helpers.processes import run


def brute_force(prob, size):
    width, height = size
    best, box = -1, None
    for y in range(prob.shape[0] - height + 1):
        for x in range(prob.shape[1] - width + 1):
            total = int(prob[y : y + height, x : x + width].sum(dtype=np.int64))
            if total > best:
                best, box = total, (x, y, width, height)
    return box, best


@pytest.mark.parametrize("most", [2, 256])
@pytest.mark.parametrize("size", [(1, 1), (3, 2), (2, 5), (13, 1), (1, 9), (13, 9), (12, 9), (13, 8)])
def test_it_finds_the_window_that_brute_force_finds(most, size):
    random = np.random.default_rng(most)
    for _ in range(5):
        prob = random.integers(0, most, (9, 13), np.uint8)
        assert backproj.locate(prob, size) == brute_force(prob, size)


@pytest.mark.parametrize("fill", [0, 255])
def test_it_finds_the_first_of_equal_windows(fill):
    prob = np.full((20, 30), fill, np.uint8)
    assert backproj.locate(prob, (4, 5)) == ((0, 0, 4, 5), 20 * fill)
    prob[3:6, 9:12] = prob[3:6, 20:23] = prob[2:5, 25:28] = 255 - fill
    assert backproj.locate(prob, (3, 3)) == (
        ((25, 2, 3, 3), 9 * 255) if fill == 0 else ((0, 0, 3, 3), 9 * 255)
    )


@pytest.mark.parametrize("step", [np.s_[::2, ::3], np.s_[::-1], np.s_[:, ::-1], np.s_[4:, 3:-7]])
def test_it_reads_any_view(step):
    prob = np.random.default_rng(3).integers(0, 256, (40, 50), np.uint8)
    for view in (prob[step], prob[step].T, np.asfortranarray(prob)[step]):
        assert backproj.locate(view, (5, 7)) == brute_force(view, (5, 7))
    assert backproj.locate(np.broadcast_to(prob[:1], (9, 50)), (5, 7)) == brute_force(
        np.broadcast_to(prob[:1], (9, 50)), (5, 7)
    )


def test_sums_are_exact_beyond_32_bits():
    assert backproj.locate(np.full((4200, 4200), 255, np.uint8), (4200, 4200))[1] == 255 * 4200**2


def test_boxes_are_plain_ints_that_cv2_takes(photograph):
    hist = backproj.Histogram(photograph[80:160, 180:260])
    prob = hist.back_project(photograph)
    box, score = backproj.locate(prob, np.array([80, 60]))
    assert [type(n) for n in (*box, score)] == [int] * 5
    assert (box, score) == backproj.locate(prob, [np.int16(80), 60])
    criteria = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 10, 1)
    _, moved = cv2.meanShift(prob, box, criteria)
    assert len(moved) == 4
    cv2.CamShift(prob, box, criteria)


PROB = np.zeros((6, 8), np.uint8)

BAD_SIZES = {
    "nothing": (None, TypeError, "not None"),
    "one number": (5, TypeError, "not 5"),
    "one of two": ((5,), TypeError, r"not \(5,\)"),
    "three": ((1, 2, 3), TypeError, r"not \(1, 2, 3\)"),
    "floats": ((2.0, 3.0), TypeError, r"not \(2.0, 3.0\)"),
    "text": ("23", TypeError, "not '23'"),
    "no width": ((0, 3), ValueError, "0×3 pixels .* has 8×6"),
    "negative": ((2, -3), ValueError, "2×-3 pixels .* has 8×6"),
    "too wide": ((9, 3), ValueError, "9×3 pixels .* has 8×6"),
    "too high": ((8, 7), ValueError, "8×7 pixels .* has 8×6"),
    "beyond int64": ((2**70, 1), ValueError, "pixels .* has 8×6"),
}


@pytest.mark.parametrize(("size", "error", "says"), BAD_SIZES.values(), ids=BAD_SIZES)
def test_bad_sizes(size, error, says):
    with pytest.raises(error, match=says):
        backproj.locate(PROB, size)


@pytest.mark.parametrize(
    ("prob", "error", "says"),
    [
        (None, TypeError, "prob must be .* not NoneType"),
        (PROB.tolist(), TypeError, "prob must be .* not list"),
        (PROB.astype(np.float32), TypeError, "prob has dtype float32"),
        (PROB[0], ValueError, r"not \(8,\)"),
        (PROB[..., np.newaxis], ValueError, r"not \(6, 8, 1\)"),
        (PROB[:0], ValueError, "does not fit into prob, which has 8×0"),
    ],
)
def test_bad_planes(prob, error, says):
    with pytest.raises(error, match=says):
        backproj.locate(prob, (1, 1))


def test_a_plane_larger_than_memory_does_not_end_the_process():
    code = (
        "import numpy as np, backproj\n"
        "try: backproj.locate(np.broadcast_to(np.uint8(1), (2**24 + 1, 2**38)), (1, 1))\n"
        "except RuntimeError as error: print(error)"
    )
    assert "more than all memory holds" in run(sys.executable, "-c", code)


@pytest.mark.parametrize("threads", [1, 2, 3, 64])
def test_any_number_of_threads_finds_the_same_window(threads):
    prob = np.random.default_rng(4).integers(0, 256, (1200, 1500), np.uint8)
    expected = backproj.locate(prob, (40, 30), threads=1)
    assert backproj.locate(prob, (40, 30), threads=threads) == expected
    flat = np.zeros((1200, 1500), np.uint8)
    assert backproj.locate(flat, (40, 30), threads=threads) == ((0, 0, 40, 30), 0)


def test_threads_must_be_a_number():
    with pytest.raises(TypeError, match="threads must be a whole number"):
        backproj.locate(np.zeros((4, 4), np.uint8), (2, 2), threads="2")
