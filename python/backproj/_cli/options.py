"""The options that several commands have, and what they come to."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypedDict

import click
import numpy as np

import backproj
from backproj.typing import Box, Channels, Image

Command = Callable[..., Any]


class Setup(TypedDict):
    """What a histogram is made with."""

    channels: Channels
    bins: int | tuple[int, ...]
    in_range: tuple[tuple[int, ...], tuple[int, ...]] | None
    peak: float


# The setups of nearly all published scripts.
SETUPS: dict[str, Setup] = {
    "find_it": {"channels": "hs", "bins": 32, "in_range": None, "peak": 256},
    "camshift": {"channels": "h", "bins": 16, "in_range": ((0, 60, 32), (180, 255, 255)), "peak": 255},
    "segmentation": {"channels": "hs", "bins": (180, 256), "in_range": None, "peak": 255},
}


def parse_box(text: str) -> Box:
    """Return the four whole numbers of X,Y,W,H, as cv2 writes a rectangle."""
    try:
        x, y, w, h = map(int, text.split(","))
    except ValueError:
        raise click.BadParameter(
            f"{text!r} is not four whole numbers X,Y,W,H, such as 120,80,40,40"
        ) from None
    return x, y, w, h


def parse_bins(text: str) -> int | tuple[int, ...]:
    """Return the whole number, or the ones between commas."""
    try:
        numbers = tuple(map(int, text.split(",")))
    except ValueError:
        raise click.BadParameter(
            f"{text!r} is not a whole number or one a channel, such as 16 or 180,256"
        ) from None
    return numbers if len(numbers) > 1 else numbers[0]


def parse_bounds(text: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the two triples of H,S,V:H,S,V."""
    try:
        low, high = (tuple(map(int, part.split(","))) for part in text.split(":"))
    except ValueError:
        raise click.BadParameter(f"{text!r} is not two triples such as 0,60,32:180,255,255") from None
    return low, high


model_option = click.option(
    "--model",
    type=click.Path(path_type=Path),
    metavar="IMAGE",
    help="A picture of what to look for. This or --box is needed.",
)


def box_option(where: str) -> Callable[[Command], Command]:
    """Return the option --box, in the picture that is named."""
    return click.option(
        "--box",
        type=parse_box,
        metavar="X,Y,W,H",
        help=f"Where in {where} it is: left, top, width and height, in pixels. This or --model is needed.",
    )


threshold_option = click.option(
    "--threshold",
    type=click.IntRange(1, 255),
    metavar="T",
    show_default="keep all levels",
    help="Make what is at least the level T white, and the rest black.",
)


def setup_options(command: Command) -> Command:
    """Give a command --preset, --channels, --bins and --in-range; it gets them as one ``setup``."""

    @click.option(
        "--preset",
        type=click.Choice(list(SETUPS)),
        default="find_it",
        show_default=True,
        help="What is counted: find_it, 32×32 bins of hue and saturation; camshift, 16 bins of hue, of "
        "pixels in range 0,60,32:180,255,255 only; segmentation, 180×256 bins of hue and saturation.",
    )
    @click.option(
        "--channels",
        type=click.Choice(["h", "hs", "hsv"]),
        help="Count hue; hue and saturation; or hue, saturation and value.  [default: the preset's]",
    )
    @click.option(
        "--bins",
        type=parse_bins,
        metavar="N[,N[,N]]",
        help="How many bins, 1 to 256, of every channel or of each.  [default: the preset's]",
    )
    @click.option(
        "--in-range",
        type=parse_bounds,
        metavar="H,S,V:H,S,V",
        help="Count and find only pixels from the first hue (0 to 179), saturation and value (0 to 255) to "
        "the second, both included; hue wraps around.  [default: the preset's]",
    )
    @functools.wraps(command)
    def with_setup(preset: str, channels: Any, bins: Any, in_range: Any, **others: Any) -> Any:
        given = {"channels": channels, "bins": bins, "in_range": in_range}
        setup = {**SETUPS[preset], **{name: value for name, value in given.items() if value is not None}}
        return command(setup=setup, **others)

    return with_setup


def check_model(model: Path | None, box: Box | None) -> None:
    """Raise UsageError unless one of the two is given."""
    if model is None and box is None:
        raise click.UsageError("give what to look for: --model IMAGE or --box X,Y,W,H")
    if model is not None and box is not None:
        raise click.UsageError("--model and --box exclude each other: give what to look for once")


def cut(pixels: Image, box: Box, name: Path) -> Image:
    """Return the box of a picture of that name, or raise UsageError."""
    x, y, w, h = box
    height, width, _ = pixels.shape
    if w < 1 or h < 1 or x < 0 or y < 0 or x + w > width or y + h > height:
        raise click.UsageError(
            f"the box {x},{y},{w},{h} is not inside {name}, which is {width}×{height} pixels"
        )
    return pixels[y : y + h, x : x + w]


def count(patch: Image, setup: Setup) -> backproj.Histogram:
    """Return the histogram of an RGB picture, or raise UsageError if none of its pixels counts."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        try:
            return backproj.Histogram(patch, order="rgb", **setup)
        except RuntimeWarning:
            raise click.UsageError(
                "no pixel of what to look for is within --in-range (or the preset's): nothing would be found"
            ) from None


def at_least(prob: Image, threshold: int | None) -> Image:
    """Return the back projection, or where it is at least the threshold."""
    return prob if threshold is None else np.where(prob >= threshold, np.uint8(255), np.uint8(0))


def check_distinct(inputs: list[Path], outputs: list[Path]) -> None:
    """Raise UsageError if a file would be written that is read, or be written twice."""
    taken = {path.resolve() for path in inputs}
    written: set[Path] = set()
    for path in outputs:
        if path.resolve() in taken:
            raise click.UsageError(f"{path} would be overwritten; write to another file")
        if path.resolve() in written:
            raise click.UsageError(f"two files would both be {path}; write to two")
        written.add(path.resolve())
