"""Checks of the options that many functions have."""

from __future__ import annotations

import math
from typing import cast

import numpy as np

from backproj._validate.messages import describe_type, short_repr
from backproj.typing import TrackingMethod

# The binding's numbers of the colour orders.
ORDERS = {"bgr": 0, "rgb": 1}


def check_order(order: object) -> int | None:
    """Return the binding's number of a colour order; None if each image is to tell its own."""
    if order is None:
        return None
    if not isinstance(order, str):
        raise TypeError(f"order must be 'bgr' or 'rgb', not {describe_type(order)}")
    try:
        return ORDERS[order]
    except KeyError:
        raise ValueError(
            f"order must be 'bgr' (cv2) or 'rgb' (PIL, imageio, skimage), not {short_repr(order)}"
        ) from None


def check_peak(peak: object) -> float | None:
    """Return the peak that the counts are scaled to, or None, which leaves them as they are."""
    if peak is None:
        return None
    if isinstance(peak, bool) or not isinstance(peak, (int, float, np.integer, np.floating)):
        raise TypeError(f"peak must be a number, or None for raw counts, not {short_repr(peak)}")
    number = _as_float(peak)
    if not 0 < number < 2**31:
        raise ValueError(
            f"peak must be more than 0 and less than 2^31, not {short_repr(peak)}; None leaves the counts"
        )
    return number


def check_scale(scale: object) -> float:
    """Return the number that values are multiplied by, in single precision as cv2 takes it."""
    if isinstance(scale, bool) or not isinstance(scale, (int, float, np.integer, np.floating)):
        raise TypeError(f"scale must be a number, not {short_repr(scale)}")
    with np.errstate(over="ignore"):
        return float(np.float32(_as_float(scale)))


def check_rate(rate: object, name: str) -> float:
    """Return a part of a whole, a number from 0 to 1."""
    if isinstance(rate, bool) or not isinstance(rate, (int, float, np.integer, np.floating)):
        raise TypeError(f"{name} must be a number from 0 to 1, not {short_repr(rate)}")
    if not 0 <= rate <= 1:
        raise ValueError(f"{name} must be from 0 to 1, not {short_repr(rate)}")
    return float(rate)


def check_flag(flag: object, name: str) -> bool:
    """Return an option that is on or off."""
    if not isinstance(flag, (bool, np.bool_)):
        raise TypeError(f"{name} must be True or False, not {short_repr(flag)}")
    return bool(flag)


def check_method(method: object) -> TrackingMethod:
    """Return the name of what moves a tracker's window."""
    if not isinstance(method, str):
        raise TypeError(f"method must be 'camshift' or 'meanshift', not {short_repr(method)}")
    if method not in ("camshift", "meanshift"):
        raise ValueError(f"method must be 'camshift' or 'meanshift', not {short_repr(method)}")
    return cast("TrackingMethod", method)


def _as_float(number: int | float | np.integer | np.floating) -> float:
    """Return a number as a float, which is infinite for an int that is beyond all floats."""
    try:
        return float(number)
    except OverflowError:
        return math.inf if number > 0 else -math.inf
