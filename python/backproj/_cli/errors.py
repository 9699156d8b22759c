"""The errors of films and pictures, and how those of libraries are described in one line."""

from __future__ import annotations

import click


class FilmError(click.ClickException):
    """A film, or the table of its boxes, cannot be read or written. The message names the file."""


class PictureError(click.ClickException):
    """A picture cannot be read. The message names its file."""


def describe_error(error: Exception) -> str:
    """Return what went wrong, without error numbers and names of functions."""
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
