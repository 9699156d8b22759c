"""The native engine: counting, projecting and locating by this package's own Go code."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from backproj._engine.blocks import fits_one_call, frame_blocks, mask_geometry, model_blocks
from backproj._engine.kernels import kernel_number
from backproj._engine.state import State, binding_peak, blank, frozen, layout_record, normalised
from backproj._runtime import loader
from backproj._validate.layout import Layout
from backproj._validate.ownership import address
from backproj._validate.views import View


def count(
    layout: Layout,
    models: Sequence[View],
    masks: Sequence[View | None],
    peak: float | None,
    threads: int,
) -> State:
    """Return the state of the models' histogram, of their pixels where the masks are not 0."""
    by = kernel_number()
    counts = np.zeros(layout.bins, np.int64)
    state = blank(layout, counts, peak)
    at = address(counts)
    if len(models) == 1 and fits_one_call(models[0]):
        (model,), (mask,) = models, masks
        where = mask_geometry(mask)
        block = model.address, *model.shape, *model.strides
        loader.call("binding_Fit", state.at, at, binding_peak(peak), *block, model.order, *where, by, threads)
        return frozen(state)
    for model, mask in zip(models, masks, strict=True):
        for block, where in model_blocks(model, mask):
            loader.call("binding_Add", state.at, at, *block, model.order, *where, by, threads)
    return normalised(state)


def project(states: Sequence[State], frames: View, out: View, threads: int) -> None:
    """Write the back projections of a frame or a batch to ``out``.

    That has an axis for the states before those of the frames; it may be left out if there is one state.
    """
    if not states or frames.low == frames.high:
        return
    number, by = len(states), kernel_number()
    start = states[0].at
    if number > 1:
        records = np.concatenate([state.record for state in states])
        start = address(records)
    for block in frame_blocks(frames, out, number):
        loader.call("binding_Project", *block, frames.order, start, number, by, threads)


def project_model(
    layout: Layout,
    peak: float | None,
    model: View,
    mask: View | None,
    frame: View,
    out: View,
    threads: int,
) -> bool:
    """Write the back projection of a model's histogram, made for this alone; return if any pixel was counted.

    Neither image may be larger than a call.
    """
    _, described = layout_record(layout)
    where = mask_geometry(mask)
    # fmt: off
    counted = loader.call(
        "binding_ProjectModel", out.address, *out.strides,
        frame.address, *frame.shape, *frame.strides,
        model.address, *model.shape, *model.strides, frame.order, *where,
        described, binding_peak(peak), kernel_number(), threads,
    )
    # fmt: on
    return bool(counted)


def locate(prob: View, width: int, height: int, threads: int) -> tuple[int, int, int]:
    """Return the first pixel (x, y) of the window with the greatest sum, and the sum."""
    found = np.empty(3, np.int64)
    at = address(found)
    loader.call("binding_Locate", at, prob.address, *prob.shape, *prob.strides, height, width, threads)
    x, y, score = found.tolist()
    return x, y, score


def back_project_bytes(frame: bytes, width: int, height: int, model: bytes, mw: int, mh: int) -> bytes:
    """Return the back projection of packed BGR pixels onto others, by Go's function of slices of bytes."""
    if not frame:
        return b""  # what gopy generates ends the process for a slice without bytes
    native = loader.load("_native")
    handles = [native.Slice_byte_from_bytes(pixels) for pixels in (frame, model)]
    handles.append(native.binding_BackProject(handles[0], width, height, handles[1], mw, mh))
    # gopy frees a slice when its last reference goes, and gives new ones none.
    for handle in handles:
        native.IncRef(handle)
    try:
        if native.Slice_byte_len(handles[2]) != width * height:
            raise RuntimeError("backproj: internal error, please report it: BackProject returned no result")
        prob: bytes = native.Slice_byte_to_bytes(handles[2])
        return prob
    finally:
        for handle in handles:
            native.DecRef(handle)
