"""Back projection of dask arrays, for data that does not fit into memory and for several machines.

Both functions are lazy: they build a graph, and nothing is read or computed before ``compute()``.

>>> import backproj.dask
>>> import dask.array as da
>>> import numpy as np
>>> video = np.zeros((6, 48, 64, 3), np.uint8)
>>> video[:, 10:20, 30:40] = 30, 60, 220
>>> hist = backproj.Histogram(video[0, 12:18, 32:38])
>>> frames = da.from_array(video, chunks=(2, -1, -1, -1))     # or from files
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
from backproj._histogram.histogram import Histogram, warn_of_no_pixels
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
    """Back-project histograms onto a dask array, lazily.

    Parameters
    ----------
    frames : dask array of uint8, shape (n, h, w, 3) or (h, w, 3), or with 4 channels
        Frames, or one image such as a mosaic, with chunks of any shape. Channels that are split over
        several chunks, as by ``dask.array.stack``, are merged.
    hist : Histogram, Delayed, or a list of these
        The histogram or histograms to project. A Delayed is the result of `histogram`. The graph contains
        each histogram once, however many chunks there are. For a list, the hue and saturation of each pixel
        are computed only once.
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
    frames = _check_array(frames)
    if 0 in frames.shape:
        raise ValueError(f"frames has shape {frames.shape}, no pixels to count")
    arrays = [frames]
    if mask is not None:
        arrays.append(_check_mask(mask, frames))
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


def project_chunk(
    frames: Image, *, hist: Histogram | Sequence[Histogram], order: Order, threads: int | None
) -> Image:
    """Return the back projection of a chunk. This is a task of the graph."""
    # The value of a Delayed is known only now, and back_project would also accept an image.
    for one in hist if isinstance(hist, (list, tuple)) else [hist]:
        _check_histogram(one)
    return backproj.back_project(frames, hist, order=order, threads=threads)


def count_chunk(
    frames: Image, mask: Mask | None = None, *, layout: Layout, order: int, threads: int | None
) -> npt.NDArray[np.int64]:
    """Return the counts of a chunk, with the bins along the last axis. This is a task of the graph."""
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
    """Return the histogram with these counts. This is a task of the graph."""
    # A copy, because dask may pass the same array to other tasks.
    state = of_counts(layout, counts.reshape(layout.bins).copy(), peak)
    if not counts.any():
        warn_of_no_pixels(stacklevel=2)
    return Histogram._of(state)


def _check_array(frames: Any) -> da.Array:
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


def _check_mask(mask: Any, frames: da.Array) -> da.Array:
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


def _as_delayed(hist: Any) -> Delayed:
    if isinstance(hist, Delayed):
        return hist
    _check_histogram(hist)
    # Wrap it, or every task embeds a copy. With pure=True equal histograms have equal keys.
    return delayed(hist, pure=True)


def _check_histogram(hist: Any) -> None:
    if not isinstance(hist, Histogram):
        fix = "; backproj.Histogram(model, ...) counts an image" if isinstance(hist, np.ndarray) else ""
        raise TypeError(
            f"hist must be a Histogram, a Delayed one, or a list of these, not {describe_type(hist)}{fix}"
        )
