"""Films in files: decoded a few frames ahead, and encoded frame by frame."""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO, NamedTuple, TypeVar, cast

import av
import av.error
import click
import numpy as np
from av.container import InputContainer, OutputContainer
from av.video.frame import VideoFrame
from av.video.reformatter import Colorspace

from backproj._cli.errors import describe_error
from backproj.typing import Image

T = TypeVar("T")

# Frames decoded and not yet used: enough for both sides to work, and 25 MB of 1080p at most.
_AHEAD = 4

# How much of a film may be missing at its end. Its length is not told more exactly than that by all formats.
_SLACK = Fraction(1, 2)

# The formats that are read, by FFmpeg's names. FFmpeg recognises a format by the content of a file, whatever
# its name is, and some formats refer to other files or to network addresses: playlists (HLS, DASH), scripts
# (concat), session descriptions (SDP), image sequences. These hold all of a film in one file.
_READ_FORMATS = (
    *(
        "apng",
        "asf",
        "av1",
        "avi",
        "dv",
        "flv",
        "gif",
        "h261",
        "h263",
        "h264",
        "hevc",
        "ivf",
        "m4v",
        "matroska",
    ),
    *("mjpeg", "mov", "mpeg", "mpegts", "mpegvideo", "mxf", "nut", "obu", "ogg", "rm", "vc1", "vvc", "wtv"),
    "yuv4mpegpipe",
)
_OPTIONS = {"format_whitelist": ",".join(_READ_FORMATS), "protocol_whitelist": "file"}

# The formats of what is written, by the endings of names: all of them keep a time for each frame.
FORMATS = {".mp4": "mp4", ".m4v": "mp4", ".mov": "mov", ".mkv": "matroska"}

# Nine of ten pixels of a photograph's back projection are off by two levels at most, and 99 of 100 by five.
# Nine tenths of the time are the encoder's; the preset that takes half of that makes files twice as large.
_QUALITY = {"crf": "20", "preset": "veryfast"}


class FilmError(click.ClickException):
    """A film cannot be read or written. The message names it."""


class Frame(NamedTuple):
    """A frame of a film."""

    number: int  # from 0, of all in the film
    ticks: int  # when it is shown, in ticks of the film's clock since the first frame
    pixels: Image  # RGB


class Film:
    """A film that is open for reading."""

    def __init__(self, path: Path, container: InputContainer) -> None:
        if not container.streams.video:
            raise FilmError(f"{path} has no video in it")
        self._path, self._container = path, container
        stream = self._stream = container.streams.video[0]
        if stream.codec_context is None:
            raise FilmError(f"cannot read {path}: its codec is not supported")
        pixels = stream.codec_context.format
        if pixels is not None and _is_grey(pixels.name):
            raise FilmError(f"{path} is grey ({pixels.name}), and grey has no hue; give a film in colour")
        stream.thread_type = "AUTO"
        self.tick = stream.time_base or Fraction(1, 90_000)
        self.rate = stream.average_rate or stream.guessed_rate or Fraction(25)
        self.aspect = stream.sample_aspect_ratio  # of a pixel, as it is shown
        self.sounds = len(container.streams.audio)

    @property
    def length(self) -> int | None:
        """About how many frames there are, if that is known."""
        seconds = self._seconds()
        return self._stream.frames or (round(seconds * self.rate) if seconds else None)

    def frames(self, every: int = 1) -> Iterator[Frame]:
        """Yield one of so many frames, from the first on; or raise FilmError where the film is broken."""
        number, first, ticks, end = -1, None, -1, Fraction(0)
        shape: tuple[int, ...] | None = None
        try:
            for number, frame in enumerate(self._container.decode(self._stream)):
                if frame.is_corrupt:
                    raise self._broken(number, end, "a frame is damaged")
                if first is None:
                    first = frame.pts or 0
                    if self.aspect and _turns(frame) % 2:
                        self.aspect = 1 / self.aspect
                # Raw streams have no times, and broken ones may go back: then a frame follows the one before.
                due = max(1, round(1 / (self.rate * self.tick)))
                shown = ticks + due if frame.pts is None and number else (frame.pts or 0) - first
                ticks = shown if shown > ticks else ticks + 1
                end = (ticks + (frame.duration or due)) * self.tick
                if number % every:
                    continue
                pixels = _upright(frame)
                if shape not in (None, pixels.shape):
                    raise self._broken(number, end, "the size of its frames changes")
                shape = pixels.shape
                yield Frame(number, ticks, pixels)
        except (av.error.FFmpegError, OSError) as error:
            raise self._broken(number + 1, end, describe_error(error)) from error
        if number < 0:
            raise FilmError(f"cannot read {self._path}: it has no frames")
        if end + _SLACK < (self._seconds() or 0):
            raise self._broken(number + 1, end, "it ends there")

    def _seconds(self) -> Fraction | None:
        """Return how long the film should be, by the least that its file says, if it does."""
        stream, container = self._stream, self._container
        said = []
        if stream.duration and stream.time_base:
            said.append(stream.duration * stream.time_base)
        if container.duration:
            said.append(Fraction(container.duration, av.time_base))
        with contextlib.suppress(KeyError, ValueError):  # Matroska's, such as 00:00:02.400000000
            hours, minutes, seconds = stream.metadata["DURATION"].split(":")
            said.append(3600 * int(hours) + 60 * int(minutes) + Fraction(seconds))
        return min(said, default=None)

    def _broken(self, frames: int, end: Fraction, why: str) -> FilmError:
        whole = self._seconds()
        so_far = f"{float(end):.1f}" + (f" of {float(whole):.1f}" if whole else "")
        return FilmError(
            f"cannot read {self._path} beyond {frames} frames, {so_far} s: {why}; nothing is written"
        )


