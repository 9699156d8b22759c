"""Back projection in one call, and the mask of a range of colours."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Sequence
from typing import cast

import numpy as np

from backproj._engine import engines
from backproj._engine.engines import Engine, check_engine
from backproj._engine.models import check_peak
from backproj._engine.single import project_model, project_single
from backproj._histogram import Histogram
from backproj._validate.arrays import Image, Mask, Order, check_frames, check_order, destination
from backproj._validate.layout import Bounds, Channels, check_bounds, check_layout
from backproj._validate.threads import check_threads


def back_project(
    frame: Image,
    model: Image | Histogram | Sequence[Histogram],
    *,
    out: Image | None = None,
    order: Order = "bgr",
    threads: int | None = None,
    engine: Engine = "native",
    mask: Mask | None = None,
    channels: Channels = "hs",
    bins: int | Sequence[int] = 32,
    ranges: Sequence[float] | None = None,
    in_range: Bounds | None = None,
    peak: float | None = 256.0,
) -> Image:
    """Return for each pixel of a frame how well its colour fits a model.

    Parameters
    ----------
    frame : ndarray of uint8, shape (h, w, 3) or (h, w, 4), or a batch, (n, h, w, 3) or (n, h, w, 4)
        What to search. See `Histogram.back_project` for which views are read in place.
    model : ndarray of uint8, shape (h, w, 3) or (h, w, 4), or Histogram, or a list of Histograms
        An image of what is looked for, often a part of the frame; or its histogram; or several
        histograms, for which each pixel's hue and saturation are computed once.
    out : ndarray of uint8, of the shape of the result, optional
        Where to write the result. It may be a view, but no part of the frame.
    order : {"bgr", "rgb"}, default "bgr"
        The order of the channels of the images.
    threads : int, optional
        The greatest number of threads. Default: see `set_num_threads`. The result is the same.
    engine : {"native", "opencv"}, default "native"
        Who does it, counting included; see `Histogram.back_project`.
    mask, channels, bins, ranges, in_range, peak
        As for `Histogram`, if the model is an image.

    Returns
    -------
    ndarray of uint8, shape (h, w) or (n, h, w); for k histograms (k, h, w) or (k, n, h, w)
        0 for a colour that the model does not have, 255 for its most common one. ``out``, if that
        was given.

    Raises
    ------
    TypeError
        If an argument is not of a type named above, or if options of a histogram are given beside
        one.
    ValueError
        If a shape is another, the model has no pixels, an option has no such value, or out is
        read-only or shares memory with the frame or itself.
    RuntimeError
        If this build does not have the engine.

    Warns
    -----
    RuntimeWarning
        If no pixel of the model is left to count. The result is all 0 then.

    See Also
    --------
    Histogram : Makes the histogram once, for many frames.

    References
    ----------
    M. J. Swain and D. H. Ballard, "Color Indexing", International Journal of Computer Vision 7:1
    (1991). OpenCV's ``cvtColor``, ``calcHist``, ``normalize`` and ``calcBackProject``.

    Examples
    --------
    >>> import backproj
    >>> import numpy as np
    >>> frame = np.zeros((48, 64, 3), np.uint8)
    >>> frame[10:20, 30:40] = 30, 60, 220
    >>> prob = backproj.back_project(frame, frame[12:18, 32:38])
    >>> prob[15, 28:32]
    array([  0,   0, 255, 255], dtype=uint8)
    >>> red, black = (backproj.Histogram(part) for part in (frame[12:18, 32:38], frame[:5]))
    >>> backproj.back_project(frame, [red, black]).shape
    (2, 48, 64)
    """
    engine, number, threads = check_engine(engine), check_order(order), check_threads(threads)
    hists = _histograms(model)
    if hists is not None:
        given = _given(mask, channels, bins, ranges, in_range, peak)
        if given:
            raise TypeError(
                f"{given} beside a Histogram, which has counted already; "
                f"give {given} to Histogram(model, ...)"
            )
    if isinstance(model, Histogram):
        return project_single(model._state, frame, out, number, threads, engine)
    if hists is not None:
        frame = check_frames(frame)
        out, onto = destination(out, (len(hists), *frame.shape[:-1]), frame)
        states = [hist._state for hist in hists]
        engines.project(states, frame, onto, number, engine=engine, threads=threads)
        return out
    layout = check_layout(channels, bins, ranges, in_range)
    image = cast("Image", model)  # or what project_model will name in its error
    return project_model(image, mask, layout, check_peak(peak), frame, out, number, threads, engine)


def _histograms(model: object) -> Sequence[Histogram] | None:
    """Return the histograms that a model is, or None if it is something else."""
    if isinstance(model, Histogram):
        return [model]
    if not isinstance(model, (list, tuple)):
        return None
    for one in model:
        if not isinstance(one, Histogram):
            raise TypeError(
                f"model is a {type(model).__name__} of length {len(model)} with {type(one).__name__}, but "
                "several models must be Histograms; to count several images together: "
                "back_project(frame, Histogram([image, ...]))"
            )
    return model


_OPTIONS = ("mask", "channels", "bins", "ranges", "in_range", "peak")


def _given(
    mask: object, channels: object, bins: object, ranges: object, in_range: object, peak: object
) -> str:
    """Return the names of a histogram's options that are not their defaults."""
    given = (
        mask is not None,
        not isinstance(channels, str) or channels != "hs",
        type(bins) is not int or bins != 32,
        ranges is not None,
        in_range is not None,
        not isinstance(peak, (int, float)) or peak != 256,
    )
    return ", ".join(itertools.compress(_OPTIONS, given)) if any(given) else ""


def in_range(
    image: Image, lo: Sequence[float], hi: Sequence[float], *, order: Order = "bgr", out: Image | None = None
) -> Image:
    """Return which pixels lie within bounds of hue, saturation and value.

    Parameters
    ----------
    image : ndarray of uint8, shape (h, w, 3) or (h, w, 4), or a batch
        Any strides will do.
    lo, hi : three whole numbers
        The least and the greatest hue, saturation and value. If the least hue is beyond the
        greatest, hue wraps around: red is from 170 to 10, not from -10, which is as good as 0.
    order : {"bgr", "rgb"}, default "bgr"
        The order of the image's channels.
    out : ndarray of uint8, shape (h, w) or (n, h, w), optional
        Where to write the result.

    Returns
    -------
    ndarray of uint8, shape (h, w) or (n, h, w)
        255 within, 0 elsewhere, as ``cv2.inRange`` of the HSV image. ``out``, if that was given.

    Raises
    ------
    TypeError
        If an argument is not of a type named above.
    ValueError
        If a shape is another, or the least saturation or value is beyond the greatest.

    References
    ----------
    OpenCV's ``cvtColor`` and ``inRange``.

    Examples
    --------
    >>> import backproj
    >>> import numpy as np
    >>> pixels = np.array([[[0, 0, 255], [40, 40, 255], [200, 200, 255], [255, 0, 0]]], np.uint8)
    >>> backproj.in_range(pixels, (170, 60, 32), (10, 255, 255))
    array([[255, 255,   0,   0]], dtype=uint8)
    """
    number, threads = check_order(order), check_threads(None)
    within = _within(check_bounds((lo, hi), "(lo, hi)"))
    return project_single(within._state, image, out, number, threads, name="image")


@functools.lru_cache(maxsize=8)
def _within(bounds: tuple[tuple[int, ...], tuple[int, ...]]) -> Histogram:
    """Return a histogram of one bin, which projects to 255 what is within bounds."""
    values = np.full((1, 1), 255, np.float32)
    return Histogram.from_values(values, channels="hs", in_range=bounds)
