"""Checks of discs and thresholds, which say what a region is."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np

from backproj._validate.messages import short_repr
from backproj._validate.objects import holds_array
from backproj._validate.views import plain_array
from backproj.typing import Image, Threshold

# The greatest width and height of a disc: see maxFootprint in backproj/footprint.go.
_MOST = 255

# An ellipse's height and width, a packed array of 0 and 1, or no disc.
Footprint: TypeAlias = tuple[int, int] | Image | None


def check_disc(disc: Any) -> Footprint:
    """Return what a diameter, (width, height), an array of 0 and 1, or None means."""
    if disc is None:
        return None
    size = disc
    if not isinstance(disc, (int, tuple, list)) and holds_array(disc):
        array = plain_array(disc, "disc", "(h, w)")
        if array.shape not in ((), (2,)):
            return _check_array(array)
        size = array.tolist()
    try:
        width, height = (size, size) if hasattr(type(size), "__index__") else _two(size)
        if any(isinstance(length, (bool, np.bool_)) for length in (width, height)):
            raise TypeError
        width, height = operator.index(width), operator.index(height)
    except (TypeError, ValueError):
        rows = isinstance(disc, (list, tuple)) and any(isinstance(row, (list, tuple)) for row in disc)
        raise TypeError(
            "disc must be a diameter, (width, height), an array of 0 and 1 of shape (h, w), or None for no "
            f"disc, not {short_repr(disc)}{'; numpy.array(disc) makes an array of rows' if rows else ''}"
        ) from None
    _check_size(width, height)
    return height, width


def _two(size: Any) -> tuple[Any, Any]:
    if not isinstance(size, Sequence) or isinstance(size, (bytes, bytearray)):  # a set has no first one
        raise TypeError
    width, height = size
    return width, height


def _check_array(disc: np.ndarray[Any, Any]) -> Image:
    if disc.ndim != 2:
        raise ValueError(
            f"disc has shape {disc.shape}, but an array must have shape (h, w)"
            f"{'; give one of its channels' if disc.ndim == 3 else ''}"
        )
    height, width = disc.shape
    _check_size(width, height)
    if disc.dtype.kind not in "buif":
        raise TypeError(
            f"disc has dtype {disc.dtype}, but must be an array of 0 and 1, or of bool, as disc != 0 is"
        )
    inside = disc if disc.dtype.kind == "b" else disc != 0
    if inside is not disc and not (disc[inside] == 1).all():
        raise ValueError(
            f"disc has values other than 0 and 1, such as {disc[inside & (disc != 1)][0]}; disc != 0 is an "
            "array of bool, and cv2.filter2D weighs pixels"
        )
    if not inside.any():
        raise ValueError(f"disc has no pixels: all of its {width}×{height} values are 0; None is no disc")
    return np.ascontiguousarray(inside).view(np.uint8)


def _check_size(width: int, height: int) -> None:
    if not (1 <= width <= _MOST and 1 <= height <= _MOST):
        raise ValueError(
            f"disc has {short_repr(width)}×{short_repr(height)} pixels, but must have from 1×1 to "
            f"{_MOST}×{_MOST}; None is no disc"
        )


def check_threshold(threshold: Any) -> Threshold:
    """Return a threshold, a number from 0 to 255, or "otsu"."""
    if isinstance(threshold, str):
        if threshold == "otsu":
            return "otsu"
        raise ValueError(
            f"threshold must be a whole number from 0 to 255, or 'otsu', not {short_repr(threshold)}"
        )
    try:
        if isinstance(threshold, (bool, np.bool_)):
            raise TypeError
        number = operator.index(threshold)
    except TypeError:
        is_near = isinstance(threshold, (float, np.floating)) and 0 <= threshold < 256
        raise TypeError(
            f"threshold must be a whole number from 0 to 255, or 'otsu', not {short_repr(threshold)}"
            f"{f'; cv2 takes {int(threshold)} for it' if is_near else ''}"
        ) from None
    if not 0 <= number <= 255:
        raise ValueError(
            f"threshold must be from 0 to 255, not {short_repr(threshold)}; a pixel is in the region if its "
            "sum is greater"
        )
    return number
