"""Counting models: one image or several, under masks."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np

from backproj._engine import engines
from backproj._engine.engines import Engine, State
from backproj._validate.arrays import Image, Mask, check_image, check_mask, shown
from backproj._validate.layout import Layout
from backproj._validate.threads import check_threads


def check_peak(peak: object) -> float:
    """Return the peak that the counts are scaled to, or RAW."""
    if peak is None:
        return engines.RAW
    if isinstance(peak, bool) or not isinstance(peak, (int, float, np.integer, np.floating)):
        raise TypeError(f"peak must be a number, or None for raw counts, not {shown(peak)}")
    if not 0 < peak < 2**31:
        raise ValueError(f"peak must be more than 0 and less than 2^31, not {peak!r}; None leaves the counts")
    return float(peak)


def check_models(
    model: Image | Sequence[Image], mask: Mask | Sequence[Mask | None] | None
) -> tuple[list[Image], list[Image | None]]:
    """Return the models, of which each has pixels, and their masks."""
    models = [model] if not isinstance(model, (list, tuple)) else model
    masks: object = [mask]
    if models is model:
        masks = [None] * len(models) if mask is None else mask
    if not models:
        raise ValueError("model is an empty list; give at least one image")
    if not isinstance(masks, (list, tuple)) or len(masks) != len(models):
        raise TypeError(
            f"model is a list of {len(models)} images; mask must be a list of as many masks, or None for all"
        )
    images = [check_image(image, "model") for image in models]
    for image in images:
        if image.size == 0:
            raise ValueError(
                f"model has shape {image.shape}, no pixels to count; "
                "is the slice that made it outside the image?"
            )
    wheres = [
        None if where is None else check_mask(where, image.shape[:2])
        for where, image in zip(masks, images, strict=True)
    ]
    return images, wheres


def count_models(
    images: Sequence[Image],
    masks: Sequence[Image | None],
    layout: Layout,
    peak: float,
    order: int,
    engine: Engine,
    caller: int,
) -> State:
    """Return the state of the models' histogram; warnings are about the caller so many frames up."""
    state = engines.count(layout, images, masks, order, peak, engine=engine, threads=check_threads(None))
    if state.counts is not None:
        warn_if_empty(bool(np.count_nonzero(state.counts)), caller + 1)  # any() takes 1 µs more
    return state


def warn_if_empty(counted: bool, caller: int) -> None:
    """Warn the caller so many frames up if no pixel was counted."""
    if not counted:
        warnings.warn(
            "nothing was left to count by mask, ranges and in_range, and the histogram is all 0",
            RuntimeWarning,
            stacklevel=caller,
        )
