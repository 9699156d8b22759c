"""Back projection in one call, and the mask of a range of colours."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Sequence

import numpy as np

from backproj._engine import native
from backproj._engine.engines import engine_named, project_model
from backproj._histogram.histogram import Histogram, warn_of_no_pixels
from backproj._validate.channels import CHANNELS, SPACES, check_space, takes_planes
from backproj._validate.layout import check_bounds, check_layout
from backproj._validate.messages import describe_type, short_repr
from backproj._validate.options import check_order, check_peak
from backproj._validate.threads import check_threads
from backproj._validate.views import view_frames, view_mask, view_model, view_out
from backproj.typing import (
    Bins,
    Bounds,
    Channels,
    Engine,
    Image,
    ImageLike,
    MaskLike,
    Numbers,
    Order,
    Out,
    Ranges,
    Space,
)


def back_project(
    frame: ImageLike,
    model: ImageLike | Histogram | Sequence[Histogram],
    *,
    out: Out | None = None,
    order: Order | None = None,
    threads: int | None = None,
    engine: Engine = "native",
    mask: MaskLike | None = None,
    channels: Channels = "hs",
    bins: Bins = 32,
    ranges: Ranges | None = None,
    in_range: Bounds | None = None,
    peak: float | None = 256.0,
) -> Image | Out:
    """Return for each pixel of a frame how well its colour fits a model.

    Parameters
    ----------
    frame : ndarray of uint8, shape (h, w, 3) or (h, w, 4), or a batch, (n, h, w, 3) or (n, h, w, 4)
        What to search. See `Histogram.back_project` for which views are read in place, and for grey frames.
    model : ndarray of uint8, shape (h, w, 3) or (h, w, 4), or Histogram, or a list of Histograms
        An image of what to look for, often a part of the frame; or its histogram; or several histograms, of
        any channels, for which the frame is read once.
    out : ndarray of uint8, of the shape of the result, optional
        Where to write the result. It may be a view, but must not share memory with the frame.
    order : {"bgr", "rgb"}, optional
        The order of the channels of the images. Default: "bgr"; PIL's images are RGB, and need none.
    threads : int, optional
        The greatest number of threads. Default: see `set_num_threads`. The result does not depend on it.
    engine : {"native", "opencv"}, default "native"
        What does the work, counting included; see `Histogram.back_project`.
    mask, channels, bins, ranges, in_range, peak
        As for `Histogram`, if the model is an image. They cannot be given with a Histogram.

    Returns
    -------
    ndarray of uint8, shape (h, w) or (n, h, w); for k histograms (k, h, w) or (k, n, h, w)
        0 for a colour that the model does not have, 255 for its most common one. ``out``, if that
        was given.

    Raises
    ------
    TypeError
        If an argument has the wrong type, or if options of a histogram are given with one.
    ValueError
        If an array has the wrong shape, the model has no pixels, an option has an invalid value, or out is
        read-only, overlaps itself, or shares memory with the frame.
    RuntimeError
        If this build does not have the engine.

    Warns
    -----
    RuntimeWarning
        If no pixel of the model passed mask, ranges and in_range. The result is all 0 then.

    See Also
    --------
    Histogram : Makes the histogram once, for many frames.
    back_project_bytes : Takes raw BGR bytes.

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
    worker, most_threads, number = engine_named(engine), check_threads(threads), check_order(order)
    if isinstance(model, (Histogram, list, tuple)):
        given = _given(mask, channels, bins, ranges, in_range, peak)
        if given:
            raise TypeError(f"{given} cannot be given with a Histogram; pass it to Histogram(...)")
        if isinstance(model, Histogram):
            states = [model._state]
        else:
            _check_histograms(model)
            states = [hist._state for hist in model]
        grey = all(takes_planes(state.layout.channels) for state in states)
        frames = view_frames(frame, number, grey=grey)
        shape = frames.shape if isinstance(model, Histogram) else (len(model), *frames.shape)
        target = view_out(out, shape, frames)
        worker.project(states, frames, target, most_threads)
    else:
        layout, checked_peak = check_layout(channels, bins, ranges, in_range), check_peak(peak)
        grey = takes_planes(layout.channels)
        frames = view_frames(frame, number, grey=grey)
        patch = view_model(model, number, grey=grey)
        where = view_mask(mask, patch)
        target = view_out(out, frames.shape, frames)
        if not project_model(worker, layout, checked_peak, patch, where, frames, target, most_threads):
            warn_of_no_pixels(stacklevel=3)
    return target.array if out is None else out


