"""The command ``backproj image``."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import click
import numpy as np

import backproj
from backproj._cli.options import (
    Setup,
    at_least,
    box_option,
    check_distinct,
    check_model,
    count,
    cut,
    model_option,
    setup_options,
    threshold_option,
)
from backproj._cli.picture_files import PictureError, pictures_in, read_picture, write_pictures
from backproj._overlay import overlay
from backproj.typing import Box, Image

SOME_FAILED = 1


class Job(NamedTuple):
    """A picture to read, and those to write."""

    source: Path
    prob: Path
    overlay: Path | None


@click.command()
@click.argument("files", type=click.Path(path_type=Path), nargs=-1, required=True, metavar="FILE|FOLDER...")
@model_option
@box_option("the (first) FILE")
@setup_options
@threshold_option
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="OUT",
    help="The back projection: grey, white where the colour fits. Of several FILEs or a FOLDER: the folder "
    "for NAME-prob.png.  [default: NAME-prob.png in this folder, for one FILE]",
)
@click.option(
    "--overlay",
    "overlays",
    type=click.Path(path_type=Path),
    metavar="OUT",
    help="Also the picture itself, faded where its colour does not fit. Of several: the folder for "
    "NAME-overlay.png.  [default: none]",
)
@click.pass_context
def image(
    context: click.Context,
    files: tuple[Path, ...],
    model: Path | None,
    box: Box | None,
    setup: Setup,
    threshold: int | None,
    output: Path | None,
    overlays: Path | None,
) -> None:
    """Back-project a model onto pictures.

    One FILE becomes one picture; several, or the pictures in a FOLDER (not in folders below it), become a
    folder of pictures. A file that cannot be used does not stop the others: it gets a line, and the exit code
    is 1 at the end. One histogram is projected onto all of them.

    Pictures are turned as their EXIF data says. Palettes and CMYK are converted to RGB, without colour
    profiles; transparency is ignored; of several frames or pages the first is read. Grey pictures, which
    have no hue, and those of 16 bits a channel are refused.
    """
    check_model(model, box)
    many = len(files) > 1 or files[0].is_dir()
    jobs = several(files, output, overlays) if many else [alone(files[0], output, overlays)]
    inputs = [job.source for job in jobs] + ([model] if model else [])
    check_distinct(inputs, [path for job in jobs for path in (job.prob, job.overlay) if path])
    if model:
        patch = read_picture(model)
    else:
        assert box is not None  # as check_model has seen to
        patch = cut(read_picture(jobs[0].source), box, jobs[0].source)
    hist = count(patch, setup)
    if not many:
        describe(jobs[0], *do(jobs[0], hist, threshold))
        return
    for folder in {path.parent for path in (jobs[0].prob, jobs[0].overlay) if path}:
        make_folder(folder)
    if do_all(jobs, hist, threshold):
        context.exit(SOME_FAILED)


def alone(source: Path, output: Path | None, overlays: Path | None) -> Job:
    """Return what to do with one picture."""
    return Job(source, output or Path(f"{source.stem}-prob.png"), overlays)


def several(files: Sequence[Path], output: Path | None, overlays: Path | None) -> list[Job]:
    """Return what to do with pictures and those in folders; or raise UsageError."""
    if output is None:
        raise click.UsageError("several pictures need a folder to write to: -o FOLDER")
    sources: list[Path] = []
    for path in files:
        found = pictures_in(path) if path.is_dir() else [path]
        if not found:
            raise click.UsageError(f"the folder {path} has no pictures in it")
        if path.is_dir() and path.resolve() in {output.resolve(), (overlays or output).resolve()}:
            raise click.UsageError(f"{path} is read from; write to another folder")
        sources += found
    return [
        Job(
            source,
            output / f"{source.stem}-prob.png",
            overlays / f"{source.stem}-overlay.png" if overlays else None,
        )
        for source in sources
    ]


def make_folder(folder: Path) -> None:
    """Make a folder if there is none, or raise ClickException."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise click.ClickException(f"cannot make the folder {folder}: {error.strerror}") from error


def do(job: Job, hist: backproj.Histogram, threshold: int | None) -> tuple[Image, float]:
    """Write the pictures of one; return the back projection and the seconds it took alone."""
    pixels = read_picture(job.source)
    begin = time.perf_counter()
    prob = hist.back_project(pixels, order="rgb")
    seconds = time.perf_counter() - begin
    prob = at_least(prob, threshold)
    pictures = [(prob, job.prob)]
    if job.overlay:
        pictures.append((overlay(pixels, prob, order="rgb"), job.overlay))
    write_pictures(pictures)
    return prob, seconds


def describe(job: Job, prob: Image, seconds: float) -> None:
    """Print what was done with one picture."""
    height, width = prob.shape
    click.echo(
        f"{width}×{height} pixels in {1e3 * seconds:.2f} ms ({backproj.info()['kernel']} kernel): "
        f"{np.mean(prob >= 128):.1%} of them above half"
    )
    for path in (job.prob, job.overlay):
        if path:
            click.echo(f"wrote {path}")


def do_all(jobs: Sequence[Job], hist: backproj.Histogram, threshold: int | None) -> int:
    """Do what can be done, with a bar in a terminal; print what could not, and return how many."""
    begin = time.perf_counter()
    refused: list[str] = []
    with click.progressbar(
        jobs, label="pictures", show_pos=True, file=sys.stderr, hidden=not sys.stderr.isatty()
    ) as bar:
        for job in bar:
            try:
                do(job, hist, threshold)
            except PictureError as error:
                refused.append(error.format_message())
    for line in refused:
        click.echo(f"backproj: {' '.join(line.split())}", err=True)
    done = len(jobs) - len(refused)
    click.echo(
        f"{done} of {len(jobs)} pictures in {time.perf_counter() - begin:.2f} s "
        f"({backproj.info()['kernel']} kernel)"
    )
    for folder in dict.fromkeys(path.parent for path in (jobs[0].prob, jobs[0].overlay) if path):
        click.echo(f"wrote into {folder}")
    return len(refused)
