"""Keeping a process's signals as they are while a Go runtime is loaded into it."""

from __future__ import annotations

import contextlib
import ctypes
import signal
from collections.abc import Iterator

# Room for a struct sigaction, of which the largest that Linux and macOS have takes 152 bytes.
_SIGACTION = ctypes.c_uint64 * 32


@contextlib.contextmanager
def kept() -> Iterator[None]:
    """Keep the signals of the process as they are while a Go runtime is loaded.

    The runtime's threads have the signal mask of the thread that loads it. As all signals are blocked
    there meanwhile, they leave the process's signals to Python's threads. ``signal.sigwait`` and system
    calls that a signal shall interrupt need that.

    Of the handlers that Go sets, those of SIGSEGV, SIGBUS and SIGFPE stay: its own code may raise these,
    and what other code raises it passes on.
    """
    library = ctypes.CDLL(None)
    actions = {number: _SIGACTION() for number in (signal.SIGPIPE, signal.SIGURG) if _is_ours(number)}
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    try:
        for number, action in actions.items():
            library.sigaction(int(number), None, action)
        yield
        for number, action in actions.items():
            library.sigaction(int(number), action, None)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def _is_ours(number: signal.Signals) -> bool:
    """Report whether it is Python, not Go, that says what becomes of a signal."""
    handler = signal.getsignal(number)
    if number == signal.SIGURG:
        # Go interrupts its threads by it, which does no harm where nobody else listens.
        return callable(handler)
    # None is a handler of C's, which Go passes the signal on to, on a stack that is large enough.
    return handler is not None
