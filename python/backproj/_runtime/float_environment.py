"""Loading a Go runtime with the default floating-point environment."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable
from types import ModuleType

assert sys.platform == "linux"

# Room for a fenv_t, which takes 32 bytes at most.
_FENV = ctypes.c_uint64 * 8

# FE_DFL_ENV of Linux's C libraries: rounding to nearest, without traps.
_DEFAULT = ctypes.c_void_p(-1)


def load_with_default_floats(load: Callable[[], ModuleType]) -> ModuleType:
    """Load a module with a Go runtime, whose threads inherit the default rounding mode and no traps.

    Calls see to the environment of the thread that makes them themselves.
    """
    library = _libm()
    if library is None:
        return load()
    before = _FENV()
    set_environment = library.fesetenv
    library.fegetenv(before)
    try:
        set_environment(_DEFAULT)
        return load()
    finally:
        set_environment(before)


def _libm() -> ctypes.CDLL | None:
    for name in (None, "libm.so.6"):  # most builds of Python are linked to it
        try:
            library = ctypes.CDLL(name)
            if hasattr(library, "fegetenv") and hasattr(library, "fesetenv"):
                return library
        except OSError:
            pass
    return None
