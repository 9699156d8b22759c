"""Mean shift and CamShift by Go, on what a histogram projects to or on a back projection that exists."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from backproj._engine import native, region
from backproj._engine.blocks import call_undivided
from backproj._engine.kernels import kernel_number
from backproj._engine.state import State
from backproj._runtime import loader
from backproj._validate.ownership import address
from backproj._validate.threads import check_threads
from backproj._validate.views import View, view_out
from backproj._validate.windows import Limits
from backproj.typing import Box, RotatedRect

# How much memory Go may take for the pixels that windows visit: see maxVisited in backproj/visited.go. For a
# larger window the whole frame is projected. That takes memory of numpy's, which does not end the process if
# there is none.
_MOST_VISITED = 1 << 21

# What Go takes for a row beside its pixels: two cache lines, and a note which pixels are there.
_MORE_A_ROW = 144

# Projecting takes as long as adding pixels up for so many iterations, at least.
_ITERATIONS = 64


class Shifted(NamedTuple):
    """Where a window has moved to."""

    iterations: int
    window: Box
    sum: int  # of the back projection in the window
    box: RotatedRect  # that CamShift fits; of mean shift all 0


def shift(state: State, frame: View, window: Box, criteria: Limits, fit: bool) -> Shifted:
    """Move a window on a histogram's back projection onto a frame, by CamShift if fit, else by mean shift."""
    width, height = _size_within(window, frame)
    if (width + _MORE_A_ROW) * height > _MOST_VISITED:
        prob = view_out(None, frame.shape, frame)
        native.project([state], frame, prob, check_threads(None))
        return shift_on(prob, window, criteria, fit)

    def call() -> Shifted:
        found = np.empty(11)
        block = frame.address, *frame.shape, *frame.strides, frame.order
        loader.call(
            "binding_Shift", address(found), *block, state.at, *window, fit, *criteria, kernel_number()
        )
        return _shifted(found.tolist())

    return call_undivided(call, width * height * (2 + criteria.max_iterations // _ITERATIONS))


def shift_on(prob: View, window: Box, criteria: Limits, fit: bool) -> Shifted:
    """Move a window on a back projection, by CamShift if fit, else by mean shift."""
    width, height = _size_within(window, prob)
    if prob.strides[1] != 1 and (width + _MORE_A_ROW) * height > _MOST_VISITED:
        prob = region.copy(prob, check_threads(None))

    def call() -> Shifted:
        found = np.empty(11)
        loader.call(
            "binding_ShiftOn",
            address(found),
            prob.address,
            *prob.shape,
            *prob.strides,
            *window,
            fit,
            *criteria,
            kernel_number(),
        )
        return _shifted(found.tolist())

    return call_undivided(call, width * height * (1 + criteria.max_iterations // _ITERATIONS))


def _size_within(window: Box, image: View) -> tuple[int, int]:
    height, width = image.shape
    return min(window[2], width), min(window[3], height)


def _shifted(found: list[float]) -> Shifted:
    iterations, x, y, width, height, total, *box = found
    centre_x, centre_y, box_width, box_height, angle = box
    return Shifted(
        int(iterations),
        (int(x), int(y), int(width), int(height)),
        int(total),
        ((centre_x, centre_y), (box_width, box_height), angle),
    )
