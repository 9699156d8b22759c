"""The progress bar: on terminals alone, and never among what is printed."""

import itertools
import json
import os
import re
import subprocess
import sys
import time

import pytest

from helpers.film_files import START, make_film, moving

BOX = ("--box", "120,300,60,60")
LOCATE = ("locate", "in", *BOX)
IMAGE = ("image", "in", *BOX, "-o", "out")
VIDEO = ("video", "film.mp4", *START, "-o", "a.mp4")

# What click ends a bar with: it shows the cursor again, but for Windows, where it did not hide it.
END_OF_BAR = "\n" if os.name == "nt" else "\x1b[?25h\n"


@pytest.fixture
def files(folder):
    """A folder of two photographs, and a film of five frames."""
    (folder / "in").mkdir()
    for name in ("a.jpg", "b.jpg"):
        (folder / "in" / name).write_bytes((folder / "photograph.jpg").read_bytes())
    make_film("film.mp4", moving(5))
    return folder


@pytest.fixture
def terminals(command, monkeypatch):
    """Return a function that runs the command with some of its streams on a terminal."""

    def call(streams, *arguments):
        for name in streams:
            monkeypatch.setattr(getattr(sys, name), "isatty", lambda: True)
        return command(*arguments)

    monkeypatch.setenv("TERM", "xterm")
    return call


BARS = {
    "pictures": (IMAGE, r"pictures  \[#+\]  2/2  [\d.]+ pictures/s *$"),
    "places": (LOCATE, r"pictures  \[#+\]  2/2  [\d.]+ pictures/s *$"),
    "frames": (VIDEO, r"frames  \[#+\]  5/5  [\d.]+ frames/s *$"),
    "every other frame": ((*VIDEO, "--every", "2"), r"frames  \[#+\]  3/3  [\d.]+ frames/s *$"),
}


@pytest.mark.parametrize(("arguments", "last"), BARS.values(), ids=BARS)
@pytest.mark.parametrize("option", [(), ("--json",)], ids=["text", "json"])
def test_a_terminal_shows_how_far_it_is_and_the_other_stream_is_clean(
    files, terminals, arguments, last, option
):
    done = terminals(["stderr"], *arguments, *option)
    bar, end, below = done.stderr.partition(END_OF_BAR)
    assert (done.returncode, end, below) == (0, END_OF_BAR, "")
    assert re.search(last, bar.split("\r")[-1])
    assert done.stdout
    assert "\r" not in done.stdout
    assert "\x1b" not in done.stdout
    for line in done.stdout.splitlines() if option else []:
        json.loads(line)


@pytest.mark.parametrize("arguments", [IMAGE, LOCATE, VIDEO])
def test_the_time_left_is_shown_once_it_is_known(files, terminals, monkeypatch, arguments):
    seconds = itertools.count(0, 2)  # the clock of a slow machine
    monkeypatch.setattr(time, "time", lambda: next(seconds))
    assert re.search(r"\d/\d  00:00:\d\d  [\d.]+ \w+/s", terminals(["stderr"], *arguments).stderr)


NONE = {
    "no terminal": ([], IMAGE, {}),
    "only the output is one": (["stdout"], IMAGE, {}),
    "quiet": (["stderr"], (*IMAGE, "--quiet"), {}),
    "quiet film": (["stderr"], (*VIDEO, "--quiet"), {}),
    "JSON on the terminal": (["stdout", "stderr"], (*IMAGE, "--json"), {}),
    "JSON of a film on the terminal": (["stdout", "stderr"], (*VIDEO, "--json"), {}),
    "boxes on the terminal": (["stdout", "stderr"], LOCATE, {}),
    "a terminal that only knows letters": (["stderr"], IMAGE, {"TERM": "dumb"}),
    "one picture": (["stderr"], ("image", "photograph.jpg", *BOX), {}),
}


@pytest.mark.parametrize(("streams", "arguments", "environment"), NONE.values(), ids=NONE)
def test_otherwise_there_is_no_bar(files, terminals, monkeypatch, streams, arguments, environment):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    done = terminals(streams, *arguments)
    assert (done.returncode, done.stderr) == (0, "")
    assert "\x1b" not in done.stdout


def test_errors_are_below_the_bar(files, terminals):
    (files / "in" / "a.jpg").write_text("no picture")
    done = terminals(["stderr"], "image", "in", "--model", "photograph.jpg", "-o", "out")
    _, _, below = done.stderr.partition(END_OF_BAR)
    assert below.startswith("backproj: cannot read ")
    assert below.count("\n") == 1


@pytest.mark.parametrize("columns", [200, 80, 60])
def test_a_bar_is_one_line_of_a_real_terminal(files, columns):
    bar, summary, wrote, end = shown_in_terminal(columns, *IMAGE).split("\r\n")
    assert summary.startswith("2 of 2 pictures in ")
    assert (wrote, end) == ("wrote into out", "")
    states = re.sub(r"\x1b\[\?25[lh]", "", bar).split("\r")
    assert "2/2" in states[-1]
    assert max(map(len, states)) < columns


def test_a_terminal_too_narrow_for_a_bar_has_none(files):
    assert "\x1b" not in shown_in_terminal(40, *IMAGE)


def shown_in_terminal(columns, *arguments):
    """Return what the command shows in a terminal that both its streams go to."""
    try:
        import fcntl
        import pty
        import struct
        import termios
    except ImportError:
        pytest.skip("Windows has no pseudo-terminals that Python could open")
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    process = subprocess.Popen(
        [sys.executable, "-m", "backproj", *arguments],
        **dict.fromkeys(("stdin", "stdout", "stderr"), theirs),
        env={**os.environ, "TERM": "xterm"},
    )
    os.close(theirs)
    shown = b""
    with os.fdopen(ours, "rb", buffering=0) as terminal:
        try:
            while part := terminal.read(65_536):
                shown += part
        except OSError:
            pass  # Linux ends it so, once the command has closed its side
    assert process.wait(60) == 0
    return shown.decode()
