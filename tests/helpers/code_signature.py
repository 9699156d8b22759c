"""Apple's code signatures, read without a Mac."""

import hashlib
import struct
from dataclasses import dataclass

# Of cs_blobs.h in Apple's xnu.
CODE_DIRECTORY = 0xFADE0C02
ADHOC = 0x2


@dataclass(frozen=True)
class CodeDirectory:
    """What is signed: the hash of each page up to a limit, which is where the signature begins."""

    flags: int
    limit: int
    page_size: int
    hashes: list[bytes]


def code_directory(signature):
    """Return the code directory in the contents of LC_CODE_SIGNATURE."""
    _, _, count = struct.unpack_from(">III", signature)
    for i in range(count):
        _, start = struct.unpack_from(">II", signature, 12 + 8 * i)
        (magic,) = struct.unpack_from(">I", signature, start)
        if magic == CODE_DIRECTORY:
            # magic, length, version | flags, hashOffset | identOffset, nSpecialSlots | nCodeSlots, codeLimit,
            # hashSize, hashType, platform, log2 of the page's size
            flags, at, _, _, number, limit, size, _, _, page = struct.unpack_from(
                ">IIIIIIBBBB", signature, start + 12
            )
            first = start + at
            hashes = [signature[first + size * i : first + size * (i + 1)] for i in range(number)]
            return CodeDirectory(flags, limit, 1 << page, hashes)
    raise AssertionError("the signature has no code directory")


def page_hashes(content, directory):
    """Return the hashes of a file's pages, as macOS computes them when it maps the file."""
    starts = range(0, directory.limit, directory.page_size)
    ends = (min(start + directory.page_size, directory.limit) for start in starts)
    return [hashlib.sha256(content[start:end]).digest() for start, end in zip(starts, ends, strict=True)]
