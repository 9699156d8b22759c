"""A histogram drawn on the axes of matplotlib."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from backproj._engine.state import State
from backproj._plot.cells import drawn_axes, plane
from backproj._plot.colours import SLATE, axis_levels, colours
from backproj._validate.channels import CHANNELS
from backproj._validate.messages import short_repr

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot(state: State, ax: Axes | None) -> Axes:
    """Draw a histogram on axes, or on those of a new figure, and return them."""
    ax = _check_axes(ax)
    layout = state.layout
    names = CHANNELS[layout.channels].names
    across, *others = drawn_axes(layout)
    left, right = layout.ranges[2 * across : 2 * across + 2]
    ax.set_xlabel(names[across])
    ax.set_xlim(left, right)
    if others:
        (up,) = others
        bottom, top = layout.ranges[2 * up : 2 * up + 2]
        extent = left, right, bottom, top
        ax.imshow(plane(state), origin="lower", extent=extent, aspect="auto", interpolation="nearest")
        ax.set_ylabel(names[up])
        return ax
    width = (right - left) / layout.bins[0]
    edges = left + width * np.arange(layout.bins[0])
    heights = state.values if state.counts is None else state.counts
    if layout.channels != "h":  # there may be bars of white
        ax.set_facecolor(tuple(SLATE / 255))
    ax.bar(edges, heights, width, align="edge", color=np.rint(colours(layout, [*axis_levels(layout)])) / 255)
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
