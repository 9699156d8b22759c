"""The command ``backproj image``."""

from __future__ import annotations

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
    OutputPath,
    box_option,
    check_model,
    check_paths,
    count_model,
    histogram_options,
    model_option,
    read_model,
)
from backproj._cli.picture_files import list_pictures, read_picture, write_pictures
from backproj._cli.region import Region, region_options
from backproj._cli.report import Report, report_options
from backproj._overlay import overlay
from backproj._validate.channels import takes_planes
from backproj.typing import Box, Image

SOME_FAILED = 1


class Job(NamedTuple):
    """A picture to read, and where to write the results that are wanted."""

    source: Path
    prob: Path | None
    overlay: Path | None
    cut_out: Path | None

    @property
    def outputs(self) -> dict[str, Path]:
        """What is written, under the names of the options."""
        named = {"output": self.prob, "overlay": self.overlay, "cut_out": self.cut_out}
        return {name: path for name, path in named.items() if path}


@click.command()
@click.argument("files", type=click.Path(path_type=Path), nargs=-1, required=True, metavar="FILE|FOLDER...")
@model_option
@box_option("the (first) FILE")
@histogram_options
@region_options("picture")
@click.option(
    "-o",
    "--output",
    type=OutputPath(),
    metavar="OUT",
    help="Where to write the back projection, in grey: the whiter a pixel, the better its colour fits. For "
    "several FILEs or a FOLDER, a folder, in which it is NAME-prob.png.  "
    "[default: NAME-prob.png in the current folder, for one FILE and if nothing else is written]",
)
@click.option(
    "--overlay",
    "overlay_output",
    type=OutputPath(),
    metavar="OUT",
    help="Where to write the picture itself, faded to grey where its colour does not fit. For several FILEs "
    "or a FOLDER, a folder, in which it is NAME-overlay.png.  [default: none]",
)
@click.option(
    "--cut-out",
    "cut_output",
    type=OutputPath(),
    metavar="OUT",
    help="Where to write the region of --disc and --threshold, cut out of the picture; all else is black. "
    "For several FILEs or a FOLDER, a folder, in which it is NAME-cut-out.png.  [default: none]",
)
@report_options
@click.pass_context
def image(
    context: click.Context,
    files: tuple[Path, ...],
    model: Path | None,
    box: Box | None,
    options: HistogramOptions,
    region: Region,
    output: Path | None,
    overlay_output: Path | None,
    cut_output: Path | None,
    report: Report,
) -> None:
    """Back-project a model onto pictures.

    One FILE gives one picture. Several FILEs, or the pictures in a FOLDER (but not in its subfolders), give a
    folder of pictures, all of them by the same histogram. If a file cannot be used, the command says why,
    goes on with the next one, and ends with exit code 1.

    Pictures are rotated as their EXIF data says. Palettes and CMYK are converted to RGB, without colour
    profiles. Transparency is ignored, and of several frames or pages only the first is read. But what is cut
    out of a picture with transparency keeps it, and all else is transparent there. Pictures with more than 8
    bits a channel are refused, and so are grey ones, because they have no colours, but for --channels gray.
    """
    check_model(model, box)
    many = len(files) > 1 or files[0].is_dir()
    wanted = output, overlay_output, cut_output
    jobs = folder_jobs(files, *wanted) if many else [single_job(files[0], *wanted)]
    if cut_output and (region.threshold is not None or not (output or overlay_output)):
        region = region.with_defaults()  # masks are of what is cut out
    inputs = [job.source for job in jobs] + ([model] if model else [])
    check_paths(inputs, [path for job in jobs for path in job.outputs.values()])
    model_pixels = read_model(model, box, jobs[0].source, takes_planes(options["channels"]), report)
    hist = count_model(model_pixels, options)
    if not many:
        project_only_picture(jobs[0], hist, region, report)
        return
    for folder in {path.parent for path in jobs[0].outputs.values()}:
        make_folder(folder)
    if project_pictures(jobs, hist, region, report):
        context.exit(SOME_FAILED)


