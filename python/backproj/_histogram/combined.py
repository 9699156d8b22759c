"""The methods of a Histogram that take another one and return a third."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backproj._engine.arithmetic import added, blended, ratio_of
from backproj._validate.options import check_rate

if TYPE_CHECKING:
    from backproj._histogram.histogram import Histogram


def add(self: Histogram, other: Histogram) -> Histogram:
    """Return the histogram of both models together: the counts are added.

    Raises
    ------
    ValueError
        If the layouts or the peaks differ, or one of the two has no counts.
    OverflowError
        If a sum does not fit an int64.
    """
    if not _is_histogram(other):
        return NotImplemented  # type: ignore[no-any-return]
    return self._of(added(self._state, other._state))


def add_to_0(self: Histogram, other: object) -> Histogram:
    """Return self for 0, with which ``sum`` begins."""
    return self if isinstance(other, int) and other == 0 else NotImplemented


def ratio(self: Histogram, scene: Histogram) -> Histogram:
    """Return the ratio histogram of this model in a scene.

    Colours that are common in the scene count for less, however common they are in the model. A colour
    that the model has M pixels of and the scene I pixels of projects to 255·min(M/I, 1).

    Parameters
    ----------
    scene : Histogram
        The histogram of the whole frame, with the same layout.

    Returns
    -------
    Histogram
        Its values are 255·min(M/I, 1), where M and I are the counts of the model and of the
        scene, and 0 where I is 0.

    Raises
    ------
    TypeError
        If scene is not a Histogram.
    ValueError
        If the layouts differ, or one of the two has no counts.

    References
    ----------
    M. J. Swain and D. H. Ballard, "Color Indexing", International Journal of Computer Vision
    7:1 (1991), section 5.

    Examples
    --------
    >>> import backproj
    >>> import numpy as np
    >>> frame = np.zeros((48, 64, 3), np.uint8)
    >>> frame[10:20, 30:40] = 30, 60, 220
    >>> box = backproj.Histogram(frame[8:22, 28:42])   # half of it is background
    >>> prob = box.ratio(backproj.Histogram(frame)).back_project(frame)
    >>> prob[15, 35], prob[0, 0]
    (np.uint8(255), np.uint8(8))
    """
    if not _is_histogram(scene):
        raise TypeError(
            f"scene must be a Histogram, not {type(scene).__name__}; "
            "backproj.Histogram(frame, ...) makes one, with the options of the model's"
        )
    return self._of(ratio_of(self._state, scene._state))


def blend(self: Histogram, other: Histogram, rate: float) -> Histogram:
    """Return this histogram with a part of another one mixed in.

    A tracker follows slow changes of the light by mixing in what it has found in each frame.

    Parameters
    ----------
    other : Histogram
        The other histogram, with the same layout.
    rate : float
        The part of the other one, from 0 to 1.

    Returns
    -------
    Histogram
        Its values are (1 - rate)·A + rate·B, scaled so that the greatest is as great as that of
        this histogram. A and B are the values of the two, divided by the greatest of each. Negative
        values count as 0, which they project to. Its `counts` are None.

    Raises
    ------
    TypeError
        If other is not a Histogram, or rate not a number.
    ValueError
        If the layouts differ, or rate is not from 0 to 1.

    Notes
    -----
    If all values of one of the two are 0, the result has the other's values.

    See Also
    --------
    Tracker : Has it done in each frame by ``adapt``.

    Examples
    --------
    >>> import backproj
    >>> import numpy as np
    >>> red, blue = np.zeros((2, 8, 8, 3), np.uint8)
    >>> red[:], blue[:] = (30, 60, 220), (220, 60, 30)
    >>> hist = backproj.Histogram(red).blend(backproj.Histogram(blue), 0.25)
    >>> hist.back_project(np.stack([red[0, :1], blue[0, :1]]))
    array([[255],
           [ 85]], dtype=uint8)
    """
    if not _is_histogram(other):
        raise TypeError(
            f"other must be a Histogram, not {type(other).__name__}; "
            "backproj.Histogram(model, ...) makes one, with the options of this one"
        )
    return self._of(blended(self._state, other._state, check_rate(rate, "rate")))


def _is_histogram(value: object) -> bool:
    from backproj._histogram.histogram import Histogram  # which imports this module

    return isinstance(value, Histogram)
