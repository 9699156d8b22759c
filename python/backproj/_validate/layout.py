"""Checks of the options that say what the bins of a histogram are."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from types import NoneType
from typing import Any, NamedTuple, TypeVar

import numpy as np

from backproj._validate.channels import CHANNELS, SPACES, check_channels
from backproj._validate.messages import short_repr
from backproj.typing import Channels, Space

_MOST_CELLS = 2**20

# Bounds of a space with hue that contain nothing: no hue is 255.
_NOTHING = ((255, 0, 0), (255, 255, 255))

# What options are made of that cannot change. Not bool: to a dict True is 1, which is a number of bins.
_CONSTANT = {NoneType, str, int, float}

Answer = TypeVar("Answer")


class Layout(NamedTuple):
    """The layout of a histogram, checked; two that compare equal are the same."""

    channels: Channels
    bins: tuple[int, ...]
    ranges: tuple[float, ...]
    in_range: tuple[tuple[int, ...], tuple[int, ...]] | None

    @property
    def cells(self) -> int:
        """The number of bins of all channels together."""
        return math.prod(self.bins)

    @property
    def table_size(self) -> int:
        """The length of the table: an entry for each index of a colour, and one for each bin."""
        return (1 << 16) + self.cells


DEFAULT = Layout("hs", (32, 32), CHANNELS["hs"].ranges, None)


def memoised(check: Callable[..., Answer]) -> Callable[..., Answer]:
    """Return a check that remembers its answers for immutable options: loops repeat them in each call."""
    cached = functools.lru_cache(maxsize=64, typed=True)(check)

    @functools.wraps(check)
    def memoised_check(*options: object) -> Answer:
        try:
            constant = all(map(_is_constant, options))
        except RecursionError:  # no option nests as deep as that: the check says so
            constant = False
        return cached(*options) if constant else check(*options)

    return memoised_check


def _is_constant(value: Any) -> bool:
    """Report whether a value is a number, a text, None, or a tuple of such."""
    kind = type(value)
    return kind in _CONSTANT or (kind is tuple and all(map(_is_constant, value)))


@memoised
def check_layout(channels: object, bins: object, ranges: object, in_range: object) -> Layout:
    """Return the layout that a user's options mean."""
    checked = check_channels(channels)
    return Layout(
        checked,
        _check_bins(bins, checked),
        _check_ranges(ranges, checked),
        None if in_range is None else check_bounds(in_range, "in_range", CHANNELS[checked].space),
    )


def _check_bins(bins: object, channels: Channels) -> tuple[int, ...]:
    dimensions = len(CHANNELS[channels].components)
    given = [bins] * dimensions if isinstance(bins, (int, np.integer)) else bins
    try:
        numbers = tuple(int(n) for n in given if int(n) == n)  # type: ignore[attr-defined]
        complete = len(numbers) == len(given)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        complete = False
    if not complete or isinstance(bins, (bool, str, bytes)):
        raise TypeError(
            f"bins must be a whole number or one a channel of {channels!r}, not {short_repr(bins)}"
        )
    if len(numbers) != dimensions:
        raise ValueError(
            f"bins has {len(numbers)} numbers, but channels={channels!r} has {dimensions}: give one each"
        )
    if not all(1 <= n <= 256 for n in numbers):
        raise ValueError(
            f"bins must be from 1 to 256, not {short_repr(bins)}: a channel has 256 values at most"
        )
    if math.prod(numbers) > _MOST_CELLS:
        raise ValueError(
            f"bins {numbers} are {math.prod(numbers)} in all, more than {_MOST_CELLS}; take fewer"
        )
    return numbers


def _check_ranges(ranges: object, channels: Channels) -> tuple[float, ...]:
    whole = CHANNELS[channels].ranges
    if ranges is None:
        return whole
    try:
        if isinstance(ranges, (str, bytes)):
            raise TypeError
        with np.errstate(over="ignore"):  # cv2 takes its ranges as float32
            bounds = tuple(float(np.float32(bound)) for bound in ranges)  # type: ignore[attr-defined]
    except (TypeError, ValueError, OverflowError):
        raise TypeError(
            f"ranges must be a flat list of numbers like cv2's [0, 180, 0, 256], not {short_repr(ranges)}"
        ) from None
    if len(bounds) != len(whole):
        raise ValueError(
            f"ranges has {len(bounds)} numbers, but channels={channels!r} needs {len(whole)}: "
            "the lower bound, which is inside, and the upper bound, which is not, of each channel"
        )
    for low, high in zip(bounds[::2], bounds[1::2], strict=True):
        if not (math.isfinite(low) and math.isfinite(high) and low < high):
            raise ValueError(
                f"ranges has {low:g} to {high:g}, which holds nothing; the lower bound comes first"
            )
    return bounds


@memoised
def check_bounds(bounds: object, name: str, space: Space) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return ``(lo, hi)``, a number from 0 to 255 for each component of a colour space."""
    lo: object
    hi: object
    try:
        lo, hi = bounds  # type: ignore[misc]
    except (TypeError, ValueError):
        raise TypeError(
            f"{name} must be (lo, hi), {SPACES[space].bounds}, not {short_repr(bounds)}"
        ) from None
    lows, highs = (
        _check_bound(lo, f"the lower bound of {name}", space),
        _check_bound(hi, f"the upper bound of {name}", space),
    )
    components, wraps = SPACES[space].components, SPACES[space].wraps
    for component, low, high in zip(components[wraps:], lows[wraps:], highs[wraps:], strict=True):
        if low > high:
            raise ValueError(
                f"{name} goes from {low} to {high} in {component}, which contains nothing; "
                "only hue wraps around"
            )
        if not wraps and (low > 255 or high < 0):
            raise ValueError(
                f"{name} goes from {low} to {high} in {component}, which contains nothing; "
                "components are from 0 to 255"
            )
    if wraps and lows[0] > highs[0]:
        # Hues from the lower bound on, and hues up to the upper: one of them may be no byte.
        if highs[0] < 0:
            highs = (255, *highs[1:])
        elif lows[0] > 255:
            lows = (0, *lows[1:])
    if max(lows) > 255 or min(highs) < 0:
        return _NOTHING
    return tuple(max(0, low) for low in lows), tuple(min(255, high) for high in highs)


def _check_bound(bound: object, name: str, space: Space) -> tuple[int, ...]:
    """Return the whole numbers of one bound; that of one component may be a number."""
    components = SPACES[space].components
    if len(components) == 1:
        needed, given = f"a number for {components[0]}", [bound] if np.isscalar(bound) else bound
    else:
        *most, last = components
        needed, given = f"three numbers for {', '.join(most)} and {last}", bound
    try:
        if isinstance(bound, (str, bytes)):
            raise TypeError
        numbers = [float(number) for number in given]  # type: ignore[attr-defined]
    except (TypeError, ValueError, OverflowError):
        raise TypeError(f"{name} must be {needed}, not {short_repr(bound)}") from None
    if len(numbers) != len(components):
        raise ValueError(f"{name} has {len(numbers)} numbers, not {needed.replace(' numbers', '')}")
    if not all(number.is_integer() for number in numbers):
        raise ValueError(f"{name} must be whole numbers, as pixels have, not {short_repr(bound)}; round them")
    return tuple(map(int, numbers))
