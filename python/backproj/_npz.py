"""Histograms in numpy's .npz files."""

from __future__ import annotations

import io
import math
import os
import re
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from backproj._engine.state import State, of_values
from backproj._validate.messages import short_repr
from backproj._validate.values import Fields, check_fields

Array: TypeAlias = npt.NDArray[Any]

# What the files of this version hold. A later version must go on reading them.
_FORMAT = "backproj.Histogram 1"

# An npz cannot hold None: an empty array stands for it where there is no gate, where there are no counts
# (from_values), and where there is no peak (raw counts, and from_values).
_NONE: list[float] = []

# The arrays of a file, with the types that they have, as regular expressions.
_TYPES = {
    "format": "<U[1-9][0-9]?",
    "channels": "<U[1-3]",
    "ranges": "<f8",
    "in_range": "<i8",
    "counts": "<i8",
    "peak": "<f8",
    "values": "<f4",
    "scale": "<f8",
}

# The header of an array as numpy writes it, after the two bytes of its length. It is not given to
# numpy.lib.format, which evaluates it as a literal of Python.
_HEADER = re.compile(
    rb"\{'descr': '(?P<type>[^']*)', 'fortran_order': (?P<fortran_order>True|False), "
    rb"'shape': \((?P<shape>[0-9, ]*)\), \} *\n"
)

# The largest array is of int64, for 2^20 bins.
_MAX_ARRAY_BYTES = 8 << 20

# numpy writes headers of 128 bytes for arrays such as these.
_MAX_HEADER_BYTES = 1 << 10
_MAGIC = b"\x93NUMPY\x01\x00"

# Values and counts of 2^20 bins are 12 MiB even if they are not compressed. The rest is for arrays that
# others have added.
_MAX_FILE_BYTES = 16 << 20


def save(path: str | os.PathLike[str], state: State) -> None:
    """Write a histogram's state to a file, whole or not at all."""
    # Here, as pathlib takes as long to import as all of backproj.
    from backproj._atomic_write import atomic_write

    layout = state.layout
    arrays: dict[str, Any] = {
        "format": np.array(_FORMAT),
        "channels": np.array(layout.channels),
        "ranges": np.array(layout.ranges),
        "in_range": np.array(layout.in_range or _NONE, np.int64),
        "counts": np.array(_NONE, np.int64) if state.counts is None else state.counts,
        "peak": np.array(_NONE if state.peak is None else state.peak),
        "values": state.values,
        "scale": np.array(state.scale),
    }
    try:
        with atomic_write([path]) as (file,):
            np.savez_compressed(file, **arrays)
    except OSError as error:
        # What fails in the middle, such as for a full disk, does not say of itself which file it is about.
        raise OSError(error.errno, error.strerror, os.fspath(path)) from error


def load(path: str | os.PathLike[str]) -> State:
    """Return the state in a file, or raise ValueError if it is not one of a histogram."""
    with open(path, "rb") as file:
        data = file.read(_MAX_FILE_BYTES + 1)
    # Only damage becomes a ValueError. What else may fail, memory and Go among it, is outside of this block.
    try:
        content = _checked(_arrays(data))
    except _damage() as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise ValueError(
            f"{os.fspath(path)} is not a histogram that backproj saved, or is damaged: {reason:.200}"
        ) from error
    return of_values(*content)


def _damage() -> tuple[type[Exception], ...]:
    """Return what zipfile, zlib and numpy raise for bytes in memory that are not as they should be."""
    import struct
    import zipfile
    import zlib

    return (
        ValueError,
        TypeError,
        EOFError,
        NotImplementedError,
        struct.error,
        zipfile.BadZipFile,
        zlib.error,
    )


def _arrays(data: bytes) -> dict[str, Array]:
    """Return the arrays of a histogram that are in a file's bytes."""
    import zipfile

    if len(data) > _MAX_FILE_BYTES:
        raise ValueError(f"it is larger than {_MAX_FILE_BYTES >> 20} MiB, more than any histogram needs")
    arrays: dict[str, Array] = {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for member in archive.infolist():
            name = member.filename.removesuffix(".npy")
            if name == member.filename or name not in _TYPES:
                continue
            if name in arrays:
                raise ValueError(f"the array {name!r} is in it twice")
            if member.flag_bits & 1:
                raise ValueError(f"the array {name!r} is encrypted")
            if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise ValueError(f"the array {name!r} is compressed by a method that numpy does not use")
            # Looked at before anything is decompressed: 2 MB can decompress to gigabytes.
            if member.file_size > _MAX_ARRAY_BYTES + _MAX_HEADER_BYTES:
                raise ValueError(
                    f"the array {name!r} has {member.file_size} bytes, more than any histogram needs"
                )
            with archive.open(member) as file:
                # One byte more than there should be, so that all are decompressed and their checksum
                # is compared, but no more than that.
                content = file.read(member.file_size + 1)
            arrays[name] = _array(content, name)
    missing = [name for name in _TYPES if name not in arrays]
    if missing:
        raise ValueError(f"the array {missing[0]!r} is missing")
    return arrays


def _array(content: bytes, name: str) -> Array:
    """Return the array in the bytes of an .npy file."""
    start = len(_MAGIC) + 2
    end = start + int.from_bytes(content[len(_MAGIC) : start], "little")
    header = _HEADER.fullmatch(content[start:end])
    if end > _MAX_HEADER_BYTES or header is None or not content.startswith(_MAGIC):
        raise ValueError(f"the array {name!r} has a header that numpy does not write")
    kind, body = header["type"].decode("latin-1"), content[end:]
    if not re.fullmatch(_TYPES[name], kind):
        raise ValueError(f"the array {name!r} has the type {short_repr(kind)}")
    dtype, shape = np.dtype(kind), tuple(int(n) for n in header["shape"].split(b",") if n.strip())
    if math.prod(shape) * dtype.itemsize != len(body):
        raise ValueError(
            f"the array {name!r} has {len(body)} bytes, which do not fill the shape {short_repr(shape)}"
        )
    return np.frombuffer(body, dtype).reshape(shape, order="F" if header["fortran_order"] == b"True" else "C")


def _checked(arrays: dict[str, Array]) -> Fields:
    """Return what the arrays of a file mean."""
    if _text(arrays["format"]) != _FORMAT:
        raise ValueError(f"its format is {short_repr(_text(arrays['format']))}, not {_FORMAT!r}")
    bounds, counts, peak = (arrays[name] for name in ("in_range", "counts", "peak"))
    return check_fields(
        {
            "channels": _text(arrays["channels"]),
            "ranges": arrays["ranges"].tolist(),
            "in_range": tuple(bounds.tolist()) if bounds.size else None,
            "values": arrays["values"],
            "scale": _number(arrays["scale"]),
            "counts": counts if counts.size else None,
            "peak": _number(peak) if peak.size else None,
        }
    )


def _text(array: Array) -> str:
    if array.shape != ():
        raise ValueError(f"a string has the shape {short_repr(array.shape)}")
    return array.tobytes().decode("utf-32-le").rstrip("\0")


def _number(array: Array) -> float:
    if array.shape != ():
        raise ValueError(f"a number has the shape {short_repr(array.shape)}")
    return float(array[()])
