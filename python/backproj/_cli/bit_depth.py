"""Pictures with more than 8 bits a channel, which Pillow reads as 8 bits without a word."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:  # Pillow takes as long to import as click, and --help does not need it
    from PIL.ImageFile import ImageFile

# Modes of 16-bit integers, 32-bit integers and floats.
_DEEP_MODES = ("I", "F")

# Raw modes that name a byte order have two bytes a channel, such as RGB;16B. Without one, as in BGR;16, the
# 16 bits are those of a whole pixel: 5 for red, 6 for green, 5 for blue.
_TWO_BYTES_A_CHANNEL = re.compile(r";16[BLN]")

_TIFF_BITS_PER_SAMPLE = 258

# Headers are at the beginning of a file; only metadata, such as a colour profile, comes before them.
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
    """Return the value of white: Pillow scales it to 255, and has it beside the raw mode if it is another."""
    for _, _, _, arguments in file.tile:
        if isinstance(arguments, tuple) and len(arguments) == 2:
            return int(arguments[1])
    return 255


def _jpeg2000_is_deep(header: bytes) -> bool:
    """Look at the SIZ marker segment (ISO/IEC 15444-1, A.5.1), which is first in the codestream.

    After the two markers and 36 bytes comes the number of components (2 bytes), and then for each of them
    its depth less 1, in the lower 7 bits of a byte, and 2 bytes about its spacing.
    """
    siz = header.find(b"\xff\x4f\xff\x51")
    if siz < 0:
        return False
    components = int.from_bytes(header[siz + 40 : siz + 42], "big")
    depths = header[siz + 42 : siz + 42 + 3 * components : 3]
    return any((depth & 0x7F) + 1 > 8 for depth in depths)


def _avif_is_deep(header: bytes) -> bool:
    """Look at high_bitdepth in the AV1 codec configuration box: bit 6 of its third byte."""
    box = header.find(b"av1C")
    return box >= 0 and any(flags & 0x40 for flags in header[box + 6 : box + 7])


def _header(file: ImageFile) -> bytes:
    # Opened again: where Pillow is in its own file is its own business.
    with open(file.filename, "rb") as again:
        return again.read(_HEADER_BYTES)
