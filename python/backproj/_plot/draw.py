"""What a histogram looks like: its bins in their colours, and what it is in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from backproj._engine.engines import RAW, State
from backproj._plot.colours import Floats, brightness, middles, palette, plane, relative, rgb, tints
from backproj._plot.png import data_uri
from backproj._validate.arrays import Image

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_NAMES = {"h": "hue", "s": "saturation", "v": "value"}

# The picture of the repr: a hue is 2 pixels wide. No more cells than these are drawn each way, so that the
# fullest histogram of 180×256 bins is some 15 kB of colours that cannot be compressed.
_WIDTH, _HEIGHT, _GAP, _STRIP = 360, 192, 4, 24
_MOST_CELLS = 64


def html(state: State) -> str:
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


def draw(state: State, ax: Axes) -> None:
    """Draw a histogram on axes."""
    layout = state.layout
    left, right, *others = layout.ranges
    ax.set_xlabel("hue")
    ax.set_xlim(left, right)
    if others:
        cells = _cells(tints(layout), middles(layout)[0], plane(state))
        extent = left, right, others[0], others[1]
        ax.imshow(cells, origin="lower", extent=extent, aspect="auto", interpolation="nearest")
        ax.set_ylabel("saturation")
        return
    wide = (right - left) / layout.bins[0]
    heights = state.values if state.counts is None else state.counts
    ax.bar(left + wide * np.arange(len(heights)), heights, wide, align="edge", color=rgb(tints(layout)) / 255)
    ax.set_ylabel("value" if state.counts is None else "pixels")


def _picture(state: State) -> Image:
    """Return the bins in their colours, and below them the strip of the colours in the histogram."""
    weight, tint = plane(state), tints(state.layout)
    if weight.ndim == 2:
        columns, rows = _bins_a_cell(state)
        weight = _sums(_sums(weight, columns).T, rows).T
        saturation = _means(middles(state.layout)[0], rows)
        cells = _cells(_means(tint, columns), saturation, weight)[::-1]
        cells = np.repeat(cells, _HEIGHT // len(cells), axis=0)
    else:
        level = (np.arange(_HEIGHT, 0, -1)[:, np.newaxis] - 0.5) / _HEIGHT
        bars = (level < relative(weight)).astype(np.float64)
        cells = rgb(tint, value=255 * brightness(bars))
    cells = np.repeat(cells, _WIDTH // cells.shape[1], axis=1)
    strip = np.broadcast_to(palette(state, cells.shape[1]), (_STRIP, *cells.shape[1:]))
    return np.concatenate([cells, np.zeros_like(strip[:_GAP]), strip])


def _bins_a_cell(state: State) -> list[int]:
    return [-(-n // _MOST_CELLS) for n in state.layout.bins[:2]]


def _cells(tint: Floats, saturation: Floats, weight: Floats) -> Image:
    """Return the bins of hue and saturation as a picture: hue to the right, saturation downwards."""
    return rgb(tint, saturation[:, np.newaxis], 255 * brightness(weight.T))


def _sums(rows: Floats, size: int) -> Floats:
    """Return the sums of so many rows each."""
    return np.add.reduceat(rows, np.arange(0, len(rows), size), axis=0)


def _means(rows: Floats, size: int) -> Floats:
    return (_sums(rows, size).T / _sums(np.ones(len(rows)), size)).T


def _caption(state: State) -> str:
    """Return how to read the picture."""
    if state.layout.channels == "h":
        bins = "hue to the right, how full upwards"
    else:
        columns, rows = _bins_a_cell(state)
        merged = f", {columns}×{rows} bins a cell" if columns * rows > 1 else ""
        bins = f"hue to the right, saturation upwards, the brighter the fuller{merged}"
    return f"{bins}; below: the colours in it, the most common first"


def _facts(state: State) -> dict[str, str]:
    """Return what the histogram is, in words that are safe in HTML."""
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
        facts["peak"] = "none: raw counts" if state.peak == RAW else f"{state.peak:g}"
    return facts
