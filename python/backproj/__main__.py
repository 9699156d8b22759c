"""The command ``backproj``, also ``python -m backproj``."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line: errors are one line on stderr, and exit code 2."""
    try:
        import click

        from backproj._cli import commands
    except ModuleNotFoundError as error:
        sys.exit(
            f"backproj: the command needs {(error.name or '').partition('.')[0]}: pip install 'backproj[cli]'"
        )
    try:
        # Without standalone mode, an exit code that a command asks for is returned.
        sys.exit(commands.main(prog_name="backproj", standalone_mode=False))
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        sys.exit(error.exit_code)
    except click.ClickException as error:
        click.echo(f"backproj: {error.format_message()}", err=True)
        sys.exit(2)
    except RuntimeError as error:  # such as an engine that this build does not have
        click.echo(f"backproj: {error}", err=True)
        sys.exit(2)
    except click.Abort:
        sys.exit(130)  # as a shell reports SIGINT


if __name__ == "__main__":
    main()
