"""Back projections to track on: noise, shapes and symmetrical ones; and windows of every kind."""

import itertools

import cv2
import numpy as np

# Lengths around those that a vector, a band of rows or a segment of a row may have.
LENGTHS = [1, 2, 7, 8, 9, 15, 16, 17, 21, 22, 23, 31, 32, 33, 44, 63, 64, 65, 100, 127, 129]

# Heights and widths of windows: those around each, and more columns and rows than are worked on at a time.
HEIGHTS = [1, 21, 22, 23, 43, 44, 45, 256, 257, 258, 511, 512, 513, 514, 515]
WIDTHS = [*range(1, 34), 63, 64, 65, 255, 257, 1023, 1024, 1025, 2047, 2048, 2049]


def size(random):
    """Return a height and a width."""
    return tuple(
        int(random.choice(LENGTHS) if random.random() < 0.5 else random.integers(1, 200)) for _ in range(2)
    )


def noise(random, shape):
    return random.integers(0, 256, shape, np.uint8)


def masked(random, shape):
    return noise(random, shape) * (random.random(shape) < random.random() ** 3)


def blurred(random, shape):
    return cv2.GaussianBlur(masked(random, shape), (0, 0), random.uniform(0.3, 12))


def sparse(random, shape):
    prob = np.zeros(shape, np.uint8)
    number = int(random.integers(1, 6))
    rows, columns = (random.integers(0, length, number) for length in shape)
    prob[rows, columns] = random.integers(1, 256, number)
    return prob


def hill(random, shape):
    """Return what a window climbs: the pixels grow towards a place."""
    rows, columns = np.ogrid[: shape[0], : shape[1]]
    y, x = (random.integers(0, length) for length in shape)
    away = np.hypot(rows - y, columns - x)
    return np.rint(255 * np.exp(-away / random.uniform(5, 80))).astype(np.uint8)


def bar(random, shape):
    prob = np.zeros(shape, np.uint8)
    lengths = random.integers(1, np.array(shape) + 1)
    y, x = random.integers(0, np.array(shape) - lengths + 1)
    prob[y : y + lengths[0], x : x + lengths[1]] = random.integers(1, 256)
    return prob


def slanted(random, shape):
    prob = np.zeros(shape, np.uint8)
    ends = random.integers(-20, np.array(shape[::-1]) + 20, (2, 2)).tolist()
    cv2.line(prob, *ends, int(random.integers(1, 256)), int(random.integers(1, 20)))
    return prob


def ellipses(random, shape):
    prob = np.zeros(shape, np.uint8)
    for _ in range(random.integers(1, 4)):
        centre = random.integers(0, shape[::-1]).tolist()
        axes = random.integers(0, 40, 2).tolist()
        cv2.ellipse(
            prob, centre, axes, float(random.integers(0, 180)), 0, 360, int(random.integers(1, 256)), -1
        )
    return prob


def flat(random, shape):
    return np.full(shape, random.choice([1, 255]), np.uint8)


def empty(random, shape):
    return np.zeros(shape, np.uint8)


def large():
    """Return a plane larger than all windows of those heights and widths."""
    return noise(np.random.default_rng(1), (600, 2100))


def smooth():
    """Return a plane on which windows wander."""
    return blurred(np.random.default_rng(8), (301, 403))


RANDOM = {
    make.__name__: make
    for make in (noise, masked, blurred, sparse, hill, bar, slanted, ellipses, flat, empty)
}


def diagonal(length, thick):
    """Return a shape around a diagonal."""
    rows, columns = np.indices((length, length))
    return np.where(abs(rows - columns) < thick, np.uint8(255), np.uint8(0))


def disc(diameter):
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (diameter, diameter)) * np.uint8(255)


def rhombus(radius):
    rows, columns = np.indices((2 * radius + 1, 2 * radius + 1)) - radius
    return np.where(abs(rows) + abs(columns) <= radius, np.uint8(200), np.uint8(0))


