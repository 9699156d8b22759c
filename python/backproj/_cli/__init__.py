"""The commands of ``backproj``."""

from __future__ import annotations

from pathlib import Path

import click

import backproj
from backproj._cli.bench import bench
from backproj._cli.image import image
from backproj._cli.options import box_option, check_model, crop, model_option
from backproj._cli.picture_files import read_picture
from backproj._cli.video import video
from backproj.typing import Box


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(backproj.__version__, prog_name="backproj")
def commands() -> None:
    """Find the colours of a model in pictures and films."""


for command in (image, video, bench):
    commands.add_command(command)


@commands.command()
def info() -> None:
    """Print the version, and which kernels, threads and engines this machine has."""
    about = backproj.info()
    kernel = f"{about['kernel']}, " if about["kernel"] else "none: "
    lines = {**about, "kernel": kernel + about["kernel_reason"]}
    del lines["kernel_reason"]
    for name, value in lines.items():
        click.echo(f"{name:8} {', '.join(value) if isinstance(value, list) else value}")


@commands.command()
@click.argument("frame", type=click.Path(path_type=Path), required=False)
@model_option
@box_option("FRAME")
@click.pass_context
def verify(context: click.Context, frame: Path | None, model: Path | None, box: Box | None) -> None:
    """Compare results with OpenCV's, byte for byte.

    Every engine and kernel that this machine has is compared, on the picture FRAME. Without a FRAME, several
    models are projected onto all 2^24 colours. The exit code is 1 if there is a difference.
    """
    if frame is None:
        if model is not None or box is not None:
            raise click.UsageError("--model and --box need a FRAME")
        comparisons = backproj.verify()
    else:
        check_model(model, box)
        pixels = read_picture(frame, grey=True)
        model_pixels = crop(pixels, box, frame) if box else read_picture(model or frame, grey=True)
        comparisons = backproj.verify(pixels, model_pixels, order="rgb")
    for comparison in comparisons:
        click.echo(comparison)
    if any(comparison.difference for comparison in comparisons):
        context.exit(1)
