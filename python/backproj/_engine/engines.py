"""The engines: who counts and projects. Arrays are checked already; only addresses go further."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from backproj._engine import blocks as pace
from backproj._engine.blocks import blocks, undivided
from backproj._engine.kernels import default_kernel, kernel_number
from backproj._runtime import loader
from backproj._validate.arrays import Geometry, Image, geometry, shown
from backproj._validate.layout import DEFAULT, Layout, record, record_of_layout
from backproj._validate.ownership import address
from backproj._validate.threads import ALL_CPUS

Engine: TypeAlias = Literal["native", "opencv"]

RAW = 0.0  # a peak: leave the counts as they are

# Go describes each frame of a call by 200 bytes.
_FRAMES_A_CALL = 1 << 12


class State(NamedTuple):
    """All that a histogram is. The arrays are read-only."""

    layout: Layout
    counts: npt.NDArray[np.int64] | None
    peak: float  # that the counts were scaled to, or RAW
    values: npt.NDArray[np.float32]
    scale: float
    table: npt.NDArray[np.uint8]
    record: npt.NDArray[np.uint64]  # the same for the binding: it refers to the arrays
    at: int  # where the record lies


def engines() -> list[Engine]:
    """Return the engines that this build of backproj has.

    Returns
    -------
    list of str
        "native", and "opencv" if it was built with ``BACKPROJ_OPENCV=1``.

    Examples
    --------
    >>> import backproj
    >>> "native" in backproj.engines()
    True
    """
    return ["native", "opencv"] if loader.built("_opencv") else ["native"]


def check_engine(engine: object) -> Engine:
    """Return the engine if there is one of that name."""
    if not isinstance(engine, str):
        raise TypeError(f"engine must be 'native' or 'opencv', not {shown(engine)}")
    if engine == "native":
        return "native"
    if engine == "opencv":
        return "opencv"
    raise ValueError(f"engine must be 'native' or 'opencv', not {shown(engine)}")


def count(
    layout: Layout,
    models: Sequence[Image],
    masks: Sequence[Image | None],
    order: int,
    peak: float,
    *,
    engine: Engine = "native",
    kernel: str | None = None,
    threads: int = ALL_CPUS,
) -> State:
    """Count the models' pixels where their masks are not 0, and normalise the counts."""
    if engine == "opencv":
        return _count_by_opencv(layout, models, masks, order, peak)
    by = kernel_number(kernel or default_kernel())
    counts = np.zeros(layout.bins, np.int64)
    state = _blank(layout, counts, peak)
    for model, mask in zip(models, masks, strict=True):
        for part, where in _model_blocks(model, mask):
            loader.call("binding_Add", state.at, address(counts), *part, order, *where, by, threads)
    return normalized(state)


def fit(
    layout: Layout, peak: float, model: Geometry, order: int, *, threads: int = ALL_CPUS
) -> tuple[State, bool]:
    """Return the state of a model's histogram, by one call of Go, and if any pixel was counted.

    The model comes as its geometry and must not have more than pace.PIXELS_A_CALL pixels.
    """
    counts = np.empty(layout.bins, np.int64)
    state = _blank(layout, counts, peak)
    counted = loader.call(
        "binding_Fit",
        state.at,
        address(counts),
        peak,
        *model,
        order,
        kernel_number(default_kernel()),
        threads,
    )
    return _frozen(state), bool(counted)


def normalized(state: State) -> State:
    """Return a state whose counts are set with the values and the table of them."""
    assert state.counts is not None
    loader.call("binding_Normalize", state.at, address(state.counts), state.peak)
    return _frozen(state)


def of_counts(layout: Layout, counts: npt.NDArray[np.int64], peak: float) -> State:
    """Return the state of a histogram that has these counts."""
    return normalized(_blank(layout, counts, peak))


def of_values(
    layout: Layout,
    values: npt.NDArray[np.float32],
    scale: float,
    counts: npt.NDArray[np.int64] | None = None,
    peak: float = RAW,
) -> State:
    """Return the state of a histogram that has these values."""
    state = _blank(layout, counts, peak)._replace(scale=scale)
    state.values[...] = values
    loader.call("binding_Tabulate", state.at, scale)
    return _frozen(state)


def _blank(layout: Layout, counts: npt.NDArray[np.int64] | None, peak: float) -> State:
    values = np.empty(layout.bins, np.float32)
    table = np.empty(layout.table_size, np.uint8)
    described = record(layout, address(values), address(table))
    return State(layout, counts, peak, values, 1.0, table, described, address(described))


def _frozen(state: State) -> State:
    for array in (state.counts, state.values, state.table, state.record):
        if array is not None:
            array.setflags(write=False)
    return state


