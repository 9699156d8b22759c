"""Sums over a disc, and the regions where these are greater than a threshold, by Go."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from backproj._engine.blocks import bands, call_undivided, is_one_band
from backproj._engine.kernels import kernel_number
from backproj._engine.state import State
from backproj._runtime import loader
from backproj._validate.ownership import address
from backproj._validate.regions import Footprint
from backproj._validate.views import MONO, View, view_out
from backproj.typing import Image, Threshold

# What the binding writes.
Result: TypeAlias = Literal["sums", "mask", "cut"]
_RESULTS: dict[Result, int] = {"sums": 0, "mask": 1, "cut": 2}


class Disc(NamedTuple):
    """A disc as the binding takes it; without an array there is none."""

    address: int
    height: int
    width: int
    array: Image | None


_NONE = Disc(0, 0, 0, None)


def disc_of(footprint: Footprint) -> Disc:
    """Return the disc that a checked argument means."""
    if footprint is None:
        return _NONE
    if isinstance(footprint, tuple):
        return _ellipse(*footprint)
    return Disc(address(footprint), footprint.shape[0], footprint.shape[1], footprint)


@functools.lru_cache(maxsize=64)
def _ellipse(height: int, width: int) -> Disc:
    disc = np.empty((height, width), np.uint8)
    loader.call("binding_Ellipse", address(disc), height, width)
    return Disc(address(disc), height, width, disc)


def project_sums(state: State, frames: View, out: View, disc: Disc, threads: int) -> None:
    """Write to out the sums over the disc of a histogram's back projection onto frames."""
    for frame, to in _pairs(frames, out):
        _project("sums", state, frame, to, disc, 0, threads)


def project_mask(
    state: State, frames: View, out: View, disc: Disc, threshold: Threshold, threads: int
) -> None:
    """Write to out 255 where a sum over the disc of a back projection onto frames is greater, else 0."""
    for frame, to in _pairs(frames, out):
        if threshold != "otsu":
            _project("mask", state, frame, to, disc, threshold, threads)
            continue
        _project("sums", state, frame, to, disc, 0, threads)
        _of_plane("mask", to, None, to, _NONE, otsu(to), threads)


def project_cut(
    state: State, frames: View, out: View, disc: Disc, threshold: Threshold, threads: int
) -> None:
    """Write to out the frames where a sum over the disc of a back projection is greater, else 0."""
    for frame, to in _pairs(frames, out):
        if threshold != "otsu":
            _project("cut", state, frame, to, disc, threshold, threads)
            continue
        sums = view_out(None, frame.shape, frame)
        _project("sums", state, frame, sums, disc, 0, threads)
        _of_plane("cut", sums, frame, to, _NONE, otsu(sums), threads)


def copy(prob: View, threads: int) -> View:
    """Return a copy of planes. If their memory goes away, it is an error, and does not end the process."""
    to = view_out(None, prob.shape, prob)
    sums(prob, to, _NONE, threads)
    return to


def sums(prob: View, out: View, disc: Disc, threads: int) -> None:
    """Write to out the sums over the disc of planes."""
    for plane, to in _pairs(prob, out):
        _of_plane("sums", plane, None, to, disc, 0, threads)


def mask(prob: View, out: View, disc: Disc, threshold: Threshold, threads: int) -> None:
    """Write to out 255 where a sum over the disc of planes is greater, else 0."""
    for plane, to in _pairs(prob, out):
        if threshold != "otsu":
            _of_plane("mask", plane, None, to, disc, threshold, threads)
            continue
        _of_plane("sums", plane, None, to, disc, 0, threads)
        _of_plane("mask", to, None, to, _NONE, otsu(to), threads)


def cut(frames: View, masks: View, out: View, threads: int) -> None:
    """Write to out the frames where the masks are not 0, else 0."""
    for (frame, to), (plane, _) in zip(_pairs(frames, out), _pairs(masks, masks), strict=True):
        _of_plane("cut", plane, frame, to, _NONE, 0, threads)


def otsu(plane: View) -> int:
    """Return Otsu's level of a plane."""
    height, width = plane.shape
    return call_undivided(
        lambda: loader.call("binding_Otsu", plane.address, height, width, *plane.strides), height * width // 8
    )


def count_values(plane: View) -> npt.NDArray[np.int64]:
    """Return how many pixels of a plane have each value from 0 to 255."""
    counts = np.zeros(256, np.int64)
    height, width = plane.shape
    call_undivided(
        lambda: loader.call(
            "binding_CountValues", address(counts), plane.address, height, width, *plane.strides
        ),
        height * width // 8,
    )
    return counts


def otsu_of_counts(counts: npt.NDArray[np.int64]) -> int:
    """Return Otsu's level of pixels that `count_values` counted."""
    packed = np.ascontiguousarray(counts, np.int64)
    return loader.call("binding_OtsuOf", address(packed))


def _project(
    result: Result, state: State, frame: View, out: View, disc: Disc, threshold: int, threads: int
) -> None:
    by = kernel_number()
    height, width = frame.shape
    for top, rows in _bands(height, width, disc, threads):
        # fmt: off
        loader.call(
            "binding_Region", _RESULTS[result], out.address + top * out.strides[0], top, rows, *_three(out),
            frame.address, height, width, *frame.strides, _order(frame),
            state.at, disc.address, disc.height, disc.width, threshold, by, threads,
        )
        # fmt: on


def _of_plane(
    result: Result,
    plane: View,
    frame: View | None,
    out: View,
    disc: Disc,
    threshold: int,
    threads: int,
) -> None:
    by = kernel_number()
    height, width = plane.shape
    image = (0, 0, 0, 0, 0) if frame is None else (frame.address, *frame.strides, _order(frame))
    for top, rows in _bands(height, width, disc, threads):
        # fmt: off
        loader.call(
            "binding_RegionOn", _RESULTS[result], out.address + top * out.strides[0], top, rows, *_three(out),
            plane.address, height, width, *plane.strides, *image,
            disc.address, disc.height, disc.width, threshold, by, threads,
        )
        # fmt: on


def _bands(height: int, width: int, disc: Disc, threads: int) -> Iterator[tuple[int, int]]:
    """Yield the first row and the number of rows of bands that take about 40 ms each, if they can.

    Each thread also reads the rows above and below its own that the disc reaches. So it has at least as many
    of its own, however long they take.
    """
    least = 1
    if disc.height > 1 and not is_one_band(height, width):
        cpus = loader.call("binding_Threads")
        least = disc.height * min(threads or cpus, cpus)
    for top, rows in bands(height, width, least):
        if rows and width:
            yield top, rows


def _pairs(images: View, out: View) -> Iterator[tuple[View, View]]:
    """Yield each image of a batch, or the only one, with where its result goes."""
    if len(images.shape) == 2:
        yield images, out
        return
    for i in range(images.shape[0]):
        yield _nth(images, i), _nth(out, i)


def _nth(images: View, i: int) -> View:
    return images._replace(
        address=images.address + i * images.strides[0], shape=images.shape[1:], strides=images.strides[1:]
    )


def _order(frame: View) -> int:
    """Return the binding's number of the order, which tells also if there is a fourth channel."""
    has_fourth = frame.order != MONO and frame.array.shape[-1] == 4
    return frame.order + 2 if has_fourth else frame.order


def _three(out: View) -> tuple[int, int, int]:
    """Return the strides from row to row, pixel to pixel, and channel to channel if there are any."""
    row, pixel, *channel = out.strides
    return row, pixel, channel[0] if channel else 0
