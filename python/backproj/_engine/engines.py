"""Which engine counts and projects: this package's own, or OpenCV through gocv."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from backproj._engine import native, opencv
from backproj._engine.blocks import fits_one_call
from backproj._engine.state import State
from backproj._runtime import loader
from backproj._validate.layout import Layout
from backproj._validate.messages import short_repr
from backproj._validate.views import View
from backproj.typing import Engine


def engines() -> list[Engine]:
    """Return the engines that this build of backproj has.

    Returns
    -------
    list of str
        "native", and "opencv" if it was built with ``BACKPROJ_OPENCV=1``.

    Examples
    --------
    >>> import backproj
    >>> "native" in backproj.engines()
    True
    """
    return ["native", "opencv"] if loader.built("_opencv") else ["native"]


class Worker(Protocol):
    """What an engine does: the modules of this package named after the engines have these functions."""

    def count(
        self,
        layout: Layout,
        models: Sequence[View],
        masks: Sequence[View | None],
        peak: float | None,
        threads: int,
    ) -> State:
        """Return the state of the models' histogram, of their pixels where the masks are not 0."""

    def project(self, states: Sequence[State], frames: View, out: View, threads: int) -> None:
        """Write the back projections of a frame or a batch to ``out``.

        That has an axis for the states before those of the frames; it may be left out if there is one state.
        """


_WORKERS: dict[object, Worker] = {"native": native, "opencv": opencv}


def engine_named(engine: object) -> Worker:
    """Return the engine of a name."""
    try:
        return _WORKERS[engine]
    except (KeyError, TypeError):
        error = ValueError if isinstance(engine, str) else TypeError
        raise error(f"engine must be 'native' or 'opencv', not {short_repr(engine)}") from None


def project_model(
    engine: Worker,
    layout: Layout,
    peak: float | None,
    model: View,
    mask: View | None,
    frames: View,
    out: View,
    threads: int,
) -> bool:
    """Write the back projection of a model's histogram, and return whether any pixel was counted."""
    # One call has one order for both.
    if engine is native and fits_one_call(frames) and fits_one_call(model) and frames.order == model.order:
        return native.project_model(layout, peak, model, mask, frames, out, threads)
    state = engine.count(layout, [model], [mask], peak, threads)
    engine.project([state], frames, out, threads)
    return state.filled
