"""Film files, encoded frame by frame."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import av
import av.error
import numpy as np
from av.container import OutputContainer
from av.video.frame import VideoFrame
from av.video.reformatter import Colorspace

from backproj._cli.errors import FilmError, describe_error
from backproj._cli.film_reader import Film
from backproj.typing import Image

# The formats that are written, by file extension. All of them store a time for each frame.
OUTPUT_FORMATS = {".mp4": "mp4", ".m4v": "mp4", ".mov": "mov", ".mkv": "matroska"}

# In a photograph's back projection, 90% of the pixels are off by at most two levels, and 99% by at most five.
# Encoding takes nine tenths of the time. The preset that needs half of that makes files twice as large.
_QUALITY = {"crf": "20", "preset": "veryfast"}


class FilmWriter:
    """Writes a film frame by frame, as H.264.

    The chroma subsampling 4:2:0 needs even sizes, so the last row or column of odd ones is repeated.
    """

    def __init__(self, container: OutputContainer, shape: tuple[int, int], source: Film) -> None:
        height, width = shape
        self.shape = height + height % 2, width + width % 2
        self._padding = ((0, height % 2), (0, width % 2), (0, 0))
        self._container, self._time_base = container, source.time_base
        self._stream = container.add_stream("libx264", rate=source.rate, options=_QUALITY)
        self._stream.height, self._stream.width = self.shape
        self._stream.pix_fmt = "yuv420p"
        self._stream.codec_context.time_base = source.time_base
        if source.aspect:
            self._stream.codec_context.sample_aspect_ratio = source.aspect
        # Without this, players assume BT.709 for large films.
        self._stream.codec_context.colorspace = Colorspace.ITU601

    def write(self, pixels: Image, pts: int) -> None:
        """Add a frame, RGB or grey, with its presentation time."""
        if pixels.shape[:2] != self.shape:
            pixels = np.pad(pixels, self._padding[: pixels.ndim], mode="edge")
        frame = VideoFrame.from_ndarray(pixels, format="gray" if pixels.ndim == 2 else "rgb24")
        frame.pts, frame.time_base = pts, self._time_base
        self._container.mux(self._stream.encode(frame))

    def finish(self) -> None:
        """Write the frames that the encoder still holds."""
        self._container.mux(self._stream.encode(None))
        self._container.close()


@contextlib.contextmanager
def write_film(file: BinaryIO, path: Path, shape: tuple[int, int], source: Film) -> Iterator[FilmWriter]:
    """Write a film with the time base of another; or raise FilmError, which names the path."""
    try:
        container = av.open(file, "w", format=OUTPUT_FORMATS[path.suffix.lower()])
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
