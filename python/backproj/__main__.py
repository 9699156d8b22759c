"""The command ``backproj``, also ``python -m backproj``."""

from __future__ import annotations

import io
import os
import sys

from backproj._termination import INTERRUPTED, Terminated, signals_raise


def main() -> None:
    """Run the command line. An error is printed as one line, and the exit code is 2."""
    _replace_closed_streams()
    _print_any_name()
    try:
        with signals_raise():
            code = _run()
    except Terminated as error:
        code = error.exit_code
    except KeyboardInterrupt:
        code = INTERRUPTED
    sys.exit(code)


def _replace_closed_streams() -> None:
    """Replace standard streams that are closed by the null device.

    For Python they are None. Besides, the next files to be opened would get their numbers, 0 to 2, and C
    libraries would print into those files. To open a file takes the lowest free number, so here the null
    device gets them.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115 - it stays open


def _print_any_name() -> None:
    """Have standard output escape what its encoding lacks, as standard error does.

    On Windows a pipe has the encoding of the region, which lacks most letters that names of files may have.
    """
    if isinstance(sys.stdout, io.TextIOWrapper) and sys.stdout.encoding.lower() != "utf-8":
        sys.stdout.reconfigure(errors="backslashreplace")


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
    except click.Abort:  # what click makes of a KeyboardInterrupt
        return INTERRUPTED
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
