"""Pictures in files: read as RGB, written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import click
import numpy as np
import PIL.Image
import PIL.ImageOps

from backproj._arrays import Image

# Modes whose 16 or 32 bits a component Pillow would cut to 8 bits by clipping.
_DEEP_MODES = ("I", "F")


def read_picture(path: Path) -> Image:
    """Return a picture file as RGB, turned as its EXIF data says, or raise ClickException."""
    try:
        with PIL.Image.open(path) as file:
            if file.mode.startswith(_DEEP_MODES):
                raise click.ClickException(
                    f"{path} has more than 8 bits a component (mode {file.mode}); convert it to 8 bits first"
                )
            return np.asarray(PIL.ImageOps.exif_transpose(file).convert("RGB"))
    except (OSError, SyntaxError, ValueError, PIL.Image.DecompressionBombError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise click.ClickException(f"cannot read {path}: {reason}") from error


def write_pictures(pictures: list[tuple[Image, Path]]) -> None:
    """Write all pictures, or none and raise ClickException.

    Each goes to a temporary name beside its own. They are renamed once all are complete.
    """
    formats = [_format_of(path) for _, path in pictures]
    complete: list[tuple[Path, Path]] = []
    try:
        for (pixels, path), kind in zip(pictures, formats, strict=True):
            part = path.with_name(f".{path.name}.{os.getpid()}.part")
            complete.append((part, path))
            with part.open("xb") as file:
                PIL.Image.fromarray(pixels).save(file, format=kind)
        for part, path in complete:
            part.replace(path)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise click.ClickException(f"cannot write {path}: {reason}") from error
    finally:
        for part, _ in complete:
            part.unlink(missing_ok=True)


def _format_of(path: Path) -> str:
    PIL.Image.init()
    kind = PIL.Image.registered_extensions().get(path.suffix.lower())
    if kind not in PIL.Image.SAVE:
        raise click.ClickException(
            f"cannot write {path}: no picture format is called {path.suffix!r}; try .png"
        )
    return str(kind)
