"""What is compared: kinds of calls, and the images that they are made with."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from backproj.typing import Bounds, Channels, Image

# CamShift's, which leaves out what is too dark or too pale to have a hue.
_GATE = (0, 60, 32), (180, 255, 255)

# The skin of nearly all scripts, in YCrCb; and greys that are neither dark nor bright.
_SKIN = (0, 133, 77), (255, 173, 127)
_GREYS = (20,), (230,)

# How many frames a batch has.
BATCH = 2

# Of regions.
THRESHOLD = 50


class Layout(NamedTuple):
    """Options of a histogram; the defaults are those of `Histogram`."""

    channels: Channels = "hs"
    bins: tuple[int, ...] = (32, 32)
    in_range: Bounds | None = None
    peak: float | None = 256


class Path(NamedTuple):
    """A kind of call that a kernel has code of its own for."""

    name: str
    layouts: tuple[Layout, ...] = (Layout(),)
    counts_frame: bool = False  # the frame is the model
    batch: bool = False
    grey: bool = False  # the frame and the model are grey images: the greens of the given ones
    disc: int | None = None  # what is compared is the region by it, and what is cut out


_GATED_HUE = Layout("h", (16,), _GATE, 255)
_THREE_CHANNELS = Layout("hsv", (16, 16, 16))

_GREY = Layout("gray", (256,))
_BGR = Layout("bgr", (8, 8, 8), None, 255)
_COUNTED = (
    Layout("s", (256,), None, None),
    Layout("v", (256,), None, None),
    Layout("hv", (180, 256), None, None),
    Layout("sv", (256, 256), None, None),
    Layout("gray", (256,), None, None),
    Layout("crcb", (256, 256), None, None),
    Layout("ycrcb", (32, 32, 32), None, None),
    Layout("ab", (256, 256), None, None),
    Layout("lab", (32, 32, 32), None, None),
    Layout("bgr", (7, 6, 5), None, None),
)

PATHS = (
    Path("hs 32×32"),
    Path("h 32", (Layout("h", (32,)),)),
    Path("h 12", (Layout("h", (12,), None, 255),)),  # fewer values than some builds of cv2 round at a time
    Path("h 16, gated", (_GATED_HUE,)),
    Path("hs 180×256", (Layout("hs", (180, 256), None, 255),)),
    Path("hsv 16×16×16", (_THREE_CHANNELS,)),
    Path("s 64", (Layout("s", (64,)),)),
    Path("v 64", (Layout("v", (64,)),)),
    Path("hv 180×64", (Layout("hv", (180, 64)),)),
    Path("sv 32×32, gated", (Layout("sv", (32, 32), _GATE),)),
    Path("gray 256", (_GREY,)),
    Path("gray 64, gated", (Layout("gray", (64,), _GREYS, 255),)),
    Path("gray 256 of grey images", (_GREY,), grey=True),
    Path("crcb 32×32", (Layout("crcb"),)),
    Path("crcb 256×256, gated", (Layout("crcb", (256, 256), _SKIN, 255),)),
    Path("ycrcb 16×16×16", (Layout("ycrcb", (16, 16, 16)),)),
    Path("ab 32×32", (Layout("ab"),)),
    Path("ab 256×256, gated", (Layout("ab", (256, 256), ((20, 100, 110), (240, 200, 190)), 255),)),
    Path("lab 16×16×16", (Layout("lab", (16, 16, 16)),)),
    Path("bgr 8×8×8", (_BGR,)),
    Path("bgr 32×32×32, gated", (Layout("bgr", (32, 32, 32), ((16, 0, 8), (235, 240, 255))),)),
    Path("counts of the frame", (Layout(peak=None),), counts_frame=True),
    Path("counts of the frame, gated", (Layout(in_range=_GATE, peak=None),), counts_frame=True),
    Path("counts of the frame, other channels", _COUNTED, counts_frame=True),
    Path("counts of a grey frame", (_GREY._replace(peak=None),), counts_frame=True, grey=True),
    Path("a batch", batch=True),
    Path("three histograms at once", (Layout(), _GATED_HUE, _THREE_CHANNELS)),
    Path("histograms of three spaces at once", (Layout("crcb"), _GREY, _BGR)),
    Path("a region, disc 5", disc=5),
    Path("a region, disc 41", disc=41),
)


class Result(NamedTuple):
    """What a call comes to: the values of each histogram, and the planes of each for each frame.

    Of a region these are the sums, the mask, and each channel of what is cut out.
    """

    values: list[npt.NDArray[np.float32]]
    planes: list[Image]


# Given a path, a BGR frame and a BGR model; returns None for a path that it does not have.
Contender: TypeAlias = Callable[[Path, Image, Image], Result | None]


def every_colour() -> Image:
    """Return each of the 2^24 colours once, (4096, 4096, 3)."""
    pixels = np.arange(1 << 24, dtype="<u4").view(np.uint8).reshape(4096, 4096, 4)
    return np.ascontiguousarray(pixels[..., :3])


def synthetic_models() -> dict[str, Image]:
    """Return models that fill many, few and single bins."""
    step = np.arange(64, dtype=np.uint8)
    sunset = np.stack([4 * step, 128 + step, 255 - step // 4], axis=-1)[np.newaxis]
    return {
        "noise": np.random.default_rng(0).integers(0, 256, (256, 256, 3), np.uint8),
        "a gradient": sunset,
        "greys": np.repeat(4 * step, 3).reshape(8, 8, 3),
        "one colour": np.full((9, 9, 3), (30, 60, 220), np.uint8),
        "black": np.zeros((1, 1, 3), np.uint8),
    }


def models_of(path: Path, frame: Image, models: dict[str, Image]) -> dict[str, Image]:
    """Return what to count: all models for the first path, the first one for the others."""
    if path.counts_frame:
        return {"the frame": frame}
    return models if path is PATHS[0] else dict([next(iter(models.items()))])


def greens(image: Image) -> Image:
    """Return one channel of an image, as a grey one."""
    return np.ascontiguousarray(image[..., 1])
