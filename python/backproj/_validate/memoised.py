"""Checks of options whose answers are remembered: a loop gives the same ones to every call."""

from __future__ import annotations

import functools
from collections.abc import Callable
from types import NoneType
from typing import Any, TypeVar

Answer = TypeVar("Answer")

# Not bool: True is 1 to a dict, and no number of bins.
_CONSTANT = {NoneType, str, int, float}


def remembered(check: Callable[..., Answer]) -> Callable[..., Answer]:
    """Return a check that remembers its answers for options that cannot change; errors are found anew."""
    cached = functools.lru_cache(maxsize=64, typed=True)(check)

    @functools.wraps(check)
    def remembering(*options: object) -> Answer:
        return cached(*options) if all(map(_is_constant, options)) else check(*options)

    return remembering


def _is_constant(value: Any) -> bool:
    """Report whether a value is a number, a text, None, or a tuple of such."""
    kind = type(value)
    return kind in _CONSTANT or (kind is tuple and all(map(_is_constant, value)))