def _check_histograms(model: Sequence[object]) -> None:
    for one in model:
        if not isinstance(one, Histogram):
            raise TypeError(
                f"model is a {type(model).__name__} of length {len(model)} with {type(one).__name__}, but "
                "several models must be Histograms; to count several images together: "
                "back_project(frame, Histogram([image, ...]))"
            )


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


def back_project_bytes(frame: bytes, w: int, h: int, model: bytes, mw: int, mh: int) -> bytes:
    r"""Return the back projection of a model onto a frame, both as raw BGR bytes.

    It is for callers that hold bytes rather than arrays, for example from a socket or from PIL's
    ``tobytes("raw", "BGR")``.

    Parameters
    ----------
    frame : bytes, bytearray or memoryview
        What to search: blue, green and red of each pixel, row by row from the top, without gaps; 3·w·h bytes.
    w, h : int
        The frame's width and height in pixels.
    model : bytes, bytearray or memoryview
        An image of what to look for, 3·mw·mh bytes.
    mw, mh : int
        The model's width and height in pixels, at least 1.

    Returns
    -------
    bytes
        w·h bytes, one for each pixel of the frame, the same as those of ``back_project`` with its default
        options: over hue and saturation, of 32 bins each.

    Raises
    ------
    TypeError
        If frame or model is not bytes, or a size is not a whole number.
    ValueError
        If a size is negative or does not fit its bytes, or if the model has no pixels.

    See Also
    --------
    back_project : Takes arrays, any layout of the histogram, and ``out``; and copies nothing.

    Notes
    -----
    This calls the Go function ``BackProject(frame []byte, w, h int, model []byte, mw, mh int) []byte``. The
    bytes are copied into Go and out of it.

    Examples
    --------
    >>> import backproj
    >>> black, red = bytes([0, 0, 0]), bytes([30, 60, 220])
    >>> backproj.back_project_bytes(black + red + red, 3, 1, red, 1, 1)
    b'\x00\xff\xff'
    """
    pixels = _raw_pixels(frame, w, h, "frame", "w", "h")
    patch = _raw_pixels(model, mw, mh, "model", "mw", "mh")
    if not patch:
        raise ValueError(f"model has {mw}×{mh} pixels, none to count; give at least one")
    return native.back_project_bytes(pixels, int(w), int(h), patch, int(mw), int(mh))


def _raw_pixels(pixels: object, width: object, height: object, name: str, wide: str, high: str) -> bytes:
    """Return the bytes of an image of a size, if they are as many as that takes."""
    for size, what in ((width, wide), (height, high)):
        if isinstance(size, bool) or not isinstance(size, (int, np.integer)):
            raise TypeError(f"{what} must be a whole number of pixels, not {short_repr(size)}")
        if size < 0:
            raise ValueError(f"{what} must not be negative; it is {short_repr(int(size))}")
    if not isinstance(pixels, (bytes, bytearray, memoryview)):
        also = "; back_project takes arrays" if isinstance(pixels, np.ndarray) else ""
        raise TypeError(f"{name} must be bytes, bytearray or memoryview, not {describe_type(pixels)}{also}")
    raw = bytes(pixels)
    across, down = int(width), int(height)  # type: ignore[call-overload]
    needed = 3 * across * down
    if len(raw) != needed:
        raise ValueError(
            f"{name} has {len(raw)} bytes, but {short_repr(across)}×{short_repr(down)} pixels of three "
            f"colours take {short_repr(needed)}; {wide} and {high} are the width and the height in pixels"
        )
    return raw


