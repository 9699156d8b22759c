"""Files of histograms: numpy's .npz, written whole or not at all."""

from __future__ import annotations

import os
from typing import BinaryIO

import numpy as np

from backproj._engine.engines import RAW, State, of_values
from backproj._engine.models import check_peak
from backproj._engine.values import check_scale
from backproj._validate.arrays import shown
from backproj._validate.layout import check_layout

# What the files of this version hold. A later one must go on reading them.
_FORMAT = "backproj.Histogram 1"


def save(path: str | os.PathLike[str], state: State) -> None:
    """Write a histogram's state to a file."""
    # Here, as tempfile and pathlib take as long to import as all of backproj.
    from backproj._atomic_write import replaced

    layout = state.layout
    with replaced([path]) as (file,):
        np.savez_compressed(
            file,
            format=np.array(_FORMAT),
            channels=np.array(layout.channels),
            ranges=np.array(layout.ranges),
            in_range=np.array(layout.in_range or (), np.int64),
            counts=np.array([], np.int64) if state.counts is None else state.counts,
            peak=np.array(state.peak),
            values=state.values,
            scale=np.array(state.scale),
        )


def load(path: str | os.PathLike[str]) -> State:
    """Return the state in a file, or raise ValueError if it is not one of a histogram."""
    with open(path, "rb") as file:
        try:
            return _read(file)
        except Exception as error:  # numpy and zipfile raise a dozen kinds for a damaged file
            raise ValueError(
                f"{os.fspath(path)} holds no histogram of backproj, or is broken: {shown(error)}"
            ) from error


def _read(file: BinaryIO) -> State:
    with np.load(file, allow_pickle=False) as archive:
        if str(archive["format"]) != _FORMAT:
            raise ValueError(f"its format is {shown(str(archive['format']))}, not {_FORMAT!r}")
        values, counts, bounds = archive["values"], archive["counts"], archive["in_range"]
        layout = check_layout(
            str(archive["channels"]),
            values.shape,
            archive["ranges"].tolist(),
            tuple(bounds.tolist()) if bounds.size else None,
        )
        if values.dtype != np.float32 or counts.dtype != np.int64:
            raise ValueError(f"its values are {values.dtype} and its counts {counts.dtype}")
        if (counts < 0).any():
            raise ValueError(f"its counts are from {counts.min()}")
        scale, peak = check_scale(float(archive["scale"]), values), float(archive["peak"])
        if peak != RAW:
            check_peak(peak)
        counts = counts.reshape(layout.bins).copy() if counts.size else None
        return of_values(layout, values, scale, counts, peak)
