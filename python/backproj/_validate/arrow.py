"""Reads the memory of a PIL image in place, which Pillow 11.3 and later describe as Apache Arrow does.

https://arrow.apache.org/docs/format/CDataInterface.html defines the two structures.
"""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np

from backproj.typing import Image


class _Schema(ctypes.Structure):
    """ArrowSchema: the type of the elements."""


_Schema._fields_ = [
    ("format", ctypes.c_char_p),
    ("name", ctypes.c_char_p),
    ("metadata", ctypes.c_char_p),
    ("flags", ctypes.c_int64),
    ("n_children", ctypes.c_int64),
    ("children", ctypes.POINTER(ctypes.POINTER(_Schema))),
]


class _Array(ctypes.Structure):
    """ArrowArray: the elements. The second buffer of those that are numbers has them."""


_Array._fields_ = [
    ("length", ctypes.c_int64),
    ("null_count", ctypes.c_int64),
    ("offset", ctypes.c_int64),
    ("n_buffers", ctypes.c_int64),
    ("n_children", ctypes.c_int64),
    ("buffers", ctypes.POINTER(ctypes.c_void_p)),
    ("children", ctypes.POINTER(ctypes.POINTER(_Array))),
]

# What Arrow calls a byte, and a list of four elements of another type, which is its only child.
_BYTE, _FOUR = b"C", b"+w:4"

# Others may have set the types of the function itself.
_pointer_of = ctypes.PYFUNCTYPE(ctypes.c_void_p, ctypes.py_object, ctypes.c_char_p)(
    ("PyCapsule_GetPointer", ctypes.pythonapi)
)


class _Memory:
    """Bytes of an image, which the capsule keeps alive."""

    def __init__(self, start: int, shape: tuple[int, ...], capsule: object) -> None:
        self.__array_interface__ = {"version": 3, "typestr": "|u1", "data": (start, True), "shape": shape}
        self._capsule = capsule


def bytes_in_place(image: Any) -> Image | None:
    """Return the memory of a PIL image of bytes, read-only: (h, w) of mode L, and (h, w, 4) of all others.

    Returns None if it cannot be had: if Pillow is too old, or has the rows in several blocks, as it does from
    16 MiB on.
    """
    if not hasattr(image, "__arrow_c_array__"):
        return None
    try:
        schema_capsule, capsule = image.__arrow_c_array__()
    except ValueError:
        return None
    schema = _Schema.from_address(_pointer_of(schema_capsule, b"arrow_schema"))
    array = _Array.from_address(_pointer_of(capsule, b"arrow_array"))
    width, height = image.size
    shape: tuple[int, ...] = height, width
    length = height * width
    if image.mode != "L":
        if schema.format != _FOUR or (array.offset, array.length) != (0, length):
            return None
        schema, array = schema.children[0][0], array.children[0][0]
        shape, length = (*shape, 4), 4 * length
    if schema.format != _BYTE or (array.offset, array.length, array.n_buffers) != (0, length, 2):
        return None
    start = array.buffers[1]
    return np.asarray(_Memory(start, shape, capsule)) if start else None
