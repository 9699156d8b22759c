"""Histograms of hue and saturation, and back projection by them."""

from __future__ import annotations

import warnings

import numpy as np
import numpy.typing as npt

from backproj import _engines
from backproj._arrays import Image, Mask, Order, check_image, check_mask, check_order, check_out
from backproj._engines import HUE_BINS, SATURATION_BINS, Engine, check_engine


class Histogram:
    """The histogram of a model's colours, made once to be projected onto many frames.

    It has 32 bins of hue (0 to 179, as in OpenCV's 8-bit HSV) by 32 of saturation (0 to 255).
    It never changes, so threads may share it.

    Parameters
    ----------
    model : ndarray of uint8, shape (h, w, 3) or (h, w, 4)
        An image of what is looked for, or the part of one. A fourth channel is ignored. Any strides
        will do; see `back_project` for which are read in place.
    mask : ndarray of uint8 or bool, shape (h, w), optional
        Only the model's pixels where it is not zero are counted.
    order : {"bgr", "rgb"}, default "bgr"
        The order of the model's channels: "bgr" for cv2, "rgb" for PIL, imageio and skimage.

    Raises
    ------
    TypeError
        If the model or the mask is not an array of a type named above.
    ValueError
        If its shape is another, if the model has no pixels, or if the order is unknown.

    Warns
    -----
    RuntimeWarning
        If the mask leaves no pixel to count. All values are 0 then.

    References
    ----------
    M. J. Swain and D. H. Ballard, "Color Indexing", International Journal of Computer Vision 7:1
    (1991). OpenCV's ``calcHist`` and ``normalize``.

    Examples
    --------
    >>> import backproj
    >>> import numpy as np
    >>> frames = np.zeros((3, 48, 64, 3), np.uint8)
    >>> frames[:, 10:20, 30:40] = 30, 60, 220
    >>> hist = backproj.Histogram(frames[0, 12:18, 32:38])
    >>> prob = np.empty((48, 64), np.uint8)
    >>> for frame in frames:
    ...     prob = hist.back_project(frame, out=prob)
    >>> int((prob > 127).sum())
    100
    """

    __slots__ = ("_state",)

    def __init__(self, model: Image, *, mask: Mask | None = None, order: Order = "bgr") -> None:
        self._state = _fit(model, mask, check_order(order), "native", caller=3)

    @property
    def values(self) -> npt.NDArray[np.float32]:
        """The histogram, (32, 32), read-only: the emptiest bin is 0 and the fullest 256.

        The first axis is hue. Equal to cv2's normalised histogram, and fit for
        ``cv2.calcBackProject``. All 0 if all bins hold the same number.
        """
        return self._state.values

    @property
    def counts(self) -> npt.NDArray[np.int64]:
        """How many of the model's pixels fell into each bin, (32, 32), read-only."""
        return self._state.counts

    def __repr__(self) -> str:
        return f"<backproj.Histogram: {HUE_BINS}×{SATURATION_BINS} bins, {self.counts.sum()} pixels>"

    def back_project(
        self,
        frame: Image,
        *,
        out: Image | None = None,
        order: Order = "bgr",
        engine: Engine = "native",
    ) -> Image:
        """Return for each pixel of the frame how well its colour fits the model.

        Parameters
        ----------
        frame : ndarray of uint8, shape (h, w, 3) or (h, w, 4)
            Read in place if its pixels are 3 or 4 bytes apart in a row, in either channel order:
            whole images, crops, every n-th row, ``[::-1]``, ``[..., ::-1]``, the first three of four
            channels. Other views (``[:, ::2]``, ``[:, ::-1]``, transposed and planar images) pass
            through a scratch of a few KiB, and are never copied whole.
        out : ndarray of uint8, shape (h, w), optional
            Where to write the result. It may be a view, but no part of the frame.
        order : {"bgr", "rgb"}, default "bgr"
            The order of the frame's channels.
        engine : {"native", "opencv"}, default "native"
            Who does it: this package, or OpenCV through gocv where the build has it (see `engines`).
            The results are the same. OpenCV reads in place what the native engine reads in place, if
            the rows are a whole number of pixels apart, top down; other frames are copied for it.

        Returns
        -------
        ndarray of uint8, shape (h, w)
            The value of the bin each pixel falls into, rounded half to even, at most 255. ``out``,
            if that was given.

        Raises
        ------
        TypeError
            If the frame or out is not an array of uint8.
        ValueError
            If a shape is another, if the order or the engine is unknown, or if out is read-only or
            shares memory with the frame or itself.
        RuntimeError
            If this build does not have the engine.

        Notes
        -----
        The frame must not be written to, nor out be used, by another thread during the call.

        References
        ----------
        OpenCV's ``cvtColor`` and ``calcBackProject``.

        Examples
        --------
        >>> import backproj
        >>> import numpy as np
        >>> ramp = np.zeros((1, 4, 3), np.uint8)
        >>> ramp[0, :, 0] = 0, 100, 200, 250    # ever brighter blue, in BGR
        >>> backproj.Histogram(ramp[:, 1:3]).back_project(ramp)
        array([[  0, 255, 255, 255]], dtype=uint8)
        """
        engine = check_engine(engine)
        frame, out, number = _checked(frame, out, order)
        _engines.project(self._state, frame, out, number, engine=engine)
        return out