# Shapes by the angle of their rectangle; those that are the same after a quarter of a turn have none.
SYMMETRICAL = {
    "a horizontal bar": (90, np.full((3, 24), 255, np.uint8)),
    "a vertical bar": (0, np.full((24, 3), 255, np.uint8)),
    "a horizontal bar of one row": (90, np.full((1, 17), 77, np.uint8)),
    "a vertical bar of one column": (0, np.full((17, 1), 77, np.uint8)),
    "two pixels beside each other": (90, np.full((1, 2), 255, np.uint8)),
    "two pixels, one above the other": (0, np.full((2, 1), 255, np.uint8)),
    "a falling diagonal": (135, diagonal(20, 1)),
    "a rising diagonal": (45, diagonal(20, 1)[::-1]),
    "a thick falling diagonal": (135, diagonal(33, 5)),
    "a thick rising diagonal": (45, diagonal(33, 5)[::-1]),
    "a pixel": (None, np.full((1, 1), 9, np.uint8)),
    "a square": (None, np.full((8, 8), 255, np.uint8)),
    "a larger square": (None, np.full((31, 31), 255, np.uint8)),
    "a disc": (None, disc(15)),
    "a larger disc": (None, disc(40)),
    "a rhombus": (None, rhombus(9)),
    "a cross": (None, diagonal(21, 2) | diagonal(21, 2)[::-1]),
    "four pixels": (None, np.array([[9, 0, 0, 9], [0] * 4, [0] * 4, [9, 0, 0, 9]], np.uint8)),
}


def placed(shape, random):
    """Return a plane with a shape somewhere in it, and a window around it."""
    height, width = shape.shape
    rows, columns = random.integers((height, width), (height + 90, width + 120))
    y, x = (int(n) for n in random.integers(0, (rows - height + 1, columns - width + 1)))
    prob = np.zeros((rows, columns), np.uint8)
    prob[y : y + height, x : x + width] = shape
    left, top, right, bottom = (int(n) for n in random.integers(0, 12, 4))
    return prob, (x - left, y - top, width + left + right, height + top + bottom)


def windows(random, shape):
    """Return a window of each kind: inside a plane of a shape, across an edge, outside, larger, small."""
    rows, columns = shape

    def number(low, high):
        return int(random.integers(low, high + 1))

    width, height = number(1, columns), number(1, rows)
    inside = number(0, columns - width), number(0, rows - height), width, height
    across = number(1 - width, columns - 1), number(1 - height, rows - 1), width, height
    beside = [(-width - number(0, 9), 0), (0, rows + number(0, 9)), (columns, rows), (0, -height)]
    outside = *random.choice(beside).tolist(), width, height
    larger = -number(0, 30), -number(0, 30), columns + number(30, 60), rows + number(30, 60)
    somewhere = number(0, columns - 1), number(0, rows - 1)
    anywhere = (
        number(-30, columns + 30),
        number(-30, rows + 30),
        number(1, columns + 30),
        number(1, rows + 30),
    )
    small = *somewhere, number(1, 12), number(1, 12)
    return [inside, across, outside, larger, (*somewhere, 1, 1), small, anywhere]


# (type, max_count, epsilon), as cv2 takes them.
CRITERIA = {
    "both": (3, 10, 1),
    "a count": (1, 7, 0),
    "a count, whatever epsilon says": (1, 7, 50),
    "an epsilon": (2, 0, 1),
    "an epsilon, whatever the count says": (2, 3, 2.5),
    "one iteration": (3, 1, 1),
    "a count of 0, which is 1": (3, 0, 1),
    "a negative count, which is 1": (1, -5, 1),
    "an epsilon of 0, which is never reached": (3, 12, 0),
    "a negative epsilon, which is 0": (3, 12, -2.5),
    "half a pixel, whose square is rounded to 0": (3, 30, 0.5),
    "the least that is rounded to 1": (3, 30, 0.7072),
    "one and a half": (3, 30, 1.5),
    "several pixels": (3, 30, 3.7),
    "the largest whose square is an int32": (3, 5, 46340.95),
    "one whose square is none": (3, 5, 46341),
}


def cases(make, number):
    """Yield so many random planes, each with a window of every kind, and criteria of all kinds in turn."""
    random = np.random.default_rng(len(make.__name__))
    turn = itertools.cycle(CRITERIA.values())
    for _ in range(number):
        prob = make(random, size(random))
        for window in windows(random, prob.shape):
            yield prob, window, next(turn)
