"""How many threads a call may use."""

from __future__ import annotations

import functools
import os
from typing import SupportsIndex

from backproj._validate.arrays import shown

# Of the binding: as many as there are CPUs for this process.
ALL_CPUS = 0

# More than any machine has, and a number that Go takes.
_MOST = 2**31 - 1

_number: int | None = None  # as set by set_num_threads


def set_num_threads(n: int | None) -> None:
    """Set the greatest number of threads of the calls to come, in this process.

    Parameters
    ----------
    n : int or None
        At least 1. None goes back to what the environment says: ``BACKPROJ_NUM_THREADS``, else
        ``OMP_NUM_THREADS``, else the CPUs this process may use.

    Raises
    ------
    TypeError
        If n is no whole number.
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
    return _number if _number is not None else _from_environment()


def _check(value: object, name: str) -> int:
    if type(value) is int:  # without asking a protocol, which takes 3 µs
        number = value
    elif not isinstance(value, SupportsIndex) or isinstance(value, bool):
        raise TypeError(f"{name} must be a whole number of threads or None, not {shown(value)}")
    else:
        number = int(value.__index__())
    if number < 1:
        raise ValueError(f"{name} must be at least 1, not {number}; None means the CPUs there are")
    return min(number, _MOST)


def _from_environment() -> int:
    # os.environ takes 1 µs to say that a name is not set, and what it wraps, bytes by bytes, 0.03.
    wrapped = getattr(os.environ, "_data", None) if os.supports_bytes_environ else None
    if wrapped is None:
        return _meaning(os.environ.get("BACKPROJ_NUM_THREADS"), os.environ.get("OMP_NUM_THREADS"))
    return _meaning(wrapped.get(b"BACKPROJ_NUM_THREADS"), wrapped.get(b"OMP_NUM_THREADS"))


@functools.lru_cache(maxsize=8)
def _meaning(ours: str | bytes | None, theirs: str | bytes | None) -> int:
    """Return what BACKPROJ_NUM_THREADS and OMP_NUM_THREADS come to."""
    ours, theirs = os.fsdecode(ours or ""), os.fsdecode(theirs or "")
    if ours:
        if not ours.isdecimal() or int(ours) < 1:
            raise ValueError(f"the environment's BACKPROJ_NUM_THREADS must be at least 1, not {ours!r}")
        return min(int(ours), _MOST)
    # A list, such as "4,2", is for nested levels. What is not OpenMP's is not our business.
    first = theirs.partition(",")[0].strip()
    return min(int(first), _MOST) if first.isdecimal() else ALL_CPUS
