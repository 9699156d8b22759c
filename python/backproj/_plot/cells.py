"""The bins of a histogram as a plane of coloured cells, one or more bins a cell."""

from __future__ import annotations

import numpy as np

from backproj._engine.state import State
from backproj._plot.colours import axis_levels, clearness, colours, is_drawn, shaded, weights
from backproj._plot.spaces import Floats
from backproj._validate.layout import Layout
from backproj.typing import Image


def drawn_axes(layout: Layout) -> list[int]:
    """Return which axes of a histogram are drawn: to the right, and upwards if there are two."""
    return [axis for axis in range(len(layout.bins)) if is_drawn(layout, axis)]


def plane(state: State, columns: int = 1, rows: int = 1) -> Image:
    """Return a histogram of two or three channels as a picture whose first row is the lowest one.

    So many bins are merged into one cell, to the right and upwards.
    """
    layout = state.layout
    across, up = drawn_axes(layout)
    levels: list[Floats | None] = [None] * len(layout.bins)
    known = axis_levels(layout)
    levels[across] = _mean_of_groups(known[across], columns)[np.newaxis]
    levels[up] = _mean_of_groups(known[up], rows)[:, np.newaxis]

    weight = weights(state)
    hidden = set(range(weight.ndim)) - {across, up}
    volume = weight.transpose(up, across, *hidden).reshape(layout.bins[up], layout.bins[across], -1)
    volume = _sum_groups(volume, rows)
    volume = _sum_groups(volume.transpose(1, 0, 2), columns).transpose(1, 0, 2)
    total = volume.sum(axis=2)
    if layout.channels == "bgr":
        (blue,) = hidden
        levels[blue] = _mean_by_weight(known[blue], volume, total)
    return shaded(layout, colours(layout, levels), clearness(total))


def _sum_groups(rows: Floats, size: int) -> Floats:
    """Sum each group of ``size`` consecutive rows; the last group may be smaller."""
    return np.add.reduceat(rows, np.arange(0, len(rows), size), axis=0)


def _mean_of_groups(rows: Floats, size: int) -> Floats:
    """Average each group of ``size`` consecutive rows; the last group may be smaller."""
    return (_sum_groups(rows, size).T / _sum_groups(np.ones(len(rows)), size)).T


def _mean_by_weight(level: Floats, volume: Floats, total: Floats) -> Floats:
    """Return the mean of a level in each cell by the weights of its bins, or of all bins if it is empty."""
    return np.where(total > 0, volume @ level / np.maximum(total, 1e-300), level.mean())
