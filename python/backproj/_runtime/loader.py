"""The extension modules that hold the Go code: loaded at the first call, never by an import.

A Go runtime starts threads. Programs that import backproj and never call it, such as the parent
of forked workers, should not have them.

Nor does a Go runtime survive a fork: the child has the thread that forked alone, and waits for ever
for the others. A forked child that calls backproj therefore loads a copy of the module, with a runtime
of its own, beside the one it inherited.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import mmap
import os
import sys
import threading
from types import ModuleType
from typing import Literal, TypeAlias

from backproj._runtime import fork_copy

Name: TypeAlias = Literal["_native", "_opencv"]

_MISSING = {
    "_native": "backproj was not built: {} is missing; 'pip install .' in its source builds it",
    "_opencv": "this build of backproj has no opencv engine: {} is missing; "
    "'BACKPROJ_OPENCV=1 pip install .' in its source builds it, with OpenCV's headers (libopencv-dev)",
}

# Of Linux's mman.h. Python's mmap has no name for it.
_MADV_WIPEONFORK = 18


class _Process:
    """What is loaded, and whether this process loaded it or one that it was forked from."""

    def __init__(self) -> None:
        self.modules: dict[Name, ModuleType] = {}
        # The file of each module when it was first loaded, by this process or an ancestor: its size
        # and its time.
        self.files: dict[Name, tuple[int, int]] = {}
        # By the process's id: a child does not wait for a lock that a thread of its parent holds.
        self.locks: dict[int, threading.RLock] = {}
        # Its first byte is 1 where the modules were loaded. The kernel gives a forked child zeros
        # instead of this page. So a child is known for the price of reading a byte, and also if
        # Python's fork hooks do not run (uWSGI forks in C) or did not yet (another hook calls us).
        self.own = mmap.mmap(-1, 1, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        self.own[0] = 1
        if sys.platform == "linux":
            with contextlib.suppress(OSError):  # Linux before 4.14 leaves it to the hook
                self.own.madvise(_MADV_WIPEONFORK)
        os.register_at_fork(
            # No thread is to be in the midst of loading: the child's loader would be, for ever.
            before=lambda: self.lock().acquire(),
            after_in_parent=lambda: self.lock().release(),
            after_in_child=self.disown,
        )

    def lock(self) -> threading.RLock:
        return self.locks.setdefault(os.getpid(), threading.RLock())

    def disown(self) -> None:
        self.locks.clear()
        self.own[0] = 0


# It outlives a reload of this module, as the Go runtimes do: test suites drop modules and import them
# anew.
_process: _Process = vars(sys).get("_backproj") or _Process()
vars(sys)["_backproj"] = _process
_own, _modules = _process.own, _process.modules


def built(name: Name) -> bool:
    """Report whether this build has the module, without loading it."""
    return importlib.util.find_spec(f"backproj.{name}") is not None


def load(name: Name) -> ModuleType:
    """Return an extension module.

    Raises
    ------
    RuntimeError
        If this build does not have it, if it cannot be loaded, or if the process may start too few
        threads.
    MemoryError
        If the process may have too little address space.
    """
    if _own[0] and (module := _modules.get(name)):
        return module
    return _load(name)


def call(function: str, *args: float | str) -> int:
    """Return what a function of ``_native`` returns, which is loaded if it is not yet.

    The module is looked up each time, for the handler of a signal may have forked the process meanwhile.

    Raises
    ------
    RuntimeError, MemoryError
        As `load`, and what the function raises.
    """
    module = (_modules.get("_native") if _own[0] else None) or _load("_native")
    done: int = getattr(module, function)(*args)
    return done


def _load(name: Name) -> ModuleType:
    with _process.lock():
        # Under the lock, for no child is to be forked in the midst of an import either.
        from backproj._runtime.limits import load_within_limits

        # Again if the handler of a signal forked this process meanwhile.
        while not (_own[0] and name in _modules):
            if _own[0]:
                _modules[name] = load_within_limits(name, lambda: _new(name))
            else:
                _modules.clear()
                _own[0] = 1
        return _modules[name]


def _new(name: Name) -> ModuleType:
    from backproj._runtime import signal_mask

    qualified = f"backproj.{name}"
    spec = importlib.util.find_spec(qualified)
    if spec is None or spec.origin is None:
        raise RuntimeError(_MISSING[name].format(qualified))
    files = _process.files
    first = name not in files and qualified not in sys.modules
    try:
        file = os.stat(spec.origin)
        if files.setdefault(name, (file.st_size, file.st_mtime_ns)) != (file.st_size, file.st_mtime_ns):
            raise RuntimeError(
                f"{spec.origin} is not the file that this process's parent loaded: backproj was installed "
                "anew since; start the parent anew"
            )
        with signal_mask.kept():
            if first:
                return importlib.import_module(qualified)
            sys.modules[qualified] = fork_copy.load(qualified, spec.origin)
            return sys.modules[qualified]
    except (OSError, ImportError) as error:  # such as OpenCV's libraries gone since the build
        if first:
            files.pop(name, None)
        raise RuntimeError(f"{qualified} cannot be loaded: {error}") from error
