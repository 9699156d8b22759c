"""Checks of the values and the counts that a histogram is made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from backproj._validate.channels import CHANNELS, check_channels
from backproj._validate.layout import Layout, check_layout
from backproj._validate.messages import short_repr
from backproj._validate.objects import array_of, is_masked
from backproj._validate.options import check_peak, check_scale
from backproj._validate.ownership import reach, within_owner


def check_values(
    values: object, channels: object, ranges: object, in_range: object, scale: object
) -> tuple[npt.NDArray[np.float32], Layout, float]:
    """Return an array that has an axis for each channel, the layout that its shape means, and the scale."""
    if is_masked(values):
        raise TypeError("values is a masked array, whose mask would be lost; give values.filled(0)")
    plain = array_of(values, "values")
    if plain is None or plain.dtype != np.float32:
        got = f"{type(values).__name__}" if plain is None else f"dtype {plain.dtype}"
        raise TypeError(
            f"values must be a numpy array of float32, not {got}; "
            "numpy.asarray(values, numpy.float32) makes one"
        )
    plain = _within_memory(plain, "values")
    shape = plain.shape
    checked = check_channels(channels)
    dimensions = len(CHANNELS[checked].components)
    if dimensions == 1 and plain.ndim == 2 and shape[1] == 1:
        shape = shape[:1]
    if len(shape) != dimensions:
        axes = "one axis" if dimensions == 1 else f"{dimensions} axes"
        names = ", ".join(CHANNELS[checked].names)
        raise ValueError(f"values has shape {plain.shape}, but channels={channels!r} needs {axes}: {names}")
    layout = check_layout(channels, shape, ranges, in_range)
    factor = check_scale(scale)
    with np.errstate(over="ignore", invalid="ignore"):
        # Also False for a NaN. float32 cannot tell 2^31 - 1 from 2^31.
        fit = all((np.abs(numbers) < 2**31).all() for numbers in (plain, plain * np.float32(factor)))
    if not fit:
        raise ValueError(
            f"values must be finite and, also times scale, less than 2^31; they are from {plain.min():g} "
            f"to {plain.max():g}, and scale is {short_repr(scale)}"
        )
    return plain.reshape(shape), layout, factor


_FIELDS = ("channels", "ranges", "in_range", "values", "scale", "counts", "peak")

# The layout, the values, the scale, the counts and the peak of a histogram.
Fields: TypeAlias = tuple[Layout, npt.NDArray[np.float32], float, npt.NDArray[np.int64] | None, float | None]


def check_fields(fields: Mapping[str, Any]) -> Fields:
    """Return what the fields of a pickle or a file describe, if that is a histogram.

    Raises
    ------
    TypeError, ValueError
        If it is not.
    """
    missing = [name for name in _FIELDS if name not in fields]
    if missing:
        raise ValueError(f"{missing[0]} is missing")
    values, layout, scale = check_values(
        fields["values"], fields["channels"], fields["ranges"], fields["in_range"], fields["scale"]
    )
    counts, peak = fields["counts"], check_peak(fields["peak"])
    if counts is None:
        if peak is not None:
            raise ValueError(f"there is a peak, {peak:g}, but there are no counts")
        return layout, values, scale, None, None
    if type(counts) is not np.ndarray or counts.dtype != np.int64:
        raise TypeError(f"counts must be a numpy array of int64, not {short_repr(counts)}")
    counts = _within_memory(counts, "counts")
    if counts.shape != layout.bins:
        raise ValueError(f"counts has shape {counts.shape}, but the bins are {layout.bins}")
    if (counts < 0).any():
        raise ValueError(f"counts must not be negative, and one is {counts.min()}")
    if counts.sum(dtype=np.float64) >= 2.0**63:
        raise ValueError("the sum of the counts is more than an int64 can hold")
    return layout, values, scale, counts.copy(), peak  # the array may share a buffer that others write to


def _within_memory(array: npt.NDArray[Any], name: str) -> npt.NDArray[Any]:
    """Return the array, or an equal one, if all of its elements lie within the memory of its owner."""
    if array.base is None:
        return array
    _, low, high = reach(array)
    return within_owner(array, low, high, name)
