"""Back projection of dask arrays."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import dask.array as da
import numpy as np
from dask.delayed import Delayed

import backproj
from backproj._histogram.histogram import Histogram
from backproj._validate.options import check_order
from backproj._validate.threads import check_threads
from backproj.dask._arguments import Fitted, as_delayed, check_frames, check_histogram, may_take_grey
from backproj.typing import Image, Order


def back_project(
    frames: da.Array, hist: Fitted | Sequence[Fitted], *, order: Order = "bgr", threads: int | None = 1
) -> da.Array:
    """Back-project histograms onto a dask array, lazily.

    Parameters
    ----------
    frames : dask array of uint8, shape (n, h, w, 3) or (h, w, 3), or with 4 channels
        Frames, or one image such as a mosaic, with chunks of any shape. Channels that are split over
        several chunks, as by ``dask.array.stack``, are merged. Histograms of ``channels="gray"`` take grey
        ones too: (n, h, w) or (h, w), or with a last axis of length 1.
    hist : Histogram, Delayed, or a list of these
        The histogram or histograms to project. A Delayed is the result of `histogram`. The graph contains
        each histogram once, however many chunks there are. For a list, each chunk is
        read once.
    order : {"bgr", "rgb"}, default "bgr"
        The order of the frames' channels.
    threads : int or None, default 1
        The maximum number of threads of each task. dask runs as many tasks at once as there are CPUs, so
        more than one thread is useful only if the workers have fewer threads than CPUs. With None,
        ``backproj.set_num_threads`` and the environment of the process that runs the task decide.

    Returns
    -------
    dask array of uint8, shape (n, h, w) or (h, w); for a list of k, (k, n, h, w) or (k, h, w)
        The same bytes as from `backproj.back_project`. The chunks are those of the frames, without the
        last axis. The axis of length k is one chunk.

    Raises
    ------
    TypeError
        If frames is not a dask array of uint8, or hist not a histogram.
    ValueError
        If frames has the wrong shape, or an option has an invalid value.

    See Also
    --------
    backproj.back_project : The same for numpy arrays. It is faster for frames that are in memory.

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
    frames = check_frames(frames, grey=may_take_grey(hist))
    chunks = frames.chunks[:-1]
    hists: Delayed | list[Delayed]
    if isinstance(hist, (list, tuple)):
        hists = [as_delayed(one) for one in hist]
        chunks = ((len(hists),), *chunks)
    else:
        hists = as_delayed(hist)
    return da.map_blocks(
        functools.partial(project_chunk, order=order, threads=threads),
        frames,
        hist=hists,
        drop_axis=frames.ndim - 1,
        new_axis=0 if len(chunks) == frames.ndim else None,
        chunks=chunks,
        meta=np.empty((0,) * len(chunks), np.uint8),
    )


def project_chunk(
    frames: Image, *, hist: Histogram | Sequence[Histogram], order: Order, threads: int | None
) -> Image:
    """Return the back projection of a chunk. This is a task of the graph."""
    # The value of a Delayed is known only now, and back_project would also accept an image.
    for one in hist if isinstance(hist, (list, tuple)) else [hist]:
        check_histogram(one)
    return backproj.back_project(frames, hist, order=order, threads=threads)
