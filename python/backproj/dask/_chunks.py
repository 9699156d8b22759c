"""What a disc reaches beyond chunks: they get the edges of those around, or are joined with them."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import dask.array as da
import numpy as np
import numpy.typing as npt

from backproj._validate.regions import Footprint


def reach_of(footprint: Footprint) -> tuple[int, int]:
    """Return how many rows and columns around a chunk a disc may read.

    A disc of an even size reaches one less downwards and to the right. But at the border of the image, where
    it is reflected, as many rows of the chunk itself are needed as it reaches upwards.
    """
    if footprint is None:
        return 0, 0
    height, width = footprint if isinstance(footprint, tuple) else footprint.shape
    return height // 2, width // 2


def is_divided(array: da.Array, rows: int, reach: tuple[int, int], whole: bool = False) -> bool:
    """Report whether other chunks matter to one: what the disc reaches of them, or if whole, all of them.

    ``rows`` is the axis of the rows, before that of the columns.
    """
    return any(array.numblocks[axis] > 1 and (step or whole) for axis, step in enumerate(reach, rows))


def join(array: da.Array, rows: int, reach: tuple[int, int], name: str, whole: bool = False) -> da.Array:
    """Return the array, with chunks joined along each axis where they cannot get what they need of others.

    That is so if the disc reaches across the whole image, and if dask knows not all lengths.
    """
    unknown = any(map(math.isnan, array.shape))
    joined = {}
    for axis, step in enumerate(reach, rows):
        if array.numblocks[axis] == 1 or not (step or whole):
            continue
        if math.isnan(array.shape[axis]):
            raise ValueError(
                f"{name} has shape {array.shape} and several chunks along axis {axis}, whose lengths must be "
                f"known; {name}.compute_chunk_sizes() finds them"
            )
        if unknown or array.shape[axis] <= step:
            joined[axis] = -1
    return array.rechunk(joined) if joined else array


def map_with_edges(
    function: Callable[..., npt.NDArray[np.uint8]], planes: da.Array, reach: tuple[int, int], **options: Any
) -> da.Array:
    """Return what a function makes of planes that were joined, each chunk with the edges of those around.

    At the border of the image there are no others, and the function reflects the chunk there, as it would
    the image.
    """
    depth = {axis: step for axis, step in enumerate(reach, planes.ndim - 2) if planes.numblocks[axis] > 1}
    return da.map_overlap(
        function, planes, depth=depth, boundary="none", meta=empty(planes.ndim), align_arrays=False, **options
    )


def empty(ndim: int) -> npt.NDArray[np.uint8]:
    """Return what tells dask the type of a chunk."""
    return np.empty((0,) * ndim, np.uint8)
