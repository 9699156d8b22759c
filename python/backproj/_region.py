"""Sums over a disc, thresholds, and what is cut out: on back projections that exist."""

from __future__ import annotations

from backproj._engine import region
from backproj._validate.regions import check_disc, check_threshold
from backproj._validate.threads import check_threads
from backproj._validate.views import (
    check_apart,
    may_be_grey,
    view_frames,
    view_masks,
    view_out,
    view_planes,
)
from backproj.typing import Disc, Image, ImageLike, MaskLike, Out, Threshold


def disc_sum(
    prob: ImageLike, disc: Disc = 5, *, out: Out | None = None, threads: int | None = None
) -> Image | Out:
    """Return for each pixel the sum of the pixels around it, over a disc.

    It is the second step of Swain and Ballard's algorithm: where many pixels look like the model, there it
    is. The result is that of ``cv2.filter2D(prob, -1, disc)`` with a disc by ``cv2.getStructuringElement``.

    Parameters
    ----------
    prob : ndarray of uint8, shape (h, w) or (n, h, w)
        A back projection, or several. Any strides will do.
    disc : int, (width, height), ndarray of 0 and 1, or None, default 5
        What is added up: an ellipse of a diameter or a size, as ``cv2.getStructuringElement`` makes it; the
        pixels of an array of shape (h, w) that are 1 or True, such as ``skimage.morphology.disk(2)``; or the
        pixel alone. A disc has up to 255×255 pixels. The pixel itself is in row ``h // 2`` and column
        ``w // 2`` of it.
    out : ndarray of uint8, of the shape of prob, optional
        Where to write the result. It may be prob itself.
    threads : int, optional
        The greatest number of threads. Default: see `set_num_threads`. The result does not depend on it.

    Returns
    -------
    ndarray of uint8, of the shape of prob
        The sums, limited to 255. Beyond its border, prob is reflected without its outermost pixels, as by
        ``cv2.BORDER_REFLECT_101``. ``out``, if that was given.

        They are exact. OpenCV's own, over discs of more than about 70×70 pixels, may be off by some units
        beside far brighter pixels.

    Raises
    ------
    TypeError
        If prob or out is not an array of uint8, or disc is none of these.
    ValueError
        If an array has the wrong shape, disc has the wrong size or values, or out is read-only, overlaps
        itself, or shares memory with prob and is not prob.

    References
    ----------
    M. J. Swain and D. H. Ballard, "Color Indexing", International Journal of Computer Vision 7:1
    (1991). OpenCV's ``filter2D``.

    Examples
    --------
    >>> import backproj
    >>> import numpy as np
    >>> prob = np.zeros((5, 7), np.uint8)
    >>> prob[2, 3] = 9
    >>> backproj.disc_sum(prob, 3)
    array([[0, 0, 0, 0, 0, 0, 0],
           [0, 0, 0, 9, 0, 0, 0],
           [0, 0, 9, 9, 9, 0, 0],
           [0, 0, 0, 9, 0, 0, 0],
           [0, 0, 0, 0, 0, 0, 0]], dtype=uint8)
    """
    planes, most_threads = view_planes(prob, "prob"), check_threads(threads)
    footprint = check_disc(disc)
    if out is prob:
        planes = region.copy(planes, most_threads)
    target = view_out(out, planes.shape, planes, "prob")
    region.sums(planes, target, region.disc_of(footprint), most_threads)
    return target.array if out is None else out


def segment(
    prob: ImageLike,
    *,
    disc: Disc = 5,
    threshold: Threshold = 50,
    out: Out | None = None,
    threads: int | None = None,
) -> Image | Out:
    """Return a mask of the region where the sums over a disc are greater than a threshold.

    `Histogram.segment` does it in one pass with the back projection, which is faster.

    Parameters
    ----------
    prob, disc, threads
        As for `disc_sum`. With disc=None each pixel is compared alone.
    threshold : int or "otsu", default 50
        The greatest sum, from 0 to 255, that is not in the region; or Otsu's level of each plane, as of
        ``cv2.THRESH_OTSU``.
    out : ndarray of uint8, of the shape of prob, optional
        Where to write the result. It may be prob itself.

    Returns
    -------
    ndarray of uint8, of the shape of prob
        255 in the region, and 0 elsewhere. ``out``, if that was given.

    Raises
    ------
    TypeError, ValueError
        As `disc_sum`; also if threshold is neither.

    References
    ----------
    OpenCV's ``filter2D`` and ``threshold``.

    Examples
    --------
    >>> import backproj
    >>> import numpy as np
    >>> prob = np.zeros((4, 6), np.uint8)
    >>> prob[1:3, 1:4] = 20
    >>> backproj.segment(prob, disc=3, threshold=60)
    array([[  0,   0,   0,   0,   0,   0],
           [  0,   0, 255,   0,   0,   0],
           [  0,   0, 255,   0,   0,   0],
           [  0,   0,   0,   0,   0,   0]], dtype=uint8)
    """
    planes, most_threads = view_planes(prob, "prob"), check_threads(threads)
    footprint, level = check_disc(disc), check_threshold(threshold)
    if out is prob:
        planes = region.copy(planes, most_threads)
    target = view_out(out, planes.shape, planes, "prob")
    region.mask(planes, target, region.disc_of(footprint), level, most_threads)
    return target.array if out is None else out


def cut_out(
    frame: ImageLike, mask: MaskLike, *, out: Out | None = None, threads: int | None = None
) -> Image | Out:
    """Return a frame where a mask is not 0, and 0 elsewhere.

    `Histogram.cut_out` makes the mask as well, in one pass.

    Parameters
    ----------
    frame : ndarray of uint8, shape (h, w, 3) or (h, w, 4), or a batch, (n, h, w, 3) or (n, h, w, 4)
        The frame, in any order of channels; or grey, of the shape of the mask, or with a last axis of
        length 1.
    mask : ndarray of uint8 or bool, shape (h, w) or (n, h, w)
        The mask, such as `segment` returns it.
    out : ndarray of uint8, of the shape of the frame, optional
        Where to write the result. It must not share memory with the frame or the mask.
    threads : int, optional
        The greatest number of threads. Default: see `set_num_threads`.

    Returns
    -------
    ndarray of uint8, of the shape of the frame
        What is cut out, a fourth channel included. ``out``, if that was given.

    Raises
    ------
    TypeError
        If an array is not of uint8, or the mask not of bool.
    ValueError
        If an array has the wrong shape, or out is read-only, overlaps itself, or shares memory.

    References
    ----------
    OpenCV's ``bitwise_and(frame, frame, mask=mask)``.

    Examples
    --------
    >>> import backproj
    >>> import numpy as np
    >>> frame = np.array([[[1, 2, 3], [4, 5, 6]]], np.uint8)
    >>> backproj.cut_out(frame, np.array([[False, True]]))
    array([[[0, 0, 0],
            [4, 5, 6]]], dtype=uint8)
    """
    most_threads = check_threads(threads)
    frames = view_frames(frame, None, grey=may_be_grey(frame, mask, "mask"))
    masks = view_masks(mask, frames)
    target = view_out(out, frames.array.shape, frames, channels=4)
    check_apart(target, masks, "mask")
    region.cut(frames, masks, target, most_threads)
    return target.array if out is None else out
