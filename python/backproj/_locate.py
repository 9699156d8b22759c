"""Finding the place in a back projection."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import SupportsIndex

from backproj._engine import native
from backproj._engine.blocks import call_undivided
from backproj._validate.messages import short_repr
from backproj._validate.threads import check_threads
from backproj._validate.views import view_plane
from backproj.typing import Box, ImageLike


def locate(prob: ImageLike, size: Sequence[SupportsIndex], *, threads: int | None = None) -> tuple[Box, int]:
    """Return the window of a size that has the greatest sum in a back projection.

    Parameters
    ----------
    prob : ndarray of uint8, shape (h, w)
        A back projection. Any strides will do.
    size : (width, height)
        The size of the window in pixels.
    threads : int, optional
        The greatest number of threads. Default: see `set_num_threads`. The result does not depend on it.

    Returns
    -------
    box : (x, y, width, height)
        Plain ints, as ``cv2.meanShift`` and ``cv2.CamShift`` take their window. Of several windows with the
        same sum, the topmost is returned, and of those the leftmost.
    score : int
        The sum of the window's pixels.

    Raises
    ------
    TypeError
        If prob is not an array of uint8, or size is not two whole numbers.
    ValueError
        If prob has the wrong shape, or the window does not fit into it.

    Examples
    --------
    >>> import backproj
    >>> import numpy as np
    >>> frame = np.zeros((48, 64, 3), np.uint8)
    >>> frame[10:20, 30:40] = 30, 60, 220
    >>> backproj.locate(backproj.back_project(frame, frame[12:18, 32:38]), (10, 10))
    ((30, 10, 10, 10), 25500)
    """
    plane, most_threads = view_plane(prob, "prob"), check_threads(threads)
    try:
        width, height = (operator.index(number) for number in size)
    except (TypeError, ValueError, AttributeError):
        raise TypeError(f"size must be (width, height), two whole numbers, not {short_repr(size)}") from None
    h, w = plane.shape
    if not (1 <= width <= w and 1 <= height <= h):
        raise ValueError(
            f"a window of {short_repr(width)}×{short_repr(height)} pixels does not fit into prob, "
            f"which has {w}×{h}"
        )
    x, y, score = call_undivided(lambda: native.locate(plane, width, height, most_threads), w * h)
    return (x, y, width, height), score
