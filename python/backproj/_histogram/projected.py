"""The methods of a Histogram that read a frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backproj._engine import region
from backproj._engine.engines import engine_named
from backproj._engine.shift import shift
from backproj._validate.channels import takes_planes
from backproj._validate.options import check_order
from backproj._validate.regions import check_disc, check_threshold
from backproj._validate.threads import check_threads
from backproj._validate.views import view_frames, view_out, view_scene
from backproj._validate.windows import check_criteria, check_window
from backproj.typing import Box, Criteria, Disc, Engine, Image, ImageLike, Order, Out, RotatedRect, Threshold

if TYPE_CHECKING:
    from backproj._histogram.histogram import Histogram


def back_project(
    self: Histogram,
    frame: ImageLike,
    *,
    out: Out | None = None,
    order: Order | None = None,
    threads: int | None = None,
    engine: Engine = "native",
) -> Image | Out:
    """Return for each pixel of the frame how well its colour fits the model.

    Parameters
    ----------
    frame : ndarray of uint8, shape (h, w, 3) or (h, w, 4), or a batch, (n, h, w, 3) or (n, h, w, 4)
        Read in place if its pixels are 3 or 4 bytes apart in a row, in either channel order:
        whole images, crops, every n-th row, ``[::-1]``, ``[..., ::-1]``, the first three of four
        channels. Other views (``[:, ::2]``, ``[:, ::-1]``, transposed and planar images) are read
        through a buffer of a few KiB; no frame is copied as a whole.

        Here, and wherever an array is taken, any object that holds one will do: a tensor of torch, JAX or
        TensorFlow on the CPU, an image of PIL, and what has a buffer of the right shape or
        ``__array_interface__``. All but PIL's are read in place.

        A histogram of ``channels="gray"`` takes grey frames too: (h, w), (h, w, 1), or a batch, (n, h, w)
        or (n, h, w, 1). Of three axes, a last one of length 3 or 4 is taken for the colours of a pixel, and
        one of length 1 for its grey: give ``frames[..., numpy.newaxis]`` if a batch is as narrow as that.
    out : ndarray of uint8, shape (h, w) or (n, h, w), optional
        Where to write the result. It may be a view, or a tensor of torch, but must not share memory with the
        frame.
    order : {"bgr", "rgb"}, optional
        The order of the frame's channels. Default: "bgr"; PIL's images are RGB, and need none.
    threads : int, optional
        The greatest number of threads. Default: see `set_num_threads`. The result does not depend on
        it.
    engine : {"native", "opencv"}, default "native"
        What does the work: this package, or OpenCV through gocv where the build has it (see
        `engines`). The results are the same. OpenCV reads in place what the native engine reads in
        place, if the rows go downwards; other frames are copied. It takes the default layout only,
        and chooses its own number of threads.

    Returns
    -------
    ndarray of uint8, shape (h, w) or (n, h, w)
        For each pixel the value of its bin, rounded half to even and limited to 0 to 255; 0 for a
        pixel in no bin. ``out``, if that was given.

    Raises
    ------
    TypeError
        If the frame or out is not an array of uint8.
    ValueError
        If an array has the wrong shape, if order or engine is unknown, or if out is read-only, overlaps
        itself, or shares memory with the frame.
    RuntimeError
        If this build does not have the engine.

    Notes
    -----
    No other thread should write to the frame, or use out, during the call. Ctrl-C is seen within about
    100 ms; ``out`` then holds a part of the result.

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
    worker, most_threads = engine_named(engine), check_threads(threads)
    frames = view_frames(frame, check_order(order), grey=takes_planes(self._state.layout.channels))
    target = view_out(out, frames.shape, frames)
    worker.project([self._state], frames, target, most_threads)
    return target.array if out is None else out


