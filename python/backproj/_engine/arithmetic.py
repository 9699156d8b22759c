"""Sums and ratios of histograms."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from backproj._engine.state import State, of_counts, of_values
from backproj._validate.layout import Layout

# What to do about histograms that cannot be compared bin by bin.
_FIX = "make both with the same options"


def added(one: State, two: State) -> State:
    """Return the state of a histogram that has the counts of two of the same layout and peak."""
    if one.counts is None or two.counts is None:
        raise ValueError("a histogram made by from_values or ratio has no counts to add")
    _check_same_layout("one", one, "the other", two)
    if one.peak != two.peak:
        raise ValueError(f"the peaks differ: {one.peak} of one, {two.peak} of the other; {_FIX}")
    total = one.counts + two.counts
    if (total < 0).any():  # numpy wraps around; neither is negative
        raise OverflowError("the sum of the counts of a bin is more than 2^63 - 1, the most an int64 holds")
    return of_counts(one.layout, total, one.peak)


def ratio_of(model: State, scene: State) -> State:
    """Return the state of the ratio histogram of a model in a scene, 255·min(M/I, 1) of their counts."""
    if model.counts is None or scene.counts is None:
        raise ValueError("a histogram made by from_values or ratio has no counts to divide")
    _check_same_layout("the model", model, "the scene", scene)
    share = np.divide(model.counts, scene.counts, out=np.zeros(model.layout.bins), where=scene.counts != 0)
    return of_values(model.layout, (255 * np.minimum(share, 1)).astype(np.float32))


def blended(one: State, two: State, rate: float) -> State:
    """Return the state of a histogram that has the values of both, each scaled to the same peak."""
    _check_same_layout("this histogram", one, "the other", two)
    mine, theirs = _projected(one), _projected(two)
    fullest, most = float(mine.max()), float(theirs.max())
    if not fullest or not most:
        return _of_projected(one.layout, mine if fullest else theirs)
    mixed = (1 - rate) * (mine / fullest) + rate * (theirs / most)
    return _of_projected(one.layout, mixed * (fullest / mixed.max()))


def _projected(state: State) -> npt.NDArray[np.float64]:
    """Return what pixels of each bin project to, before it is rounded and limited to 255."""
    return np.maximum(state.values * np.float64(state.scale), 0)


def _of_projected(layout: Layout, values: npt.NDArray[np.float64]) -> State:
    with np.errstate(under="ignore"):  # values of bins that nothing is mixed into fade away
        return of_values(layout, values.astype(np.float32))


def _check_same_layout(one: str, first: State, two: str, second: State) -> None:
    for name, mine, theirs in zip(first.layout._fields, first.layout, second.layout, strict=True):
        if mine != theirs:
            raise ValueError(f"the layouts differ: {name}={mine!r} of {one}, {theirs!r} of {two}; {_FIX}")
