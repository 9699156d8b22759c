"""The extension module that holds the Go code: loaded at the first call, never by an import.

A Go runtime starts threads. Programs that import backproj and never call it, such as the parent
of forked workers, should not have them.
"""

from __future__ import annotations

import importlib
import os
from types import ModuleType

_module: ModuleType | None = None
_lost_in_fork = False


def load() -> ModuleType:
    """Return the extension module.

    Raises
    ------
    RuntimeError
        If it was loaded before this process was forked: a Go runtime does not survive a fork.
    ImportError
        If the package was not built.
    """
    global _module
    if _module is not None:
        return _module
    if _lost_in_fork:
        raise RuntimeError(
            "backproj was used before this process was forked, and its Go runtime does not survive a fork; "
            "start workers by multiprocessing's 'spawn' or 'forkserver', or call backproj in them only"
        )
    try:
        _module = importlib.import_module("backproj._native")
    except ModuleNotFoundError as error:
        raise ImportError(
            "backproj was not built: backproj._native is missing; 'pip install .' in its source builds it"
        ) from error
    return _module


def _forget() -> None:
    global _module, _lost_in_fork
    _lost_in_fork = _lost_in_fork or _module is not None
    _module = None


os.register_at_fork(after_in_child=_forget)
