"""Mean shift and CamShift on a back projection that exists."""

from __future__ import annotations

from backproj._engine.shift import shift_on
from backproj._validate.views import view_filled_plane
from backproj._validate.windows import check_criteria, check_window
from backproj.typing import Box, Criteria, ImageLike, RotatedRect


def mean_shift(prob: ImageLike, window: Box, criteria: Criteria = (3, 10, 1)) -> tuple[int, Box]:
    """Move a window to the centre of the brightest pixels of a back projection.

    `Histogram.mean_shift` does without the back projection of the whole frame, which takes most of the time.

    Parameters
    ----------
    prob : ndarray of uint8, shape (h, w)
        A back projection. Any strides will do.
    window, criteria
        As for `Histogram.mean_shift`.

    Returns
    -------
    iterations, window
        As of `Histogram.mean_shift` and ``cv2.meanShift``.

    Raises
    ------
    TypeError
        If prob is not an array of uint8, or window or criteria are not numbers.
    ValueError
        If prob has the wrong shape or no pixels, the window has none, or criteria are unknown.

    Examples
    --------
    >>> import backproj
    >>> import numpy as np
    >>> prob = np.zeros((48, 64), np.uint8)
    >>> prob[10:20, 30:40] = 255
    >>> backproj.mean_shift(prob, (25, 6, 10, 10))
    (2, (28, 8, 10, 10))
    """
    plane = view_filled_plane(prob, "prob")
    found = shift_on(plane, check_window(window, "window"), check_criteria(criteria), False)
    return found.iterations, found.window


def cam_shift(prob: ImageLike, window: Box, criteria: Criteria = (3, 10, 1)) -> tuple[RotatedRect, Box]:
    """Move a window on a back projection, and fit a rectangle to the object's size and angle.

    `Histogram.cam_shift` does without the back projection of the whole frame, which takes most of the time.

    Parameters
    ----------
    prob : ndarray of uint8, shape (h, w)
        A back projection. Any strides will do.
    window, criteria
        As for `Histogram.mean_shift`.

    Returns
    -------
    box, window
        As of `Histogram.cam_shift` and ``cv2.CamShift``.

    Raises
    ------
    TypeError, ValueError
        As `mean_shift`.

    Examples
    --------
    >>> import backproj
    >>> import numpy as np
    >>> prob = np.zeros((48, 64), np.uint8)
    >>> prob[10:20, 24:44] = 255
    >>> box, window = backproj.cam_shift(prob, (25, 6, 10, 10))
    >>> window
    (22, 8, 25, 13)
    """
    plane = view_filled_plane(prob, "prob")
    found = shift_on(plane, check_window(window, "window"), check_criteria(criteria), True)
    return found.box, found.window
