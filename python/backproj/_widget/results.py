"""What the widget shows, computed of its settings."""

from __future__ import annotations

import warnings
from typing import NamedTuple

import numpy as np

from backproj._histogram.histogram import Histogram
from backproj._region import cut_out, segment
from backproj._widget.settings import Settings, Source
from backproj.typing import Image


class Results(NamedTuple):
    """The results of the calls in the code that the widget gives."""

    histogram: Histogram
    prob: Image
    mask: Image
    cut_out: Image


def compute(source: Source, settings: Settings) -> Results:
    """Return what the code computes."""
    frame, order = source.frame, source.order
    x, y, w, h = settings.box
    with warnings.catch_warnings():
        # The line below the pictures says it: no pixel of the box passes the gate.
        warnings.filterwarnings("ignore", "no pixel passed", RuntimeWarning)
        hist = Histogram(
            frame[y : y + h, x : x + w],
            channels=source.channels,
            bins=settings.bins,
            in_range=source.needed_gate(settings.in_range),
            order=order,
        )
    prob = hist.back_project(frame, order=order)
    mask = segment(prob, disc=settings.disc, threshold=settings.threshold)
    return Results(hist, prob, mask, cut_out(frame, mask))


def summary(settings: Settings, results: Results) -> str:
    """Return in words what is counted and what is found."""
    x, y, w, h = settings.box
    counts = results.histogram.counts
    passed = 0 if counts is None else int(counts.sum())
    counted = f"{passed:,} of its {w * h:,} pixels pass the gate" if passed < w * h else f"{passed:,} pixels"
    found = np.count_nonzero(results.mask) / results.mask.size
    return f"Box {x}, {y}, {w}, {h}: {counted}. The mask has {found:.1%} of the frame."
