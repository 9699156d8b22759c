"""Windows: it does not fork, has few signals, and does not replace files that are open."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

from backproj._runtime.go_variables import HIDDEN

# The signals that ask the command to end, and their default handlers.
TERMINATING: dict[signal.Signals, Any] = {
    signal.SIGTERM: signal.SIG_DFL,
    signal.SIGINT: signal.default_int_handler,
}
if sys.platform == "win32":
    TERMINATING[signal.SIGBREAK] = signal.SIG_DFL  # Ctrl-Break


def mark_of_this_process() -> bytearray:
    """Return a byte that is 1."""
    return bytearray(b"\1")


def watch_forks(
    before: Callable[[], object], after_in_parent: Callable[[], object], after_in_child: Callable[[], object]
) -> None:
    """Do nothing, for there are no forks."""


def load_go(name: str, load: Callable[[], ModuleType]) -> ModuleType:
    """Load a module with a Go runtime that sees none of the variables that tune Go programs.

    Go reads the variables of the process, of which ``os.environ`` has a copy.
    """
    found = {name: value for name in HIDDEN if (value := os.environ.get(name)) is not None}
    try:
        for name in found:
            _set_variable(name, None)
        return load()
    finally:
        for name, value in found.items():
            _set_variable(name, value)


def _set_variable(name: str, value: str | None) -> None:
    if sys.platform == "win32":  # for type checkers
        ctypes.WinDLL("kernel32").SetEnvironmentVariableW(name, value)


def load_file(path: str, inherited: bool, load: Callable[[str], ModuleType]) -> ModuleType:
    """Load a file. None is inherited, not even one that was imported by its name before."""
    return load(path)


def replace_file(part: str | os.PathLike[str], target: str | os.PathLike[str]) -> None:
    """Rename a file over another one, if that is neither open in another program nor read-only."""
    try:
        os.replace(part, target)
    except PermissionError as error:
        reason = f"{error.strerror}: close it if another program has it open, or write to another file"
        raise PermissionError(error.errno, reason, target) from error


def copy_ownership(descriptor: int, old: os.stat_result) -> None:
    """Do nothing: files take their owner and their rights from the folder."""


def sync_folder(folder: str | os.PathLike[str]) -> None:
    """Do nothing: Windows cannot, and keeps a journal of its folders."""
