"""A histogram drawn on the axes of matplotlib."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from backproj._engine.state import State
from backproj._plot.colours import hue_colours, mean_levels, rgb, weights_by_hue_and_saturation
from backproj._plot.html import plane
from backproj._validate.messages import short_repr

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot(state: State, ax: Axes | None) -> Axes:
    """Draw a histogram on axes, or on those of a new figure, and return them."""
    ax = _check_axes(ax)
    layout = state.layout
    left, right, *others = layout.ranges
    ax.set_xlabel("hue")
    ax.set_xlim(left, right)
    if others:
        cells = plane(hue_colours(layout), mean_levels(layout)[0], weights_by_hue_and_saturation(state))
        extent = left, right, others[0], others[1]
        ax.imshow(cells, origin="lower", extent=extent, aspect="auto", interpolation="nearest")
        ax.set_ylabel("saturation")
        return ax
    width = (right - left) / layout.bins[0]
    edges = left + width * np.arange(layout.bins[0])
    heights = state.values if state.counts is None else state.counts
    ax.bar(edges, heights, width, align="edge", color=rgb(hue_colours(layout)) / 255)
    ax.set_ylabel("value" if state.counts is None else "pixels")
    return ax


def _check_axes(ax: object) -> Axes:
    """Return the given axes, or those of a new figure for None."""
    try:
        if ax is None:
            # pyplot chooses a backend for the whole process, so it is imported only to make a figure.
            import matplotlib.pyplot as plt

            return plt.subplots()[1]
        from matplotlib.axes import Axes
    except ModuleNotFoundError as error:
        if error.name != "matplotlib":
            raise
        raise ImportError("Histogram.plot needs matplotlib: pip install 'backproj[plot]'") from None
    if not isinstance(ax, Axes):
        raise TypeError(f"ax must be a matplotlib Axes, not {short_repr(ax)}; plt.subplots()[1] is one")
    return ax
