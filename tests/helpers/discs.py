"""Discs of every kind, and the planes that are summed up over them."""

import cv2
import numpy as np

from helpers import planes

SHAPES = {"ellipse": cv2.MORPH_ELLIPSE, "rectangle": cv2.MORPH_RECT, "cross": cv2.MORPH_CROSS}


def shapes(width, height):
    """Return OpenCV's discs of a size."""
    return [cv2.getStructuringElement(shape, (width, height)) for shape in SHAPES.values()]


def disc(size):
    """Return OpenCV's ellipse of a diameter."""
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))


def ring(outer, inner):
    """Return a disc with a hole."""
    footprint = disc(outer)
    gap = (outer - inner) // 2
    footprint[gap : gap + inner, gap : gap + inner] -= disc(inner)
    return footprint


def spread(height, width, *pixels):
    """Return a disc that has some pixels."""
    footprint = np.zeros((height, width), np.uint8)
    for y, x in pixels:
        footprint[y, x] = 1
    return footprint


def noisy(height, width, share):
    """Return a disc of random pixels."""
    return (np.random.default_rng(height).random((height, width)) < share).astype(np.uint8)


def bordered(footprint, *gaps):
    """Return a disc with empty rows and columns: above, below, on the left, on the right."""
    above, below, left, right = gaps
    return np.pad(footprint, ((above, below), (left, right)))


# Discs that getStructuringElement does not make.
IRREGULAR = {
    "a ring": ring(15, 9),
    "a thin ring": ring(31, 29),
    "the first pixel": spread(9, 7, (0, 0)),
    "the last pixel": spread(9, 7, (8, 6)),
    "the corners": spread(20, 33, (0, 0), (0, 32), (19, 0), (19, 32)),
    "two pixels far apart": spread(41, 41, (3, 2), (40, 39)),
    "a diagonal": np.eye(12, dtype=np.uint8),
    "the other diagonal": np.eye(13, 21, 8, dtype=np.uint8)[:, ::-1],
    "a comb": np.tile(np.uint8([1, 0]), (9, 17)),
    "stripes": np.tile(np.uint8([[1], [0], [0]]), (7, 10)),
    "a checkerboard": np.indices((16, 15)).sum(axis=0, dtype=np.uint8) % 2,
    "an empty row within": np.delete(disc(11), 5, axis=0) * np.uint8([[1], [1], [0], [1]] + [[1]] * 6),
    "empty rows above": bordered(disc(7), 6, 0, 0, 0),
    "empty rows below": bordered(disc(7), 0, 9, 0, 0),
    "empty columns on the left": bordered(disc(7), 0, 0, 30, 0),
    "empty columns on the right": bordered(disc(7), 0, 0, 0, 5),
    "empty on all sides": bordered(disc(5), 1, 8, 10, 3),
    "noise": noisy(23, 19, 0.5),
    "few pixels": noisy(41, 40, 0.02),
    "nearly all pixels": noisy(32, 33, 0.97),
    "a long row of noise": noisy(1, 255, 0.5),
    "a long column of noise": noisy(255, 1, 0.5),
}

# Makers of planes: of a generator of random numbers and a shape.
PLANES = planes.RANDOM | {
    "dim": lambda random, shape: random.integers(0, 4, shape, np.uint8),
    "a few dim pixels": lambda random, shape: np.uint8(random.random(shape) < 0.05) * np.uint8(40),
    "full": lambda _, shape: np.full(shape, 255, np.uint8),
    "ones": lambda _, shape: np.ones(shape, np.uint8),
}
