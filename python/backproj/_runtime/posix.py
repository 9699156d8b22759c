"""What POSIX systems have in common. It is all that macOS needs."""

from __future__ import annotations

import sys

assert sys.platform != "win32"

import contextlib
import errno
import os
import signal
from collections.abc import Callable
from types import ModuleType
from typing import Any

from backproj._runtime.fork_copy import load_copy
from backproj._runtime.signal_mask import load_with_signals_blocked

# The signals that ask the command to end, and their default handlers. Those of SIGTERM and SIGHUP end a
# process at once, and its temporary files stay behind.
TERMINATING: dict[signal.Signals, Any] = {
    signal.SIGTERM: signal.SIG_DFL,
    signal.SIGHUP: signal.SIG_DFL,
    signal.SIGINT: signal.default_int_handler,
}

replace_file = os.replace


def mark_of_this_process() -> bytearray:
    """Return a byte that is 1. A hook of `watch_forks` is to clear it in forked children."""
    return bytearray(b"\1")


def watch_forks(
    before: Callable[[], object], after_in_parent: Callable[[], object], after_in_child: Callable[[], object]
) -> None:
    """Have the functions called around each fork."""
    os.register_at_fork(before=before, after_in_parent=after_in_parent, after_in_child=after_in_child)


def load_go(name: str, load: Callable[[], ModuleType]) -> ModuleType:
    """Load a module with a Go runtime, and leave the signals of this process as they are."""
    return load_with_signals_blocked(load)


def load_file(path: str, inherited: bool, load: Callable[[str], ModuleType]) -> ModuleType:
    """Load a file, or a copy of it if an ancestor may have loaded the file."""
    return load_copy(path, load) if inherited else load(path)


def copy_ownership(descriptor: int, old: os.stat_result) -> None:
    """Give a file the owner, the group and the permissions of an old one."""
    # Only root may change the owner; other users may change the group, to one that they are in.
    for owner in (old.st_uid, -1):
        with contextlib.suppress(OSError):
            os.fchown(descriptor, owner, old.st_gid)
            break
    mode = old.st_mode & 0o777
    if os.fstat(descriptor).st_gid != old.st_gid:  # the new group must not get the rights of the old one
        mode = mode & 0o707 | (mode & 0o007) << 3
    os.fchmod(descriptor, mode)


def sync_folder(folder: str | os.PathLike[str]) -> None:
    """Synchronise the entries of a folder to the disk."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except PermissionError:  # a folder may be writable, but not readable
        return
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno != errno.EINVAL:  # this file system cannot synchronise folders
            raise
    finally:
        os.close(descriptor)
