"""The cases that project histograms of other channels than hue and saturation, made before.

cv2 converts the frame to the channels' colour space, and projects the channels of that.
"""

import functools
from typing import NamedTuple

import numpy as np
from peers import Implementations

import backproj


class Colours(NamedTuple):
    """The channels of a colour space that have bins: cv2's name of the conversion, and which they are."""

    conversion: str | None  # None for BGR itself
    axes: tuple[int, ...]


SPACES = {
    "gray": Colours("COLOR_BGR2GRAY", (0,)),
    "crcb": Colours("COLOR_BGR2YCrCb", (1, 2)),
    "ycrcb": Colours("COLOR_BGR2YCrCb", (0, 1, 2)),
    "ab": Colours("COLOR_BGR2Lab", (1, 2)),
    "lab": Colours("COLOR_BGR2Lab", (0, 1, 2)),
    "bgr": Colours(None, (0, 1, 2)),
}


def projecting(channels, bins):
    """Return the case of some channels, with so many bins each."""
    return functools.partial(_projecting, channels=channels, bins=bins)


def gray_plane(scene):
    """Grey frames, as infrared cameras give them."""
    grey = np.ascontiguousarray(scene.frame[..., 1])
    return _of_frames(grey, np.ascontiguousarray(scene.models[0][..., 1]), "gray", 32, Colours(None, (0,)))


def _projecting(scene, channels, bins):
    return _of_frames(scene.frame, scene.models[0], channels, bins, SPACES[channels])


def _of_frames(frame, model, channels, bins, colours):
    hist = backproj.Histogram(model, channels=channels, bins=bins)
    plane, axes = hist.values.copy(), list(colours.axes)
    ranges = [0, 256] * len(axes)

    def by_cv2(cv2, preallocated):
        # cv2 would take the third axis of a plain array as the channels of a matrix.
        values = cv2.Mat(plane, wrap_channels=False) if plane.ndim == 3 else plane
        prob = np.empty(frame.shape[:2], np.uint8) if preallocated else None
        code = colours.conversion and getattr(cv2, colours.conversion)
        converted = cv2.cvtColor(frame, code) if preallocated and code else None

        def run():
            image = frame if code is None else cv2.cvtColor(frame, code, dst=converted)
            return cv2.calcBackProject([image], axes, values, ranges, 1, dst=prob)

        return run

    def ours():
        out = np.zeros(frame.shape[:2], np.uint8)
        return lambda: hist.back_project(frame, out=out)

    return Implementations(frame, by_cv2, ours, {})
