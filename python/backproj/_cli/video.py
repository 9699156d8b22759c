"""The command ``backproj video``."""

from __future__ import annotations

import itertools
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import click
import numpy as np

import backproj
from backproj._atomic_write import atomic_write
from backproj._cli.box_tracker import Tracker
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
from backproj._cli.picture_files import read_picture
from backproj._overlay import draw_box, overlay
from backproj.typing import Box

if TYPE_CHECKING:  # PyAV takes longer to import than all else, and only this command needs it
    from backproj._cli.film_files import Film, Frame

COLUMNS = ("frame", "time", "x", "y", "w", "h", "score")


class View(NamedTuple):
    """What is shown of each frame."""

    hist: backproj.Histogram
    tracker: Tracker | None
    threshold: int | None
    overlaid: bool


@click.command()
@click.argument("film", type=click.Path(path_type=Path), metavar="IN")
@model_option
@box_option("the first frame")
@setup_options
@threshold_option
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="OUT",
    required=True,
    help="The film to write, as H.264: .mp4, .m4v, .mov or .mkv.",
)
@click.option("--track", is_flag=True, help="Follow the box through the frames, and draw it.  [default: no]")
@click.option(
    "--boxes",
    type=click.Path(path_type=Path),
    metavar="CSV",
    help="With --track, also write where the box is: frame (from 0), time (in seconds from the first frame), "
    "x, y, w, h (in pixels) and score (the mean of the back projection in it, 0 to 1).  [default: none]",
)
@click.option(
    "--overlay",
    "overlaid",
    is_flag=True,
    help="Write the film itself, faded where its colour does not fit, instead of the back projection.  "
    "[default: no]",
)
@click.option(
    "--every",
    type=click.IntRange(1),
    metavar="N",
    default=1,
    show_default=True,
    help="Take one of N frames, at its time.",
)
def video(
    film: Path,
    model: Path | None,
    box: Box | None,
    setup: Setup,
    threshold: int | None,
    output: Path,
    track: bool,
    boxes: Path | None,
    overlaid: bool,
    every: int,
) -> None:
    """Back-project a model onto the film IN.

    Every frame keeps its time, so a variable rate stays one. Odd sizes are padded to even ones, frames are
    turned as a phone's film says, and sound is left out. A film that is broken or ends early is an error;
    what is written has a temporary name (.backproj-*.part) until it is whole.

    With --track a box of the same size follows its object by mean shift; it is looked for in the whole frame
    where the box holds less than a quarter of what it held at first, and at the start of a --model.
    """
    from backproj._cli.film_files import FORMATS, ahead, read_film

    check_model(model, box)
    if boxes and not track:
        raise click.UsageError("--boxes needs --track")
    if output.suffix.lower() not in FORMATS:
        raise click.ClickException(
            f"cannot write {output}: {output.suffix!r} is no film format to write; try .mp4"
        )
    outputs = [output, boxes] if boxes else [output]
    check_distinct([film, model] if model else [film], outputs)
    patch = read_picture(model) if model else None

    with read_film(film) as source, ahead(source.frames(every)) as frames:
        first = next(frames)
        if patch is None:
            assert box is not None  # as check_model has seen to
            patch = cut(first.pixels, box, film)
        height, width, _ = first.pixels.shape
        size = min(patch.shape[1], width), min(patch.shape[0], height)
        tracker = Tracker(size, box) if track else None
        view = View(count(patch, setup), tracker, threshold, overlaid)
        with progress(itertools.chain([first], frames), source, every) as watched:
            lines = write(watched, (height, width), source, view, outputs)
    for line in lines:
        click.echo(line)
    for path in outputs:
        click.echo(f"wrote {path}")


def progress(frames: Iterator[Frame], source: Film, every: int) -> AbstractContextManager[Iterable[Frame]]:
    """Return the frames with a bar in a terminal: how many, how fast, and how long it will take."""
    begin = time.perf_counter()
    bar: Any = click.progressbar(
        frames,
        length=source.length and -(-source.length // every),
        label="frames",
        show_pos=True,
        item_show_func=lambda _: f"{bar.pos / (time.perf_counter() - begin):.0f} frames/s",
        file=sys.stderr,
        hidden=not sys.stderr.isatty(),
    )
    return cast("AbstractContextManager[Iterable[Frame]]", bar)


def write(
    frames: Iterable[Frame], shape: tuple[int, int], source: Film, view: View, outputs: list[Path]
) -> list[str]:
    """Write the film, and the boxes if they are wanted; return lines about it."""
    from backproj._cli.film_files import write_film

    begin, number, seconds = time.perf_counter(), 0, 0.0
    prob = np.empty(shape, np.uint8)
    with atomic_write(outputs) as files, write_film(files[0], outputs[0], shape, source) as writer:
        tables = files[1:]
        for table in tables:
            table.write(f"{','.join(COLUMNS)}\n".encode())
        for frame in frames:
            number, seconds = number + 1, float(frame.ticks * source.tick)
            view.hist.back_project(frame.pixels, out=prob, order="rgb")
            seen = at_least(prob, view.threshold)
            picture = overlay(frame.pixels, seen, order="rgb") if view.overlaid else seen
            if view.tracker:
                box, score = view.tracker.follow(prob)
                picture = draw_box(picture, box)
                for table in tables:
                    row = frame.number, f"{seconds:.6f}", *box, f"{score:.4f}"
                    table.write(f"{','.join(map(str, row))}\n".encode())
            writer.write(picture, frame.ticks)

    height, width = shape
    took = time.perf_counter() - begin
    lines = [
        f"{number} frames of {width}×{height} pixels in {took:.2f} s: {number / took:.0f} frames/s "
        f"({backproj.info()['kernel']} kernel)"
    ]
    if writer.shape != shape:
        lines.append(f"padded to {writer.shape[1]}×{writer.shape[0]} pixels: H.264 needs even sizes")
    if source.sounds:
        lines.append("left out the sound")
    return lines
