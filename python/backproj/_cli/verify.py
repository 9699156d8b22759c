"""The command verify."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from pathlib import Path

import click

import backproj
from backproj._cli.options import box_option, check_model, crop, model_option
from backproj._cli.picture_files import read_picture
from backproj._verify.verify import FORMULAS, Comparison
from backproj.typing import Box


@click.command()
@click.argument("frame", type=click.Path(path_type=Path), required=False)
@model_option
@box_option("FRAME")
@click.pass_context
def verify(context: click.Context, frame: Path | None, model: Path | None, box: Box | None) -> None:
    """Compare results with OpenCV's, byte for byte.

    Every engine and kernel that this machine has is compared with cv2 and with OpenCV's formulas, on the
    picture FRAME. Without a FRAME, several models are projected onto all 2^24 colours. The exit code is 1 if
    backproj differs from the formulas. That cv2 does, as on arm64, is said in the last line.
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
    for line in _lines(comparisons):
        click.echo(line)
    if not all(comparison.passed for comparison in comparisons):
        click.echo(f"backproj differs from {FORMULAS}: please report it")
        context.exit(1)
    for name in dict.fromkeys(comparison.fault for comparison in comparisons if comparison.fault):
        click.echo(f"{name} differs from {FORMULAS}; backproj equals these in all comparisons")


def _lines(comparisons: list[Comparison]) -> Iterable[str]:
    """Yield a line for each comparison; those of equal results with several judges share one."""
    for _, group in itertools.groupby(comparisons, lambda c: (c.model, c.path, c.name, c.difference)):
        first, *others = group
        judges = " and ".join(comparison.judge for comparison in (first, *others))
        yield str(first._replace(judge=judges))
