"""What the bins of a histogram are: its channels, bins, ranges and gate."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple, TypeAlias, cast

import numpy as np
import numpy.typing as npt

from backproj._validate.arrays import shown
from backproj._validate.memoised import remembered
from backproj._validate.ownership import address

Channels: TypeAlias = Literal["h", "hs", "hsv"]
Bounds: TypeAlias = "tuple[Sequence[float] | npt.NDArray[Any], Sequence[float] | npt.NDArray[Any]]"

_WHOLE_RANGES = (0.0, 180.0, 0.0, 256.0, 0.0, 256.0)
_MAX_CELLS = 2**20

# No hue is 255: bounds that nothing is within.
_NOTHING = ((255, 0, 0), (255, 255, 255))


class Layout(NamedTuple):
    """The layout of a histogram, checked; two that compare equal are the same."""

    channels: Channels
    bins: tuple[int, ...]
    ranges: tuple[float, ...]
    in_range: tuple[tuple[int, ...], tuple[int, ...]] | None

    @property
    def cells(self) -> int:
        """The number of bins in all."""
        return math.prod(self.bins)

    @property
    def table_size(self) -> int:
        """The length of the table: an entry for each hue << 8 | saturation, and one a bin."""
        return (1 << 16) + self.cells


DEFAULT = Layout("hs", (32, 32), _WHOLE_RANGES[:4], None)


@remembered
def check_layout(channels: object, bins: object, ranges: object, in_range: object) -> Layout:
    """Return the layout that a user's options mean."""
    if not isinstance(channels, str):
        raise TypeError(f"channels must be 'h', 'hs' or 'hsv', not {shown(channels)}")
    if channels not in ("h", "hs", "hsv"):
        raise ValueError(f"channels must be 'h', 'hs' or 'hsv', not {shown(channels)}")
    return Layout(
        cast("Channels", channels),
        _check_bins(bins, channels),
        _check_ranges(ranges, channels),
        None if in_range is None else check_bounds(in_range, "in_range"),
    )


def _check_bins(bins: object, channels: str) -> tuple[int, ...]:
    given = [bins] * len(channels) if isinstance(bins, (int, np.integer)) else bins
    try:
        numbers = tuple(int(n) for n in given if int(n) == n)  # type: ignore[attr-defined]
        complete = len(numbers) == len(given)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        complete = False
    if not complete or isinstance(bins, (bool, str, bytes)):
        raise TypeError(f"bins must be a whole number or one a channel of {channels!r}, not {shown(bins)}")
    if len(numbers) != len(channels):
        raise ValueError(
            f"bins has {len(numbers)} numbers, but channels={channels!r} has {len(channels)}: give one each"
        )
    if not all(1 <= n <= 256 for n in numbers):
        raise ValueError(f"bins must be from 1 to 256, not {shown(bins)}: a channel has 256 values at most")
    if math.prod(numbers) > _MAX_CELLS:
        raise ValueError(
            f"bins {numbers} are {math.prod(numbers)} in all, more than {_MAX_CELLS}; take fewer"
        )
    return numbers


def _check_ranges(ranges: object, channels: str) -> tuple[float, ...]:
    if ranges is None:
        return _WHOLE_RANGES[: 2 * len(channels)]
    try:
        if isinstance(ranges, (str, bytes)):
            raise TypeError
        with np.errstate(over="ignore"):  # cv2 takes its ranges as float32
            bounds = tuple(float(np.float32(bound)) for bound in ranges)  # type: ignore[attr-defined]
    except (TypeError, ValueError, OverflowError):
        raise TypeError(
            f"ranges must be a flat list of numbers like cv2's [0, 180, 0, 256], not {shown(ranges)}"
        ) from None
    if len(bounds) != 2 * len(channels):
        raise ValueError(
            f"ranges has {len(bounds)} numbers, but channels={channels!r} needs {2 * len(channels)}: "
            "the lower and the upper bound, which is outside, of each channel"
        )
    for low, high in zip(bounds[::2], bounds[1::2], strict=True):
        if not (math.isfinite(low) and math.isfinite(high) and low < high):
            raise ValueError(
                f"ranges has {low:g} to {high:g}, which holds nothing; the lower bound comes first"
            )
    return bounds