def project(
    states: Sequence[State],
    frames: Image,
    out: Image,
    order: int,
    *,
    engine: Engine = "native",
    kernel: str | None = None,
    threads: int = ALL_CPUS,
) -> None:
    """Write the back projections of a frame, or of some, to ``out``, whose first axis is the states."""
    if frames.size == 0 or not states:
        return
    if engine == "opencv":
        _project_by_opencv(states, frames, out, order)
        return
    by = kernel_number(kernel or default_kernel())
    start, number, step = states[0].at, len(states), out.strides[0]
    if number > 1:
        records = np.concatenate([state.record for state in states])
        start = address(records)
    for at, onto, row, pixel, block in _frame_blocks(frames, out):
        loader.call("binding_Project", start, number, at, step, onto, row, pixel, *block, order, by, threads)


def project_model(
    layout: Layout,
    peak: float,
    model: tuple[int, ...],
    mask: Image | None,
    frame: tuple[int, ...],
    out: tuple[int, ...],
    order: int,
    *,
    threads: int = ALL_CPUS,
) -> bool:
    """Write the back projection of a model's histogram, made for this alone; return if any pixel was counted.

    The images and ``out`` come as their geometry. None of them may have more than pace.PIXELS_A_CALL.
    """
    _held, described = record_of_layout(layout)
    where = (0, 0, 0) if mask is None else (address(mask), *mask.strides)
    kernel = kernel_number(default_kernel())
    # fmt: off
    counted = loader.call(
        "binding_ProjectModel", described, peak, *out, *frame, *model, order, *where, kernel, threads,
    )
    # fmt: on
    return bool(counted)


def _frame_blocks(frames: Image, out: Image) -> Iterator[tuple[int, int, int, int, tuple[int, ...]]]:
    """Yield blocks of frames, or of one: where they go, with what strides, and their geometry.

    Frames that follow one another as their rows do are one tall frame.
    """
    if frames.ndim == 3:
        number, step, onto = 1, 0, 0
        height, width, _ = frames.shape
        row_step, pixel_step, channel_step = frames.strides
        _, out_row, out_pixel = out.strides
    else:
        number, height, width, _ = frames.shape
        step, row_step, pixel_step, channel_step = frames.strides
        _, onto, out_row, out_pixel = out.strides
    if step == height * row_step and onto == height * out_row:
        number, height, step, onto = 1, number * height, 0, 0
    planes = out.shape[0]
    some = max(1, min(pace.PIXELS_A_CALL // (height * width * planes), _FRAMES_A_CALL))
    source, target = address(frames), address(out)
    for i in range(0, number, some):
        several = min(some, number - i)
        for y, rows, x, columns in [(0, height, 0, width)] if several > 1 else blocks(height, width, planes):
            yield (
                target + i * onto + y * out_row + x * out_pixel,
                onto,
                out_row,
                out_pixel,
                (
                    source + i * step + y * row_step + x * pixel_step,
                    several,
                    step,
                    rows,
                    columns,
                    row_step,
                    pixel_step,
                    channel_step,
                ),
            )


def _model_blocks(model: Image, mask: Image | None) -> Iterator[tuple[tuple[int, ...], tuple[int, int, int]]]:
    """Yield the geometry of blocks of a model, and of its mask."""
    for y, rows, x, columns in blocks(*model.shape[:2]):
        where = (0, 0, 0) if mask is None else (address(mask[y:, x:]), mask.strides[0], mask.strides[1])
        yield geometry(model[y : y + rows, x : x + columns]), where


def _count_by_opencv(
    layout: Layout, models: Sequence[Image], masks: Sequence[Image | None], order: int, peak: float
) -> State:
    if layout != DEFAULT or peak != 256 or len(models) != 1:
        raise ValueError(
            "the opencv engine takes one model, channels='hs', bins=32, peak=256, and neither ranges nor "
            "in_range; engine='native' takes all layouts"
        )
    counts = np.empty(layout.bins, np.int64)
    state = _blank(layout, counts, peak)
    (model,), (mask,) = models, masks

    def fit() -> None:
        where = (0, 0, 0) if mask is None else (address(mask), *mask.strides)
        call = loader.load("_opencv").binding_Fit
        call(address(counts), address(state.values), *geometry(model), order, *where)

    undivided(fit, model.size // 3)
    return of_values(layout, state.values, 1.0, counts, peak)


def _project_by_opencv(states: Sequence[State], frames: Image, out: Image, order: int) -> None:
    if any(state.layout != DEFAULT or state.scale != 1 for state in states):
        raise ValueError(
            "the opencv engine takes histograms of channels='hs' and bins=32, without ranges, in_range and "
            "scale; engine='native' takes all"
        )
    for state, planes in zip(states, out, strict=True):
        pairs = [(frames, planes)] if frames.ndim == 3 else zip(frames, planes, strict=True)
        for frame, plane in pairs:
            for at, _, row, pixel, (source, _, _, *block) in _frame_blocks(frame, plane[np.newaxis]):
                call = loader.load("_opencv").binding_Project
                call(at, row, pixel, address(state.values), source, *block, order)
