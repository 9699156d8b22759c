"""What a histogram is: its layout and its arrays, and the record by which Go finds these."""

from __future__ import annotations

import functools
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from backproj._runtime import loader
from backproj._validate.channels import CHANNELS
from backproj._validate.layout import Layout
from backproj._validate.ownership import address

# A peak, for the binding: leave the counts as they are.
_RAW = -1.0

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


class State(NamedTuple):
    """All that a histogram is. The arrays are read-only.

    Attributes
    ----------
    layout : Layout
        What the bins are.
    counts : ndarray of int64 or None
        How many pixels fell into each bin, if pixels were counted.
    peak : float or None
        What the counts were scaled to; None if they were not.
    values : ndarray of float32
        What each bin projects to, before the scale.
    scale : float
        What the values are multiplied by.
    table : ndarray of uint8
        What pixels project to, as Go looks it up.
    record : ndarray of uint64
        The same for the binding; it holds the addresses of values and table.
    at : int
        Where the record lies.
    """

    layout: Layout
    counts: npt.NDArray[np.int64] | None
    peak: float | None
    values: npt.NDArray[np.float32]
    scale: float
    table: npt.NDArray[np.uint8]
    record: npt.NDArray[np.uint64]
    at: int

    @property
    def filled(self) -> bool:
        """Whether any pixel was counted."""
        return self.counts is not None and bool(np.count_nonzero(self.counts))  # any() takes 1 µs more


def blank(
    layout: Layout, counts: npt.NDArray[np.int64] | None, peak: float | None, scale: float = 1.0
) -> State:
    """Return a state whose values and table are yet to be written."""
    values = np.empty(layout.bins, np.float32)
    table = np.empty(layout.table_size, np.uint8)
    record = layout_record(layout)[0].copy()
    record[0], record[1] = address(values), address(table)
    return State(layout, counts, peak, values, scale, table, record, address(record))


def frozen(state: State) -> State:
    """Return a state that is complete, with its arrays made read-only."""
    for array in (state.counts, state.values, state.table, state.record):
        if array is not None:
            array.setflags(write=False)
    return state


def normalised(state: State) -> State:
    """Return a state whose counts are set with the values and the table made of them."""
    assert state.counts is not None
    loader.call("binding_Normalize", state.at, address(state.counts), binding_peak(state.peak))
    return frozen(state)


def of_counts(layout: Layout, counts: npt.NDArray[np.int64], peak: float | None) -> State:
    """Return the state of a histogram that has these counts, which it takes over."""
    return normalised(blank(layout, counts, peak))


def of_values(
    layout: Layout,
    values: npt.NDArray[np.float32],
    scale: float = 1.0,
    counts: npt.NDArray[np.int64] | None = None,
    peak: float | None = None,
) -> State:
    """Return the state of a histogram that has these values, which are copied."""
    state = blank(layout, counts, peak, scale)
    state.values[...] = values
    loader.call("binding_Tabulate", state.at, scale)
    return frozen(state)


def binding_peak(peak: float | None) -> float:
    """Return a peak as the binding takes it."""
    return _RAW if peak is None else peak


@functools.lru_cache(maxsize=64)
def layout_record(layout: Layout) -> tuple[npt.NDArray[np.uint64], int]:
    """Return the record of a histogram without arrays, which must not be changed, and its address."""
    pad = (0,) * (3 - len(layout.bins))
    lo, hi = ((*bound, 0, 0, 0)[:3] for bound in layout.in_range or ((), ()))
    described = np.array(
        (
            0,
            0,
            layout.cells,
            layout.table_size,
            CHANNELS[layout.channels].number,
            layout.bins + pad,
            layout.ranges + 2 * pad,
            layout.in_range is not None,
            lo,
            hi,
        ),
        _RECORD,
    )
    record = np.frombuffer(described.tobytes(), np.uint64)
    return record, address(record)
