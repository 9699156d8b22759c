"""Large images in blocks: Ctrl-C and other signals are seen between the calls of Go."""

from __future__ import annotations

import _thread
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias, TypeVar

from backproj._validate.views import View

Result = TypeVar("Result")

# A frame, or several, and where their results go, as the binding takes them:
#
#     results: address, from histogram to histogram, from frame to frame, from row to row, from pixel to pixel
#     frames: address, number, from frame to frame, height, width, row, pixel and channel strides
FrameBlock: TypeAlias = tuple[int, ...]

# A model, as the binding takes it: address, height, width, and three strides. And its mask: address and two
# strides, all 0 if there is none.
ModelBlock: TypeAlias = tuple[tuple[int, ...], tuple[int, int, int]]

_NO_MASK = (0, 0, 0)

# A pixel takes from 0.2 ns to 40 ns: it depends on the kernel, on the layout, and on how far apart the pixels
# lie in memory. So the time of one block tells how large the next may be.
_SECONDS_PER_CALL = 0.04

# The size of the first block, and of a call that is not divided: 80 ms at worst. A frame of 1920×1080 is one.
PIXELS_PER_CALL = 1 << 21

# The size of any other. Larger ones would be no faster.
_MAX_PIXELS_PER_CALL = 1 << 24

# Go describes each frame of a call by 200 bytes.
_FRAMES_PER_CALL = 1 << 12


def mask_geometry(mask: View | None) -> tuple[int, ...]:
    """Return how the binding takes a mask, or none: its address and two strides."""
    return _NO_MASK if mask is None else (mask.address, *mask.strides)


def fits_one_call(image: View) -> bool:
    """Report whether a view is of one image, which has pixels, but no more than one call of Go may have."""
    return len(image.shape) == 2 and 0 < image.shape[0] * image.shape[1] <= PIXELS_PER_CALL


def is_one_band(height: int, width: int) -> bool:
    """Report whether `bands` leave an image of that size as it is."""
    return height * width <= PIXELS_PER_CALL


def frame_blocks(frames: View, out: View, planes: int) -> Iterable[FrameBlock]:
    """Return blocks that together are frames and the results of so many histograms.

    ``out`` has an axis for the histograms before those of the frames, unless there is one histogram. A
    contiguous batch is treated as one tall frame.
    """
    strides = out.strides if len(out.strides) == len(frames.strides) else (0, *out.strides)
    if len(frames.shape) == 2:
        number, step, onto = 1, 0, 0
        height, width = frames.shape
        row, pixel, channel = frames.strides
        plane, out_row, out_pixel = strides
    else:
        number, height, width = frames.shape
        step, row, pixel, channel = frames.strides
        plane, onto, out_row, out_pixel = strides
        if step == height * row and onto == height * out_row:
            number, height, step, onto = 1, number * height, 0, 0
    # fmt: off
    whole = (
        out.address, plane, onto, out_row, out_pixel,
        frames.address, number, step, height, width, row, pixel, channel,
    )
    # fmt: on
    if number * height * width * planes <= PIXELS_PER_CALL and number <= _FRAMES_PER_CALL:
        return (whole,)
    return _divided(whole, planes)


def _divided(whole: FrameBlock, planes: int) -> Iterator[FrameBlock]:
    target, plane, onto, out_row, out_pixel, source, number, step, height, width, row, pixel, channel = whole
    most = max(1, min(PIXELS_PER_CALL // (height * width * planes), _FRAMES_PER_CALL))
    for i in range(0, number, most):
        some = min(most, number - i)
        for y, rows, x, columns in [(0, height, 0, width)] if some > 1 else rectangles(height, width, planes):
            to = target + i * onto + y * out_row + x * out_pixel
            at = source + i * step + y * row + x * pixel
            yield to, plane, onto, out_row, out_pixel, at, some, step, rows, columns, row, pixel, channel


def model_blocks(model: View, mask: View | None) -> Iterator[ModelBlock]:
    """Yield blocks that together are a model and its mask."""
    height, width = model.shape
    row, pixel, channel = model.strides
    for y, rows, x, columns in rectangles(height, width):
        where = _NO_MASK
        if mask is not None:
            mask_row, mask_pixel = mask.strides
            where = mask.address + y * mask_row + x * mask_pixel, mask_row, mask_pixel
        yield (model.address + y * row + x * pixel, rows, columns, row, pixel, channel), where


def rectangles(height: int, width: int, planes: int = 1) -> Iterator[tuple[int, int, int, int]]:
    """Yield rectangles that together are an image: first row, number of rows, the same of columns.

    What is done with a rectangle, for so many planes, takes about 40 ms, if it is done before the next one is
    asked for.
    """
    if height * width * planes <= PIXELS_PER_CALL:
        yield 0, height, 0, width
        return
    widest = max(1, PIXELS_PER_CALL // planes)
    for x in range(0, width, widest):
        columns = min(widest, width - x)
        for y, rows in bands(height, columns * planes):
            yield y, rows, x, columns


def bands(height: int, width: int, least: int = 1) -> Iterator[tuple[int, int]]:
    """Yield bands that together are an image: first row, and number of rows.

    They take as long as `rectangles`. But all except the last one have at least so many rows.
    """
    if is_one_band(height, width):
        yield 0, height
        return
    rows = max(least, PIXELS_PER_CALL // width)
    most = max(least, _MAX_PIXELS_PER_CALL // width)
    y = 0
    while y < height:
        rows = min(rows, height - y)
        start = time.perf_counter()
        yield y, rows
        seconds = max(time.perf_counter() - start, 1e-6)
        y += rows
        rows = max(least, min(most, int(rows * _SECONDS_PER_CALL / seconds)))


def call_undivided(call: Callable[[], Result], pixels: int) -> Result:
    """Return the result of a call of Go that cannot be divided into blocks.

    Python runs signal handlers in the main thread, between calls. So a long call of the main thread is made
    in another thread, if one can be started. If a handler raises meanwhile, the call finishes in the
    background and its result is discarded: it must keep its arrays alive, and write to none of the caller's.
    """
    if pixels <= PIXELS_PER_CALL or threading.current_thread() is not threading.main_thread():
        return call()
    results: list[Result] = []
    errors: list[BaseException] = []
    ended = _thread.allocate_lock()
    ended.acquire()

    def work() -> None:
        try:
            results.append(call())
        except BaseException as error:
            errors.append(error)
        finally:
            ended.release()

    # A handler that raises while a threading.Thread starts can make its locks raise a RuntimeError of their
    # own instead, after the start. This function either starts the thread or does not.
    process = os.getpid()
    try:
        _thread.start_new_thread(work, ())
    except RuntimeError:  # at a limit of threads, or while the interpreter shuts down
        return call()
    while not ended.acquire(timeout=0.1):
        if os.getpid() != process:  # a signal handler forked, and the child does not have the thread
            return call()
    if errors:
        raise errors[0]
    return results[0]
