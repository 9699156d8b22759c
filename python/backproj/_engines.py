"""The engines: who counts and projects. Arrays are checked already; only addresses go further."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from backproj import _extension
from backproj._arrays import Image, address, geometry

Engine: TypeAlias = Literal["native", "opencv"]

HUE_BINS = 32
SATURATION_BINS = 32

# Of the native engine: the fastest kernel of this machine, and as many threads as CPUs.
BEST_KERNEL = ""
ALL_CPUS = 0


class State(NamedTuple):
    """All that a histogram is. The arrays are read-only."""

    counts: npt.NDArray[np.int64]
    values: npt.NDArray[np.float32]
    table: npt.NDArray[np.uint8]  # by hue << 8 | saturation; empty if the opencv engine counted


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
    return ["native", "opencv"] if _extension.built("_opencv") else ["native"]


def check_engine(engine: object) -> Engine:
    """Return the engine if there is one of that name."""
    if engine == "native":
        return "native"
    if engine == "opencv":
        return "opencv"
    raise ValueError(f"engine must be 'native' or 'opencv', not {engine!r}")


def fit(
    model: Image, mask: Image | None, order: int, *, engine: Engine = "native", kernel: str = BEST_KERNEL
) -> State:
    """Count the model's pixels where the mask is not 0, and normalise the counts."""
    counts = np.empty((HUE_BINS, SATURATION_BINS), np.int64)
    values = np.empty((HUE_BINS, SATURATION_BINS), np.float32)
    table = np.empty(256 * 256 if engine == "native" else 0, np.uint8)
    where = (0, 0, 0) if mask is None else (address(mask), *mask.strides)
    image = geometry(model, order)
    if engine == "native":
        fit_native: Any = _extension.load("_native").binding_Fit
        fit_native(address(counts), address(values), address(table), *image, *where, kernel, ALL_CPUS)
    else:
        _extension.load("_opencv").binding_Fit(address(counts), address(values), *image, *where)
    for array in (counts, values, table):
        array.flags.writeable = False
    return State(counts, values, table)


def project(
    state: State,
    frame: Image,
    out: Image,
    order: int,
    *,
    engine: Engine = "native",
    kernel: str = BEST_KERNEL,
) -> None:
    """Write the frame's back projection to ``out``."""
    if frame.size == 0:
        return
    to = (address(out), *out.strides)
    image = geometry(frame, order)
    if engine == "native":
        _extension.load("_native").binding_Project(*to, address(state.table), *image, kernel, ALL_CPUS)
    else:
        _extension.load("_opencv").binding_Project(*to, address(state.values), *image)
