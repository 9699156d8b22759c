"""Regions of dask arrays: sums over a disc, masks, and what is cut out."""

from __future__ import annotations

import functools
from typing import Any, NamedTuple

import dask.array as da
import numpy as np
import numpy.typing as npt
from dask.delayed import Delayed, delayed

import backproj
from backproj._engine import region
from backproj._histogram.histogram import Histogram
from backproj._validate.options import check_order
from backproj._validate.regions import Footprint, check_disc, check_threshold
from backproj._validate.threads import check_threads
from backproj._validate.views import view_planes
from backproj.dask._arguments import (
    Fitted,
    as_delayed,
    check_frames,
    check_histogram,
    check_planes,
    may_take_grey,
)
from backproj.dask._chunks import empty, is_divided, join, map_with_edges, reach_of
from backproj.dask._projection import back_project
from backproj.typing import Disc, Image, Mask, Order, Threshold


def disc_sum(prob: da.Array, disc: Disc = 5, *, threads: int | None = 1) -> da.Array:
    """Return for each pixel the sum of the pixels around it, over a disc, lazily.

    Parameters
    ----------
    prob : dask array of uint8, shape (n, h, w) or (h, w)
        A back projection, or several, with chunks of any shape.
    disc : int, (width, height), ndarray of 0 and 1, or None, default 5
        What is added up, as for `backproj.disc_sum`. It reaches into the chunks around.
    threads : int or None, default 1
        As for `back_project`.

    Returns
    -------
    dask array of uint8, of the shape of prob
        The same bytes as from `backproj.disc_sum`. The chunks are those of prob, but chunks smaller than
        half of the disc are merged with their neighbours.

    Raises
    ------
    TypeError
        If prob is not a dask array of uint8, or disc is none of these.
    ValueError
        If prob has the wrong shape, or its chunks have an unknown height or width that the disc reaches
        across; or if disc or threads have an invalid value.

    Examples
    --------
    >>> import backproj.dask
    >>> import dask.array as da
    >>> prob = da.full((6, 6), 9, dtype="uint8", chunks=(3, 2))
    >>> backproj.dask.disc_sum(prob, 3)[2].compute(scheduler="synchronous")
    array([45, 45, 45, 45, 45, 45], dtype=uint8)
    """
    check_threads(threads)
    footprint = check_disc(disc)
    prob = check_planes(prob)
    reach = reach_of(footprint)
    prob = join(prob, prob.ndim - 2, reach, "prob")
    sums = functools.partial(backproj.disc_sum, threads=threads)
    return map_with_edges(sums, prob, reach, disc=_argument(footprint))


def segment(
    frames: da.Array,
    hist: Fitted,
    *,
    disc: Disc = 5,
    threshold: Threshold = 50,
    order: Order = "bgr",
    threads: int | None = 1,
) -> da.Array:
    """Return a mask of the region of the frames that looks like a model, lazily.

    Parameters
    ----------
    frames : dask array of uint8, shape (n, h, w, 3) or (h, w, 3), or with 4 channels
        As for `back_project`.
    hist : Histogram or Delayed
        The model. A Delayed is the result of `histogram`.
    disc : int, (width, height), ndarray of 0 and 1, or None, default 5
        What is added up around each pixel, as for `backproj.disc_sum`. It reaches into the chunks around.
    threshold : int or "otsu", default 50
        The greatest sum, from 0 to 255, that is not in the region; or Otsu's level of each whole frame.
    order : {"bgr", "rgb"}, default "bgr"
        The order of the frames' channels.
    threads : int or None, default 1
        As for `back_project`.

    Returns
    -------
    dask array of uint8, shape (n, h, w) or (h, w)
        The same bytes as from `backproj.Histogram.segment`: 255 in the region, and 0 elsewhere. The chunks
        are those of the frames, without the last axis, but chunks smaller than half of the disc are merged
        with their neighbours.

    Raises
    ------
    TypeError
        If frames is not a dask array of uint8, or hist, disc or threshold are none.
    ValueError
        If frames has the wrong shape, or its chunks have an unknown height or width that has to be known; or
        if an option has an invalid value.

    See Also
    --------
    cut_out : Returns the frames there.
    disc_sum : For a back projection that exists. ``disc_sum(prob) > 50`` is a region of it.

    Notes
    -----
    A chunk of whole frames is one task. If frames are divided among chunks, the edges of their back
    projections are sent to the chunks around. For Otsu's level of such a frame, each chunk counts the values
    of its sums, and only the counts are sent. The sums are kept in memory until all of the frame's are
    counted: one byte per pixel.

    Examples
    --------
    >>> import backproj.dask
    >>> import dask.array as da
    >>> import numpy as np
    >>> mosaic = np.zeros((48, 64, 3), np.uint8)
    >>> mosaic[10:20, 30:40] = 30, 60, 220
    >>> hist = backproj.Histogram(mosaic[12:18, 32:38])
    >>> mask = backproj.dask.segment(da.from_array(mosaic, chunks=(16, 16, 3)), hist)
    >>> mask[15, 26:32].compute(scheduler="synchronous")
    array([  0,   0, 255, 255, 255, 255], dtype=uint8)
    """
    return _mask(_check_search(frames, hist, disc, threshold, order, threads))


