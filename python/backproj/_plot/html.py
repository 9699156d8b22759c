"""A histogram as HTML, which notebooks show: its bins in their colours, and a table of facts."""

from __future__ import annotations

import numpy as np

from backproj._engine.state import State
from backproj._plot.colours import (
    Floats,
    brightness,
    hue_colours,
    mean_levels,
    normalized,
    palette,
    rgb,
    weights_by_hue_and_saturation,
)
from backproj._plot.png import data_uri
from backproj.typing import Image

_NAMES = {"h": "hue", "s": "saturation", "v": "value"}

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


def plane(hue_colour: Floats, saturation: Floats, weight: Floats) -> Image:
    """Return bins of hue and saturation as a picture: hue to the right, saturation downwards."""
    return rgb(hue_colour, saturation[:, np.newaxis], 255 * brightness(weight.T))


def _picture(state: State) -> Image:
    """Return a picture of the bins, with a strip of the histogram's colours below it."""
    weight, hue_colour = weights_by_hue_and_saturation(state), hue_colours(state.layout)
    if weight.ndim == 2:
        columns, rows = _bins_per_cell(state)
        weight = _sum_groups(_sum_groups(weight, columns).T, rows).T
        saturation = _mean_of_groups(mean_levels(state.layout)[0], rows)
        cells = plane(_mean_of_groups(hue_colour, columns), saturation, weight)[::-1]
        cells = np.repeat(cells, _HEIGHT // len(cells), axis=0)
    else:
        level = (np.arange(_HEIGHT, 0, -1)[:, np.newaxis] - 0.5) / _HEIGHT
        bars = (level < normalized(weight)).astype(np.float64)
        cells = rgb(hue_colour, value=255 * brightness(bars))
    cells = np.repeat(cells, _WIDTH // cells.shape[1], axis=1)
    strip = np.broadcast_to(palette(state, cells.shape[1]), (_STRIP, *cells.shape[1:]))
    return np.concatenate([cells, np.zeros_like(strip[:_GAP]), strip])


def _bins_per_cell(state: State) -> list[int]:
    """Return how many bins of hue and of saturation are merged into one cell."""
    return [-(-n // _MOST_CELLS) for n in state.layout.bins[:2]]


def _sum_groups(rows: Floats, size: int) -> Floats:
    """Sum each group of ``size`` consecutive rows; the last group may be smaller."""
    return np.add.reduceat(rows, np.arange(0, len(rows), size), axis=0)


def _mean_of_groups(rows: Floats, size: int) -> Floats:
    """Average each group of ``size`` consecutive rows; the last group may be smaller."""
    return (_sum_groups(rows, size).T / _sum_groups(np.ones(len(rows)), size)).T


def _caption(state: State) -> str:
    """Return a line that explains the picture."""
    if state.layout.channels == "h":
        bins = "hue to the right, the share of the fullest bin upwards"
    else:
        columns, rows = _bins_per_cell(state)
        merged = f", {columns}×{rows} bins per cell" if columns * rows > 1 else ""
        bins = f"hue to the right, saturation upwards, brighter bins are fuller{merged}"
    return f"{bins}; below: the colours, most common first"


def _facts(state: State) -> dict[str, str]:
    """Return the histogram's properties as text that is safe in HTML."""
    layout = state.layout
    bounds = zip(layout.ranges[::2], layout.ranges[1::2], strict=True)
    filled = int(np.count_nonzero(state.values if state.counts is None else state.counts))
    facts = {
        "channels": ", ".join(_NAMES[channel] for channel in layout.channels),
        "bins": f"{' × '.join(map(str, layout.bins))}, {filled:,} of them not empty",
        "ranges": ", ".join(f"{low:g} to {high:g}" for low, high in bounds),
    }
    if layout.in_range is not None:
        facts["in_range"] = " to ".join(map(str, layout.in_range))
    if state.counts is None:
        facts["values"] = f"{state.values.min():g} to {state.values.max():g}, not counted"
        if state.scale != 1:
            facts["scale"] = f"{state.scale:g}"
    else:
        facts["pixels"] = f"{int(state.counts.sum()):,}"
        facts["peak"] = "none: raw counts" if state.peak is None else f"{state.peak:g}"
    return facts