def segment(
    self: Histogram,
    frame: ImageLike,
    *,
    disc: Disc = 5,
    threshold: Threshold = 50,
    out: Out | None = None,
    order: Order | None = None,
    threads: int | None = None,
) -> Image | Out:
    """Return a mask of the region of the frame that looks like the model.

    In one pass, the histogram is projected, the back projection is summed up over a disc around each pixel,
    and the sums are compared with the threshold. See `disc_sum` and `backproj.segment`.

    Parameters
    ----------
    frame : ndarray of uint8, shape (h, w, 3) or (h, w, 4), or a batch, (n, h, w, 3) or (n, h, w, 4)
        The frame. See `back_project` for which views are read in place, and for grey frames.
    disc : int, (width, height), ndarray of 0 and 1, or None, default 5
        What is added up; see `disc_sum`. With None each pixel is compared alone.
    threshold : int or "otsu", default 50
        The greatest sum, from 0 to 255, that is not in the region; or Otsu's level of each frame, as of
        ``cv2.THRESH_OTSU``.
    out : ndarray of uint8, shape (h, w) or (n, h, w), optional
        Where to write the result. It must not share memory with the frame.
    order : {"bgr", "rgb"}, optional
        The order of the frame's channels. Default: "bgr"; PIL's images are RGB, and need none.
    threads : int, optional
        The greatest number of threads. Default: see `set_num_threads`. The result does not depend on it.

    Returns
    -------
    ndarray of uint8, shape (h, w) or (n, h, w)
        255 in the region, and 0 elsewhere. ``out``, if that was given.

    Raises
    ------
    TypeError, ValueError
        As `back_project`; also if disc or threshold are none.

    See Also
    --------
    cut_out : Returns the frame there.

    References
    ----------
    M. J. Swain and D. H. Ballard, "Color Indexing", International Journal of Computer Vision 7:1
    (1991). OpenCV's ``calcBackProject``, ``filter2D`` and ``threshold``.

    Examples
    --------
    >>> import backproj
    >>> import numpy as np
    >>> frame = np.zeros((48, 64, 3), np.uint8)
    >>> frame[10:20, 30:40] = 30, 60, 220
    >>> mask = backproj.Histogram(frame[12:18, 32:38]).segment(frame)
    >>> mask[15, 26:32]
    array([  0,   0, 255, 255, 255, 255], dtype=uint8)
    """
    most_threads, frames = (
        check_threads(threads),
        view_frames(frame, check_order(order), grey=takes_planes(self._state.layout.channels)),
    )
    footprint, level = check_disc(disc), check_threshold(threshold)
    target = view_out(out, frames.shape, frames)
    region.project_mask(self._state, frames, target, region.disc_of(footprint), level, most_threads)
    return target.array if out is None else out


def cut_out(
    self: Histogram,
    frame: ImageLike,
    *,
    disc: Disc = 5,
    threshold: Threshold = 50,
    out: Out | None = None,
    order: Order | None = None,
    threads: int | None = None,
) -> Image | Out:
    """Return the frame where it looks like the model, and 0 elsewhere.

    It is the last step of OpenCV's tutorial "Back Projection", and done in the same pass as those before it.

    Parameters
    ----------
    frame, disc, threshold, order, threads
        As for `segment`.
    out : ndarray of uint8, of the shape of the frame, optional
        Where to write the result. It must not share memory with the frame.

    Returns
    -------
    ndarray of uint8, of the shape of the frame
        What is cut out, with its channels in the order of the frame's, a fourth one included; of a grey
        frame, grey. ``out``, if that was given.

    Raises
    ------
    TypeError, ValueError
        As `segment`.

    References
    ----------
    OpenCV's ``calcBackProject``, ``filter2D``, ``threshold`` and ``bitwise_and``.

    Examples
    --------
    >>> import backproj
    >>> import numpy as np
    >>> frame = np.full((48, 64, 3), (200, 40, 10), np.uint8)
    >>> frame[10:20, 30:40] = 30, 60, 220
    >>> found = backproj.Histogram(frame[12:18, 32:38]).cut_out(frame)
    >>> found[15, 35], found[0, 0]
    (array([ 30,  60, 220], dtype=uint8), array([0, 0, 0], dtype=uint8))
    """
    most_threads, frames = (
        check_threads(threads),
        view_frames(frame, check_order(order), grey=takes_planes(self._state.layout.channels)),
    )
    footprint, level = check_disc(disc), check_threshold(threshold)
    target = view_out(out, frames.array.shape, frames, channels=4)
    region.project_cut(self._state, frames, target, region.disc_of(footprint), level, most_threads)
    return target.array if out is None else out


