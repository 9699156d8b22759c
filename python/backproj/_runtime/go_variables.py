"""Hiding the environment variables that tune Go programs from a Go runtime while it is loaded."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from types import ModuleType

# They are set for Go programs. Here a malformed GOMEMLIMIT would abort the process, a GOMAXPROCS of 20000
# would take seconds, and GOGC=off would let memory grow. BACKPROJ_NUM_THREADS is what limits threads. GODEBUG
# and GOTRACEBACK stay visible, since they help to debug the Go code itself.
HIDDEN = ("GOGC", "GOMAXPROCS", "GOMEMLIMIT")
_ASSIGNMENTS = tuple(f"{name}=".encode() for name in HIDDEN)

_WORD = ctypes.sizeof(ctypes.c_void_p)

# What a hidden variable is in the meantime.
_NOTHING = ctypes.create_string_buffer(b"_=")


def load_without_go_variables(load: Callable[[], ModuleType]) -> ModuleType:
    """Load a module with a Go runtime that sees none of the variables, and leave them as they are."""
    return _load_without(_slots(), load)


def _load_without(slots: Sequence[ctypes.c_void_p], load: Callable[[], ModuleType]) -> ModuleType:
    if not slots:
        return load()
    slot, *others = slots
    value, nothing = slot.value, ctypes.addressof(_NOTHING)
    try:
        slot.value = nothing
        return _load_without(others, load)
    finally:
        slot.value = value


def _slots() -> list[ctypes.c_void_p]:
    """Return the places that hold the addresses of the variables, among those that Go reads.

    A Go library reads its environment from the process's initial stack, not from ``environ``: the number of
    arguments, their addresses, a null, the addresses of the variables, a null. glibc says where that begins.
    """
    try:
        stack = ctypes.c_void_p.in_dll(ctypes.CDLL(None), "__libc_stack_end").value
    except ValueError:  # another C library
        return []
    if not stack:
        return []
    at = stack + (ctypes.c_long.from_address(stack).value + 2) * _WORD
    found = []
    while value := (slot := ctypes.c_void_p.from_address(at)).value:
        if ctypes.string_at(value).startswith(_ASSIGNMENTS):
            found.append(slot)
        at += _WORD
    return found
