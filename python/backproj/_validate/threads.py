"""How many threads a call may use."""

from __future__ import annotations

import functools
import operator
import os
from typing import SupportsIndex

from backproj._validate.messages import short_repr

# The binding's number for as many threads as there are CPUs.
ALL_CPUS = 0

# More than any machine has, and a number that Go takes.
_MOST = 2**31 - 1

# os.environ takes 1 µs to look up a name that is not set; the dict of bytes that it wraps takes 0.03.
_environ = os.environ
_encoded: dict[bytes, bytes] | None = getattr(_environ, "_data", None) if os.supports_bytes_environ else None

_number: int | None = None  # what set_num_threads set


def set_num_threads(n: int | None) -> None:
    """Set the greatest number of threads that later calls of this process use.

    Parameters
    ----------
    n : int or None
        At least 1. None restores the default: ``BACKPROJ_NUM_THREADS`` in the environment, else
        ``OMP_NUM_THREADS``, else the number of CPUs that this process may use.

    Raises
    ------
    TypeError
        If n is not a whole number.
    ValueError
        If n is less than 1.

    Examples
    --------
    >>> import backproj
    >>> backproj.set_num_threads(2)
    >>> backproj.info()["threads"]
    2
    >>> backproj.set_num_threads(None)
    """
    global _number
    _number = None if n is None else _check(n, "n")


def check_threads(threads: SupportsIndex | None) -> int:
    """Return the number of threads that ``threads=`` means, or ALL_CPUS."""
    if threads is not None:
        return _check(threads, "threads")
    if _number is not None:
        return _number
    ours: str | bytes | None
    theirs: str | bytes | None
    if _encoded is not None and os.environ is _environ:
        ours, theirs = _encoded.get(b"BACKPROJ_NUM_THREADS"), _encoded.get(b"OMP_NUM_THREADS")
    else:  # somebody put a dict in its place
        ours, theirs = os.environ.get("BACKPROJ_NUM_THREADS"), os.environ.get("OMP_NUM_THREADS")
    return ALL_CPUS if ours is theirs is None else _meaning(ours, theirs)


def _check(value: object, name: str) -> int:
    if type(value) is int:  # isinstance of a protocol takes 3 µs
        number = value
    else:
        try:
            if isinstance(value, bool):
                raise TypeError
            number = operator.index(value)  # type: ignore[arg-type]
        except TypeError:
            raise TypeError(
                f"{name} must be a whole number of threads or None, not {short_repr(value)}"
            ) from None
    if number < 1:
        raise ValueError(
            f"{name} must be at least 1, not {short_repr(number)}; None means the CPUs there are"
        )
    return min(number, _MOST)


@functools.lru_cache(maxsize=8)
def _meaning(ours: str | bytes | None, theirs: str | bytes | None) -> int:
    """Return what BACKPROJ_NUM_THREADS and OMP_NUM_THREADS come to."""
    ours, theirs = os.fsdecode(ours or ""), os.fsdecode(theirs or "")
    if ours:
        if not ours.isdecimal() or int(ours) < 1:
            raise ValueError(f"the environment's BACKPROJ_NUM_THREADS must be at least 1, not {ours!r}")
        return min(int(ours), _MOST)
    # A list such as "4,2" is for nested levels. A malformed OMP_NUM_THREADS is ignored.
    first = theirs.partition(",")[0].strip()
    return min(int(first), _MOST) if first.isdecimal() else ALL_CPUS