def mean_shift(
    self: Histogram,
    frame: ImageLike,
    window: Box,
    criteria: Criteria = (3, 10, 1),
    *,
    order: Order | None = None,
) -> tuple[int, Box]:
    """Move a window to the centre of the pixels that look like the model.

    The result is that of ``cv2.meanShift`` on the histogram's back projection. But only pixels that the
    window visits are projected, so it takes as long for a large frame as for a small one.

    Parameters
    ----------
    frame : ndarray of uint8, shape (h, w, 3) or (h, w, 4)
        The frame. See `back_project` for which views are read in place, and for grey frames.
    window : (x, y, width, height)
        Where to begin, often where the object was in the frame before. It may reach beyond the frame.
    criteria : (type, max_count, epsilon), default (3, 10, 1)
        When to end, as cv2 takes it: after so many moves if the type has ``cv2.TERM_CRITERIA_COUNT``
        (1), and after a move of less than epsilon pixels if it has ``cv2.TERM_CRITERIA_EPS`` (2).
    order : {"bgr", "rgb"}, optional
        The order of the frame's channels. Default: "bgr"; PIL's images are RGB, and need none.

    Returns
    -------
    iterations : int
        The number of moves before the last one.
    window : (x, y, width, height)
        Where the window is now, within the frame. Plain ints.

    Raises
    ------
    TypeError
        If the frame is not an array of uint8, or window or criteria are not numbers.
    ValueError
        If the frame has the wrong shape or no pixels, the window has none, or criteria or order are
        unknown.

    See Also
    --------
    cam_shift : Follows the object's size and angle, too.
    Tracker : Keeps the window, and looks for an object that it has lost.
    backproj.mean_shift : On a back projection that exists.

    References
    ----------
    D. Comaniciu and P. Meer, "Mean Shift: A Robust Approach Toward Feature Space Analysis", IEEE
    Transactions on Pattern Analysis and Machine Intelligence 24:5 (2002). OpenCV's ``meanShift``.

    Examples
    --------
    >>> import backproj
    >>> import numpy as np
    >>> frame = np.zeros((48, 64, 3), np.uint8)
    >>> frame[10:20, 30:40] = 30, 60, 220
    >>> hist = backproj.Histogram(frame[12:18, 32:38])
    >>> hist.mean_shift(frame, (25, 6, 10, 10))
    (2, (28, 8, 10, 10))
    """
    scene = view_scene(frame, check_order(order), grey=takes_planes(self._state.layout.channels))
    found = shift(self._state, scene, check_window(window, "window"), check_criteria(criteria), False)
    return found.iterations, found.window


def cam_shift(
    self: Histogram,
    frame: ImageLike,
    window: Box,
    criteria: Criteria = (3, 10, 1),
    *,
    order: Order | None = None,
) -> tuple[RotatedRect, Box]:
    """Move a window as `mean_shift` does, and fit a rectangle to the object's size and angle.

    The result is that of ``cv2.CamShift`` on the histogram's back projection. But only pixels in and
    around the window are projected, so it takes as long for a large frame as for a small one.

    Parameters
    ----------
    frame, window, criteria, order
        As for `mean_shift`.

    Returns
    -------
    box : ((x, y), (width, height), angle)
        The rectangle: its centre and its size in pixels, and its angle in degrees, as ``cv2.ellipse``
        and ``cv2.boxPoints`` take them. All are 0 if no pixel looks like the model.
    window : (x, y, width, height)
        The window to begin with in the next frame. Plain ints.

    Raises
    ------
    TypeError, ValueError
        As `mean_shift`.

    See Also
    --------
    mean_shift : Keeps the window's size.
    Tracker : Keeps the window, and looks for an object that it has lost.
    backproj.cam_shift : On a back projection that exists.

    References
    ----------
    G. R. Bradski, "Computer Vision Face Tracking For Use in a Perceptual User Interface", Intel
    Technology Journal Q2 (1998). OpenCV's ``CamShift``.

    Examples
    --------
    >>> import backproj
    >>> import numpy as np
    >>> frame = np.zeros((48, 64, 3), np.uint8)
    >>> frame[10:20, 24:44] = 30, 60, 220
    >>> hist = backproj.Histogram(frame[12:18, 32:38])
    >>> box, window = hist.cam_shift(frame, (25, 6, 10, 10))
    >>> window
    (22, 8, 25, 13)
    """
    scene = view_scene(frame, check_order(order), grey=takes_planes(self._state.layout.channels))
    found = shift(self._state, scene, check_window(window, "window"), check_criteria(criteria), True)
    return found.box, found.window