@contextlib.contextmanager
def read_film(path: Path) -> Iterator[Film]:
    """Open a film, or raise FilmError."""
    try:
        container = av.open(f"file:{path}", options=_OPTIONS)  # a name alone may be one of ffmpeg's protocols
    except av.error.InvalidDataError as error:
        raise FilmError(
            f"cannot read {path}: it is not a film, or its end is missing, where an MP4 has its index"
        ) from error
    except av.error.ArgumentError as error:  # what FFmpeg says of formats that are not in the list
        raise FilmError(f"cannot read {path}: it is not a film in a supported format") from error
    except (av.error.FFmpegError, OSError) as error:
        raise FilmError(f"cannot read {path}: {describe_error(error)}") from error
    with container:
        yield Film(path, container)


@contextlib.contextmanager
def ahead(items: Iterator[T]) -> Iterator[Iterator[T]]:
    """Let a thread of its own run an iterator a few items ahead; none of it runs any more at the end."""
    with ThreadPoolExecutor(1, "decode") as thread:
        pending = deque(thread.submit(next, items, None) for _ in range(_AHEAD))

        def taken() -> Iterator[T]:
            while (item := pending.popleft().result()) is not None:
                pending.append(thread.submit(next, items, None))
                yield item

        try:
            yield taken()
        finally:
            thread.shutdown(cancel_futures=True)


class FilmWriter:
    """Writes a film, frame by frame, as H.264.

    Frames are padded to even sizes, which 4:2:0 needs: their last row or column is repeated.
    """

    def __init__(self, container: OutputContainer, shape: tuple[int, int], source: Film) -> None:
        height, width = shape
        self.shape = height + height % 2, width + width % 2
        self._padding = ((0, height % 2), (0, width % 2), (0, 0))
        self._container, self._tick = container, source.tick
        self._stream = container.add_stream("libx264", rate=source.rate, options=_QUALITY)
        self._stream.height, self._stream.width = self.shape
        self._stream.pix_fmt = "yuv420p"
        self._stream.codec_context.time_base = source.tick
        if source.aspect:
            self._stream.codec_context.sample_aspect_ratio = source.aspect
        # Said, or players take a large film for one of BT.709.
        self._stream.codec_context.colorspace = Colorspace.ITU601

    def write(self, pixels: Image, ticks: int) -> None:
        """Add a frame, RGB or grey, at a time."""
        if pixels.shape[:2] != self.shape:
            pixels = np.pad(pixels, self._padding[: pixels.ndim], mode="edge")
        frame = VideoFrame.from_ndarray(pixels, format="gray" if pixels.ndim == 2 else "rgb24")
        frame.pts, frame.time_base = ticks, self._tick
        self._container.mux(self._stream.encode(frame))

    def finish(self) -> None:
        """Write what the encoder still holds."""
        self._container.mux(self._stream.encode(None))
        self._container.close()


@contextlib.contextmanager
def write_film(file: BinaryIO, path: Path, shape: tuple[int, int], source: Film) -> Iterator[FilmWriter]:
    """Write a film, with the clock of another, to a file that will have that path; or raise FilmError."""
    try:
        container = av.open(file, "w", format=FORMATS[path.suffix.lower()])
        try:
            writer = FilmWriter(container, shape, source)
            yield writer
            writer.finish()
        except BaseException:
            with contextlib.suppress(av.error.FFmpegError, OSError, ValueError):
                container.close()
            raise
    except (av.error.FFmpegError, OSError) as error:
        raise FilmError(f"cannot write {path}: {describe_error(error)}") from error


def _is_grey(name: str) -> bool:
    return name.startswith(("gray", "ya8", "ya16", "mono"))


def _upright(frame: VideoFrame) -> Image:
    """Return a frame as RGB, turned as a phone's film says."""
    pixels = cast("Image", frame.to_ndarray(format="rgb24"))
    turns = _turns(frame)
    return np.ascontiguousarray(np.rot90(pixels, turns)) if turns else pixels


def _turns(frame: VideoFrame) -> int:
    """Return by how many quarters a frame is to be turned, counterclockwise."""
    return round(frame.rotation / 90) % 4