def _fit(model: Image, mask: Mask | None, order: int, engine: Engine, caller: int) -> _engines.State:
    """Return the state of a model's histogram; warnings are about the caller so many frames up."""
    model = check_image(model, "model")
    if model.size == 0:
        raise ValueError(
            f"model has shape {model.shape}, no pixels to count; is the slice that made it outside the image?"
        )
    where = None if mask is None else check_mask(mask, model.shape[:2])
    state = _engines.fit(model, where, order, engine=engine)
    if mask is not None and not state.counts.any():
        warnings.warn(
            "mask is zero everywhere: nothing was counted, and the histogram is all 0",
            RuntimeWarning,
            stacklevel=caller,
        )
    return state


def _checked(frame: Image, out: Image | None, order: Order) -> tuple[Image, Image, int]:
    """Return the frame, where its back projection goes, and the number of its order."""
    number = check_order(order)
    frame = check_image(frame, "frame")
    return frame, np.empty(frame.shape[:2], np.uint8) if out is None else check_out(out, frame), number


def back_project(
    frame: Image,
    model: Image | Histogram,
    *,
    out: Image | None = None,
    order: Order = "bgr",
    engine: Engine = "native",
    mask: Mask | None = None,
) -> Image:
    """Return for each pixel of a frame how well its colour fits a model.

    Parameters
    ----------
    frame : ndarray of uint8, shape (h, w, 3) or (h, w, 4)
        The image to search. See `Histogram.back_project` for which views are read in place.
    model : ndarray of uint8, shape (h, w, 3) or (h, w, 4), or Histogram
        An image of what is looked for, often a part of the frame; or its histogram.
    out : ndarray of uint8, shape (h, w), optional
        Where to write the result. It may be a view, but no part of the frame.
    order : {"bgr", "rgb"}, default "bgr"
        The order of the channels of both images.
    engine : {"native", "opencv"}, default "native"
        Who does it, counting included; see `Histogram.back_project`.
    mask : ndarray of uint8 or bool, shape of the model, optional
        Only the model's pixels where it is not zero are counted.

    Returns
    -------
    ndarray of uint8, shape (h, w)
        0 for a colour that the model does not have, 255 for its most common one. ``out``, if that
        was given.

    Raises
    ------
    TypeError
        If an argument is not of a type named above, or if a mask is given beside a Histogram.
    ValueError
        If a shape is another, the model has no pixels, the order or the engine is unknown, or out is
        read-only or shares memory with the frame or itself.
    RuntimeError
        If this build does not have the engine.

    Warns
    -----
    RuntimeWarning
        If the mask leaves no pixel to count. The result is all 0 then.

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
    """
    if isinstance(model, Histogram):
        if mask is not None:
            raise TypeError(
                "mask beside a Histogram, which has counted already; give it to Histogram(model, mask=...)"
            )
        return model.back_project(frame, out=out, order=order, engine=engine)
    engine = check_engine(engine)
    frame, out, number = _checked(frame, out, order)
    _engines.project(_fit(model, mask, number, engine, caller=3), frame, out, number, engine=engine)
    return out
