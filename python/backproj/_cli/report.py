"""What a command tells: lines for people, JSON for programs, and a progress bar meanwhile."""

from __future__ import annotations

import contextlib
import functools
import json
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, NamedTuple, TypeVar, cast

import click

Command = Callable[..., Any]
T = TypeVar("T")

# What stands beside the bar: label, position, time left and speed, with the gaps between them.
_BESIDE_BAR = len("pictures  []  1000/1000  00:00:00  1000.0 pictures/s")
_WIDEST_BAR = 30
_USUAL_COLUMNS = 80


class Report(NamedTuple):
    """How a command tells what it does."""

    json: bool
    quiet: bool

    def say(self, line: str) -> None:
        """Print a line for people."""
        if not (self.json or self.quiet):
            click.echo(line)

    def emit(self, kind: str, **values: object) -> None:
        """Print an object for programs. Its names and their meaning are those in docs/command_line.md."""
        if self.json:
            # ASCII goes through whatever encoding the standard output has, as do names that are not UTF-8.
            click.echo(json.dumps({"type": kind, **values}, allow_nan=False))

    @contextlib.contextmanager
    def errors_of(self, path: Path) -> Iterator[None]:
        """Tell programs what is wrong with a file, or what is done with it, and raise it further."""
        try:
            yield
        except click.ClickException as error:
            self.emit("error", input=str(path), error=_one_line(error))
            raise

    def complain(self, errors: Iterable[click.ClickException]) -> None:
        """Print what is wrong with some files, for people: programs know it by `errors_of`."""
        for error in () if self.json else errors:
            click.echo(f"backproj: {_one_line(error)}", err=True)

    def progress_bar(
        self, items: Iterable[T], unit: str, length: int | None = None, *, prints: bool = False
    ) -> AbstractContextManager[Iterable[T]]:
        """Return the items. Iterating over them shows progress, speed and time left in a terminal.

        There must be no line on the terminal meanwhile. So there is no bar if the command prints results as
        they come, and prints them on a terminal.
        """
        begin = time.perf_counter()

        def speed(_: T | None) -> str:
            rate = bar.pos / (time.perf_counter() - begin)
            return f"{rate:.{0 if rate >= 10 else 1}f} {unit}/s"

        disturbed = (prints or self.json) and sys.stdout.isatty()
        columns = _columns()
        bar: Any = click.progressbar(
            items,
            length=length,
            label=unit,
            show_pos=True,
            item_show_func=speed,
            width=max(1, min(_WIDEST_BAR, columns - 1 - _BESIDE_BAR)),
            file=sys.stderr,
            hidden=self.quiet or disturbed or not _shows_bars() or columns <= _BESIDE_BAR,
        )
        return cast("AbstractContextManager[Iterable[T]]", bar)


def report_options(command: Command) -> Command:
    """Add --json and --quiet; the command gets ``report``, a Report of both."""

    @click.option(
        "--json",
        "as_json",
        is_flag=True,
        help="Print what was done as JSON, an object a line, and nothing else to the standard output.  "
        "[default: no]",
    )
    @click.option(
        "-q",
        "--quiet",
        is_flag=True,
        help="Print nothing but errors, and what --json prints, and show no progress bar.  [default: no]",
    )
    @functools.wraps(command)
    def with_report(as_json: bool, quiet: bool, **others: Any) -> Any:
        return command(report=Report(as_json, quiet), **others)

    return with_report


def _one_line(error: click.ClickException) -> str:
    """Return the message of an error, in one line whatever the names of files in it are."""
    return " ".join(error.format_message().split())


def _shows_bars() -> bool:
    return sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


def _columns() -> int:
    """Return the width of the terminal that the bar is in; the standard output may be another file."""
    with contextlib.suppress(OSError, ValueError):
        # A terminal of no known size says 0.
        return os.get_terminal_size(sys.stderr.fileno()).columns or _USUAL_COLUMNS
    return _USUAL_COLUMNS
