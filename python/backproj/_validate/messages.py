"""How error messages show the values that they are about."""

from __future__ import annotations

_MAX_LENGTH = 60


def short_repr(value: object) -> str:
    """Return the repr of a value on one line, shortened if it is long."""
    try:
        text = " ".join(repr(value).split())
    except Exception:  # a class may raise anything in its __repr__
        text = f"an object of type {type(value).__qualname__}"
    return text if len(text) <= _MAX_LENGTH else f"{text[: _MAX_LENGTH - 3]}..."


def describe_type(value: object) -> str:
    """Return the type of a value, with the value itself or its length if that is short."""
    kind = type(value)
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    if isinstance(value, (str, int, float)):
        return f"{name} {short_repr(value)}"
    if isinstance(value, (list, tuple, bytes, bytearray)):
        return f"{name} of length {len(value)}"
    return name
