"""Pictures in files: read as RGB, written whole or not at all."""

from __future__ import annotations

import mimetypes
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import click
import numpy as np

from backproj._atomic_write import replaced
from backproj._validate.arrays import Image

if TYPE_CHECKING:  # Pillow takes as long to import as click, and --help does not need it
    from PIL.ImageFile import ImageFile

# Modes whose 16 or 32 bits a channel Pillow would cut to 8 bits by clipping.
_DEEP_MODES = ("I", "F")

# Modes without a hue: bilevel and grey, with and without transparency.
_GREY_MODES = ("1", "L", "LA", "La")

# Formats of icons, which Pillow scales to sizes of their own.
_SCALED_FORMATS = ("ICO", "ICNS")


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
        with warnings.catch_warnings(), PIL.Image.open(path) as file:
            # Twice as many pixels are an error; these are merely many.
            warnings.simplefilter("ignore", PIL.Image.DecompressionBombWarning)
            if _is_deep(file):
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
        raise PictureError(f"cannot read {path}: it is no picture that Pillow knows{hint}") from error
    except Exception as error:  # Pillow's decoders raise a dozen kinds for a damaged file
        raise PictureError(f"cannot read {path}: {_reason(error)}") from error


def pictures_in(folder: Path) -> list[Path]:
    """Return the files of a folder whose names end like pictures', sorted; or raise PictureError."""
    import PIL.Image

    PIL.Image.init()
    endings = {ending for ending, kind in PIL.Image.registered_extensions().items() if kind in PIL.Image.OPEN}
    try:
        return sorted(
            path
            for path in folder.iterdir()
            if path.suffix.lower() in endings and not path.name.startswith(".") and path.is_file()
        )
    except OSError as error:
        raise PictureError(f"cannot read {folder}: {_reason(error)}") from error


def write_pictures(pictures: list[tuple[Image, Path]]) -> None:
    """Write all pictures, or none and raise ClickException."""
    import PIL.Image

    formats = [_format_of(path) for _, path in pictures]
    try:
        with replaced([path for _, path in pictures]) as files:
            for (pixels, _), kind, file in zip(pictures, formats, files, strict=True):
                # WebP is lossy otherwise; the others have no such option.
                PIL.Image.fromarray(pixels).save(file, format=kind, lossless=True)
    except Exception as error:  # Pillow's encoders raise many kinds for sizes that they cannot write
        names = " and ".join(str(path) for _, path in pictures)
        raise click.ClickException(f"cannot write {names}: {_reason(error)}") from error


def _is_deep(file: ImageFile) -> bool:
    """Return whether a file has more bits a channel than 8.

    Of 16-bit RGB in PNG and TIFF Pillow takes one byte of two and says so only in the decoder's raw mode,
    such as ``RGB;16B``.
    """
    arguments = [tile[3] for tile in file.tile]
    raw_modes = [one[0] if isinstance(one, tuple) else one for one in arguments if one]
    return file.mode.startswith(_DEEP_MODES) or any(";16" in str(mode) for mode in raw_modes)


def _format_of(path: Path) -> str:
    import PIL.Image

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
