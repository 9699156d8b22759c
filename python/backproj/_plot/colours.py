"""The colour of each bin of a histogram, and how much is in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from backproj._engine.state import State
from backproj._plot.spaces import Floats, from_bgr, from_grey, from_hsv, from_lab, from_ycrcb
from backproj._validate.channels import CHANNELS
from backproj._validate.layout import Layout
from backproj.typing import Image, Space

# The share of its colour that an empty bin has: little, but one still sees which colour it stands for.
_EMPTY = 0.15

# The values that a pixel's channels take in OpenCV's 8-bit HSV: 180 hues, and 256 levels of the others.
_HUES = np.arange(180.0)
_LEVELS = np.arange(256.0)

# What is behind bins some of which are black or grey: a blue grey, which none of them is.
SLATE = np.array([74.0, 88.0, 108.0])


class _Palette(NamedTuple):
    """How the colours of a space are drawn.

    Attributes
    ----------
    to_rgb : callable
        Returns the colours of components.
    hidden : int
        Which component is not drawn if there are three: the lightness if the space has such a component.
        Blue, green and red have none; of these, blue changes it least.
    usual : tuple of array
        The components of a colour, for channels that lack some: full, or of middle lightness. Empty if the
        space has no component that is the lightness.
    """

    to_rgb: Callable[..., Floats]
    hidden: int
    usual: tuple[Floats, ...]


# Red of full saturation and value; greys of Y = 160 and of a lightness of 65%, about those of skin.
_PALETTES: dict[Space, _Palette] = {
    "hsv": _Palette(from_hsv, 2, (np.array([1.0, 0.0, 0.0]), np.array(255.0), np.array(255.0))),
    "ycrcb": _Palette(from_ycrcb, 0, (np.array(160.0), np.array(128.0), np.array(128.0))),
    "lab": _Palette(from_lab, 0, (np.array(166.0), np.array(128.0), np.array(128.0))),
    "bgr": _Palette(from_bgr, 0, ()),
    "gray": _Palette(from_grey, 0, ()),
}


def weights(state: State) -> Floats:
    """Return the weight of each bin: its count, or the value that it projects to if nothing was counted."""
    if state.counts is not None:
        return state.counts.astype(np.float64)
    return np.maximum(state.values * np.float64(state.scale), 0)


def normalized(weight: Floats) -> Floats:
    """Divide weights by their maximum."""
    most = weight.max()
    return weight / most if most > 0 else weight


def clearness(weight: Floats) -> Floats:
    """Return which share of their colour to draw bins with, up to 1.

    The fourth root makes rare colours visible: a hundredth of the greatest weight has a share of 0.42.
    """
    return _EMPTY + (1 - _EMPTY) * normalized(weight) ** 0.25


def is_drawn(layout: Layout, axis: int) -> bool:
    """Report whether pictures show an axis of a histogram. They show two; bins are summed over a third."""
    chosen = CHANNELS[layout.channels]
    return len(chosen.components) < 3 or chosen.components[axis] != _PALETTES[chosen.space].hidden


def axis_levels(layout: Layout) -> list[Floats]:
    """Return for each axis the mean level in each of its bins.

    Of hue it is the mean of the saturated colours as red, green and blue from 0 to 1, in shape (bins, 3). A
    bin that contains every hue is grey.
    """
    return [
        _mean_per_bin(_saturated() if name == "hue" else _LEVELS, low, high, bins)
        for name, bins, low, high in zip(
            CHANNELS[layout.channels].names, layout.bins, layout.ranges[::2], layout.ranges[1::2], strict=True
        )
    ]


def _saturated() -> Floats:
    """Return the saturated colour of each hue, by the textbook conversion from HSV.

    Around the circle, which has six sectors of 30 hues, each primary is full for two sectors, fades for one,
    is absent for two and returns for one.
    """
    distance = np.abs((_HUES[:, np.newaxis] / 30 + (0, 4, 2)) % 6 - 3)
    colours_: Floats = np.clip(distance - 1, 0, 1)
    return colours_


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


def colours(layout: Layout, levels: list[Floats | None]) -> Floats:
    """Return the colours of a level on each axis, or None for the usual: red, green and blue up to 255."""
    chosen = CHANNELS[layout.channels]
    palette = _PALETTES[chosen.space]
    components: list[Floats | None] = list(palette.usual) or [None] * len(levels)
    if layout.channels == "v":
        components[1] = np.array(0.0)  # value alone is shown as greys
    for component, level in zip(chosen.components, levels, strict=True):
        components[component] = components[component] if level is None else level
    return palette.to_rgb(*components)


def has_black(layout: Layout) -> bool:
    """Report whether pictures of a histogram have cells of dark colours."""
    chosen = CHANNELS[layout.channels]
    palette = _PALETTES[chosen.space]
    shown = [component for axis, component in enumerate(chosen.components) if is_drawn(layout, axis)]
    return not palette.usual or palette.hidden in shown


def shaded(layout: Layout, colour: Floats, share: Floats) -> Image:
    """Return a picture of shares of colours. What is lacking is black, or slate if some colours are black."""
    behind = SLATE if has_black(layout) else np.zeros(3)
    picture: Image = np.rint(behind + (colour - behind) * share[..., np.newaxis]).astype(np.uint8)
    return picture


def most_common(state: State, width: int) -> Image:
    """Return a row of the histogram's colours, the most common first, each as wide as its share."""
    weight = weights(state).ravel()
    filled = np.flatnonzero(weight)
    if not filled.size:
        return np.zeros((width, 3), np.uint8)
    order = filled[np.argsort(-weight[filled], kind="stable")]
    ends = weight[order].cumsum()
    cell = order[np.searchsorted(ends, (np.arange(width) + 0.5) / width * ends[-1])]
    layout = state.layout
    levels = [
        mean[index]
        for mean, index in zip(axis_levels(layout), np.unravel_index(cell, layout.bins), strict=True)
    ]
    return np.rint(colours(layout, [*levels])).astype(np.uint8)