def cut_out(
    frames: da.Array,
    hist: Fitted,
    *,
    disc: Disc = 5,
    threshold: Threshold = 50,
    order: Order = "bgr",
    threads: int | None = 1,
) -> da.Array:
    """Return the frames where they look like a model, and 0 elsewhere, lazily.

    Parameters
    ----------
    frames, hist, disc, threshold, order, threads
        As for `segment`.

    Returns
    -------
    dask array of uint8, of the shape of the frames
        The same bytes as from `backproj.Histogram.cut_out`. The chunks are those of `segment`, with all
        channels in one.

    Raises
    ------
    TypeError, ValueError
        As `segment`.

    Notes
    -----
    If frames are divided among chunks, they are kept in memory until the mask is there, or made twice.

    Examples
    --------
    >>> import backproj.dask
    >>> import dask.array as da
    >>> import numpy as np
    >>> mosaic = np.full((48, 64, 3), (200, 40, 10), np.uint8)
    >>> mosaic[10:20, 30:40] = 30, 60, 220
    >>> hist = backproj.Histogram(mosaic[12:18, 32:38])
    >>> found = backproj.dask.cut_out(da.from_array(mosaic, chunks=(16, 16, 3)), hist)
    >>> found[15, 26:29].compute(scheduler="synchronous")
    array([[  0,   0,   0],
           [  0,   0,   0],
           [200,  40,  10]], dtype=uint8)
    """
    search = _check_search(frames, hist, disc, threshold, order, threads)
    found = _cut(search)
    return found if found.ndim == frames.ndim else found[..., 0]


class _Search(NamedTuple):
    """Checked arguments of `segment`; the frames' chunks are joined where they have to be."""

    frames: da.Array
    hist: Delayed
    disc: Any
    reach: tuple[int, int]
    threshold: Threshold
    order: Order
    threads: int | None

    def is_divided(self) -> bool:
        """Report whether the mask of a chunk depends on other chunks."""
        return is_divided(self.frames, self.frames.ndim - 3, self.reach, self.threshold == "otsu")


def _check_search(
    frames: Any, hist: Any, disc: Any, threshold: Any, order: Order, threads: int | None
) -> _Search:
    check_order(order)
    check_threads(threads)
    footprint, level = check_disc(disc), check_threshold(threshold)
    reach = reach_of(footprint)
    frames = check_frames(frames, grey=may_take_grey(hist))
    frames = join(frames, frames.ndim - 3, reach, "frames", level == "otsu")
    return _Search(
        frames, as_delayed(hist, several=False), _argument(footprint), reach, level, order, threads
    )


