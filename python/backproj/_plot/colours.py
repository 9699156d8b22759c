"""The colours that a histogram's bins stand for, and how full the bins are."""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from backproj._engine.engines import State
from backproj._validate.arrays import Image
from backproj._validate.layout import Layout

Floats: TypeAlias = npt.NDArray[np.float64]

# How bright an empty bin is, so that one sees which colour would be there.
_EMPTY = 0.15


def weights(state: State) -> Floats:
    """Return how full the bins are: the counts, or what the bins project to if nothing was counted."""
    if state.counts is not None:
        return state.counts.astype(np.float64)
    return np.maximum(state.values * np.float64(state.scale), 0)


def plane(state: State) -> Floats:
    """Return the weights by hue, and by saturation if that is counted, whatever the value."""
    full = weights(state)
    return full.sum(axis=2) if full.ndim == 3 else full


def relative(weight: Floats) -> Floats:
    """Return weights as parts of the greatest."""
    most = weight.max()
    return weight / most if most > 0 else weight


def brightness(weight: Floats) -> Floats:
    """Return how bright bins are drawn: a hundredth of the greatest weight at 0.42 of its colour."""
    return _EMPTY + (1 - _EMPTY) * relative(weight) ** 0.25


def tints(layout: Layout) -> Floats:
    """Return for each bin of hue how much of red, green and blue a pure colour of it lacks, on average.

    A bin that is all of the circle has no tint, and lacks a half of each.
    """
    (n, *_), (low, high, *_) = layout.bins, layout.ranges
    wide = (high - low) / n
    inside = math.ceil(wide)  # about a point for each whole number, which is all that a pixel's hue can be
    hues = low - 0.5 + wide / inside * (np.arange(n * inside) + 0.5)
    # A sixth of the circle is 30; red is there from the fifth to the first, and lacks in the middle three.
    sixth = (hues[:, np.newaxis] / 30 + (5, 3, 1)) % 6
    lacking: Floats = np.clip(np.minimum(sixth, 4 - sixth), 0, 1).reshape(n, inside, 3).mean(axis=1)
    return lacking


def middles(layout: Layout) -> list[Floats]:
    """Return for saturation and value, if counted, the means of the whole numbers that fall into each bin."""
    return [
        np.clip(low - 0.5 + (high - low) / n * (np.arange(n) + 0.5), 0, 255)
        for n, low, high in zip(layout.bins[1:], layout.ranges[2::2], layout.ranges[3::2], strict=True)
    ]


def rgb(tint: Floats, saturation: npt.ArrayLike = 255.0, value: npt.ArrayLike = 255.0) -> Image:
    """Return the colours of tints, saturations and values."""
    lacking = tint * (np.asarray(saturation)[..., np.newaxis] / 255)
    return np.rint(np.asarray(value)[..., np.newaxis] * (1 - lacking)).astype(np.uint8)


def palette(state: State, width: int) -> Image:
    """Return a row of the colours in the histogram, the most common first, each as wide as it is common."""
    full = weights(state).ravel()
    filled = np.flatnonzero(full)
    if not filled.size:
        return np.zeros((width, 3), np.uint8)
    order = filled[np.argsort(-full[filled], kind="stable")]
    reached = full[order].cumsum()
    seen = order[np.searchsorted(reached, (np.arange(width) + 0.5) / width * reached[-1])]
    hue, *others = np.unravel_index(seen, state.layout.bins)
    means = zip(middles(state.layout), others, strict=True)
    return rgb(tints(state.layout)[hue], *(mean[i] for mean, i in means))
