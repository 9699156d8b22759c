"""How an error of a library is described in the one line that a command prints."""

from __future__ import annotations


def describe_error(error: Exception) -> str:
    """Return what went wrong, without error numbers and names of functions."""
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
