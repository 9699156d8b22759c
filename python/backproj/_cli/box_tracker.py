"""Tracking a box through the back projections of a film's frames."""

from __future__ import annotations

import numpy as np

from backproj._locate import locate
from backproj.typing import Box, Image

# Mean shift has nearly always converged by then. OpenCV's CamShift example stops after ten steps, too.
_MAX_STEPS = 10

# A box whose score falls below this part of its first score has lost the object.
_LOST_FRACTION = 0.25


class Tracker:
    """Tracks a box by mean shift, and searches the whole frame when it has lost the object.

    If the object is nowhere in the frame, the box stays where it is until the object returns.
    """

    def __init__(self, size: tuple[int, int], box: Box | None = None) -> None:
        self._size, self._box, self._min_score = size, box, 0.0

    def follow(self, prob: Image) -> tuple[Box, float]:
        """Return the box in the next frame, and its score: the mean of its pixels, from 0 to 1."""
        if self._box is None:
            self._box, _ = locate(prob, self._size)
        box = mean_shift(prob, self._box)
        if _score(prob, box) < self._min_score:
            found = mean_shift(prob, locate(prob, self._size)[0])
            box = found if _score(prob, found) >= self._min_score else self._box
        self._box, score = box, _score(prob, box)
        self._min_score = self._min_score or _LOST_FRACTION * score
        return box, score


def mean_shift(prob: Image, box: Box) -> Box:
    """Move a box, within the image, until the centroid of the back projection in it is its centre."""
    x, y, w, h = box
    height, width = prob.shape
    for _ in range(_MAX_STEPS):
        window = prob[y : y + h, x : x + w]
        columns, rows = window.sum(axis=0, dtype=np.int64), window.sum(axis=1, dtype=np.int64)
        mass = int(rows.sum())
        if mass == 0:
            break
        dx = round(float(columns @ np.arange(w)) / mass - (w - 1) / 2)
        dy = round(float(rows @ np.arange(h)) / mass - (h - 1) / 2)
        moved = min(max(x + dx, 0), width - w), min(max(y + dy, 0), height - h)
        if moved == (x, y):
            break
        x, y = moved
    return x, y, w, h


def _score(prob: Image, box: Box) -> float:
    x, y, w, h = box
    return float(prob[y : y + h, x : x + w].mean()) / 255
