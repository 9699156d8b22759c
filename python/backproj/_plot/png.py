"""A minimal PNG encoder, so that notebooks can show histograms without another library."""

from __future__ import annotations

import binascii
import struct
import zlib

import numpy as np

from backproj.typing import Image

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_UP = 2  # the row filter that stores the difference from the row above: repeated rows become zeros


def png(picture: Image) -> bytes:
    """Encode an RGB picture as a PNG file."""
    height, width, _ = picture.shape
    rows = picture.reshape(height, 3 * width)
    lines = np.empty((height, 1 + 3 * width), np.uint8)
    lines[:, 0] = _UP
    lines[:, 1:] = np.diff(rows, axis=0, prepend=np.uint8(0))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)  # 8 bits a channel, RGB, not interlaced
    content = zlib.compress(lines.tobytes(), 9)
    return _SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"IDAT", content) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def data_uri(picture: Image) -> str:
    """Return a ``data:`` URI that contains an RGB picture."""
    return "data:image/png;base64," + binascii.b2a_base64(png(picture), newline=False).decode()