@remembered
def check_bounds(bounds: object, name: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return ``(lo, hi)``, two triples of hue, saturation and value, as numbers from 0 to 255."""
    lo: object
    hi: object
    try:
        lo, hi = bounds  # type: ignore[misc]
    except (TypeError, ValueError):
        raise TypeError(
            f"{name} must be (lo, hi), two triples such as ((0, 60, 32), (180, 255, 255)), "
            f"not {shown(bounds)}"
        ) from None
    lows, highs = (
        _check_triple(lo, f"the lower bound of {name}"),
        _check_triple(hi, f"the upper bound of {name}"),
    )
    for channel, low, high in zip(("saturation", "value"), lows[1:], highs[1:], strict=True):
        if low > high:
            raise ValueError(
                f"{name} has a {channel} from {low} to {high}, which nothing is within; only hue wraps around"
            )
    if lows[0] > highs[0]:  # hues from the one on, and hues up to the other: one of them may be no byte
        if highs[0] < 0:
            highs = (255, *highs[1:])
        elif lows[0] > 255:
            lows = (0, *lows[1:])
    if max(lows) > 255 or min(highs) < 0:
        return _NOTHING
    return tuple(max(0, low) for low in lows), tuple(min(255, high) for high in highs)


def _check_triple(triple: object, name: str) -> tuple[int, ...]:
    try:
        if isinstance(triple, (str, bytes)):
            raise TypeError
        numbers = [float(number) for number in triple]  # type: ignore[attr-defined]
    except (TypeError, ValueError, OverflowError):
        raise TypeError(
            f"{name} must be three numbers for hue, saturation and value, not {shown(triple)}"
        ) from None
    if len(numbers) != 3:
        raise ValueError(f"{name} has {len(numbers)} numbers, not three for hue, saturation and value")
    if not all(number.is_integer() for number in numbers):
        raise ValueError(f"{name} must be whole numbers, as pixels have, not {shown(triple)}; round them")
    return tuple(map(int, numbers))


# A histogram as the binding takes it: see the record of backproj/binding. 8 bytes a field.
_RECORD = np.dtype(
    [
        ("values", "u8"),
        ("table", "u8"),
        ("cells", "i8"),
        ("length", "i8"),
        ("channels", "i8"),
        ("bins", "i8", 3),
        ("ranges", "f8", 6),
        ("gated", "i8"),
        ("lo", "i8", 3),
        ("hi", "i8", 3),
    ]
)

_CHANNELS = {"hs": 0, "h": 1, "hsv": 2}


def record(layout: Layout, values: int, table: int) -> npt.NDArray[np.uint64]:
    """Return the record of a histogram whose arrays lie at those addresses, field by field."""
    fields = record_of_layout(layout)[0].copy()
    fields[0], fields[1] = values, table
    return fields


@functools.lru_cache(maxsize=64)
def record_of_layout(layout: Layout) -> tuple[npt.NDArray[np.uint64], int]:
    """Return the record of a histogram without arrays, and its address. It is not to be changed."""
    pad = len(layout.bins)
    lo, hi = layout.in_range or ((0, 0, 0), (0, 0, 0))
    described = np.array(
        (
            0,
            0,
            layout.cells,
            layout.table_size,
            _CHANNELS[layout.channels],
            layout.bins + (0,) * (3 - pad),
            layout.ranges + (0.0,) * (6 - 2 * pad),
            layout.in_range is not None,
            lo,
            hi,
        ),
        _RECORD,
    )
    fields = np.frombuffer(described.tobytes(), np.uint64)
    return fields, address(fields)
