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

# Identifies the format. Later versions must still be able to read it.
_FORMAT = "backproj.Histogram 1"

# An npz file cannot hold None, so an empty array stands for it: for the in_range of a histogram that takes
# all pixels, the counts of one made from values, and the peak of raw counts.
_NONE: list[float] = []

# The arrays in a file, and the types that they must have, as regular expressions.
_TYPES = {
    "format": "<U[1-9][0-9]?",
    "channels": "<U[1-5]",
    "ranges": "<f8",
    "in_range": "<i8",
    "counts": "<i8",
    "peak": "<f8",
    "values": "<f4",
    "scale": "<f8",
}

# The header of an .npy file as numpy writes it, after the magic string and the two bytes of its length.
# numpy.lib.format would evaluate it as a Python literal, which a stranger can nest until the parser fails.
_HEADER = re.compile(
    rb"\{'descr': '(?P<type>[^']*)', 'fortran_order': (?P<fortran_order>True|False), "
    rb"'shape': \((?P<shape>[0-9, ]*)\),? ?\} *\n"
)

# The largest array has an int64 for each of 2^20 bins.
_MAX_ARRAY_BYTES = 8 << 20

# numpy pads the headers of such arrays to 128 bytes.
_MAX_HEADER_BYTES = 1 << 10
_MAGIC = b"\x93NUMPY\x01\x00"

# Values and counts of 2^20 bins take 12 MiB without compression. The rest is for arrays that users add.
_MAX_FILE_BYTES = 16 << 20


def save(path: str | os.PathLike[str], state: State) -> None:
    """Write a histogram's state to a file, whole or not at all."""
    # Imported here, because pathlib takes as long to import as all of backproj.
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
        # An error of a write, such as a full disk, does not name the file.
        raise OSError(error.errno, error.strerror, os.fspath(path)) from error


def load(path: str | os.PathLike[str]) -> State:
    """Return the state that a file holds, or raise ValueError if it is damaged or holds something else."""
    # open takes numbers too, and would close the descriptor of that number, or wait for what is typed.
    with open(os.fspath(path), "rb") as file:
        data = file.read(_MAX_FILE_BYTES + 1)
    # Only damage becomes a ValueError. Whatever else can fail, such as Go or an allocation, passes through.
    try:
        content = _checked(_arrays(data))
    except _damage() as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise ValueError(
            f"{os.fspath(path)} is not a histogram that backproj saved, or is damaged: {reason:.200}"
        ) from error
    return of_values(*content)


def _damage() -> tuple[type[Exception], ...]:
    """Return the exceptions that zipfile, zlib and the checks raise for damaged bytes in memory."""
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
    """Return the arrays of a histogram from the bytes of a file."""
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
            # This is checked before anything is decompressed: 2 MB can become gigabytes.
            if member.file_size > _MAX_ARRAY_BYTES + _MAX_HEADER_BYTES:
                raise ValueError(
                    f"the array {name!r} has {member.file_size} bytes, more than any histogram needs"
                )
            with archive.open(member) as file:
                # To ask for one byte more than there is makes zipfile reach the end and compare the
                # checksum. Without a size it would decompress all that there is, whatever size was declared.
                content = file.read(member.file_size + 1)
            arrays[name] = _array(content, name)
    missing = [name for name in _TYPES if name not in arrays]
    if missing:
        raise ValueError(f"the array {missing[0]!r} is missing")
    return arrays


def _array(content: bytes, name: str) -> Array:
    """Return the array that the bytes of an .npy file hold."""
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
