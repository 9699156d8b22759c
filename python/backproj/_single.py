"""One histogram onto what a user gives as a frame."""

from __future__ import annotations

import numpy as np

from backproj import _engines, _extension
from backproj._arrays import UINT8, Image, address, check_frames, destination
from backproj._engines import Engine, State
from backproj._kernels import default_kernel


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
        done = _plainly(state, frame, out, order, threads)
        if done is not None:
            return done
    frame = check_frames(frame, name)
    out, onto = destination(out, frame.shape[:-1], frame)
    _engines.project([state], frame, onto[np.newaxis], order, engine=engine, threads=threads)
    return out


def _plainly(state: State, frame: Image, out: Image | None, order: int, threads: int) -> Image | None:
    """Do the same for a whole frame and an ``out`` without gaps; return None for all else, and for mistakes.

    Go projects 64×64 pixels in 2 µs. The checks that any view and any mistake needs take twice that.
    """
    if type(frame) is not np.ndarray or frame.dtype != UINT8 or frame.ndim != 3:
        return None
    height, width, channels = shape = frame.shape
    pixels = height * width
    if channels not in (3, 4) or not 0 < pixels <= _engines._PIXELS_A_CALL or not frame.flags.c_contiguous:
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
    project, kernel = _extension.load("_native").binding_Project, default_kernel()
    project(
        state.at, 1, target, 0, width, 1, source, height, width, stride, channels, 1, order, kernel, threads
    )
    return out
