"""Checks of windows, and of the criteria that say when moving one ends."""

from __future__ import annotations

import functools
import math
import operator
from typing import Any, NamedTuple

import numpy as np

from backproj._validate.messages import short_repr
from backproj.typing import Box

# cv2's windows and criteria are of 32 bits.
_MOST = 2**31 - 1

# What cv2.TERM_CRITERIA_COUNT and cv2.TERM_CRITERIA_EPS are.
_COUNT, _EPS = 1, 2

# What cv2 takes where the criteria leave it open.
_DEFAULT_COUNT, _DEFAULT_EPSILON = 100, 1.0


class Limits(NamedTuple):
    """When moving a window ends, as the binding takes it."""

    max_iterations: int  # at least 1
    epsilon: float  # not 0; -1 if it ends at max_iterations alone


def check_window(window: Any, name: str) -> Box:
    """Return a window (x, y, width, height) as plain ints."""
    try:
        x, y, width, height = map(operator.index, window)
    except (TypeError, ValueError):
        raise TypeError(
            f"{name} must be (x, y, width, height), four whole numbers, not {short_repr(window)}"
            f"{_fix_floats(window, name)}"
        ) from None
    if width <= 0 or height <= 0:
        raise ValueError(
            f"{name} has {short_repr(width)}×{short_repr(height)} pixels, but must have at least one: it is "
            "(x, y, width, height), not two corners"
        )
    if not (-_MOST <= x <= _MOST - width and -_MOST <= y <= _MOST - height):
        raise ValueError(f"{name} reaches beyond 32 bits, in which cv2 has windows: {short_repr(window)}")
    return x, y, width, height


def _fix_floats(window: Any, name: str) -> str:
    if isinstance(window, np.ndarray) and window.shape == (4,) and window.dtype.kind == "f":
        return f"; {name}.round().astype(int) makes them whole"
    if isinstance(window, (list, tuple)) and len(window) == 4 and any(isinstance(n, float) for n in window):
        return "; round them"
    return ""


def check_criteria(criteria: Any) -> Limits:
    """Return what cv2's (type, max_count, epsilon) mean.

    As in cv2, there are at most 100 iterations without COUNT, at least one with it, and epsilon is 1 without
    EPS.
    """
    try:
        return _limits(*criteria)
    except (TypeError, OverflowError):
        raise TypeError(
            "criteria must be (type, max_count, epsilon) as cv2 has it, two whole numbers and a number, such "
            f"as (3, 10, 1), not {short_repr(criteria)}"
        ) from None


@functools.lru_cache(maxsize=64, typed=True)  # typed, or 3.0 would be as good as 3 once 3 was given
def _limits(kind: Any, count: Any, epsilon: Any) -> Limits:
    if not isinstance(epsilon, (int, float, np.integer, np.floating)):
        raise TypeError
    kind, count, epsilon = operator.index(kind), operator.index(count), float(epsilon)
    if kind not in (_COUNT, _EPS, _COUNT | _EPS):
        raise ValueError(
            f"the type of criteria must be 1 (cv2.TERM_CRITERIA_COUNT), 2 (cv2.TERM_CRITERIA_EPS) or 3 "
            f"(both), not {short_repr(kind)}"
        )
    if math.isnan(epsilon):
        raise ValueError(f"the epsilon of criteria must be a distance in pixels, not {epsilon}")
    iterations = min(max(count, 1), _MOST) if kind & _COUNT else _DEFAULT_COUNT
    least = epsilon if kind & _EPS else _DEFAULT_EPSILON
    return Limits(iterations, least if least > 0 else -1.0)
