"""The command ``backproj video``."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal, NamedTuple, get_args

import click
import numpy as np

import backproj
from backproj._atomic_write import atomic_write
from backproj._cli.errors import FilmError, describe_error
from backproj._cli.film_track import COLUMNS, FilmTrack
from backproj._cli.options import (
    HistogramOptions,
    OutputPath,
    box_option,
    check_model,
    check_paths,
    count_model,
    crop,
    histogram_options,
    model_option,
)
from backproj._cli.picture_files import read_picture
from backproj._cli.region import Region, region_options
from backproj._cli.report import Report, report_options
from backproj._overlay import overlay
from backproj._validate.channels import takes_planes
from backproj.typing import Box, Image, TrackingMethod

if TYPE_CHECKING:  # PyAV is slow to import, and only this command needs it
    from backproj._cli.film_reader import Film, Frame


class View(NamedTuple):
    """How a frame is turned into the picture that is written."""

    hist: backproj.Histogram
    track: FilmTrack | None  # its histogram may adapt
    region: Region
    shows: Literal["levels", "overlay", "cut-out"]

    def picture(self, pixels: Image, out: Image) -> Image:
        """Return the picture of a frame, without the object's outline. Levels are written to out."""
        hist = self.track.histogram if self.track else self.hist
        if self.shows == "cut-out":
            return self.region.cut_out(hist, pixels)
        levels = self.region.levels(hist, pixels, out)
        return overlay(pixels, levels, order="rgb") if self.shows == "overlay" else levels

    def facts(self, pixels: Image, levels: Image) -> dict[str, object]:
        """Return what --json says of a frame. Its levels are in the array, or go there if it is cut out."""
        hist = self.track.histogram if self.track else self.hist
        if self.shows == "cut-out":
            self.region.levels(hist, pixels, levels)
        return self.region.facts(hist, pixels, levels)


class Written(NamedTuple):
    """A film that was written."""

    frames: int
    shape: tuple[int, int]  # of the frames that were read
    padded: tuple[int, int]  # of those that were written
    has_sound: bool
    seconds: float


