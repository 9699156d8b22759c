"""The command ``backproj``, also ``python -m backproj``."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Iterator
from types import FrameType
from typing import NoReturn

# Shells report a process that a signal ended by the exit code 128 plus the number of the signal.
_SIGNALLED = 128

# By default, these signals end a process at once, and its temporary files stay behind.
_TERMINATING = (signal.SIGTERM, signal.SIGHUP)


def main() -> None:
    """Run the command line. An error is printed as one line, and the exit code is 2."""
    _replace_closed_streams()
    try:
        with _exit_on_termination():
            sys.exit(_run())
    except KeyboardInterrupt:  # during the imports; later click turns it into Abort
        sys.exit(_SIGNALLED + signal.SIGINT)


def _replace_closed_streams() -> None:
    """Replace standard streams that are closed by the null device.

    For Python they are None. Besides, the next files to be opened would get their numbers, 0 to 2, and C
    libraries would print into those files. To open a file takes the lowest free number, so here the null
    device gets them.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115 - it stays open


@contextlib.contextmanager
def _exit_on_termination() -> Iterator[None]:
    """Turn SIGTERM and SIGHUP into a SystemExit, so that temporary files are removed."""
    # Signals that are ignored, as nohup has it, stay ignored.
    numbers = [number for number in _TERMINATING if signal.getsignal(number) is signal.SIG_DFL]
    for number in numbers:
        signal.signal(number, _exit)
    try:
        yield
    finally:
        for number in numbers:
            if signal.getsignal(number) is _exit:  # none came
                signal.signal(number, signal.SIG_DFL)


def _exit(number: int, _: FrameType | None) -> NoReturn:
    for each in _TERMINATING:  # a second one must neither interrupt the removal nor change the exit code
        signal.signal(each, signal.SIG_IGN)
    sys.exit(_SIGNALLED + number)


def _run() -> int:
    try:
        import click

        from backproj._cli import commands
        from backproj._cli.errors import describe_error
    except ModuleNotFoundError as error:
        return _missing(error)
    try:
        # Without standalone mode, the exit code that a command asks for is returned.
        return commands.main(prog_name="backproj", standalone_mode=False) or 0
    except click.Abort:
        return _SIGNALLED + signal.SIGINT
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return error.exit_code
    except click.ClickException as error:
        return _fail(error.format_message())
    except ModuleNotFoundError as error:  # of the libraries that only some commands need
        return _missing(error)
    except OSError as error:  # such as a full disk
        file = f"{error.filename}: " if error.filename else ""
        return _fail(f"{file}{describe_error(error)}")
    except (RuntimeError, ValueError) as error:  # such as an unknown kernel in BACKPROJ_KERNEL
        return _fail(str(error))
    except MemoryError:
        return _fail("not enough memory for pictures of that size")


def _missing(error: ModuleNotFoundError) -> int:
    return _fail(f"the command needs {(error.name or '').partition('.')[0]}: pip install 'backproj[cli]'")


def _fail(message: str) -> int:
    print("backproj:", " ".join(message.split()), file=sys.stderr)
    return 2


if __name__ == "__main__":
    main()
