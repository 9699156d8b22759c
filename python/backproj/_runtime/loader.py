"""The extension modules that hold the Go code: loaded at the first call, never by an import.

A Go runtime starts threads. Programs that import backproj and never call it, such as the parent of forked
workers, should not have them.

A Go runtime does not survive a fork: the child has only the thread that forked, and waits for the others for
ever. So a forked child that calls backproj loads a copy of the module, with a runtime of its own, beside the
one that it inherited.
"""

from __future__ import annotations

import importlib.util
import os
import sys
import threading
from importlib.machinery import ExtensionFileLoader, ModuleSpec
from types import ModuleType
from typing import Literal, TypeAlias

from backproj._runtime import system

Name: TypeAlias = Literal["_native", "_opencv"]

_MISSING = {
    "_native": "backproj was not built: {} is missing; 'pip install .' in its source builds it",
    "_opencv": "this build of backproj has no opencv engine: {} is missing; "
    "'BACKPROJ_OPENCV=1 pip install .' in its source builds it, with OpenCV's headers (libopencv-dev)",
}

# A function of each module that does next to nothing.
_FIRST_CALL = {"_native": "binding_Threads", "_opencv": "binding_Version"}


class _File:
    """A file, and what tells that it is replaced."""

    def __init__(self, path: str) -> None:
        status = os.stat(path)
        self.path = path
        self.state = status.st_size, status.st_mtime_ns


class _Process:
    """The modules that are loaded, and whether this process loaded them or inherited them by a fork."""

    def __init__(self) -> None:
        self.modules: dict[Name, ModuleType] = {}
        # The file of each module as this process or an ancestor first loaded it.
        self.files: dict[Name, _File] = {}
        # Those of which an ancestor may have started the runtime.
        self.inherited: set[Name] = set()
        # By process id, so that a child does not wait for a lock that a thread of its parent held.
        self.locks: dict[int, threading.RLock] = {}
        self.loaded_here = system.mark_of_this_process()
        system.watch_forks(
            # A child that was forked while another thread loads a module would have half of it.
            before=lambda: self.lock().acquire(),
            after_in_parent=lambda: self.lock().release(),
            after_in_child=self.after_fork_in_child,
        )

    def lock(self) -> threading.RLock:
        return self.locks.setdefault(os.getpid(), threading.RLock())

    def after_fork_in_child(self) -> None:
        self.locks.clear()
        self.loaded_here[0] = 0


# It is kept in sys, so that it outlives a reload of this module as the Go runtimes do: test suites drop
# modules and import them again.
_process: _Process = vars(sys).get("_backproj") or _Process()
vars(sys)["_backproj"] = _process
_loaded_here, _modules = _process.loaded_here, _process.modules


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
    if _loaded_here[0] and (module := _modules.get(name)):
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
    module = (_modules.get("_native") if _loaded_here[0] else None) or _load("_native")
    done: int = getattr(module, function)(*args)
    return done


def _load(name: Name) -> ModuleType:
    with _process.lock():
        # A signal handler may fork in the middle, and then this goes on in the child, which starts over.
        while not (_loaded_here[0] and name in _modules):
            if not _loaded_here[0]:
                _process.inherited.update(_process.files)
                _modules.clear()
                _loaded_here[0] = 1
            process = os.getpid()
            module = system.load_go(name, lambda: _load_file_or_copy(name))
            if os.getpid() == process:
                # The handler may have made a call instead, which has loaded the module already.
                _modules.setdefault(name, module)
        return _modules[name]


def _load_file_or_copy(name: Name) -> ModuleType:
    """Load a module from its file, or from a copy if an ancestor of this process has loaded the file."""
    qualified = f"backproj.{name}"

    copied = False
    try:
        file = _process.files.get(name) or _find(name)
        copied = name in _process.inherited
        if copied and _File(file.path).state != file.state:
            raise RuntimeError(
                f"{file.path} is not the file that this process's parent loaded: backproj was reinstalled; "
                "restart the parent process"
            )
        module = system.load_file(file.path, copied, lambda path: _new_module(qualified, path, file.path))
        sys.modules[qualified] = module
        # The runtime starts in a thread of its own, and a call waits until it has. In a child that a signal
        # handler has just forked it would wait for ever.
        first_call = getattr(module, _FIRST_CALL[name])
        if _loaded_here[0]:
            first_call()
        return module
    except (OSError, ImportError) as error:  # such as OpenCV's libraries gone since the build
        if not copied:
            _process.files.pop(name, None)
        raise RuntimeError(f"{qualified} cannot be loaded: {error}") from error


def _new_module(name: str, path: str, origin: str) -> ModuleType:
    """Return a new module from the file at ``path``, which says that it is from ``origin``.

    No import does it, whose locks fail if a signal handler makes a call, which loads too.
    """
    loader = ExtensionFileLoader(name, path)
    spec = ModuleSpec(name, loader, origin=path)
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    module.__file__ = spec.origin = origin
    return module


def _find(name: Name) -> _File:
    """Find and remember the file of a module that has not been loaded from here."""
    qualified = f"backproj.{name}"
    spec = importlib.util.find_spec(qualified)
    if spec is None or spec.origin is None:
        raise RuntimeError(_MISSING[name].format(qualified))
    if qualified in sys.modules:  # imported by its name, possibly by the parent
        _process.inherited.add(name)
    return _process.files.setdefault(name, _File(spec.origin))
