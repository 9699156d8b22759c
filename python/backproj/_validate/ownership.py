"""Whose memory an array reaches: numpy can describe memory that nobody owns, or no longer does."""

from __future__ import annotations

import array
import ctypes
import mmap
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

# No process has memory beyond 2^56 bytes: an array that would is a mistake, or as_strided's.
_ALL_MEMORY = 2**56

# Who can say where its memory lies. Others may have more of it than the one buffer that they show.
_BUFFERS = (bytes, bytearray, memoryview, mmap.mmap, array.array)

# Those of them that give memory back when told to, views or no views, unless someone has taken hold of
# the buffer. numpy.ndarray(buffer=...) has not, and so neither has a numpy.memmap.
_FICKLE = (bytearray, mmap.mmap, array.array)

# Chains of views end. One that does not was made by hand.
_LONGEST_CHAIN = 100

# What a subclass says of itself may not be so.
_base, _flags = (getattr(np.ndarray, name).__get__ for name in ("base", "flags"))


_FIRST = slice(1)
_addressof = ctypes.addressof
_from_buffer: Callable[[Any], ctypes.c_char] = ctypes.c_char.from_buffer


def address(array: npt.NDArray[Any]) -> int:
    """Return where the array's first element lies."""
    # ctypes tells in a quarter of numpy's 1 µs, but only of memory without gaps that may be written to (else
    # it raises a TypeError) and is not empty (a ValueError).
    try:
        return _addressof(_from_buffer(array))
    except (TypeError, ValueError):
        return _address_with_gaps(array)


def _address_with_gaps(array: npt.NDArray[Any]) -> int:
    try:
        return _addressof(_from_buffer(array[(_FIRST,) * array.ndim]))  # one element has no gaps
    except (TypeError, ValueError):
        return int(array.__array_interface__["data"][0])


def extent(array: npt.NDArray[Any]) -> tuple[int, int, int] | None:
    """Return where an array's first element lies, its first byte, and where its last one ends.

    None if it is empty, or lies in memory that is not simply its own or that of the array it is a view of.
    """
    base = array.base
    if array.flags.c_contiguous:
        first = address(array)
        low, high = first, first + array.nbytes
    else:
        low = high = first = _address_with_gaps(array)
        for n, stride in zip(array.shape, array.strides, strict=True):
            if stride < 0:
                low += (n - 1) * stride
            else:
                high += (n - 1) * stride
        high += array.itemsize
    if base is not None:
        if type(base) is not np.ndarray:
            return None
        flags = base.flags
        if not (flags.owndata and flags.c_contiguous):
            return None
        begin = address(base)
        if low < begin or high > begin + base.nbytes:
            return None
    return (first, low, high) if low < high else None


def within_owner(view: npt.NDArray[Any], name: str) -> npt.NDArray[Any]:
    """Return an array that has a base, if it lies within the memory that it is a view of.

    What is returned is the array, or an equal one that holds on to the memory as long as it lives.
    Where the memory is no numpy array's and no buffer of Python's, but that of a library's object, its
    word is taken for what is there.

    Raises
    ------
    ValueError
        If the array reaches beyond that memory, or if that was given back.
    """
    if view.size == 0 or (type(view) is np.ndarray and extent(view) is not None):
        return view
    first, end = _reach(view)
    owner = _owner(view)
    if isinstance(owner, np.ndarray) and _flags(owner).owndata:
        memory = np.asarray(owner)
    elif type(owner) in _BUFFERS:
        memory = _buffer(owner, name)
    else:
        memory = None
    low, high = (0, _ALL_MEMORY) if memory is None else _reach(memory)
    if first < low or end > high:
        whose = "all memory"
        if memory is not None:
            whose = f"the {memory.nbytes} bytes of the {type(owner).__qualname__} that it is a view of"
        raise ValueError(
            f"{name} of shape {view.shape} has strides {view.strides}, which reach beyond {whose}; "
            "did as_strided make it, with a wrong shape, or was the memory resized since?"
        )
    if type(owner) not in _FICKLE:
        return view
    held = np.ndarray(view.shape, view.dtype, memory, address(view) - low, view.strides)
    held.flags.writeable = view.flags.writeable
    return held


def _reach(array: npt.NDArray[Any]) -> tuple[int, int]:
    """Return where the first byte of an array lies, and where its last one ends."""
    first = end = address(array)
    if array.flags.c_contiguous:  # its strides mean nothing where it is of length 1, or 0
        return first, end + array.nbytes
    for n, stride in zip(array.shape, array.strides, strict=True):
        if stride < 0:
            first += (n - 1) * stride
        else:
            end += (n - 1) * stride
    return first, end + array.itemsize


def _owner(view: npt.NDArray[Any]) -> object:
    """Return what a view is a view of in the end, or None if there is no end."""
    owner: Any = view
    for _ in range(_LONGEST_CHAIN):
        if issubclass(type(owner), np.ndarray):
            base = _base(owner)
        elif type(owner).__module__.startswith("numpy."):  # what as_strided puts in between
            base = getattr(owner, "__dict__", {}).get("base")
        else:
            base = None
        if base is None:
            return owner
        owner = base
    return None


def _buffer(owner: Any, name: str) -> npt.NDArray[np.uint8]:
    """Return the bytes of a buffer, which stays as it is until they are gone."""
    try:
        buffer = memoryview(owner)
    except ValueError as error:
        raise ValueError(f"{name} is a view of memory that was given back: {error}") from None
    # Elements that do not adjoin have no bytes but their own.
    return np.frombuffer(buffer, np.uint8) if buffer.c_contiguous else np.asarray(buffer)
