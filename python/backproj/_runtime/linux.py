"""Linux: it tells a forked child by its memory, and it limits what a process may have."""

from __future__ import annotations

import sys

assert sys.platform == "linux"

import contextlib
import mmap
from collections.abc import Callable
from types import ModuleType

from backproj._runtime.float_environment import load_with_default_floats
from backproj._runtime.go_variables import load_without_go_variables
from backproj._runtime.limits import load_within_limits
from backproj._runtime.posix import (
    TERMINATING,
    copy_ownership,
    load_file,
    replace_file,
    sync_folder,
    watch_forks,
)
from backproj._runtime.signal_mask import load_with_signals_blocked

__all__ = [
    "TERMINATING",
    "copy_ownership",
    "load_file",
    "load_go",
    "mark_of_this_process",
    "replace_file",
    "sync_folder",
    "watch_forks",
]

# From mman.h. Python's mmap has no name for it.
_MADV_WIPEONFORK = 18


def mark_of_this_process() -> mmap.mmap:
    """Return a byte that is 1, and 0 in forked children, to which the kernel gives a page of zeros instead.

    That works even if Python's fork hooks do not run (uWSGI forks in C) or have not run yet (an earlier hook
    calls backproj). Reading it takes nanoseconds.
    """
    mark = mmap.mmap(-1, 1, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    mark[0] = 1
    with contextlib.suppress(OSError):  # Linux before 4.14 leaves it to the hook
        mark.madvise(_MADV_WIPEONFORK)
    return mark


def load_go(name: str, load: Callable[[], ModuleType]) -> ModuleType:
    """Load a module with a Go runtime so that neither disturbs the other, the process or the runtime."""
    return load_with_default_floats(
        lambda: load_within_limits(
            name, lambda: load_with_signals_blocked(lambda: load_without_go_variables(load))
        )
    )
