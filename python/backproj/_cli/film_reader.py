"""Film files, decoded frame by frame."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple, cast

import av
import av.error
import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame

from backproj._cli.errors import FilmError, describe_error
from backproj._cli.picture_files import fix_grey
from backproj.typing import Image

# How many seconds may be missing at the end of a film. Not all containers report the duration more precisely.
_DURATION_TOLERANCE = Fraction(1, 2)

# The formats that are read, by FFmpeg's names. FFmpeg recognises a format by the content of a file, not by
# its name, and some formats refer to other files or to network addresses: playlists (HLS, DASH), scripts
# (concat), session descriptions (SDP) and image sequences. These formats hold a whole film in one file.
_READ_FORMATS = (
    *("apng", "asf", "av1", "avi", "dv", "flv", "gif", "h261", "h263", "h264", "hevc", "ivf", "m4v"),
    *("matroska", "mjpeg", "mov", "mpeg", "mpegts", "mpegvideo", "mxf", "nut", "obu", "ogg", "rm", "vc1"),
    *("vvc", "wtv", "yuv4mpegpipe"),
)
_READ_OPTIONS = {"format_whitelist": ",".join(_READ_FORMATS), "protocol_whitelist": "file"}


class Frame(NamedTuple):
    """A frame of a film."""

    number: int  # its index among all frames of the film
    pts: int  # presentation time, in units of the film's time_base, from the first frame on
    pixels: Image  # RGB


class Film:
    """A film that is open for reading."""

    def __init__(self, path: Path, container: InputContainer, grey: bool) -> None:
        if not container.streams.video:
            raise FilmError(f"there is no video in {path}")
        self._path, self._container = path, container
        stream = self._stream = container.streams.video[0]
        if stream.codec_context is None:
            raise FilmError(f"cannot read {path}: its codec is not supported")
        pixel_format = stream.codec_context.format
        if pixel_format is not None and _is_grey(pixel_format.name) and not grey:
            raise FilmError(f"{path} is grey ({pixel_format.name}), {fix_grey('film')}")
        stream.thread_type = "AUTO"
        self.time_base = stream.time_base or Fraction(1, 90_000)
        self.rate = stream.average_rate or stream.guessed_rate or Fraction(25)
        self.aspect = stream.sample_aspect_ratio  # of a pixel, in the film as it is shown
        self.has_sound = bool(container.streams.audio)

    @property
    def length(self) -> int | None:
        """The approximate number of frames, or None if it is unknown."""
        duration = self._duration()
        return self._stream.frames or (round(duration * self.rate) if duration else None)

    def frames(self, every: int = 1) -> Iterator[Frame]:
        """Yield the first frame and every n-th one after it, or raise FilmError where the film is damaged."""
        number, first, pts, end = -1, None, -1, Fraction(0)
        shape: tuple[int, ...] | None = None
        try:
            for number, frame in enumerate(self._container.decode(self._stream)):
                if frame.is_corrupt:
                    raise self._error_after(number, end, "a frame is damaged")
                if first is None:
                    first = frame.pts or 0
                    if self.aspect and _quarter_turns(frame) % 2:
                        self.aspect = 1 / self.aspect
                # Raw streams have no times. In damaged ones a time may be earlier than the one before; then
                # the frame follows at once.
                duration = max(1, round(1 / (self.rate * self.time_base)))
                given = pts + duration if frame.pts is None and number else (frame.pts or 0) - first
                pts = given if given > pts else pts + 1
                end = (pts + (frame.duration or duration)) * self.time_base
                if number % every:
                    continue
                pixels = _upright(frame)
                if shape not in (None, pixels.shape):
                    raise self._error_after(number, end, "the size of its frames changes")
                shape = pixels.shape
                yield Frame(number, pts, pixels)
        except (av.error.FFmpegError, OSError) as error:
            raise self._error_after(number + 1, end, describe_error(error)) from error
        if number < 0:
            raise FilmError(f"cannot read {self._path}: it has no frames")
        if end + _DURATION_TOLERANCE < (self._duration() or 0):
            raise self._error_after(number + 1, end, "it ends there")

    def _duration(self) -> Fraction | None:
        """Return the shortest duration in seconds that the file reports, or None if it reports none."""
        stream, container = self._stream, self._container
        reported = []
        if stream.duration and stream.time_base:
            reported.append(stream.duration * stream.time_base)
        if container.duration:
            reported.append(Fraction(container.duration, av.time_base))
        # Matroska has a tag, such as 00:00:02.400000000.
        with contextlib.suppress(KeyError, ValueError, ZeroDivisionError):
            hours, minutes, seconds = stream.metadata["DURATION"].split(":")
            reported.append(3600 * int(hours) + 60 * int(minutes) + Fraction(seconds))
        return min((duration for duration in reported if duration > 0), default=None)

    def _error_after(self, frames: int, end: Fraction, reason: str) -> FilmError:
        """Return the error for a film that can only be read up to some frame."""
        duration = self._duration()
        read = f"{float(end):.1f}" + (f" of {float(duration):.1f}" if duration else "")
        return FilmError(
            f"cannot read {self._path} beyond {frames} frames, {read} s: {reason}; nothing is written"
        )


# Older films have titles in other encodings than UTF-8. PyAV 19 reads these without being asked to.
_ANY_TITLE: dict[str, Any] = {"metadata_errors": "replace"} if int(av.__version__.split(".")[0]) < 19 else {}


@contextlib.contextmanager
def read_film(path: Path, *, grey: bool = False) -> Iterator[Film]:
    """Open a film, or raise FilmError; grey says whether a grey one may be."""
    try:
        # Without "file:", FFmpeg takes a name such as pipe:0.mp4 for a protocol.
        container = av.open(f"file:{path}", options=_READ_OPTIONS, **_ANY_TITLE)
    except av.error.InvalidDataError as error:
        raise FilmError(
            f"cannot read {path}: it is not a film, or its end is missing, where an MP4 has its index"
        ) from error
    except av.error.ArgumentError as error:  # FFmpeg's error for formats that are not in the list
        raise FilmError(f"cannot read {path}: it is not a film in a supported format") from error
    except (av.error.FFmpegError, OSError) as error:
        raise FilmError(f"cannot read {path}: {describe_error(error)}") from error
    with container:
        yield Film(path, container, grey)


def _is_grey(name: str) -> bool:
    return name.startswith(("gray", "ya8", "ya16", "mono"))


def _upright(frame: VideoFrame) -> Image:
    """Return a frame as RGB, rotated as its metadata says."""
    pixels = cast("Image", frame.to_ndarray(format="rgb24"))
    turns = _quarter_turns(frame)
    return np.ascontiguousarray(np.rot90(pixels, turns)) if turns else pixels


def _quarter_turns(frame: VideoFrame) -> int:
    """Return the number of counterclockwise quarter turns that make a frame upright."""
    return round(frame.rotation / 90) % 4
