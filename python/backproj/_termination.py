"""Signals that ask the command to end: an exception, so that temporary files are removed."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator
from types import FrameType
from typing import NoReturn

from backproj._runtime import system

# Shells report a process that a signal ended by the exit code 128 plus the number of the signal.
_SIGNALLED = 128
INTERRUPTED = _SIGNALLED + signal.SIGINT


class Terminated(Exception):  # noqa: N818 - no error: the user wants it
    """A signal asked the process to end.

    PyAV calls Python from C, and catches any Exception there to raise it later. Of a KeyboardInterrupt it
    prints the traceback and goes on; a SystemExit ends the process at once, and its temporary files stay.
    """

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.exit_code = _SIGNALLED + number


@contextlib.contextmanager
def signals_raise() -> Iterator[None]:
    """Have the signals that ask a process to end raise Terminated while the block runs."""
    # Signals that are ignored, as nohup has it, stay ignored.
    defaults = system.TERMINATING
    numbers = [number for number, default in defaults.items() if signal.getsignal(number) is default]
    for number in numbers:
        signal.signal(number, _raise)
    try:
        yield
    finally:
        for number in numbers:
            if signal.getsignal(number) is _raise:  # none came
                signal.signal(number, defaults[number])


def _raise(number: int, _: FrameType | None) -> NoReturn:
    # A second one must neither interrupt the removal nor change the exit code.
    for each in system.TERMINATING:
        signal.signal(each, signal.SIG_IGN)
    raise Terminated(number)