def in_range(
    image: ImageLike,
    lo: Numbers | int,
    hi: Numbers | int,
    *,
    space: Space = "hsv",
    order: Order | None = None,
    out: Out | None = None,
    threads: int | None = None,
) -> Image | Out:
    """Return which pixels lie within bounds of the components of a colour space.

    Parameters
    ----------
    image : ndarray of uint8, shape (h, w, 3) or (h, w, 4), or a batch
        Any strides will do. With space="gray" also (h, w) and (n, h, w), as for `Histogram.back_project`.
    lo, hi : three whole numbers, or one for grey
        The lowest and the highest of each component, both inclusive: hue (0 to 179), saturation and value;
        Y, Cr and Cb; L, a and b; blue, green and red; or grey. If the lowest hue is greater than the
        highest, hue wraps around: red is from 170 to 10. (From -10 is the same as from 0.)
    space : {"hsv", "ycrcb", "lab", "bgr", "gray"}, default "hsv"
        The colour space, as 8-bit images in OpenCV have it.
    order : {"bgr", "rgb"}, optional
        The order of the image's channels. Default: "bgr"; PIL's images are RGB, and need none.
    out : ndarray of uint8, shape (h, w) or (n, h, w), optional
        Where to write the result.
    threads : int, optional
        The greatest number of threads. Default: see `set_num_threads`. The result does not depend on it.

    Returns
    -------
    ndarray of uint8, shape (h, w) or (n, h, w)
        255 for pixels inside the bounds, 0 elsewhere, as ``cv2.inRange`` of the converted image. ``out``, if
        that was given.

    Raises
    ------
    TypeError
        If an argument has the wrong type.
    ValueError
        If an array has the wrong shape, space is unknown, or a lowest number other than of a hue is greater
        than the highest.

    References
    ----------
    OpenCV's ``cvtColor`` and ``inRange``. D. Chai and K. N. Ngan, "Face Segmentation Using Skin-Color Map in
    Videophone Applications", IEEE Transactions on Circuits and Systems for Video Technology 9:4 (1999), has
    the bounds of skin below.

    Examples
    --------
    >>> import backproj
    >>> import numpy as np
    >>> pixels = np.array([[[0, 0, 255], [40, 40, 255], [200, 200, 255], [255, 0, 0]]], np.uint8)
    >>> backproj.in_range(pixels, (170, 60, 32), (10, 255, 255))
    array([[255, 255,   0,   0]], dtype=uint8)

    Skin, by Cr from 133 to 173 and Cb from 77 to 127:

    >>> faces = np.array([[[130, 160, 220], [60, 90, 140], [200, 90, 60]]], np.uint8)
    >>> backproj.in_range(faces, (0, 133, 77), (255, 173, 127), space="ycrcb")
    array([[255, 255,   0]], dtype=uint8)
    """
    checked = check_space(space)
    within = _within(checked, check_bounds((lo, hi), "(lo, hi)", checked))
    frames = view_frames(image, check_order(order), "image", grey=checked == "gray")
    most_threads = check_threads(threads)
    target = view_out(out, frames.shape, frames)
    native.project([within._state], frames, target, most_threads)
    return target.array if out is None else out


@functools.lru_cache(maxsize=8)
def _within(space: Space, bounds: tuple[tuple[int, ...], tuple[int, ...]]) -> Histogram:
    """Return a histogram of one bin, which projects pixels inside the bounds to 255."""
    channels = SPACES[space].fastest
    values = np.full((1,) * len(CHANNELS[channels].components), 255, np.float32)
    return Histogram.from_values(values, channels=channels, in_range=bounds)
