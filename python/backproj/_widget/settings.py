"""What a user chooses in the widget, checked."""

from __future__ import annotations

import operator
from typing import NamedTuple

import numpy as np

from backproj._validate.channels import CHANNELS, SPACES, takes_planes
from backproj._validate.layout import check_layout
from backproj._validate.messages import short_repr
from backproj._validate.options import ORDERS, check_order
from backproj._validate.regions import check_disc, check_threshold
from backproj._validate.views import view_scene
from backproj._validate.windows import check_window
from backproj.typing import Box, Channels, Image, Order, Threshold

# The most bins of each of so many channels: as many as there may be, and of three channels 2^20 in all.
MOST_BINS = {1: 256, 2: 256, 3: 100}

Gate = tuple[tuple[int, ...], tuple[int, ...]]


class Source(NamedTuple):
    """What does not change.

    Attributes
    ----------
    frame : ndarray of uint8
        The frame, in colours or grey.
    order : {"bgr", "rgb"}
        The order of its channels; "bgr", the default of all calls, if it is grey.
    channels : str
        The channels of the histogram.
    is_array : bool
        Whether what the user gave is cut by slices, as arrays and tensors are, and images of PIL are not.
    """

    frame: Image
    order: Order
    channels: Channels
    is_array: bool

    @property
    def size(self) -> tuple[int, int]:
        """The frame's width and height."""
        height, width = self.frame.shape[:2]
        return width, height

    @property
    def whole_gate(self) -> Gate:
        """The gate that all pixels pass."""
        names = SPACES[CHANNELS[self.channels].space].components
        return (0,) * len(names), tuple(179 if name == "hue" else 255 for name in names)

    def needed_gate(self, gate: Gate) -> Gate | None:
        """Return a gate, or None if all pixels pass it."""
        lowest, highest = self.whole_gate
        passes_all = gate[0] == lowest and all(map(operator.ge, gate[1], highest))
        return None if passes_all else gate


class Settings(NamedTuple):
    """What is chosen: the box, and the options of the calls."""

    box: Box
    bins: tuple[int, ...]
    in_range: Gate
    disc: int
    threshold: Threshold


def check_settings(
    frame: object,
    order: object,
    channels: object,
    box: object,
    bins: object,
    in_range: object,
    disc: object,
    threshold: object,
) -> tuple[Source, Settings]:
    """Return what a user's arguments mean."""
    number, layout = check_order(order), check_layout(channels, bins, None, in_range)
    view = view_scene(frame, number, grey=takes_planes(layout.channels))
    known: Order = "rgb" if view.order == ORDERS["rgb"] else "bgr"
    source = Source(view.array, known, layout.channels, hasattr(frame, "__dlpack__"))
    if box is None:
        width, height = source.size
        across, down = max(1, width // 4), max(1, height // 4)
        box = (width - across) // 2, (height - down) // 2, across, down
    return source, check_changed(source, box, layout.bins, in_range, disc, threshold)


def check_changed(
    source: Source, box: object, bins: object, in_range: object, disc: object, threshold: object
) -> Settings:
    """Return settings for a source, if they are valid."""
    layout = check_layout(source.channels, bins, None, in_range)
    dimensions = len(layout.bins)
    most = MOST_BINS[dimensions]
    if max(layout.bins) > most:
        raise ValueError(
            f"bins of {dimensions} channels must be from 1 to {most} each, not {short_repr(bins)}"
        )
    return Settings(
        _check_box(source, box),
        layout.bins,
        layout.in_range or source.whole_gate,
        _check_diameter(disc),
        check_threshold(threshold),
    )


def _check_box(source: Source, box: object) -> Box:
    x, y, w, h = check_window(box, "box")
    width, height = source.size
    if x < 0 or y < 0 or x + w > width or y + h > height:
        raise ValueError(f"box {(x, y, w, h)} is not within the frame of {width}×{height} pixels")
    return x, y, w, h


def _check_diameter(disc: object) -> int:
    if isinstance(disc, bool) or not isinstance(disc, (int, np.integer)):
        raise TypeError(
            f"disc must be a diameter here, a whole number of pixels, not {short_repr(disc)}; 1 is no disc"
        )
    check_disc(disc)
    return int(disc)