@click.command()
@click.argument("film", type=click.Path(path_type=Path), metavar="IN")
@model_option
@box_option("the first frame")
@histogram_options
@region_options("frame")
@click.option(
    "-o",
    "--output",
    type=OutputPath(),
    metavar="OUT",
    required=True,
    help="The film to write, in H.264: .mp4, .m4v, .mov or .mkv.",
)
@click.option(
    "--track",
    "method",
    type=click.Choice(get_args(TrackingMethod)),
    help="Follow the object from frame to frame, and draw it: camshift, as an ellipse of its size and angle; "
    "meanshift, as a box that keeps its size. If it is lost, the line is dashed, where it was seen last.  "
    "[default: none]",
)
@click.option(
    "--adapt",
    type=click.FloatRange(0, 1),
    metavar="RATE",
    default=0.0,
    show_default=True,
    help="With --track, the part of the histogram that is renewed in each frame from what was found. 0.05 "
    "follows slow changes of the light.",
)
@click.option(
    "--boxes",
    type=OutputPath(),
    metavar="CSV",
    help="With --track, also write a table of where the object is: frame (from 0), time (in seconds from the "
    "first frame), the window x, y, w, h (in pixels), score (the mean of the back projection in it, 0 to 1), "
    "found (1, or 0 if it is lost), and what is drawn: the centre cx, cy, width and height (in pixels) and "
    "angle (in degrees clockwise from upright).  [default: none]",
)
@click.option(
    "--overlay",
    "overlaid",
    is_flag=True,
    help="Write the film itself, faded to grey where its colour does not fit, instead of the back "
    "projection.  [default: no]",
)
@click.option(
    "--cut-out",
    "cut",
    is_flag=True,
    help="Write the region of --disc and --threshold, cut out of the film, instead of the back projection; "
    "all else is black.  [default: no]",
)
@click.option(
    "--every",
    type=click.IntRange(1),
    metavar="N",
    default=1,
    show_default=True,
    help="Use only every N-th frame.",
)
@report_options
def video(
    film: Path,
    model: Path | None,
    box: Box | None,
    options: HistogramOptions,
    region: Region,
    output: Path,
    method: TrackingMethod | None,
    adapt: float,
    boxes: Path | None,
    overlaid: bool,
    cut: bool,
    every: int,
    report: Report,
) -> None:
    """Back-project a model onto the film IN.

    Every frame keeps its time, so a variable frame rate stays variable. Odd sizes are padded to even ones,
    frames are rotated as the film's metadata says, and sound is left out. A film that is damaged or ends too
    early is an error, and then nothing is written.

    With --track, only the middle of the --box is counted, half as wide and half as high, because a box around
    an object shows also what is behind it. If a --model is given, the window is at first as large as that. An
    object that is lost is looked for in the whole frame.
    """
    from backproj._cli.film_reader import read_film
    from backproj._cli.film_writer import OUTPUT_FORMATS
    from backproj._cli.prefetch import prefetch

    check_model(model, box)
    for name, given in (("--boxes", boxes), ("--adapt", adapt)):
        if given and not method:
            raise click.UsageError(f"{name} needs --track")
    if overlaid and cut:
        raise click.UsageError("give --overlay or --cut-out, not both")
    if output.suffix.lower() not in OUTPUT_FORMATS:
        raise click.ClickException(
            f"cannot write {output}: {output.suffix!r} is not a supported film format; try .mp4"
        )
    outputs = [output, boxes] if boxes else [output]
    check_paths([film, model] if model else [film], outputs)
    if cut:
        region = region.with_defaults()
    grey = takes_planes(options["channels"])
    model_pixels = None
    if model:
        with report.errors_of(model):
            model_pixels = read_picture(model, grey=grey)

    with (
        report.errors_of(film),
        read_film(film, grey=grey) as source,
        prefetch(source.frames(every)) as frames,
    ):
        first = next(frames)
        track = FilmTrack(method, adapt, options) if method else None
        if box:
            model_pixels = crop(first.pixels, box, film)
        assert model_pixels is not None  # by check_model
        if track and box:
            track.begin(first.pixels, box)
            hist = track.histogram
        else:
            hist = count_model(model_pixels, options)
            if track:
                track.seek(hist, model_pixels.shape)
        view = View(hist, track, region, "cut-out" if cut else "overlay" if overlaid else "levels")
        length = source.length and -(-source.length // every)
        with report.progress_bar(itertools.chain([first], frames), "frames", length) as watched:
            written = write_frames(watched, first.pixels.shape[:2], source, view, outputs, report)
    tell(film, outputs, written, report)


def write_frames(
    frames: Iterable[Frame],
    shape: tuple[int, int],
    source: Film,
    view: View,
    outputs: list[Path],
    report: Report,
) -> Written:
    """Write the film, and the boxes if there is a file for them."""
    from backproj._cli.film_writer import write_film

    begin, number = time.perf_counter(), 0
    levels = np.empty(shape, np.uint8)
    with atomic_write(outputs) as files, write_film(files[0], outputs[0], shape, source) as writer:
        tables = list(zip(files[1:], outputs[1:], strict=True))  # one or none
        for table, path in tables:
            write_row(table, path, COLUMNS)
        for frame in frames:
            number += 1
            picture = view.picture(frame.pixels, levels)
            facts = view.facts(frame.pixels, levels) if report.json else {}
            seconds = float(frame.pts * source.time_base)
            if view.track:
                view.track.follow(frame.pixels)
                picture = view.track.draw(picture)
                facts.update(view.track.facts())
                for table, path in tables:
                    write_row(table, path, (frame.number, f"{seconds:.6f}", *view.track.row()))
            writer.write(picture, frame.pts)
            report.emit("frame", frame=frame.number, time=round(seconds, 6), **facts)
    return Written(number, shape, writer.shape, source.has_sound, time.perf_counter() - begin)


def tell(film: Path, outputs: list[Path], written: Written, report: Report) -> None:
    """Print what was done."""
    height, width = written.shape
    padded_height, padded_width = written.padded
    report.say(
        f"{written.frames} frames of {width}×{height} pixels in {written.seconds:.2f} s: "
        f"{written.frames / written.seconds:.0f} frames/s ({backproj.info()['kernel']} kernel)"
    )
    if written.padded != written.shape:
        report.say(f"padded to {padded_width}×{padded_height} pixels: H.264 needs even sizes")
    if written.has_sound:
        report.say("left out the sound")
    for path in outputs:
        report.say(f"wrote {path}")
    report.emit(
        "film",
        input=str(film),
        outputs=dict(zip(("output", "boxes"), map(str, outputs), strict=False)),
        frames=written.frames,
        width=width,
        height=height,
        padded_width=padded_width,
        padded_height=padded_height,
        sound_left_out=written.has_sound,
        seconds=round(written.seconds, 6),
        kernel=backproj.info()["kernel"],
    )


def write_row(table: BinaryIO, path: Path, row: Sequence[object]) -> None:
    """Write a line of a table, or raise FilmError, which names the table and not the film."""
    try:
        table.write(f"{','.join(map(str, row))}\n".encode())
    except OSError as error:
        raise FilmError(f"cannot write {path}: {describe_error(error)}") from error
