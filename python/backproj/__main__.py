"""The command ``backproj``, also ``python -m backproj``."""

from __future__ import annotations

import sys

INTERRUPTED = 130  # as a shell reports SIGINT


def main() -> None:
    """Run the command line: errors are one line on stderr, and exit code 2."""
    try:
        sys.exit(_run())
    except KeyboardInterrupt:  # during the imports; later click turns it into Abort
        sys.exit(INTERRUPTED)


def _run() -> int:
    try:
        import click

        from backproj._cli import commands
    except ModuleNotFoundError as error:
        return _missing(error)
    try:
        # Without standalone mode, the exit code that a command asks for is returned.
        return commands.main(prog_name="backproj", standalone_mode=False) or 0
    except click.Abort:
        return INTERRUPTED
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return error.exit_code
    except click.ClickException as error:
        return _fail(error.format_message())
    except ModuleNotFoundError as error:  # of the libraries that only some commands need
        return _missing(error)
    # Such as a full disk, an engine that this build lacks, or an environment that asks for what is not.
    except (OSError, RuntimeError, ValueError) as error:
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
