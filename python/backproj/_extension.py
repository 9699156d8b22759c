"""The extension modules that hold the Go code: loaded at the first call, never by an import.

A Go runtime starts threads. Programs that import backproj and never call it, such as the parent
of forked workers, should not have them.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from types import ModuleType
from typing import Literal, TypeAlias

from backproj._limits import load_within_limits

Name: TypeAlias = Literal["_native", "_opencv"]

_MISSING = {
    "_native": "backproj was not built: {} is missing; 'pip install .' in its source builds it",
    "_opencv": "this build of backproj has no opencv engine: {} is missing; "
    "'BACKPROJ_OPENCV=1 pip install .' in its source builds it, with OpenCV's headers (libopencv-dev)",
}

_modules: dict[Name, ModuleType] = {}

# Whether the Go runtime of a module is alive in this process (False: it was lost by a fork). It
# outlives a reload of this module, as the runtimes do: test suites drop modules and import them anew.
_alive: dict[Name, bool] = sys.__dict__.setdefault("_backproj_alive", {})


def built(name: Name) -> bool:
    """Report whether this build has the module, without loading it."""
    return importlib.util.find_spec(f"backproj.{name}") is not None


def load(name: Name) -> ModuleType:
    """Return an extension module.

    Raises
    ------
    RuntimeError
        If it was loaded before this process was forked, which a Go runtime does not survive, if
        this build does not have it, or if the process may start too few threads.
    MemoryError
        If the process may have too little address space.
    """
    if name in _modules:
        return _modules[name]
    if not _alive.get(name, True):
        raise RuntimeError(
            "backproj was used before this process was forked, and its Go runtime does not survive a fork; "
            "start workers by multiprocessing's 'spawn' or 'forkserver', or call backproj in them only"
        )
    _modules[name] = load_within_limits(lambda: _imported(name))
    return _modules[name]


def _imported(name: Name) -> ModuleType:
    # Said first: another thread may fork while this one is in the import.
    _alive[name] = True
    try:
        return importlib.import_module(f"backproj.{name}")
    except ModuleNotFoundError as error:
        del _alive[name]
        raise RuntimeError(_MISSING[name].format(f"backproj.{name}")) from error
    except ImportError as error:  # such as OpenCV's libraries gone since the build
        del _alive[name]
        raise RuntimeError(f"backproj.{name} cannot be loaded: {error}") from error


def _forget() -> None:
    _alive.update(dict.fromkeys(_alive, False))
    _modules.clear()


os.register_at_fork(after_in_child=_forget)
