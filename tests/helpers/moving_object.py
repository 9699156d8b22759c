"""Small frames in which an object of one colour moves before noise of greens and blues, with a few reds."""

import numpy as np

SHAPE = 90, 120  # rows and columns of a frame
RED, PURPLE = (30, 60, 220), (220, 60, 220)


def box_at(x, y, size=(24, 18)):
    """Return the box around an object whose centre is at a place."""
    width, height = size
    return x - width // 2, y - height // 2, width, height


def scene(*centres, size=(24, 18), colour=RED, shape=SHAPE):
    """Return a frame with an object at each centre; what is outside the frame is cut off."""
    random = np.random.default_rng(1)
    frame = random.integers(0, (256, 256, 80), (*shape, 3), np.uint8)
    frame[random.random(shape) < 0.001] = RED
    for x, y, width, height in (box_at(*centre, size) for centre in centres):
        skin = (colour + random.integers(-15, 16, (height, width, 3))).astype(np.uint8)
        rows, columns = (
            slice(max(first, 0), max(last, 0)) for first, last in ((y, y + height), (x, x + width))
        )
        part = frame[rows, columns]
        top, left = rows.start - y, columns.start - x
        part[...] = skin[top : top + part.shape[0], left : left + part.shape[1]]
    return frame


def path(n):
    """Return where the object is in the n-th frame of a film in which it moves about."""
    return round(60 + 30 * np.sin(n / 7)), round(45 + 20 * np.sin(n / 5))


def film(length, **options):
    """Yield the frames of a film in which the object moves about."""
    for n in range(length):
        yield scene(path(n), **options)
