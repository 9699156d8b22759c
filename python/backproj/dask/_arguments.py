"""Checks of dask arrays and of histograms, before a graph of them is built."""

from __future__ import annotations

import math
from typing import Any, TypeAlias

import dask.array as da
import numpy as np
from dask.delayed import Delayed, delayed

from backproj._histogram.histogram import Histogram
from backproj._validate.channels import takes_planes
from backproj._validate.fixes import fix_colour_shape
from backproj._validate.messages import describe_type
from backproj._validate.objects import holds_array
from backproj._validate.views import GREY_SHAPES, plain_array

# A Histogram, or a Delayed one.
Fitted: TypeAlias = "Histogram | Delayed"


def check_frames(frames: Any, *, grey: bool) -> da.Array:
    """Check that frames is a dask array of uint8 colours, and return it with the channels in one chunk.

    Grey ones may be allowed. They get a last axis of length 1 if they have none: without it, a chunk that is
    3 pixels wide would look like colours.
    """
    _check_array(frames, "frames", "back_project")
    if frames.ndim in (3, 4) and frames.shape[-1] in (3, 4):
        return frames.rechunk({frames.ndim - 1: -1})
    if not grey:
        raise ValueError(fix_colour_shape(frames.shape, "frames"))
    if frames.ndim not in (2, 3, 4) or (frames.ndim == 4 and frames.shape[-1] != 1):
        raise ValueError(f"frames must have shape {GREY_SHAPES}, not {frames.shape}")
    return frames if frames.ndim > 2 and frames.shape[-1] == 1 else frames[..., np.newaxis]


def check_planes(prob: Any) -> da.Array:
    """Check that prob is a dask array of one back projection or several, and return it."""
    _check_array(prob, "prob", "disc_sum")
    if prob.ndim not in (2, 3):
        fix = "; prob[0] is the first of several" if prob.ndim == 4 else ""
        raise ValueError(f"prob must have shape (h, w) or (n, h, w), not {prob.shape}{fix}")
    return prob


def _check_array(array: Any, name: str, local: str) -> None:
    if not isinstance(array, da.Array):
        fix = f"dask.array.from_array({name}, chunks=...) makes one"
        if isinstance(array, np.ndarray):
            fix = f"backproj.{local} takes those, and {fix}"
        raise TypeError(f"{name} must be a dask array of uint8, not {describe_type(array)}; {fix}")
    if array.dtype != np.uint8:
        fix = f"{name}.astype('uint8') converts whole numbers from 0 to 255"
        if array.dtype.kind == "f":
            fix = (
                f"{name}.map_blocks(skimage.util.img_as_ubyte, dtype='uint8') converts values from 0 to 1, "
                f"{name}.astype('uint8') values from 0 to 255"
            )
        elif array.dtype.kind == "b" and name == "prob":
            fix = "prob.astype('uint8') * 255 makes black and white of it"
        raise TypeError(f"{name} has dtype {array.dtype} and shape {array.shape}, but must be uint8; {fix}")


def check_mask(mask: Any, frames: da.Array) -> da.Array:
    """Check a mask, and return it with the chunks of the frames and a last axis of length 1."""
    if not isinstance(mask, (da.Array, np.ndarray)) and holds_array(mask):
        mask = plain_array(mask, "mask", str(frames.shape[:-1]))
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


def as_delayed(hist: Any, *, several: bool = True) -> Delayed:
    """Return a histogram as a Delayed, which it may be already; several say whether a list could be given."""
    if isinstance(hist, Delayed):
        return hist
    check_histogram(hist, several=several)
    # Wrap it, or every task embeds a copy. With pure=True equal histograms have equal keys.
    return delayed(hist, pure=True)


def may_take_grey(hist: Any) -> bool:
    """Report whether a histogram, or each of a list of them, takes grey frames, as far as one knows."""
    hists = hist if isinstance(hist, (list, tuple)) else [hist]
    return all(takes_planes(one.channels) for one in hists if isinstance(one, Histogram))


def check_histogram(hist: Any, *, several: bool = True) -> None:
    """Check that it is a histogram; several say whether a list of them would do as well."""
    if isinstance(hist, Histogram):
        return
    fix = ""
    if isinstance(hist, np.ndarray):
        fix = "; backproj.Histogram(model, ...) counts an image"
    elif isinstance(hist, (list, tuple)) and not several:
        fix = "; call it for each of several"
    may_be = "a Histogram, a Delayed one, or a list of these" if several else "a Histogram or a Delayed one"
    raise TypeError(f"hist must be {may_be}, not {describe_type(hist)}{fix}")
