"""Sums and ratios of histograms."""

from __future__ import annotations

import numpy as np

from backproj._engine.state import State, of_counts, of_values


def added(one: State, two: State) -> State:
    """Return the state of a histogram that has the counts of two of the same layout and peak."""
    if one.counts is None or two.counts is None:
        raise ValueError("a histogram made by from_values or ratio has no counts to add")
    if (one.layout, one.peak) != (two.layout, two.peak):
        raise ValueError(
            f"histograms of different layouts or peaks cannot be added: {one.layout}, peak {one.peak}; "
            f"{two.layout}, peak {two.peak}"
        )
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
    values, more = one.values * np.float32(one.scale), two.values * np.float32(two.scale)
    fullest, most = float(values.max()), float(more.max())
    if most <= 0 or rate == 0:
        return of_values(one.layout, values)
    if fullest <= 0 or rate == 1:
        return of_values(one.layout, more if fullest <= 0 else more * np.float32(fullest / most))
    mixed = values * (1 - rate) + more * (rate * fullest / most)
    return of_values(one.layout, (mixed * (fullest / mixed.max())).astype(np.float32))


def _check_same_layout(one: str, first: State, two: str, second: State) -> None:
    for name, mine, theirs in zip(first.layout._fields, first.layout, second.layout, strict=True):
        if mine != theirs:
            raise ValueError(f"the layouts differ: {name}={mine!r} of {one}, {theirs!r} of {two}")
