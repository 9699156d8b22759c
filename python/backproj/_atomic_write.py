"""Files that are written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO


@contextlib.contextmanager
def replaced(paths: Sequence[str | os.PathLike[str]]) -> Iterator[list[BinaryIO]]:
    """Open files that become those of the paths when the block ends well, all or none.

    Until then they have temporary names in the same folders. A file that is replaced passes on its
    permissions, and a symbolic link stays one: the file behind it is replaced.

    Raises
    ------
    OSError
        If a path cannot be written to, or is something else than a regular file.
    """
    targets = [Path(path).resolve() for path in paths]
    for target in targets:
        if target.exists() and not target.is_file():
            raise OSError(None, "it exists and is no regular file", str(target))
    parts: list[Path] = []
    with contextlib.ExitStack() as files:
        opened: list[BinaryIO] = []
        for target in targets:
            mode = target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask()
            try:
                descriptor, name = tempfile.mkstemp(".part", ".backproj-", target.parent)
            except OSError as error:
                raise type(error)(error.errno, error.strerror, str(target)) from error
            parts.append(Path(name))
            files.callback(parts[-1].unlink, missing_ok=True)
            opened.append(files.enter_context(os.fdopen(descriptor, "wb")))
            os.fchmod(descriptor, mode)
        yield opened
        for file in opened:
            file.close()
        for part, target in zip(parts, targets, strict=True):
            part.replace(target)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
