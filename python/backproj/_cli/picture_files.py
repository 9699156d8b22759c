"""Picture files: read as RGB, and written whole or not at all."""

from __future__ import annotations

import mimetypes
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
import numpy as np

from backproj._atomic_write import atomic_write
from backproj._cli.bit_depth import has_more_than_8_bits
from backproj._cli.errors import PictureError, describe_error
from backproj._termination import Terminated
from backproj.typing import Image

if TYPE_CHECKING:  # Pillow takes as long to import as click, and --help does not need it
    import PIL.Image

# The formats that are read and written, as far as the installed Pillow has them (AVIF since 11.3, QOI since
# 9.5).
#
# Pillow recognises a format by the content of a file, not by its name, so this list decides what a picture
# from a stranger can set off. These formats hold only pixels and metadata, and are decoded by Pillow itself
# or by a library that it links. Left out are:
# - EPS: Pillow runs Ghostscript, and a PostScript file is a program;
# - IPTC: Pillow opens the picture inside as any format, including EPS;
# - BUFR, GRIB, HDF5 and WMF: Pillow calls a handler that another library may have registered;
# - MPEG: Pillow only identifies it;
# - ICNS and ICO: Pillow scales a picture to the sizes of icons when it writes one;
# - formats of single, old programs, such as MCIDAS and SPIDER: their decoders are hardly ever tested.
_FORMATS = (
    *("AVIF", "BMP", "GIF", "JPEG", "JPEG2000", "PCX", "PNG", "PPM", "QOI", "SGI", "TGA", "TIFF", "WEBP"),
)

# Those of them that have no transparency, or that Pillow writes without it or as no other program expects it.
_OPAQUE_FORMATS = ("BMP", "JPEG", "PCX", "PPM")

# Modes without colours: bilevel and grey, with and without transparency.
_GREY_MODES = ("1", "L", "LA", "La")


def read_picture(path: Path, *, transparency: bool = False, grey: bool = False) -> Image:
    """Return a picture as RGB, rotated as its EXIF data says, or raise PictureError.

    Palettes, CMYK and so on are converted without colour profiles. Transparency is ignored, unless it is
    asked for: then a picture that has any is returned as RGBA. Of several frames or pages only the first is
    read. A grey picture is an error, unless grey is asked for: then red, green and blue are the grey.
    """
    import PIL.Image
    import PIL.ImageOps

    try:
        with warnings.catch_warnings(), PIL.Image.open(path, formats=_readable_formats()) as file:
            # Pillow warns of 89 million pixels, and raises an error for twice as many.
            warnings.simplefilter("ignore", PIL.Image.DecompressionBombWarning)
            if has_more_than_8_bits(file):
                raise PictureError(
                    f"{path} has more than 8 bits a channel (mode {file.mode}); convert it to 8 bits first"
                )
            if file.mode in _GREY_MODES and not grey:
                raise PictureError(f"{path} is grey (mode {file.mode}), {fix_grey('picture')}")
            # From palettes with transparency to RGB, Pillow prints a warning.
            mode = "RGBA" if _has_transparency(file) else "RGB"
            pixels = np.asarray(PIL.ImageOps.exif_transpose(file).convert(mode))
            return pixels if transparency else pixels[..., :3]
    except (click.ClickException, Terminated):
        raise
    except PIL.UnidentifiedImageError as error:
        film = (mimetypes.guess_type(path)[0] or "").startswith("video/")
        hint = "; films are for 'backproj video'" if film else ""
        raise PictureError(f"cannot read {path}: it is not a picture in a supported format{hint}") from error
    except MemoryError as error:
        raise PictureError(f"cannot read {path}: there is not enough memory") from error
    except Exception as error:  # Pillow's decoders raise many kinds for a damaged file
        raise PictureError(f"cannot read {path}: {describe_error(error)}") from error


def fix_grey(kind: str) -> str:
    """Return why a grey picture or film is refused, and what would not be."""
    return f"and grey has no colours; give a {kind} in colour, or --channels gray"


def list_pictures(paths: Sequence[Path]) -> list[Path]:
    """Return files, with the pictures in a folder in its place, or raise UsageError if there are none."""
    listed: list[Path] = []
    for path in paths:
        found = pictures_in(path) if path.is_dir() else [path]
        if not found:
            raise click.UsageError(f"there are no pictures in the folder {path}")
        listed += found
    return listed


def pictures_in(folder: Path) -> list[Path]:
    """Return the files in a folder that have the extension of a picture format, sorted by name.

    Hidden files and subfolders are left out. Raises PictureError if the folder cannot be read.
    """
    import PIL.Image

    formats = _readable_formats()
    extensions = {ending for ending, name in PIL.Image.registered_extensions().items() if name in formats}
    try:
        return sorted(
            path
            for path in folder.iterdir()
            if path.suffix.lower() in extensions and not path.name.startswith(".") and path.is_file()
        )
    except OSError as error:
        raise PictureError(f"cannot read {folder}: {describe_error(error)}") from error


def write_pictures(pictures: list[tuple[Image, Path]]) -> None:
    """Write all the pictures; or none, and raise ClickException.

    In formats without transparency, what is transparent has the colours that it has in the array.
    """
    import PIL.Image

    formats = [_format_of(path) for _, path in pictures]
    try:
        with atomic_write([path for _, path in pictures]) as files:
            for (pixels, _), name, file in zip(pictures, formats, files, strict=True):
                if name in _OPAQUE_FORMATS and pixels.ndim == 3:
                    pixels = pixels[..., :3]
                # Only WebP has these options. It is lossy by default, also where a picture is transparent.
                PIL.Image.fromarray(pixels).save(file, format=name, lossless=True, exact=True)
    except (
        Exception
    ) as error:  # Pillow's encoders raise many kinds for pictures that are too large for a format
        names = getattr(error, "filename", None) or " and ".join(str(path) for _, path in pictures)
        raise click.ClickException(f"cannot write {names}: {describe_error(error)}") from error


def _has_transparency(file: PIL.Image.Image) -> bool:
    # In palettes and in RGB, colours may be transparent.
    return file.mode in ("RGBA", "RGBa", "PA") or (file.mode in ("P", "RGB") and "transparency" in file.info)


def _readable_formats() -> list[str]:
    import PIL.Image

    PIL.Image.init()  # otherwise only five formats are loaded
    return [name for name in _FORMATS if name in PIL.Image.OPEN]


def _format_of(path: Path) -> str:
    """Return the format that the extension of a file stands for, or raise ClickException."""
    import PIL.Image

    PIL.Image.init()
    name = PIL.Image.registered_extensions().get(path.suffix.lower())
    if name not in _FORMATS or name not in PIL.Image.SAVE:
        raise click.ClickException(
            f"cannot write {path}: {path.suffix!r} is not a supported picture format; try .png"
        )
    return name
