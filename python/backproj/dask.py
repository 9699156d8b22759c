"""Back projection of dask arrays: films and mosaics that do not fit into memory, or many machines' work.

Both functions are lazy: they make a graph, and nothing is read or computed before ``compute()``.

>>> import backproj.dask
>>> import dask.array as da
>>> import numpy as np
>>> film = np.zeros((6, 48, 64, 3), np.uint8)
>>> film[:, 10:20, 30:40] = 30, 60, 220
>>> hist = backproj.Histogram(film[0, 12:18, 32:38])
>>> frames = da.from_array(film, chunks=(2, -1, -1, -1))     # or from files
>>> probs = backproj.dask.back_project(frames, hist)
>>> probs.chunks
((2, 2, 2), (48,), (64,))
>>> int((probs > 127).sum().compute(scheduler="synchronous"))
600
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

try:
    import dask.array as da
    from dask.delayed import Delayed, delayed
except ImportError as error:
    raise ImportError(
        f"backproj.dask needs dask ({' '.join(str(error).split())}): pip install 'backproj[dask]'"
    ) from None

import backproj
from backproj._engine import native
from backproj._engine.state import of_counts
from backproj._histogram import Histogram, warn_of_no_pixels
from backproj._validate.fixes import fix_colour_shape
from backproj._validate.layout import Layout, check_layout
from backproj._validate.messages import describe_type, short_repr
from backproj._validate.options import check_order, check_peak
from backproj._validate.threads import check_threads
from backproj._validate.views import view_mask, view_model
from backproj.typing import Bins, Bounds, Channels, Image, Mask, Order, Ranges

# A Histogram, or a Delayed one.
Fitted: TypeAlias = "Histogram | Delayed"


def back_project(
    frames: da.Array, hist: Fitted | Sequence[Fitted], *, order: Order = "bgr", threads: int | None = 1
) -> da.Array:
    """Return lazily for each pixel of a dask array how well its colour fits a histogram.

    Parameters
    ----------
    frames : dask array of uint8, shape (n, h, w, 3) or (h, w, 3), or with 4 channels
        Frames, or one image such as a mosaic, in chunks of any shape. If the channels are in several
        chunks, as after ``dask.array.stack``, these are merged.
    hist : Histogram, Delayed, or a list of such
        What to project, also what `histogram` returned, lazily. A dask graph holds it once, however
        many chunks there are. With a list each pixel's hue and saturation are computed once.
    order : {"bgr", "rgb"}, default "bgr"
        The order of the frames' channels.
    threads : int or None, default 1
        The greatest number of threads of one task. dask runs as many tasks at a time as there are CPUs, so
        more than one thread each would be too many, unless the workers have fewer threads than CPUs.
        None is what ``backproj.set_num_threads`` or the environment says, where the task runs.

    Returns
    -------
    dask array of uint8, shape (n, h, w) or (h, w); for a list of k, (k, n, h, w) or (k, h, w)
        The same bytes as `backproj.back_project` gives. Its chunks are those of frames, without their last
        axis; the k are in one chunk.

    Raises
    ------
    TypeError
        If frames is no dask array of uint8, or hist no histogram.
    ValueError
        If the shape is another, or an option has no such value.

    See Also
    --------
    backproj.back_project : The same for numpy arrays, which dask need not cut and gather.

    Examples
    --------
    >>> import backproj.dask
    >>> import dask.array as da
    >>> import numpy as np
    >>> reds = backproj.Histogram(np.full((1, 1, 3), (30, 60, 220), np.uint8))
    >>> mosaic = da.zeros((3000, 4000, 3), dtype=np.uint8, chunks=(1000, 1000, 3))
    >>> backproj.dask.back_project(mosaic, [reds, reds])
    dask.array<project..., shape=(2, 3000, 4000), dtype=uint8, chunksize=(2, 1000, 1000), ...>
    """
    check_order(order)
    check_threads(threads)
    frames = _check_array(frames)
    chunks = frames.chunks[:-1]
    hists: Delayed | list[Delayed]
    if isinstance(hist, (list, tuple)):
        hists = [_as_delayed(one) for one in hist]
        chunks = ((len(hists),), *chunks)
    else:
        hists = _as_delayed(hist)
    return da.map_blocks(
        functools.partial(project_chunk, order=order, threads=threads),
        frames,
        hist=hists,
        drop_axis=frames.ndim - 1,
        new_axis=0 if len(chunks) == frames.ndim else None,
        chunks=chunks,
        meta=np.empty((0,) * len(chunks), np.uint8),
    )


def histogram(
    frames: da.Array,
    *,
    mask: da.Array | Mask | None = None,
    channels: Channels = "hs",
    bins: Bins = 32,
    ranges: Ranges | None = None,
    in_range: Bounds | None = None,
    peak: float | None = 256.0,
    order: Order = "bgr",
    threads: int | None = 1,
    split_every: int = 16,
) -> Delayed:
    """Return lazily the histogram of all pixels of a dask array.

    Each chunk is counted where it is; the counts, not the pixels, travel and are added, some at a time;
    the sum is normalised.

    Parameters
    ----------
    frames : dask array of uint8, shape (n, h, w, 3) or (h, w, 3), or with 4 channels
        As for `back_project`.
    mask : dask array or ndarray of uint8 or bool, shape (n, h, w) or (h, w), optional
        Only pixels where it is not zero are counted.
    channels, bins, ranges, in_range, peak
        As for `backproj.Histogram`.
    order : {"bgr", "rgb"}, default "bgr"
        The order of the frames' channels.
    threads : int or None, default 1
        As for `back_project`.
    split_every : int, default 16
        The counts of how many chunks one task adds, at most; at least 2. What it adds it holds at one
        time: 8 bytes a bin of each.

    Returns
    -------
    Delayed
        ``compute()`` gives a `backproj.Histogram`, the same as ``backproj.Histogram(list_of_frames, ...)``.
        Like all that dask makes of its collections it is lazy, so it can be a part of a larger graph, such
        as that of `back_project`.

    Raises
    ------
    TypeError
        If frames is no dask array of uint8, or the mask no array.
    ValueError
        If a shape is another, if there are no pixels, or if an option has no such value.

    Warns
    -----
    RuntimeWarning
        If the mask, the ranges and in_range leave no pixel to count; where the last task runs.

    Notes
    -----
    To project it onto the same frames in one ``compute()``, dask has to count all chunks first, and
    meanwhile keeps them or makes them twice. Of frames that do not fit into memory compute the histogram
    by itself.

    Examples
    --------
    >>> import backproj.dask
    >>> import dask.array as da
    >>> import numpy as np
    >>> frames = da.random.default_rng(1).integers(0, 256, (8, 90, 160, 3), np.uint8, chunks=(3, 90, 80, 3))
    >>> hist = backproj.dask.histogram(frames, channels="h", bins=16)
    >>> hist.compute(scheduler="synchronous")
    <backproj.Histogram: h, 16 bins, 115200 pixels>
    """
    layout, checked_peak = check_layout(channels, bins, ranges, in_range), check_peak(peak)
    number = check_order(order)
    check_threads(threads)
    if not isinstance(split_every, int) or split_every < 2:
        raise ValueError(f"split_every must be a whole number from 2, not {short_repr(split_every)}")
    frames = _check_array(frames)
    if 0 in frames.shape:
        raise ValueError(f"frames has shape {frames.shape}, no pixels to count")
    arrays = [frames]
    if mask is not None:
        arrays.append(_check_mask(mask, frames))
    axes = range(frames.ndim - 1)
    # dask reduces a box of chunks at a time. It has one length along the axes that are cut at all.
    cut = sum(frames.numblocks[axis] > 1 for axis in axes)
    side = max(2, int(split_every ** (1 / max(1, cut)) + 1e-9))
    counts = da.map_blocks(
        functools.partial(count_chunk, layout=layout, order=number, threads=threads),
        *arrays,
        chunks=(*((1,) * frames.numblocks[axis] for axis in axes), (layout.cells,)),
        meta=np.empty((0,) * frames.ndim, np.int64),
    )
    total = counts.sum(axis=tuple(axes), split_every=dict.fromkeys(axes, side))
    return delayed(functools.partial(fit_counts, layout=layout, peak=checked_peak), pure=True)(total)


def project_chunk(
    frames: Image, *, hist: Histogram | Sequence[Histogram], order: Order, threads: int | None
) -> Image:
    """Return the back projection of a chunk, as a task."""
    # What a Delayed comes to is known here only. An image would do for the call below.
    for one in hist if isinstance(hist, (list, tuple)) else [hist]:
        _check_histogram(one)
    return backproj.back_project(frames, hist, order=order, threads=threads)


def count_chunk(
    frames: Image, mask: Mask | None = None, *, layout: Layout, order: int, threads: int | None
) -> npt.NDArray[np.int64]:
    """Return how many pixels of a chunk fall into each bin, along the last axis, as a task."""
    images: Sequence[Image] = [frames] if frames.ndim == 3 else list(frames)
    wheres: Sequence[Mask | None] = [None] * len(images)
    if mask is not None:
        wheres = [mask[..., 0]] if frames.ndim == 3 else list(mask[..., 0])
    filled = [(image, where) for image, where in zip(images, wheres, strict=True) if image.size]
    models = [view_model(image, order) for image, _ in filled]
    masks = [view_mask(where, model) for (_, where), model in zip(filled, models, strict=True)]
    state = native.count(layout, models, masks, None, check_threads(threads))
    assert state.counts is not None
    return state.counts.reshape((1,) * (frames.ndim - 1) + (layout.cells,))


def fit_counts(counts: npt.NDArray[np.int64], *, layout: Layout, peak: float | None) -> Histogram:
    """Return the histogram that has these counts, as a task."""
    # dask may hand the same array to others.
    state = of_counts(layout, counts.reshape(layout.bins).copy(), peak)
    if not counts.any():
        warn_of_no_pixels(stacklevel=2)
    return Histogram._of(state)


def _check_array(frames: Any) -> da.Array:
    """Return the frames with the channels in one chunk, if they are a dask array of uint8 colours."""
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


def _check_mask(mask: Any, frames: da.Array) -> da.Array:
    """Return the mask in the chunks of the frames, and with a last axis as they have, of length 1."""
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
            f"frames has shape {frames.shape}, which a mask cannot be held against; "
            "frames.compute_chunk_sizes() finds the lengths"
        )
    if mask.shape != shape:
        fix = "mask and frames must show the same pixels"
        if mask.shape == shape[1:]:
            fix = f"dask.array.broadcast_to(mask, {shape}) is the same one for each frame"
        raise ValueError(f"mask has shape {mask.shape}, but the frames have {shape} pixels; {fix}")
    return da.asarray(mask, chunks=chunks).rechunk(chunks)[..., np.newaxis]


def _as_delayed(hist: Any) -> Delayed:
    if isinstance(hist, Delayed):
        return hist
    _check_histogram(hist)
    # Not as it is: each task would have a copy then. Pure: the same histogram has the same key.
    return delayed(hist, pure=True)


def _check_histogram(hist: Any) -> None:
    if not isinstance(hist, Histogram):
        fix = "; backproj.Histogram(model, ...) counts an image" if isinstance(hist, np.ndarray) else ""
        raise TypeError(
            f"hist must be a Histogram, a Delayed one, or a list of such, not {describe_type(hist)}{fix}"
        )
