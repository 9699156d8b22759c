"""Following a box through back projections."""

from __future__ import annotations

import numpy as np

from backproj._locate import locate
from backproj.typing import Box, Image

# Mean shift has come to rest by then nearly always; OpenCV's CamShift example stops at ten too.
_STEPS = 10

# A box that holds less than this part of what it held at first has lost its object.
_LOST = 0.25


class Tracker:
    """Follows a box by mean shift; where it has lost its object, by a look at the whole frame.

    If there is no such object in the frame, the box stays where it is, until there is.
    """

    def __init__(self, size: tuple[int, int], box: Box | None = None) -> None:
        self._size, self._box, self._enough = size, box, 0.0

    def follow(self, prob: Image) -> tuple[Box, float]:
        """Return where the object is in the next frame, and the mean of the box's pixels, from 0 to 1."""
        if self._box is None:
            self._box, _ = locate(prob, self._size)
        box = mean_shift(prob, self._box)
        if _score(prob, box) < self._enough:
            elsewhere = mean_shift(prob, locate(prob, self._size)[0])
            box = elsewhere if _score(prob, elsewhere) >= self._enough else self._box
        self._box, score = box, _score(prob, box)
        self._enough = self._enough or _LOST * score
        return box, score


def mean_shift(prob: Image, box: Box) -> Box:
    """Move the box, within the image, to where the mean of the back projection in it is its middle."""
    x, y, w, h = box
    height, width = prob.shape
    for _ in range(_STEPS):
        window = prob[y : y + h, x : x + w]
        columns, rows = window.sum(axis=0, dtype=np.int64), window.sum(axis=1, dtype=np.int64)
        mass = int(rows.sum())
        if mass == 0:
            break
        across = round(float(columns @ np.arange(w)) / mass - (w - 1) / 2)
        down = round(float(rows @ np.arange(h)) / mass - (h - 1) / 2)
        moved = min(max(x + across, 0), width - w), min(max(y + down, 0), height - h)
        if moved == (x, y):
            break
        x, y = moved
    return x, y, w, h


def _score(prob: Image, box: Box) -> float:
    x, y, w, h = box
    return float(prob[y : y + h, x : x + w].mean()) / 255
