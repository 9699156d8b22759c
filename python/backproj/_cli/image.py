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
from backproj._cli.errors import PictureError
from backproj._cli.options import (
    HistogramOptions,
    apply_threshold,
    box_option,
    check_model,
    check_paths,
    count_model,
    crop,
    histogram_options,
    model_option,
    threshold_option,
)
from backproj._cli.picture_files import pictures_in, read_picture, write_pictures
from backproj._overlay import overlay
from backproj.typing import Box, Image

SOME_FAILED = 1


class Job(NamedTuple):
    """A picture to read, and where to write the results."""

    source: Path
    prob: Path
    overlay: Path | None

    @property
    def outputs(self) -> list[Path]:
        return [self.prob, self.overlay] if self.overlay else [self.prob]


@click.command()
@click.argument("files", type=click.Path(path_type=Path), nargs=-1, required=True, metavar="FILE|FOLDER...")
@model_option
@box_option("the (first) FILE")
@histogram_options
@threshold_option
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="OUT",
    help="Where to write the back projection, in grey: the whiter a pixel, the better its colour fits. For "
    "several FILEs or a FOLDER, a folder, in which it is NAME-prob.png.  "
    "[default: NAME-prob.png in the current folder, for one FILE]",
)
@click.option(
    "--overlay",
    "overlay_output",
    type=click.Path(path_type=Path),
    metavar="OUT",
    help="Also write the picture itself, faded to grey where its colour does not fit. For several FILEs or a "
    "FOLDER, a folder, in which it is NAME-overlay.png.  [default: none]",
)
@click.pass_context
def image(
    context: click.Context,
    files: tuple[Path, ...],
    model: Path | None,
    box: Box | None,
    options: HistogramOptions,
    threshold: int | None,
    output: Path | None,
    overlay_output: Path | None,
) -> None:
    """Back-project a model onto pictures.

    One FILE gives one picture. Several FILEs, or the pictures in a FOLDER (but not in its subfolders), give a
    folder of pictures, all of them by the same histogram. If a file cannot be used, the command says why,
    goes on with the next one, and ends with exit code 1.

    Pictures are rotated as their EXIF data says. Palettes and CMYK are converted to RGB, without colour
    profiles. Transparency is ignored, and of several frames or pages only the first is read. Grey pictures
    are refused, because they have no hue, and so are those with more than 8 bits a channel.
    """
    check_model(model, box)
    many = len(files) > 1 or files[0].is_dir()
    jobs = (
        folder_jobs(files, output, overlay_output) if many else [single_job(files[0], output, overlay_output)]
    )
    inputs = [job.source for job in jobs] + ([model] if model else [])
    check_paths(inputs, [path for job in jobs for path in job.outputs])
    if model:
        model_pixels = read_picture(model)
    else:
        assert box is not None  # by check_model
        model_pixels = crop(read_picture(jobs[0].source), box, jobs[0].source)
    hist = count_model(model_pixels, options)
    if not many:
        report(jobs[0], *project_picture(jobs[0], hist, threshold))
        return
    for folder in {path.parent for path in jobs[0].outputs}:
        make_folder(folder)
    if project_pictures(jobs, hist, threshold):
        context.exit(SOME_FAILED)


def single_job(source: Path, output: Path | None, overlay_output: Path | None) -> Job:
    """Return the job for the only picture."""
    return Job(source, output or Path(f"{source.stem}-prob.png"), overlay_output)


def folder_jobs(paths: Sequence[Path], output: Path | None, overlay_output: Path | None) -> list[Job]:
    """Return the jobs for several pictures and for those in folders, or raise UsageError."""
    if output is None:
        raise click.UsageError("several pictures need a folder to write to: -o FOLDER")
    sources: list[Path] = []
    for path in paths:
        found = pictures_in(path) if path.is_dir() else [path]
        if not found:
            raise click.UsageError(f"there are no pictures in the folder {path}")
        if path.is_dir() and path.resolve() in {output.resolve(), (overlay_output or output).resolve()}:
            raise click.UsageError(f"pictures are read from {path}; write to another folder")
        sources += found
    return [
        Job(
            source,
            output / f"{source.stem}-prob.png",
            overlay_output / f"{source.stem}-overlay.png" if overlay_output else None,
        )
        for source in sources
    ]


def make_folder(folder: Path) -> None:
    """Make a folder unless it exists, or raise ClickException."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise click.ClickException(f"cannot make the folder {folder}: {error.strerror}") from error


def project_picture(job: Job, hist: backproj.Histogram, threshold: int | None) -> tuple[Image, float]:
    """Read a picture and write its results; return the back projection and the seconds that it alone took."""
    pixels = read_picture(job.source)
    begin = time.perf_counter()
    prob = hist.back_project(pixels, order="rgb")
    seconds = time.perf_counter() - begin
    prob = apply_threshold(prob, threshold)
    pictures = [(prob, job.prob)]
    if job.overlay:
        pictures.append((overlay(pixels, prob, order="rgb"), job.overlay))
    write_pictures(pictures)
    return prob, seconds


def report(job: Job, prob: Image, seconds: float) -> None:
    """Print what was done with the only picture."""
    height, width = prob.shape
    click.echo(
        f"{width}×{height} pixels in {1e3 * seconds:.2f} ms ({backproj.info()['kernel']} kernel): "
        f"{np.mean(prob >= 128):.1%} of them above half"
    )
    for path in job.outputs:
        click.echo(f"wrote {path}")


def project_pictures(jobs: Sequence[Job], hist: backproj.Histogram, threshold: int | None) -> int:
    """Do all jobs that can be done; print which ones could not, and return how many those were.

    In a terminal there is a progress bar, so the errors are printed below it.
    """
    begin = time.perf_counter()
    errors: list[str] = []
    with click.progressbar(
        jobs, label="pictures", show_pos=True, file=sys.stderr, hidden=not sys.stderr.isatty()
    ) as bar:
        for job in bar:
            try:
                project_picture(job, hist, threshold)
            except PictureError as error:
                errors.append(error.format_message())
    for message in errors:
        click.echo(f"backproj: {' '.join(message.split())}", err=True)
    done = len(jobs) - len(errors)
    click.echo(
        f"{done} of {len(jobs)} pictures in {time.perf_counter() - begin:.2f} s "
        f"({backproj.info()['kernel']} kernel)"
    )
    for folder in dict.fromkeys(path.parent for path in jobs[0].outputs):
        click.echo(f"wrote into {folder}")
    return len(errors)
