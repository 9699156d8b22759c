"""Options that several commands share, and the checks of their values."""

from __future__ import annotations

import contextlib
import functools
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypedDict, get_args

import click

import backproj
from backproj._cli.picture_files import read_picture
from backproj._cli.report import Report
from backproj._validate.channels import CHANNELS
from backproj.typing import Box, Channels, Image

Command = Callable[..., Any]


class HistogramOptions(TypedDict):
    """The keyword arguments of a Histogram that the options of a command stand for."""

    channels: Channels
    bins: int | tuple[int, ...]
    in_range: tuple[tuple[int, ...], tuple[int, ...]] | None
    peak: float


# What nearly all published scripts use.
PRESETS: dict[str, HistogramOptions] = {
    "find_it": {"channels": "hs", "bins": 32, "in_range": None, "peak": 256},
    "camshift": {"channels": "h", "bins": 16, "in_range": ((0, 60, 32), (180, 255, 255)), "peak": 255},
    "segmentation": {"channels": "hs", "bins": (180, 256), "in_range": None, "peak": 255},
}


def parse_box(text: str) -> Box:
    """Return the box that X,Y,W,H means, in the order of a cv2 rectangle."""
    try:
        x, y, w, h = map(int, text.split(","))
    except ValueError:
        raise click.BadParameter(
            f"{text!r} is not four whole numbers X,Y,W,H, such as 120,80,40,40"
        ) from None
    return x, y, w, h


def parse_bins(text: str) -> int | tuple[int, ...]:
    """Return the numbers of bins that N or N,N or N,N,N means."""
    try:
        numbers = tuple(map(int, text.split(",")))
    except ValueError:
        raise click.BadParameter(
            f"{text!r} is not a whole number, or one for each channel, such as 16 or 180,256"
        ) from None
    return numbers if len(numbers) > 1 else numbers[0]


def parse_in_range(text: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the lower and the upper bound that LOWEST:HIGHEST means; a histogram checks how many numbers."""
    try:
        low, high = (tuple(map(int, part.split(","))) for part in text.split(":"))
    except ValueError:
        raise click.BadParameter(
            f"{text!r} is not LOWEST:HIGHEST, such as 0,60,32:180,255,255, or 20:230 for gray"
        ) from None
    return low, high


class OutputPath(click.Path):
    """The path of a file or folder to write. An option that follows at once would be taken for one."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path, or raise BadParameter if it looks like an option."""
        if str(value).startswith("-"):
            self.fail(f"{value!r} looks like an option; write ./{value} for a file of that name", param, ctx)
        return super().convert(value, param, ctx)


model_option = click.option(
    "--model",
    type=click.Path(path_type=Path),
    metavar="IMAGE",
    help="A picture of what to look for. Give this or --box.",
)


def box_option(where: str) -> Callable[[Command], Command]:
    """Return the option --box, whose help says which picture the box is in."""
    return click.option(
        "--box",
        type=parse_box,
        metavar="X,Y,W,H",
        help=f"A box around what to look for, in {where}: left, top, width and height, in pixels. "
        "Give this or --model.",
    )


def histogram_options(command: Command) -> Command:
    """Add --preset, --channels, --bins and --in-range; the command gets ``options``, one dict of them all."""

    @click.option(
        "--preset",
        type=click.Choice(list(PRESETS)),
        default="find_it",
        show_default=True,
        help="The histogram to make: find_it, 32×32 bins of hue and saturation; camshift, 16 bins of hue, "
        "only of pixels in the range 0,60,32:180,255,255; segmentation, 180×256 bins of hue and saturation.",
    )
    @click.option(
        "--channels",
        type=click.Choice(get_args(Channels)),
        help="What to count: hue, saturation and value; grey; Y, Cr and Cb; blue, green and red; or L, a and "
        "b of Lab.  [default: the preset's]",
    )
    @click.option(
        "--bins",
        type=parse_bins,
        metavar="N[,N[,N]]",
        help="The number of bins, 1 to 256: one for all channels or one for each.  [default: the preset's]",
    )
    @click.option(
        "--in-range",
        type=parse_in_range,
        metavar="LOWEST:HIGHEST",
        help="Use only pixels from the first hue (0 to 179), saturation and value (0 to 255) to the second, "
        "both included: H,S,V:H,S,V. Hue wraps around. With channels of other spaces: "
        "Y,CR,CB:Y,CR,CB, B,G,R:B,G,R or L,A,B:L,A,B, and with gray one number each.  [default: the "
        "preset's; none in other spaces]",
    )
    @functools.wraps(command)
    def with_options(preset: str, channels: Any, bins: Any, in_range: Any, **others: Any) -> Any:
        given = {"channels": channels, "bins": bins, "in_range": in_range}
        options = {**PRESETS[preset], **{name: value for name, value in given.items() if value is not None}}
        if in_range is None and CHANNELS[options["channels"]].space != "hsv":
            options["in_range"] = None  # the presets' bounds are of hue, saturation and value
        return command(options=options, **others)

    return with_options


def check_model(model: Path | None, box: Box | None) -> None:
    """Raise UsageError unless exactly one of --model and --box is given."""
    if model is None and box is None:
        raise click.UsageError("give what to look for: --model IMAGE or --box X,Y,W,H")
    if model is not None and box is not None:
        raise click.UsageError("give --model or --box, not both")


def read_model(model: Path | None, box: Box | None, first: Path, grey: bool, report: Report) -> Image:
    """Return the picture of the model, or what is in a box of the first picture."""
    with report.errors_of(model or first):
        pixels = read_picture(model or first, grey=grey)
        return crop(pixels, box, first) if box else pixels


def check_paths(inputs: list[Path], outputs: list[Path]) -> None:
    """Raise UsageError if an output would overwrite an input or another output."""
    read = {path.resolve() for path in inputs}
    written: set[Path] = set()
    for path in outputs:
        if path.resolve() in read:
            raise click.UsageError(f"{path} would be overwritten; write to another file")
        if path.resolve() in written:
            raise click.UsageError(f"two outputs would both be {path}; give them different names")
        written.add(path.resolve())


def crop(pixels: Image, box: Box, path: Path) -> Image:
    """Return the pixels in a box of a picture, or raise UsageError, which names the picture's file."""
    x, y, w, h = box
    height, width, _ = pixels.shape
    if w < 1 or h < 1 or x < 0 or y < 0 or x + w > width or y + h > height:
        raise click.UsageError(
            f"the box {x},{y},{w},{h} is not inside {path}, which is {width}×{height} pixels"
        )
    return pixels[y : y + h, x : x + w]


def count_model(model: Image, options: HistogramOptions) -> backproj.Histogram:
    """Return the histogram of an RGB picture, or raise UsageError if it is empty."""
    with refuse_empty("the model"):
        return backproj.Histogram(model, order="rgb", **options)


@contextlib.contextmanager
def refuse_empty(model: str) -> Iterator[None]:
    """Raise UsageError, which names the model, if a histogram that is made of it is empty."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        try:
            yield
        except RuntimeWarning:
            raise click.UsageError(
                f"no pixel of {model} is within --in-range (or the preset's): nothing would be found"
            ) from None
