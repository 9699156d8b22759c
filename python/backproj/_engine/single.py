"""One histogram, or one model, onto what a user gives as a frame."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from backproj._engine import blocks, engines
from backproj._engine.engines import Engine, State
from backproj._engine.kernels import default_kernel, kernel_number
from backproj._engine.models import check_models, count_models, warn_if_empty
from backproj._runtime import loader
from backproj._validate.arrays import UINT8, Geometry, Image, Mask, check_frames, destination, geometry
from backproj._validate.layout import Layout
from backproj._validate.ownership import address, extent
from backproj._validate.threads import check_threads


def project_single(
    state: State,
    frame: Image,
    out: Image | None,
    order: int,
    threads: int,
    engine: Engine = "native",
    name: str = "frame",
) -> Image:
    """Check a frame, or several, and ``out``; return the back projection of a histogram."""
    if engine == "native":
        both = plain(frame, out)
        if both is not None:
            prob, (at, row, pixel), (source, height, width, down, across, channel) = both
            kernel = kernel_number(default_kernel())
            # fmt: off
            loader.call(
                "binding_Project", state.at, 1, at, 0, 0, row, pixel,
                source, 1, 0, height, width, down, across, channel, order, kernel, threads,
            )
            # fmt: on
            return prob
    frame = check_frames(frame, name)
    out, onto = destination(out, frame.shape[:-1], frame)
    engines.project([state], frame, onto[np.newaxis], order, engine=engine, threads=threads)
    return out


def project_model(
    model: Image,
    mask: Mask | None,
    layout: Layout,
    peak: float,
    frame: Image,
    out: Image | None,
    order: int,
    threads: int,
    engine: Engine,
) -> Image:
    """Do the same with a model: by one call, which makes no more of its histogram than it needs."""
    both = plain(frame, out) if engine == "native" else None
    if both is None:
        frame = check_frames(frame)
        prob, onto = destination(out, frame.shape[:-1], frame)
        if engine == "native" and frame.ndim == 3 and 0 < frame.size <= 3 * blocks.PIXELS_A_CALL:
            row, pixel = onto.strides
            both = prob, (address(onto), row, pixel), geometry(frame)
    else:
        prob = both[0]
    known = plain_image(model) if both is not None and mask is None else None
    if known is None:
        (image,), (where,) = check_models(model, mask)
        if image.size <= 3 * blocks.PIXELS_A_CALL:
            known = 0, 0, geometry(image)
    else:
        where = None
    if both is not None and known is not None:
        _, plane, source = both
        counted = engines.project_model(layout, peak, known[2], where, source, plane, order, threads=threads)
        warn_if_empty(counted, caller=4)
        return prob
    state = count_models([image], [where], layout, peak, order, engine, caller=4)
    return project_single(state, frame, prob, order, threads, engine)


def fit_model(
    model: Image | Sequence[Image],
    mask: Mask | Sequence[Mask | None] | None,
    layout: Layout,
    peak: float,
    order: int,
    caller: int,
) -> State:
    """Check a model, or several, and masks; return the histogram. Warnings are about the caller so far up."""
    known = plain_image(model) if mask is None and type(model) is np.ndarray else None
    if known is None:
        return count_models(*check_models(model, mask), layout, peak, order, "native", caller + 1)
    state, counted = engines.fit(layout, peak, known[2], order, threads=check_threads(None))
    warn_if_empty(counted, caller + 1)
    return state


def plain(frame: Image, out: Image | None) -> tuple[Image, tuple[int, int, int], Geometry] | None:
    """Check a frame and an ``out`` without gaps; return None for all but the simplest, and for mistakes.

    Returns what the call gives back, and the geometry of the two as the binding takes it. Go projects 64×64
    pixels in 2 µs. The checks that any array and any mistake needs take several times that.
    """
    source = plain_image(frame)
    if source is None:
        return None
    low, high, image = source
    shape = image[1:3]
    if out is None:
        out = np.empty(shape, UINT8)
    elif type(out) is not np.ndarray or out.dtype != UINT8 or out.shape != shape:
        return None
    flags = out.flags
    if not (flags.c_contiguous and flags.writeable):
        return None
    target = extent(out)
    if target is None or (target[1] < high and low < target[2]):
        return None
    return out, (target[0], shape[1], 1), image


def plain_image(image: Image) -> tuple[int, int, Geometry] | None:
    """Return where an image begins and ends, and its geometry, if it is an array or a view of one."""
    if type(image) is not np.ndarray or image.dtype != UINT8:
        return None
    shape = image.shape
    if len(shape) != 3:
        return None
    height, width, channels = shape
    if not (3 <= channels <= 4 and 0 < height * width <= blocks.PIXELS_A_CALL):
        return None
    lies = extent(image)
    if lies is None:
        return None
    first, low, high = lies
    down, across, channel = image.strides
    return low, high, (first, height, width, down, across, channel)
