"""The colour of each bin of a histogram, and how much is in it."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from backproj._engine.state import State
from backproj._validate.layout import Layout
from backproj.typing import Image

Floats: TypeAlias = npt.NDArray[np.float64]

# The brightness of an empty bin: dark, but one still sees which colour it stands for.
_EMPTY = 0.15

# The values that a pixel's channels take in OpenCV's 8-bit HSV: 180 hues, and 256 levels of the others.
_HUES = np.arange(180.0)
_LEVELS = np.arange(256.0)


def weights(state: State) -> Floats:
    """Return the weight of each bin: its count, or the value that it projects to if nothing was counted."""
    if state.counts is not None:
        return state.counts.astype(np.float64)
    return np.maximum(state.values * np.float64(state.scale), 0)


def weights_by_hue_and_saturation(state: State) -> Floats:
    """Return the weights summed over the value channel, if the histogram has one."""
    weight = weights(state)
    return weight.sum(axis=2) if weight.ndim == 3 else weight


def normalized(weight: Floats) -> Floats:
    """Divide weights by their maximum."""
    most = weight.max()
    return weight / most if most > 0 else weight


def brightness(weight: Floats) -> Floats:
    """Return how bright to draw bins, from 0 to 1.

    The fourth root makes rare colours visible: a hundredth of the greatest weight has a brightness of 0.42.
    """
    return _EMPTY + (1 - _EMPTY) * normalized(weight) ** 0.25


def hue_colours(layout: Layout) -> Floats:
    """Return for each bin of hue the mean of its saturated colours as red, green and blue from 0 to 1.

    The shape is (bins, 3). A bin that contains every hue is grey.
    """
    # The textbook conversion from HSV: around the circle, which has six sectors of 30 hues, each primary is
    # full for two sectors, fades for one, is absent for two and returns for one.
    rgb_of_hue = np.clip(np.abs((_HUES[:, np.newaxis] / 30 + (0, 4, 2)) % 6 - 3) - 1, 0, 1)
    return _mean_per_bin(rgb_of_hue, layout.ranges[0], layout.ranges[1], layout.bins[0])


def mean_levels(layout: Layout) -> list[Floats]:
    """Return the mean level in each bin of saturation, and of value, if the histogram has these channels."""
    return [
        _mean_per_bin(_LEVELS, low, high, bins)
        for bins, low, high in zip(layout.bins[1:], layout.ranges[2::2], layout.ranges[3::2], strict=True)
    ]


def _mean_per_bin(table: Floats, low: float, high: float, bins: int) -> Floats:
    """Average the entries of a table over each bin: entry i belongs to the bin that a pixel's level i is in.

    A bin without a level, because it is narrower than 1 or lies outside of them, gets the entry of the level
    nearest to its middle.
    """
    levels = np.arange(len(table))
    bin_of_level = np.floor((levels - low) * bins / (high - low))
    inside = (bin_of_level >= 0) & (bin_of_level < bins)
    index = bin_of_level[inside].astype(np.intp)

    middle = low + (high - low) / bins * (np.arange(bins) + 0.5) - 0.5
    means: Floats = table[np.rint(np.clip(middle, 0, levels[-1])).astype(np.intp)]
    means[index] = 0
    np.add.at(means, index, (table[inside].T / np.bincount(index)[index]).T)
    return means


def rgb(hue_colour: Floats, saturation: npt.ArrayLike = 255.0, value: npt.ArrayLike = 255.0) -> Image:
    """Return saturated colours with their saturation and value set to levels from 0 to 255."""
    lacking = (1 - hue_colour) * (np.asarray(saturation)[..., np.newaxis] / 255)
    return np.rint(np.asarray(value)[..., np.newaxis] * (1 - lacking)).astype(np.uint8)


def palette(state: State, width: int) -> Image:
    """Return a row of the histogram's colours, the most common first, each as wide as its share."""
    weight = weights(state).ravel()
    filled = np.flatnonzero(weight)
    if not filled.size:
        return np.zeros((width, 3), np.uint8)
    order = filled[np.argsort(-weight[filled], kind="stable")]
    ends = weight[order].cumsum()
    cell = order[np.searchsorted(ends, (np.arange(width) + 0.5) / width * ends[-1])]
    hue, *others = np.unravel_index(cell, state.layout.bins)
    levels = [mean[index] for mean, index in zip(mean_levels(state.layout), others, strict=True)]
    return rgb(hue_colours(state.layout)[hue], *levels)
