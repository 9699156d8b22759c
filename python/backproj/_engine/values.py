"""Histograms whose values are not counts: given by the user, or a ratio."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from backproj._engine import engines
from backproj._engine.engines import State
from backproj._validate.arrays import is_masked, shown
from backproj._validate.layout import Bounds, check_layout
from backproj._validate.ownership import within_owner


def given_values(
    values: object,
    channels: str,
    ranges: Sequence[float] | None,
    in_range: Bounds | None,
    scale: float,
) -> State:
    """Return the state of a histogram of values that came from elsewhere."""
    # What a subclass says of its dtype may not be so; the array itself is asked.
    plain = np.asarray(values) if isinstance(values, np.ndarray) else None
    if plain is None or plain.dtype != np.float32:
        got = f"{type(values).__name__}" if plain is None else f"dtype {plain.dtype}"
        raise TypeError(
            f"values must be a numpy array of float32, not {got}; "
            "numpy.asarray(values, numpy.float32) makes one"
        )
    if is_masked(cast("npt.NDArray[Any]", values)):
        raise TypeError("values is a masked array, whose mask would be lost; give values.filled(0)")
    values = plain if plain.base is None else within_owner(plain, "values")
    shape = values.shape
    if channels == "h" and values.ndim == 2 and shape[1] == 1:
        shape = shape[:1]
    if channels in ("h", "hs", "hsv") and len(shape) != len(channels):
        raise ValueError(f"values has shape {values.shape}, but channels={channels!r} needs an axis for each")
    layout = check_layout(channels, shape, ranges, in_range)
    return engines.of_values(layout, values.reshape(shape), check_scale(scale, values))


def check_scale(scale: object, values: npt.NDArray[np.float32]) -> float:
    """Return the scale in single precision, as cv2 takes it, if the values and their multiples are fit."""
    if isinstance(scale, bool) or not isinstance(scale, (int, float, np.integer, np.floating)):
        raise TypeError(f"scale must be a number, not {shown(scale)}")
    with np.errstate(over="ignore", invalid="ignore"):
        factor = np.float32(min(max(scale, -1e39), 1e39))  # an int may be beyond all floats
        # Also False for what is not a number. float32 cannot tell 2^31 - 1 from 2^31.
        fit = all((np.abs(numbers) < 2**31).all() for numbers in (values, values * factor))
    if not fit:
        raise ValueError(
            f"values must be finite and, also times scale, less than 2^31; they are from {values.min():g} "
            f"to {values.max():g}, and scale is {shown(scale)}"
        )
    return float(factor)


def ratio_values(model: State, scene: State) -> State:
    """Return the state of the ratio histogram of a model in a scene."""
    if model.counts is None or scene.counts is None:
        raise ValueError("a histogram made by from_values or ratio has no counts to divide")
    for name, mine, theirs in zip(model.layout._fields, model.layout, scene.layout, strict=True):
        if mine != theirs:
            raise ValueError(f"the layouts differ: {name}={mine!r} of the model, {theirs!r} of the scene")
    share = np.divide(model.counts, scene.counts, out=np.zeros(model.layout.bins), where=scene.counts != 0)
    values = (255 * np.minimum(share, 1)).astype(np.float32)
    return engines.of_values(model.layout, values, 1.0)
