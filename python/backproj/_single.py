"""One histogram, or one model, onto what a user gives as a frame."""

from __future__ import annotations

import numpy as np

from backproj import _engines, _extension
from backproj._arrays import UINT8, Image, Mask, address, check_frames, destination, geometry
from backproj._engines import Engine, State
from backproj._kernels import default_kernel
from backproj._layout import Layout
from backproj._models import check_models, count_models, warn_if_empty


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
            prob, plane, image = both
            project, kernel = _extension.load("_native").binding_Project, default_kernel()
            project(
                state.at, 1, plane[0], 0, 0, *plane[1:], image[0], 1, 0, *image[1:], order, kernel, threads
            )
            return prob
    frame = check_frames(frame, name)
    out, onto = destination(out, frame.shape[:-1], frame)
    _engines.project([state], frame, onto[np.newaxis], order, engine=engine, threads=threads)
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
        if engine == "native" and frame.ndim == 3 and 0 < frame.size <= 3 * _engines.PIXELS_A_CALL:
            both = prob, (address(onto), *onto.strides), geometry(frame)
    (image,), (where,) = images, masks = check_models(model, mask)
    if both is not None:
        prob, plane, source = both
    if both is not None and image.size <= 3 * _engines.PIXELS_A_CALL:
        counted = _engines.project_model(layout, peak, image, where, source, plane, order, threads=threads)
        warn_if_empty(counted, caller=4)
        return prob
    state = count_models(images, masks, layout, peak, order, engine, caller=4)
    return project_single(state, frame, prob, order, threads, engine)


def plain(frame: Image, out: Image | None) -> tuple[Image, tuple[int, ...], tuple[int, ...]] | None:
    """Check a whole frame and an ``out`` without gaps; return None for all else, and for mistakes.

    Returns what the call gives back, and the geometry of the two as the binding takes it. Go projects 64×64
    pixels in 2 µs. The checks that any view and any mistake needs take twice that.
    """
    if type(frame) is not np.ndarray or frame.dtype != UINT8 or frame.ndim != 3:
        return None
    height, width, channels = shape = frame.shape
    pixels = height * width
    if channels not in (3, 4) or not 0 < pixels <= _engines.PIXELS_A_CALL or not frame.flags.c_contiguous:
        return None
    if out is None:
        out = np.empty(shape[:2], UINT8)
    elif type(out) is not np.ndarray or out.dtype != UINT8 or out.shape != shape[:2]:
        return None
    flags = out.flags
    if not (flags.c_contiguous and flags.writeable):
        return None
    source, target, stride = address(frame), address(out), width * channels
    if target < source + height * stride and source < target + pixels:
        return None
    return out, (target, width, 1), (source, height, width, stride, channels, 1)
