"""What the channels of histograms are, and their colour spaces: the one table of them in Python."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from backproj._validate.messages import short_repr
from backproj.typing import Channels, Space


class ColourSpace(NamedTuple):
    """A colour space.

    Attributes
    ----------
    components : tuple of str
        What its components are called, in the order of OpenCV's conversion to it.
    bounds : str
        An example of bounds of them, for messages.
    fastest : str
        The channels of it that are the fastest to project.
    """

    components: tuple[str, ...]
    bounds: str
    fastest: Channels

    @property
    def wraps(self) -> bool:
        """Whether the first component goes around a circle."""
        return self.components[0] == "hue"


SPACES: dict[Space, ColourSpace] = {
    "hsv": ColourSpace(
        ("hue", "saturation", "value"), "two triples such as ((0, 60, 32), (180, 255, 255))", "hs"
    ),
    "ycrcb": ColourSpace(("Y", "Cr", "Cb"), "two triples such as ((0, 133, 77), (255, 173, 127))", "crcb"),
    "lab": ColourSpace(("L", "a", "b"), "two triples such as ((0, 140, 120), (255, 180, 160))", "ab"),
    "bgr": ColourSpace(("blue", "green", "red"), "two triples such as ((0, 0, 100), (80, 80, 255))", "bgr"),
    "gray": ColourSpace(("grey",), "two numbers such as (20, 230)", "gray"),
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
        return tuple(SPACES[self.space].components[component] for component in self.components)

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
        raise TypeError(f"space must be {_one_of(SPACES)}, not {short_repr(space)}")
    if space not in SPACES:
        raise ValueError(f"space must be {_one_of(SPACES)}, not {short_repr(space)}")
    return space


def _one_of(names: Iterable[str]) -> str:
    *most, last = map(repr, names)
    return f"{', '.join(most)} or {last}"
