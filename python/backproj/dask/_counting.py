"""Histograms of dask arrays."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import dask.array as da
import numpy as np
import numpy.typing as npt
from dask.delayed import Delayed, delayed

from backproj._engine import native
from backproj._engine.state import of_counts
from backproj._histogram.histogram import Histogram, warn_of_no_pixels
from backproj._validate.channels import takes_planes
from backproj._validate.layout import Layout, check_layout
from backproj._validate.messages import short_repr
from backproj._validate.options import check_order, check_peak
from backproj._validate.threads import check_threads
from backproj._validate.views import view_mask, view_model
from backproj.dask._arguments import check_frames, check_mask
from backproj.typing import Bins, Bounds, Channels, Image, Mask, MaskLike, Order, Ranges


def histogram(
    frames: da.Array,
    *,
    mask: da.Array | MaskLike | None = None,
    channels: Channels = "hs",
    bins: Bins = 32,
    ranges: Ranges | None = None,
    in_range: Bounds | None = None,
    peak: float | None = 256.0,
    order: Order = "bgr",
    threads: int | None = 1,
    split_every: int = 16,
) -> Delayed:
    """Count all pixels of a dask array in a histogram, lazily.

    Each chunk is counted where it is. Only the counts are sent to other workers and added up, in a tree.
    The sum is then normalised.

    Parameters
    ----------
    frames : dask array of uint8, shape (n, h, w, 3) or (h, w, 3), or with 4 channels
        As for `back_project`.
    mask : dask array or ndarray of uint8 or bool, shape (n, h, w) or (h, w), optional
        Only pixels where the mask is not zero are counted.
    channels, bins, ranges, in_range, peak
        As for `backproj.Histogram`.
    order : {"bgr", "rgb"}, default "bgr"
        The order of the frames' channels.
    threads : int or None, default 1
        As for `back_project`.
    split_every : int, default 16
        The maximum number of chunks whose counts one task adds up; at least 2. A task holds all counts that
        it adds in memory: 8 bytes per bin of each chunk.

    Returns
    -------
    Delayed
        ``compute()`` returns a `backproj.Histogram` equal to ``backproj.Histogram(list_of_frames, ...)``.
        The Delayed can be part of a larger graph, such as that of `back_project`.

    Raises
    ------
    TypeError
        If frames is not a dask array of uint8, or the mask not an array.
    ValueError
        If an array has the wrong shape, if there are no pixels, or if an option has an invalid value.

    Warns
    -----
    RuntimeWarning
        If no pixel passes the mask, ranges and in_range. The process that runs the last task warns.

    Notes
    -----
    If the histogram and its projection onto the same frames are computed by one ``compute()``, dask counts
    all chunks first, and meanwhile either keeps them in memory or computes them twice. If the frames do not
    fit into memory, compute the histogram first.

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
        raise ValueError(f"split_every must be a whole number of at least 2, not {short_repr(split_every)}")
    frames = check_frames(frames, grey=takes_planes(layout.channels))
    if 0 in frames.shape:
        raise ValueError(f"frames has shape {frames.shape}, no pixels to count")
    arrays = [frames]
    if mask is not None:
        arrays.append(check_mask(mask, frames))
    axes = range(frames.ndim - 1)
    # dask adds up a box of chunks at a time. Its sides are equal along all axes with more than one chunk, and
    # its volume is at most split_every.
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


def count_chunk(
    frames: Image, mask: Mask | None = None, *, layout: Layout, order: int | None, threads: int | None
) -> npt.NDArray[np.int64]:
    """Return the counts of a chunk, with the bins along the last axis. This is a task of the graph."""
    images: Sequence[Image] = [frames] if frames.ndim == 3 else list(frames)
    wheres: Sequence[Mask | None] = [None] * len(images)
    if mask is not None:
        wheres = [mask[..., 0]] if frames.ndim == 3 else list(mask[..., 0])
    filled = [(image, where) for image, where in zip(images, wheres, strict=True) if image.size]
    models = [view_model(image, order, grey=takes_planes(layout.channels)) for image, _ in filled]
    masks = [view_mask(where, model) for (_, where), model in zip(filled, models, strict=True)]
    state = native.count(layout, models, masks, None, check_threads(threads))
    assert state.counts is not None
    return state.counts.reshape((1,) * (frames.ndim - 1) + (layout.cells,))


def fit_counts(counts: npt.NDArray[np.int64], *, layout: Layout, peak: float | None) -> Histogram:
    """Return the histogram with these counts. This is a task of the graph."""
    # A copy, because dask may pass the same array to other tasks.
    state = of_counts(layout, counts.reshape(layout.bins).copy(), peak)
    if not counts.any():
        warn_of_no_pixels(stacklevel=2)
    return Histogram._of(state)
