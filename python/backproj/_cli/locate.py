"""The command ``backproj locate``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import click

import backproj
from backproj._cli.errors import PictureError
from backproj._cli.options import (
    HistogramOptions,
    box_option,
    check_model,
    count_model,
    histogram_options,
    model_option,
    read_model,
)
from backproj._cli.picture_files import list_pictures, read_picture
from backproj._cli.report import Report, report_options
from backproj._validate.channels import takes_planes
from backproj.typing import Box, Image

# As those of grep.
NOT_FOUND, SOME_FAILED = 1, 2

# As of Tracker, which looks for an object elsewhere from there on: the part of the score that it began with.
_LOST = 0.25


class Place(NamedTuple):
    """Where a window has the greatest sum."""

    box: Box
    score: float  # the mean of the back projection in the box, from 0 to 1


def parse_size(text: str) -> tuple[int, int]:
    """Return the width and the height that WxH means."""
    try:
        width, height = map(int, text.split("x"))
    except ValueError:
        width = height = 0
    if width < 1 or height < 1:
        raise click.BadParameter(f"{text!r} is not a width and a height in pixels, WxH, such as 80x40")
    return width, height


def parse_score(text: str) -> float:
    """Return the score that a number means."""
    try:
        score = float(text)
    except ValueError:
        score = -1
    if not 0 <= score <= 1:  # nor is a NaN
        raise click.BadParameter(f"{text!r} is not a number from 0 to 1")
    return score


@click.command()
@click.argument("files", type=click.Path(path_type=Path), nargs=-1, required=True, metavar="FILE|FOLDER...")
@model_option
@box_option("the (first) FILE")
@histogram_options
@click.option(
    "--size",
    type=parse_size,
    metavar="WxH",
    help="The size of the boxes to print, in pixels.  [default: that of the model]",
)
@click.option(
    "--min-score",
    type=parse_score,
    metavar="SCORE",
    help="The least score of a box to print, from 0 to 1: the mean of the back projection in it, where 1 is "
    "all white.  [default: a quarter of the score of the model itself]",
)
@click.option(
    "-m",
    "--max-count",
    type=click.IntRange(1),
    metavar="N",
    default=1,
    show_default=True,
    help="The greatest number of boxes to print of each picture, best first.",
)
@report_options
@click.pass_context
def locate(
    context: click.Context,
    files: tuple[Path, ...],
    model: Path | None,
    box: Box | None,
    options: HistogramOptions,
    size: tuple[int, int] | None,
    min_score: float | None,
    max_count: int,
    report: Report,
) -> None:
    """Print boxes of where a model is in pictures.

    A box is where a window of the model's size fits best. It is printed as --box takes it, X,Y,W,H; of
    several FILEs, or of the pictures in a FOLDER, after the name of the file and a colon. Pictures that do
    not show the model are left out. Further boxes, if there may be any, are found without the pixels in those
    before them.

    As of grep, the exit code is 0 if any picture shows the model, 1 if none does, and 2 if there was an
    error. If a file cannot be used, the command says why, and goes on with the next one.
    """
    check_model(model, box)
    many = len(files) > 1 or files[0].is_dir()
    sources = list_pictures(files)
    grey = takes_planes(options["channels"])
    model_pixels = read_model(model, box, sources[0], grey, report)
    hist = count_model(model_pixels, options)
    if min_score is None:
        min_score = _LOST * score_of(hist.back_project(model_pixels, order="rgb"))
    if size is None:
        height, width, *_ = model_pixels.shape
        size = width, height

    found, errors = False, list[PictureError]()
    with report.progress_bar(sources, "pictures", prints=True) as bar:
        for source in bar:
            try:
                with report.errors_of(source):
                    prob = hist.back_project(read_picture(source, grey=grey), order="rgb")
            except PictureError as error:
                errors.append(error)
                continue
            height, width = prob.shape
            places = list(find(prob, size, min_score, max_count))
            found = found or bool(places)
            for place in places:
                text = ",".join(map(str, place.box))
                report.say(f"{source}: {text}" if many else text)
            report.emit(
                "places",
                input=str(source),
                width=width,
                height=height,
                found=bool(places),
                boxes=[{"box": place.box, "score": round(place.score, 6)} for place in places],
                min_score=round(min_score, 6),
            )
    report.complain(errors)
    context.exit(SOME_FAILED if errors else 0 if found else NOT_FOUND)


def find(prob: Image, size: tuple[int, int], min_score: float, most: int) -> Iterator[Place]:
    """Yield where a window fits best, and then again without the pixels in it. It changes prob.

    A window that is larger than the picture is as large as that.
    """
    height, width = prob.shape
    width, height = min(size[0], width), min(size[1], height)
    for _ in range(most):
        box, total = backproj.locate(prob, (width, height))
        score = total / (255 * width * height)
        if total == 0 or score < min_score:
            return
        yield Place(box, score)
        x, y, w, h = box
        prob[y : y + h, x : x + w] = 0


def score_of(prob: Image) -> float:
    """Return the mean of a back projection, from 0 to 1."""
    return float(prob.mean()) / 255