def single_job(source: Path, prob: Path | None, overlay: Path | None, cut_out: Path | None) -> Job:
    """Return the job for the only picture."""
    if not (prob or overlay or cut_out):
        prob = Path(f"{source.stem}-prob.png")
    return Job(source, prob, overlay, cut_out)


def folder_jobs(
    paths: Sequence[Path], prob: Path | None, overlay: Path | None, cut_out: Path | None
) -> list[Job]:
    """Return the jobs for several pictures and for those in folders, or raise UsageError."""
    folders = {folder.resolve() for folder in (prob, overlay, cut_out) if folder}
    if not folders:
        raise click.UsageError("several pictures need a folder to write to: -o FOLDER")
    sources = list_pictures(paths)
    for path in paths:
        if path.is_dir() and path.resolve() in folders:
            raise click.UsageError(f"pictures are read from {path}; write to another folder")
    return [
        Job(
            source,
            prob and prob / f"{source.stem}-prob.png",
            overlay and overlay / f"{source.stem}-overlay.png",
            cut_out and cut_out / f"{source.stem}-cut-out.png",
        )
        for source in sources
    ]


def make_folder(folder: Path) -> None:
    """Make a folder unless it exists, or raise ClickException."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise click.ClickException(f"cannot make the folder {folder}: {error.strerror}") from error


def project_picture(
    job: Job, hist: backproj.Histogram, region: Region, report: Report
) -> tuple[Image, float]:
    """Read a picture and write its results; return its levels and the seconds that they alone took."""
    with report.errors_of(job.source):
        grey = takes_planes(hist.channels)
        pixels = read_picture(job.source, transparency=job.cut_out is not None, grey=grey)
        begin = time.perf_counter()
        levels = region.levels(hist, pixels)
        seconds = time.perf_counter() - begin
        pictures = []
        if job.prob:
            pictures.append((levels, job.prob))
        if job.overlay:
            pictures.append((overlay(pixels, levels, order="rgb"), job.overlay))
        if job.cut_out:
            pictures.append((region.cut_out(hist, pixels), job.cut_out))
        write_pictures(pictures)
    if report.json:
        height, width = levels.shape
        report.emit(
            "picture",
            input=str(job.source),
            outputs={name: str(path) for name, path in job.outputs.items()},
            width=width,
            height=height,
            **facts(job, hist, region, pixels, levels),
            seconds=round(seconds, 6),
            kernel=backproj.info()["kernel"],
        )
    return levels, seconds


def facts(
    job: Job, hist: backproj.Histogram, region: Region, pixels: Image, levels: Image
) -> dict[str, object]:
    """Return what --json says of the region that is cut out, if any is, or else of the levels."""
    if job.cut_out and region.threshold is None:
        region = region.with_defaults()
        levels = region.levels(hist, pixels)
    return region.facts(hist, pixels, levels)


def project_only_picture(job: Job, hist: backproj.Histogram, region: Region, report: Report) -> None:
    """Do the only job, and print what was done."""
    levels, seconds = project_picture(job, hist, region, report)
    height, width = levels.shape
    where = "above half" if region.threshold is None else "in the region"
    report.say(
        f"{width}×{height} pixels in {1e3 * seconds:.2f} ms ({backproj.info()['kernel']} kernel): "
        f"{np.mean(levels >= 128):.1%} of them {where}"
    )
    for path in job.outputs.values():
        report.say(f"wrote {path}")


def project_pictures(jobs: Sequence[Job], hist: backproj.Histogram, region: Region, report: Report) -> int:
    """Do all jobs that can be done; print which ones could not, and return how many those were.

    In a terminal there is a progress bar, so the errors are printed below it.
    """
    begin = time.perf_counter()
    errors: list[PictureError] = []
    with report.progress_bar(jobs, "pictures") as bar:
        for job in bar:
            try:
                project_picture(job, hist, region, report)
            except PictureError as error:
                errors.append(error)
    report.complain(errors)
    done = len(jobs) - len(errors)
    report.say(
        f"{done} of {len(jobs)} pictures in {time.perf_counter() - begin:.2f} s "
        f"({backproj.info()['kernel']} kernel)"
    )
    for folder in dict.fromkeys(path.parent for path in jobs[0].outputs.values()):
        report.say(f"wrote into {folder}")
    return len(errors)
