"""The commands of ``backproj``."""

from __future__ import annotations

import time
from pathlib import Path

import click
import numpy as np

import backproj
from backproj._arrays import Image
from backproj._overlay import overlay
from backproj._pictures import read_picture, write_pictures

Box = tuple[int, int, int, int]


def parse_box(text: str) -> Box:
    """Return the four whole numbers of X,Y,W,H, as cv2 writes a rectangle."""
    try:
        x, y, w, h = map(int, text.split(","))
    except ValueError:
        raise click.BadParameter(
            f"{text!r} is not four whole numbers X,Y,W,H, such as 120,80,40,40"
        ) from None
    return x, y, w, h


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(backproj.__version__, prog_name="backproj")
def commands() -> None:
    """Find by colour: the pixels of a picture that look like a patch of it, or like another picture."""


model_option = click.option(
    "--model", type=click.Path(path_type=Path), metavar="IMAGE", help="A picture of what to look for."
)
box_option = click.option(
    "--box",
    type=parse_box,
    metavar="X,Y,W,H",
    help="Or where in FRAME it is: left, top, width and height in pixels.",
)


@commands.command()
@click.argument("frame", type=click.Path(path_type=Path))
@model_option
@box_option
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="PROB",
    help="The back projection: grey, white where the colour fits.  [default: FRAME's name with "
    "-prob.png, in this folder]",
)
@click.option(
    "--overlay",
    "overlay_path",
    type=click.Path(path_type=Path),
    metavar="OVERLAY",
    help="Also FRAME itself, faded where its colour does not fit.",
)
def image(
    frame: Path, model: Path | None, box: Box | None, output: Path | None, overlay_path: Path | None
) -> None:
    """Back-project a model onto the picture FRAME."""
    output = output or Path(f"{frame.stem}-prob.png")
    outputs = [output] if overlay_path is None else [output, overlay_path]
    inputs = [frame] if model is None else [frame, model]
    check_distinct(inputs, outputs)

    pixels, patch = read_frame_and_model(frame, model, box)
    prob, seconds = project(pixels, patch)
    pictures = [(prob, output)]
    if overlay_path is not None:
        pictures.append((overlay(pixels, prob), overlay_path))
    write_pictures(pictures)

    height, width = prob.shape
    click.echo(
        f"{width}×{height} pixels in {1e3 * seconds:.2f} ms ({backproj.info()['kernel']} kernel): "
        f"{np.mean(prob >= 128):.1%} of them above half"
    )
    for _, path in pictures:
        click.echo(f"wrote {path}")


def check_distinct(inputs: list[Path], outputs: list[Path]) -> None:
    """Raise UsageError if a file would be written that is read, or be written twice."""
    taken = {path.resolve() for path in inputs}
    for path in outputs:
        if path.resolve() in taken:
            raise click.UsageError(f"{path} would be overwritten; write to another file")
    if len({path.resolve() for path in outputs}) < len(outputs):
        raise click.UsageError(f"both pictures would be {outputs[0]}; write to two files")


def read_frame_and_model(frame: Path, model: Path | None, box: Box | None) -> tuple[Image, Image]:
    """Return the frame, and as the model a picture or the box of the frame; or raise UsageError."""
    if model is not None and box is None:
        return read_picture(frame), read_picture(model)
    if box is None:
        raise click.UsageError("give what to look for: --model IMAGE or --box X,Y,W,H")
    if model is not None:
        raise click.UsageError("--model and --box exclude each other: give what to look for once")
    pixels = read_picture(frame)
    x, y, w, h = box
    height, width, _ = pixels.shape
    if w < 1 or h < 1 or x < 0 or y < 0 or x + w > width or y + h > height:
        raise click.UsageError(
            f"the box {x},{y},{w},{h} is not inside {frame}, which is {width}×{height} pixels"
        )
    return pixels, pixels[y : y + h, x : x + w]


def project(pixels: Image, patch: Image) -> tuple[Image, float]:
    """Return the back projection and the seconds it took, without those of loading Go."""
    backproj.info()
    begin = time.perf_counter()
    prob = backproj.back_project(pixels, patch, order="rgb")
    return prob, time.perf_counter() - begin


@commands.command()
def info() -> None:
    """Print the version and what works here."""
    about = backproj.info()
    kernel = f"{about['kernel']}, " if about["kernel"] else "none: "
    lines = {**about, "kernel": kernel + about["kernel_reason"]}
    del lines["kernel_reason"]
    for name, value in lines.items():
        click.echo(f"{name:8} {', '.join(value) if isinstance(value, list) else value}")


@commands.command()
@click.argument("frame", type=click.Path(path_type=Path), required=False)
@model_option
@box_option
@click.pass_context
def verify(context: click.Context, frame: Path | None, model: Path | None, box: Box | None) -> None:
    """Compare every result with OpenCV's, byte for byte.

    By every engine and kernel of this machine, onto the picture FRAME, or without one onto each of the
    2^24 colours with several models made for it. The exit code is 1 if there is a difference.
    """
    if frame is None:
        if model is not None or box is not None:
            raise click.UsageError("--model and --box need a FRAME")
        comparisons = backproj.verify()
    else:
        comparisons = backproj.verify(*read_frame_and_model(frame, model, box), order="rgb")
    for comparison in comparisons:
        click.echo(comparison)
    if any(comparison.difference for comparison in comparisons):
        context.exit(1)
