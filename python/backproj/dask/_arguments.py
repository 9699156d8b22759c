"""Checks of dask arrays and of histograms, before a graph of them is built."""

from __future__ import annotations

import math
from typing import Any, TypeAlias

import dask.array as da
import numpy as np
from dask.delayed import Delayed, delayed

from backproj._histogram.histogram import Histogram
from backproj._validate.fixes import fix_colour_shape
from backproj._validate.messages import describe_type

# A Histogram, or a Delayed one.
Fitted: TypeAlias = "Histogram | Delayed"


def check_frames(frames: Any) -> da.Array:
    """Check that frames is a dask array of uint8 colours, and return it with the channels in one chunk."""
    if not isinstance(frames, da.Array):
        fix = "dask.array.from_array(frames, chunks=...) makes one"
        if isinstance(frames, np.ndarray):
            fix = "backproj.back_project takes those, and " + fix
        raise TypeError(f"frames must be a dask array of uint8, not {describe_type(frames)}; {fix}")
    if frames.dtype != np.uint8:
        raise TypeError(
            f"frames has dtype {frames.dtype} and shape {frames.shape}, but must be uint8; "
            + (
                "frames.map_blocks(skimage.util.img_as_ubyte, dtype='uint8') converts values from 0 to 1, "
                "frames.astype('uint8') values from 0 to 255"
                if frames.dtype.kind == "f"
                else "frames.astype('uint8') converts whole numbers from 0 to 255"
            )
        )
    if frames.ndim not in (3, 4) or frames.shape[-1] not in (3, 4):
        raise ValueError(fix_colour_shape(frames.shape, "frames"))
    return frames.rechunk({frames.ndim - 1: -1})


def check_mask(mask: Any, frames: da.Array) -> da.Array:
    """Check a mask, and return it with the chunks of the frames and a last axis of length 1."""
    if not isinstance(mask, (da.Array, np.ndarray)):
        raise TypeError(
            f"mask must be a dask array or a numpy array of uint8 or bool, not {describe_type(mask)}"
        )
    if mask.dtype not in (np.uint8, np.bool_):
        raise TypeError(
            f"mask has dtype {mask.dtype}, but must be uint8 or bool; mask != 0 makes a bool mask of numbers"
        )
    shape, chunks = frames.shape[:-1], frames.chunks[:-1]
    if any(map(math.isnan, shape)):
        raise ValueError(
            f"frames has shape {frames.shape}, with which a mask cannot be compared; "
            "frames.compute_chunk_sizes() finds the lengths"
        )
    if mask.shape != shape:
        fix = "mask and frames must show the same pixels"
        if mask.shape == shape[1:]:
            fix = f"dask.array.broadcast_to(mask, {shape}) applies it to every frame"
        raise ValueError(f"mask has shape {mask.shape}, but the frames have {shape} pixels; {fix}")
    return da.asarray(mask, chunks=chunks).rechunk(chunks)[..., np.newaxis]


def as_delayed(hist: Any) -> Delayed:
    """Return a histogram as a Delayed, which it may be already."""
    if isinstance(hist, Delayed):
        return hist
    check_histogram(hist)
    # Wrap it, or every task embeds a copy. With pure=True equal histograms have equal keys.
    return delayed(hist, pure=True)


def check_histogram(hist: Any) -> None:
    """Check that it is a histogram."""
    if not isinstance(hist, Histogram):
        fix = "; backproj.Histogram(model, ...) counts an image" if isinstance(hist, np.ndarray) else ""
        raise TypeError(
            f"hist must be a Histogram, a Delayed one, or a list of these, not {describe_type(hist)}{fix}"
        )
