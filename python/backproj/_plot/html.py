"""A histogram as HTML, which notebooks show: its bins in their colours, and a table of facts."""

from __future__ import annotations

import numpy as np

from backproj._engine.state import State
from backproj._plot.cells import drawn_axes, plane
from backproj._plot.colours import (
    axis_levels,
    clearness,
    colours,
    has_black,
    most_common,
    normalized,
    shaded,
    weights,
)
from backproj._plot.png import data_uri
from backproj._validate.channels import CHANNELS
from backproj.typing import Image

# In pixels: 360 are 2 for each hue, and 192 are 3 for each of at most 64 cells.
_WIDTH, _HEIGHT, _GAP, _STRIP = 360, 192, 4, 24

# The most cells drawn each way; more bins are merged. 64×64 colours that do not compress are about 15 kB.
_MOST_CELLS = 64


def to_html(state: State) -> str:
    """Return a histogram as HTML."""
    picture = _picture(state)
    height, width, _ = picture.shape
    facts = "".join(
        f'<tr><th style="text-align:left">{name}</th><td style="text-align:left">{fact}</td></tr>'
        for name, fact in _facts(state).items()
    )
    return (
        f"<div><code>backproj.Histogram</code><br>"
        f'<img src="{data_uri(picture)}" width="{width}" height="{height}" alt="{_caption(state)}"><br>'
        f"<small>{_caption(state)}</small>"
        f"<table>{facts}</table></div>"
    )


def _picture(state: State) -> Image:
    """Return a picture of the bins, with a strip of the histogram's colours below it."""
    layout = state.layout
    if len(layout.bins) > 1:
        cells = plane(state, *_bins_per_cell(state))[::-1]
        cells = np.repeat(cells, _HEIGHT // len(cells), axis=0)
    else:
        level = (np.arange(_HEIGHT, 0, -1)[:, np.newaxis] - 0.5) / _HEIGHT
        bars = (level < normalized(weights(state))).astype(np.float64)
        cells = shaded(layout, colours(layout, [*axis_levels(layout)]), clearness(bars))
    cells = np.repeat(cells, _WIDTH // cells.shape[1], axis=1)
    strip = np.broadcast_to(most_common(state, cells.shape[1]), (_STRIP, *cells.shape[1:]))
    return np.concatenate([cells, np.zeros_like(strip[:_GAP]), strip])


def _bins_per_cell(state: State) -> list[int]:
    """Return how many bins are merged into one cell, to the right and upwards."""
    return [-(-state.layout.bins[axis] // _MOST_CELLS) for axis in drawn_axes(state.layout)]


def _caption(state: State) -> str:
    """Return a line that explains the picture."""
    names = CHANNELS[state.layout.channels].names
    if len(names) == 1:
        bins = f"{names[0]} to the right, the share of the fullest bin upwards"
    else:
        across, up = (names[axis] for axis in drawn_axes(state.layout))
        columns, rows = _bins_per_cell(state)
        merged = f", {columns}×{rows} bins per cell" if columns * rows > 1 else ""
        fuller = "clearer" if has_black(state.layout) else "brighter"
        bins = f"{across} to the right, {up} upwards, {fuller} bins are fuller{merged}"
    return f"{bins}; below: the colours, most common first"


def _facts(state: State) -> dict[str, str]:
    """Return the histogram's properties as text that is safe in HTML."""
    layout = state.layout
    bounds = zip(layout.ranges[::2], layout.ranges[1::2], strict=True)
    filled = int(np.count_nonzero(state.values if state.counts is None else state.counts))
    facts = {
        "channels": ", ".join(CHANNELS[layout.channels].names),
        "bins": f"{' × '.join(map(str, layout.bins))}, {filled:,} of them not empty",
        "ranges": ", ".join(f"{low:g} to {high:g}" for low, high in bounds),
    }
    if layout.in_range is not None:
        facts["in_range"] = " to ".join(map(_bound, layout.in_range))
    if state.counts is None:
        facts["values"] = f"{state.values.min():g} to {state.values.max():g}, not counted"
        if state.scale != 1:
            facts["scale"] = f"{state.scale:g}"
    else:
        facts["pixels"] = f"{int(state.counts.sum()):,}"
        facts["peak"] = "none: raw counts" if state.peak is None else f"{state.peak:g}"
    return facts


def _bound(bound: tuple[int, ...]) -> str:
    """Return one bound as a user writes it."""
    return str(bound if len(bound) > 1 else bound[0])
