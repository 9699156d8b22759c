"""Whose memory an array reaches: numpy can describe memory that nobody owns, or no longer does."""

from __future__ import annotations

import array
import ctypes
import mmap
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

# No process has memory beyond 2^56 bytes: an array that reaches it is a mistake.
_ALL_MEMORY = 2**56

# Owners that know where their memory lies. Other objects may own more than the one buffer they show.
_BUFFERS = (bytes, bytearray, memoryview, mmap.mmap, array.array)

# Those of them that can be resized or closed while an array views them, unless the array was made through the
# buffer protocol. numpy.ndarray(buffer=...), and so numpy.memmap, was not.
_RESIZABLE = (bytearray, mmap.mmap, array.array)

# Chains of views end. One that does not was made by hand.
_LONGEST_CHAIN = 100

# A subclass may override these; the array itself is asked.
_base, _flags = (getattr(np.ndarray, name).__get__ for name in ("base", "flags"))

_FIRST = slice(1)
_addressof = ctypes.addressof
_from_buffer: Callable[[Any], ctypes.c_char] = ctypes.c_char.from_buffer


def address(array: npt.NDArray[Any]) -> int:
    """Return where the array's first element lies."""
    # ctypes takes a quarter of the 1 µs that numpy takes, but refuses memory that has gaps or is read-only
    # (TypeError) or empty (ValueError).
    try:
        return _addressof(_from_buffer(array))
    except (TypeError, ValueError):
        return _address_with_gaps(array)


def _address_with_gaps(array: npt.NDArray[Any]) -> int:
    try:
        return _addressof(_from_buffer(array[(_FIRST,) * array.ndim]))  # one element has no gaps
    except (TypeError, ValueError):
        return int(array.__array_interface__["data"][0])


def reach(array: npt.NDArray[Any]) -> tuple[int, int, int]:
    """Return where an array's first element lies, where its lowest byte lies, where its highest ends."""
    if array.flags.c_contiguous:  # strides mean nothing along axes of length 1 or 0
        try:
            first = _addressof(_from_buffer(array))  # as in address, without the call
        except (TypeError, ValueError):
            first = _address_with_gaps(array)
        return first, first, first + array.nbytes
    low = high = first = _address_with_gaps(array)
    for n, stride in zip(array.shape, array.strides, strict=True):
        if stride < 0:
            low += (n - 1) * stride
        else:
            high += (n - 1) * stride
    return first, low, high + array.itemsize


def within_owner(view: npt.NDArray[Any], low: int, high: int, name: str) -> npt.NDArray[Any]:
    """Return an array that has a base, if its bytes low to high lie within the memory of its owner.

    Returns the array, or an equal one that keeps the memory from being resized or closed as long as it lives.
    Memory that is neither a numpy array's nor a Python buffer's, but a library object's, is taken to be as
    that object describes it.

    Raises
    ------
    ValueError
        If the array reaches beyond the memory, or if the memory was closed.
    """
    if low == high:
        return view
    base = view.base
    if type(base) is np.ndarray:  # the usual case, a view of an array that owns its memory
        flags = base.flags
        if flags.owndata and flags.c_contiguous:
            begin = address(base)
            if begin <= low and high <= begin + base.nbytes:
                return view
    owner = _owner(view)
    memory = None
    if isinstance(owner, np.ndarray) and _flags(owner).owndata:
        memory = np.asarray(owner)
    elif type(owner) in _BUFFERS:
        memory = _buffer(owner, name)
    _, begin, end = (0, 0, _ALL_MEMORY) if memory is None else reach(memory)
    if low < begin or high > end:
        whose = "all memory"
        if memory is not None:
            whose = f"the {memory.nbytes} bytes of the {type(owner).__qualname__} that it is a view of"
        raise ValueError(
            f"{name} of shape {view.shape} has strides {view.strides}, which reach beyond {whose}; "
            "did as_strided make it, with a wrong shape, or was the memory resized since?"
        )
    if type(owner) not in _RESIZABLE:
        return view
    held = np.ndarray(view.shape, view.dtype, memory, address(view) - begin, view.strides)
    held.flags.writeable = view.flags.writeable
    return held


def _owner(view: npt.NDArray[Any]) -> object:
    """Return the object at the end of a chain of views, or None if the chain does not end."""
    owner: Any = view
    for _ in range(_LONGEST_CHAIN):
        if issubclass(type(owner), np.ndarray):
            base = _base(owner)
        elif type(owner).__module__.startswith("numpy."):  # as_strided puts an object of numpy's in between
            base = getattr(owner, "__dict__", {}).get("base")
        else:
            base = None
        if base is None:
            return owner
        owner = base
    return None


def _buffer(owner: Any, name: str) -> npt.NDArray[np.uint8]:
    """Return the bytes of a buffer, which cannot be resized or closed while they are referred to."""
    try:
        buffer = memoryview(owner)
    except ValueError as error:
        raise ValueError(f"{name} is a view of memory that was closed: {error}") from None
    # The elements of a buffer with gaps own the bytes of the elements alone.
    return np.frombuffer(buffer, np.uint8) if buffer.c_contiguous else np.asarray(buffer)
