"""What the channels of histograms are: the one table of them in Python."""

from __future__ import annotations

from typing import NamedTuple

from backproj._validate.messages import short_repr
from backproj.typing import Channels, Space

# The components of each colour space, in the order of OpenCV's conversion to it.
COMPONENTS: dict[Space, tuple[str, ...]] = {
    "hsv": ("hue", "saturation", "value"),
    "ycrcb": ("Y", "Cr", "Cb"),
    "lab": ("L", "a", "b"),
    "bgr": ("blue", "green", "red"),
    "gray": ("grey",),
}


class ChannelSet(NamedTuple):
    """The channels of a histogram.

    Attributes
    ----------
    number : int
        Go's number of them; see backproj.Channels.
    space : str
        The colour space.
    components : tuple of int
        Which of its components they are, in the order of the histogram's axes.
    """

    number: int
    space: Space
    components: tuple[int, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """What the channels are called."""
        return tuple(COMPONENTS[self.space][component] for component in self.components)

    @property
    def ranges(self) -> tuple[float, ...]:
        """The bounds of all values of each channel."""
        return tuple(bound for name in self.names for bound in (0.0, 180.0 if name == "hue" else 256.0))


CHANNELS: dict[Channels, ChannelSet] = {
    "hs": ChannelSet(0, "hsv", (0, 1)),
    "h": ChannelSet(1, "hsv", (0,)),
    "hsv": ChannelSet(2, "hsv", (0, 1, 2)),
    "s": ChannelSet(3, "hsv", (1,)),
    "v": ChannelSet(4, "hsv", (2,)),
    "hv": ChannelSet(5, "hsv", (0, 2)),
    "sv": ChannelSet(6, "hsv", (1, 2)),
    "gray": ChannelSet(7, "gray", (0,)),
    "crcb": ChannelSet(8, "ycrcb", (1, 2)),
    "ycrcb": ChannelSet(9, "ycrcb", (0, 1, 2)),
    "bgr": ChannelSet(10, "bgr", (0, 1, 2)),
    "ab": ChannelSet(11, "lab", (1, 2)),
    "lab": ChannelSet(12, "lab", (0, 1, 2)),
}


def takes_planes(channels: Channels) -> bool:
    """Report whether grey images are counted and projected as they are."""
    return channels == "gray"


def check_channels(channels: object) -> Channels:
    """Return the name of a set of channels, if it is one."""
    if not isinstance(channels, str):
        raise TypeError(f"channels must be {_one_of(CHANNELS)}, not {short_repr(channels)}")
    if channels not in CHANNELS:
        raise ValueError(f"channels must be {_one_of(CHANNELS)}, not {short_repr(channels)}")
    return channels


def check_space(space: object) -> Space:
    """Return the name of a colour space, if it is one."""
    if not isinstance(space, str):
        raise TypeError(f"space must be {_one_of(COMPONENTS)}, not {short_repr(space)}")
    if space not in COMPONENTS:
        raise ValueError(f"space must be {_one_of(COMPONENTS)}, not {short_repr(space)}")
    return space


def _one_of(names: dict[Channels, ChannelSet] | dict[Space, tuple[str, ...]]) -> str:
    *most, last = map(repr, names)
    return f"{', '.join(most)} or {last}"
