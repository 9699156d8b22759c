"""Files that are written whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, NamedTuple

from backproj._runtime import system


@contextlib.contextmanager
def atomic_write(paths: Sequence[str | os.PathLike[str]]) -> Iterator[list[BinaryIO]]:
    """Open temporary files for writing, and rename them to the paths when the block ends without an error.

    The temporary files are in the same folders as the paths, and are called ``.backproj-*.part``. All of them
    are synchronised to the disk before the first is renamed, so after a power cut each path has either its
    old content or its new one. If one of several files cannot be renamed, those before it are put back. Only
    a power cut or SIGKILL between two renames can leave one path replaced and another not.

    A new file gets the owner and the permissions of any new file. One that replaces another keeps the
    permissions, and the owner and group as far as this process may set them. A symbolic link stays a link,
    and the file that it points to is replaced.

    Raises
    ------
    OSError
        If a path cannot be written to, or exists and is not a regular file. Its ``filename`` is the path.
    """
    outputs = [_Output(os.fspath(path), Path(os.path.realpath(path))) for path in paths]
    for path, target in outputs:
        if target.exists() and not target.is_file():
            code = errno.EISDIR if target.is_dir() else errno.EINVAL
            raise OSError(code, "it exists and is not a regular file", path)
    with contextlib.ExitStack() as cleanup:
        parts: list[Path] = []
        files: list[BinaryIO] = []
        for path, target in outputs:
            parts.append(_temporary_name(target, cleanup))
            with _errors_name(path):
                files.append(_create(parts[-1], target))
            cleanup.callback(_close_quietly, files[-1])
        yield files
        for file, output in zip(files, outputs, strict=True):
            with _errors_name(output.path):
                file.flush()
                os.fsync(file.fileno())
                file.close()
        _replace_all(parts, outputs, cleanup)


class _Output(NamedTuple):
    path: str  # as it was given
    target: Path  # the file that symbolic links lead to


def _create(part: Path, target: Path) -> BinaryIO:
    """Create a temporary file with the permissions and the owner of the file that it will replace."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    try:
        old = target.stat()
    except FileNotFoundError:
        # The kernel applies the umask. Python cannot read it without changing it for all threads.
        return os.fdopen(os.open(part, flags, 0o666), "wb")
    file = os.fdopen(os.open(part, flags, 0o600), "wb")  # private until the owner is set
    system.copy_ownership(file.fileno(), old)
    return file


def _replace_all(parts: list[Path], outputs: list[_Output], cleanup: contextlib.ExitStack) -> None:
    """Rename all files, or none and raise OSError."""
    # The last file needs no backup, because once it has been renamed, all have.
    backups = [_back_up(output, cleanup) for output in outputs[:-1]]
    try:
        for part, output in zip(parts, outputs, strict=True):
            with _errors_name(output.path):
                system.replace_file(part, output.target)
    except BaseException:  # including an interrupt between two renames
        if parts[-1].exists():
            for part, output, backup in zip(parts[:-1], outputs[:-1], backups, strict=True):
                if part.exists():  # neither it nor those after it were renamed
                    break
                if backup:
                    backup.replace(output.target)
                else:
                    output.target.unlink()
        raise
    for folder in {output.target.parent for output in outputs}:
        system.sync_folder(folder)


def _back_up(output: _Output, cleanup: contextlib.ExitStack) -> Path | None:
    """Return a hard link to a file, or a copy of it, or None if there is no such file."""
    if not output.target.exists():
        return None
    backup = _temporary_name(output.target, cleanup)
    with _errors_name(output.path):
        try:
            os.link(output.target, backup)
        except OSError:  # no hard links here, or none to files of other users
            shutil.copy2(output.target, backup)
    return backup


def _temporary_name(target: Path, cleanup: contextlib.ExitStack) -> Path:
    """Return a temporary name beside a file. A file of that name is removed at the end, if there is one."""
    name = target.parent / f".backproj-{os.urandom(8).hex()}.part"
    cleanup.callback(name.unlink, missing_ok=True)
    return name


def _close_quietly(file: BinaryIO) -> None:
    """Close a file that will be removed, even if its buffer cannot be written."""
    with contextlib.suppress(OSError):
        file.close()


@contextlib.contextmanager
def _errors_name(path: str) -> Iterator[None]:
    """Make an OSError name the path that was given, instead of a temporary file or none."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror, path) from error
