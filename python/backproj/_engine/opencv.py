"""The opencv engine: the same work done by OpenCV itself, through gocv, where the build has it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from backproj._engine.blocks import call_undivided, frame_blocks, mask_geometry
from backproj._engine.state import State, blank, of_values
from backproj._runtime import loader
from backproj._validate.layout import DEFAULT, Layout
from backproj._validate.ownership import address
from backproj._validate.views import View

# The peak that it scales counts to.
_PEAK = 256


def count(
    layout: Layout,
    models: Sequence[View],
    masks: Sequence[View | None],
    peak: float | None,
    threads: int,
) -> State:
    """Return the state of a model's histogram. OpenCV chooses its own number of threads."""
    if layout != DEFAULT or peak != _PEAK or len(models) != 1:
        raise ValueError(
            "the opencv engine takes one model, channels='hs', bins=32, peak=256, and neither ranges nor "
            "in_range; engine='native' takes all layouts"
        )
    counts = np.empty(layout.bins, np.int64)
    state = blank(layout, counts, peak)
    (model,), (mask,) = models, masks
    where = mask_geometry(mask)
    height, width = model.shape

    def fit() -> None:
        call = loader.load("_opencv").binding_Fit
        call(
            address(counts), address(state.values), model.address, height, width, *model.strides,
            model.order, *where,
        )  # fmt: skip

    call_undivided(fit, height * width)
    return of_values(layout, state.values, 1.0, counts, peak)


def project(states: Sequence[State], frames: View, out: View, threads: int) -> None:
    """Write the back projections of a frame or a batch to ``out``, as the native engine does."""
    if any(state.layout != DEFAULT or state.scale != 1 for state in states):
        raise ValueError(
            "the opencv engine takes histograms of channels='hs' and bins=32, without ranges, in_range and "
            "scale; engine='native' takes all"
        )
    if not states or frames.low == frames.high:
        return
    for block in frame_blocks(frames, out, 1):
        target, plane, onto, row, pixel, source, number, step, *image = block
        for i, state in enumerate(states):
            for j in range(number):
                at, to = source + j * step, target + i * plane + j * onto
                call = loader.load("_opencv").binding_Project
                call(to, row, pixel, address(state.values), at, *image, frames.order)
