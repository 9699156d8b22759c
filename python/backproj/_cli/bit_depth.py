"""Detects pictures with more than 8 bits a channel, which Pillow silently reduces to 8 bits."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:  # Pillow takes as long to import as click, and --help does not need it
    from PIL.ImageFile import ImageFile

# Modes of 16-bit integers, 32-bit integers and floats.
_DEEP_MODES = ("I", "F")

# A raw mode with a byte order, such as RGB;16B, has two bytes a channel. In one without, such as BGR;16, the
# 16 bits are a whole pixel: 5 for red, 6 for green and 5 for blue.
_TWO_BYTES_A_CHANNEL = re.compile(r";16[BLN]")

_TIFF_BITS_PER_SAMPLE = 258

# The headers are near the beginning of a file. Only metadata, such as a colour profile, comes before them.
_HEADER_BYTES = 1 << 16


def has_more_than_8_bits(file: ImageFile) -> bool:
    """Return whether an open picture has more than 8 bits a channel."""
    if file.mode.startswith(_DEEP_MODES):
        return True
    if file.format == "PPM":
        return _ppm_maximum(file) > 255
    if file.format == "TIFF":
        bits: tuple[int, ...] = cast("Any", file).tag_v2.get(_TIFF_BITS_PER_SAMPLE, (1,))
        return max(bits) > 8
    if file.format == "JPEG2000":
        return _jpeg2000_is_deep(_header(file))
    if file.format == "AVIF":
        return _avif_is_deep(_header(file))
    return any(tile[0] == "SGI16" or _TWO_BYTES_A_CHANNEL.search(str(tile[3])) for tile in file.tile)


def _ppm_maximum(file: ImageFile) -> int:
    """Return the value of white in the file, which Pillow keeps beside the raw mode unless it is 255."""
    for _, _, _, arguments in file.tile:
        if isinstance(arguments, tuple) and len(arguments) == 2:
            return int(arguments[1])
    return 255


def _jpeg2000_is_deep(header: bytes) -> bool:
    """Read the SIZ marker segment (ISO/IEC 15444-1, A.5.1), the first one of the codestream.

    After the markers (4 bytes) and the sizes (36 bytes) comes the number of components (2 bytes). Then there
    are 3 bytes for each component. The low 7 bits of the first one are its depth minus 1.
    """
    siz = header.find(b"\xff\x4f\xff\x51")
    if siz < 0:
        return False
    components = int.from_bytes(header[siz + 40 : siz + 42], "big")
    depths = header[siz + 42 : siz + 42 + 3 * components : 3]
    return any((depth & 0x7F) + 1 > 8 for depth in depths)


def _avif_is_deep(header: bytes) -> bool:
    """Read high_bitdepth, bit 6 of the third byte of the AV1 codec configuration box."""
    box = header.find(b"av1C")
    return box >= 0 and any(flags & 0x40 for flags in header[box + 6 : box + 7])


def _header(file: ImageFile) -> bytes:
    # The file is opened again, because Pillow relies on its position in its own file object.
    with open(file.filename, "rb") as again:
        return again.read(_HEADER_BYTES)