def _cut(search: _Search) -> da.Array:
    frames, hist, disc, _, threshold, order, threads = search
    if not search.is_divided():
        cut = functools.partial(cut_chunk, threshold=threshold, order=order, threads=threads)
        return da.map_blocks(cut, frames, hist=hist, disc=disc, meta=empty(frames.ndim))
    mask = _mask(search)
    return da.map_blocks(
        functools.partial(cut_masked_chunk, threads=threads),
        frames.rechunk((*mask.chunks, frames.chunks[-1])),
        mask[..., np.newaxis],
        meta=empty(frames.ndim),
    )


def _argument(footprint: Footprint) -> Any:
    """Return a checked disc as tasks take it."""
    if footprint is None:
        return None
    if isinstance(footprint, tuple):
        height, width = footprint
        return width, height
    # Wrap it, or every task embeds a copy.
    return delayed(footprint, pure=True)


def _mask(search: _Search) -> da.Array:
    frames, hist, disc, reach, threshold, order, threads = search
    if not search.is_divided():
        return da.map_blocks(
            functools.partial(segment_chunk, threshold=threshold, order=order, threads=threads),
            frames,
            hist=hist,
            disc=disc,
            drop_axis=frames.ndim - 1,
            meta=empty(frames.ndim - 1),
        )
    probs = back_project(frames, hist, order=order, threads=threads)
    if threshold != "otsu":
        mask = functools.partial(backproj.segment, threshold=threshold, threads=threads)
        return map_with_edges(mask, probs, reach, disc=disc)
    sums = map_with_edges(functools.partial(backproj.disc_sum, threads=threads), probs, reach, disc=disc)
    one_each = ((1,) * number for number in sums.numblocks[-2:])
    counts = da.map_blocks(
        count_values_of_chunk,
        sums,
        new_axis=sums.ndim,
        chunks=(*sums.chunks[:-2], *one_each, (256,)),
        meta=np.empty((0,) * (sums.ndim + 1), np.int64),
    )
    levels = da.map_blocks(
        otsu_of_counts,
        counts.sum(axis=(-3, -2), keepdims=True),
        drop_axis=sums.ndim,
        meta=empty(sums.ndim),
    )
    return da.map_blocks(
        functools.partial(segment_by_levels, threads=threads), sums, levels, meta=empty(sums.ndim)
    )


def segment_chunk(frames: Image, *, hist: Histogram, **options: Any) -> Image:
    """Return the mask of a chunk that depends on no other. This is a task of the graph."""
    check_histogram(hist, several=False)  # the value of a Delayed is known only now
    return hist.segment(frames, **options)


def cut_chunk(frames: Image, *, hist: Histogram, **options: Any) -> Image:
    """Return what is cut out of a chunk that depends on no other. This is a task of the graph."""
    check_histogram(hist, several=False)
    return hist.cut_out(frames, **options)


def cut_masked_chunk(frames: Image, mask: Mask, *, threads: int | None) -> Image:
    """Return a chunk where its mask, with a last axis of length 1, is not 0. This is a task of the graph."""
    return backproj.cut_out(frames, mask[..., 0], threads=threads)


def count_values_of_chunk(sums: Image) -> npt.NDArray[np.int64]:
    """Return how often each plane of a chunk has each value. This is a task of the graph."""
    counts = np.zeros((*sums.shape[:-2], 1, 1, 256), np.int64)
    for at in np.ndindex(sums.shape[:-2]):
        counts[at] = region.count_values(view_planes(sums[at], "prob"))
    return counts


def otsu_of_counts(counts: npt.NDArray[np.int64]) -> Image:
    """Return Otsu's level of each plane, whose values were counted. This is a task of the graph."""
    levels = np.empty(counts.shape[:-1], np.uint8)
    for at in np.ndindex(levels.shape):
        levels[at] = region.otsu_of_counts(counts[at])
    return levels


def segment_by_levels(sums: Image, levels: Image, *, threads: int | None) -> Image:
    """Return where each plane of a chunk exceeds its level. This is a task of the graph."""
    mask = np.empty(sums.shape, np.uint8)
    for at in np.ndindex(sums.shape[:-2]):
        level = int(levels[at].item())
        backproj.segment(sums[at], disc=None, threshold=level, out=mask[at], threads=threads)
    return mask
