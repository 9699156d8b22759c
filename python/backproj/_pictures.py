"""Pictures in files: read as RGB, written whole or not at all."""

from __future__ import annotations

import warnings
from pathlib import Path

import click
import numpy as np
import PIL.Image
import PIL.ImageOps

from backproj._arrays import Image
from backproj._replace import replaced

# Modes whose 16 or 32 bits a component Pillow would cut to 8 bits by clipping.
_DEEP_MODES = ("I", "F")

# Formats of icons, which Pillow scales to sizes of their own.
_SCALED_FORMATS = ("ICO", "ICNS")


def read_picture(path: Path) -> Image:
    """Return a picture file as RGB, turned as its EXIF data says, or raise ClickException."""
    try:
        with warnings.catch_warnings(), PIL.Image.open(path) as file:
            # Twice as many pixels are an error; these are merely many.
            warnings.simplefilter("ignore", PIL.Image.DecompressionBombWarning)
            if file.mode.startswith(_DEEP_MODES):
                raise click.ClickException(
                    f"{path} has more than 8 bits a component (mode {file.mode}); convert it to 8 bits first"
                )
            return np.asarray(PIL.ImageOps.exif_transpose(file).convert("RGB"))
    except click.ClickException:
        raise
    except Exception as error:  # Pillow's decoders raise a dozen kinds for a damaged file
        raise click.ClickException(f"cannot read {path}: {_reason(error)}") from error


def write_pictures(pictures: list[tuple[Image, Path]]) -> None:
    """Write all pictures, or none and raise ClickException."""
    formats = [_format_of(path) for _, path in pictures]
    try:
        with replaced([path for _, path in pictures]) as files:
            for (pixels, _), kind, file in zip(pictures, formats, files, strict=True):
                # WebP is lossy otherwise; the others have no such option.
                PIL.Image.fromarray(pixels).save(file, format=kind, lossless=True)
    except Exception as error:  # Pillow's encoders raise many kinds for sizes that they cannot write
        names = " and ".join(str(path) for _, path in pictures)
        raise click.ClickException(f"cannot write {names}: {_reason(error)}") from error


def _format_of(path: Path) -> str:
    PIL.Image.init()
    kind = PIL.Image.registered_extensions().get(path.suffix.lower())
    if kind not in PIL.Image.SAVE or kind in _SCALED_FORMATS:
        raise click.ClickException(
            f"cannot write {path}: {path.suffix!r} is no picture format to write; try .png"
        )
    return str(kind)


def _reason(error: Exception) -> str:
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return text or type(error).__name__
