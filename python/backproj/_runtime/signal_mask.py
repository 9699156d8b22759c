"""Keeping a process's signals as they are while a Go runtime is loaded into it."""

from __future__ import annotations

import ctypes
import signal
import sys
from collections.abc import Callable
from types import ModuleType

assert sys.platform != "win32"

_libc = ctypes.CDLL(None)

# Room for a sigset_t and for a struct sigaction, which take 128 and 152 bytes at most on Linux and macOS.
_SIGSET = ctypes.c_uint64 * 16
_SIGACTION = ctypes.c_uint64 * 32


def load_with_signals_blocked(load: Callable[[], ModuleType]) -> ModuleType:
    """Load a module with a Go runtime, and leave signal masks and handlers as they are.

    The runtime's threads inherit the signal mask of the thread that loads it. All signals are blocked there
    meanwhile, so that Python's threads go on to receive the process's signals. ``signal.sigwait`` and system
    calls that a signal is to interrupt need that.

    Of the handlers that Go installs, those of SIGSEGV, SIGBUS and SIGFPE stay. They pass on to the earlier
    handler what code other than Go raises.
    """
    everything, mask = _SIGSET(), _SIGSET()
    _libc.sigfillset(everything)
    # Python runs signal handlers, which may raise, after calls. signal.pthread_sigmask is written in Python,
    # and so may be interrupted before it calls the C function. That function itself is never interrupted.
    set_mask, how = _libc.pthread_sigmask, int(signal.SIG_SETMASK)
    set_mask(how, None, mask)
    try:
        set_mask(how, everything, None)
        return _load_with_handlers_kept(load)
    finally:
        set_mask(how, mask, None)


def _load_with_handlers_kept(load: Callable[[], ModuleType]) -> ModuleType:
    actions = {int(number): _SIGACTION() for number in (signal.SIGPIPE, signal.SIGURG) if _is_ours(number)}
    for number, action in actions.items():
        _libc.sigaction(number, None, action)
    try:
        return load()
    finally:
        for number, action in actions.items():
            _libc.sigaction(number, action, None)


def _is_ours(number: signal.Signals) -> bool:
    """Report whether Python, not Go, is to handle a signal."""
    handler = signal.getsignal(number)
    if number == signal.SIGURG:
        # Go interrupts its threads by it, which does no harm where nobody else listens.
        return callable(handler)
    # None is a handler installed by C, to which Go passes the signal on, on a stack that is large enough.
    return handler is not None
