"""Pictures in files: read as RGB, written whole or not at all."""

from __future__ import annotations

import mimetypes
import warnings
from pathlib import Path

import click
import numpy as np

from backproj._atomic_write import atomic_write
from backproj._cli.bit_depth import has_more_than_8_bits
from backproj._cli.errors import describe_error
from backproj.typing import Image

# The formats that are read and written, if this Pillow has them (AVIF is from 11.3 on, QOI from 9.5).
#
# Pillow recognises a format by the content of a file, whatever its name is, so the list decides what a
# stranger's picture can set in motion. These formats hold nothing but pixels and metadata, and Pillow or a
# library that it is linked with decodes them. Left out on purpose:
# - EPS, for which Pillow runs Ghostscript, which runs the program that the file is;
# - IPTC, whose content Pillow opens as a picture of any format, EPS among them;
# - BUFR, GRIB, HDF5 and WMF, for which Pillow calls a handler that somebody else has registered, and MPEG,
#   which it only identifies;
# - ICNS and ICO, which are scaled to the sizes of icons when they are written;
# - formats of single old programs (such as MCIDAS, SPIDER, XV thumbnails), whose decoders get little testing.
_FORMATS = (
    "AVIF",
    "BMP",
    "GIF",
    "JPEG",
    "JPEG2000",
    "PCX",
    "PNG",
    "PPM",
    "QOI",
    "SGI",
    "TGA",
    "TIFF",
    "WEBP",
)

# Modes without a hue: bilevel and grey, with and without transparency.
_GREY_MODES = ("1", "L", "LA", "La")


class PictureError(click.ClickException):
    """A picture file cannot be used. The message names it."""


def read_picture(path: Path) -> Image:
    """Return a picture file as RGB, turned as its EXIF data says, or raise PictureError.

    Palettes, CMYK and the like are converted without colour profiles, transparency is ignored, and of several
    frames or pages the first is read.
    """
    import PIL.Image
    import PIL.ImageOps

    try:
        with warnings.catch_warnings(), PIL.Image.open(path, formats=_readable_formats()) as file:
            # Twice as many pixels are an error; these are merely many.
            warnings.simplefilter("ignore", PIL.Image.DecompressionBombWarning)
            if has_more_than_8_bits(file):
                raise PictureError(
                    f"{path} has more than 8 bits a channel (mode {file.mode}); convert it to 8 bits first"
                )
            if file.mode in _GREY_MODES:
                raise PictureError(
                    f"{path} is grey (mode {file.mode}), and grey has no hue; give a picture in colour"
                )
            return np.asarray(PIL.ImageOps.exif_transpose(file).convert("RGB"))
    except click.ClickException:
        raise
    except PIL.UnidentifiedImageError as error:
        film = (mimetypes.guess_type(path)[0] or "").startswith("video/")
        hint = "; films are for 'backproj video'" if film else ""
        raise PictureError(f"cannot read {path}: it is not a picture in a supported format{hint}") from error
    except Exception as error:  # Pillow's decoders raise a dozen kinds for a damaged file
        raise PictureError(f"cannot read {path}: {describe_error(error)}") from error


def pictures_in(folder: Path) -> list[Path]:
    """Return the files of a folder whose names end like pictures', sorted; or raise PictureError."""
    import PIL.Image

    formats = _readable_formats()
    endings = {ending for ending, name in PIL.Image.registered_extensions().items() if name in formats}
    try:
        return sorted(
            path
            for path in folder.iterdir()
            if path.suffix.lower() in endings and not path.name.startswith(".") and path.is_file()
        )
    except OSError as error:
        raise PictureError(f"cannot read {folder}: {describe_error(error)}") from error


def write_pictures(pictures: list[tuple[Image, Path]]) -> None:
    """Write all pictures, or none and raise ClickException."""
    import PIL.Image

    formats = [_format_of(path) for _, path in pictures]
    try:
        with atomic_write([path for _, path in pictures]) as files:
            for (pixels, _), kind, file in zip(pictures, formats, files, strict=True):
                # WebP is lossy otherwise; the others have no such option.
                PIL.Image.fromarray(pixels).save(file, format=kind, lossless=True)
    except Exception as error:  # Pillow's encoders raise many kinds for sizes that they cannot write
        name = getattr(error, "filename", None) or " and ".join(str(path) for _, path in pictures)
        raise click.ClickException(f"cannot write {name}: {describe_error(error)}") from error


def _readable_formats() -> list[str]:
    import PIL.Image

    PIL.Image.init()  # or only the five most common formats are there
    return [name for name in _FORMATS if name in PIL.Image.OPEN]


def _format_of(path: Path) -> str:
    """Return the format that the ending of a name stands for, or raise ClickException."""
    import PIL.Image

    PIL.Image.init()
    name = PIL.Image.registered_extensions().get(path.suffix.lower())
    if name not in _FORMATS or name not in PIL.Image.SAVE:
        raise click.ClickException(
            f"cannot write {path}: {path.suffix!r} is not a supported picture format; try .png"
        )
    return name
