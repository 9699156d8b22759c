"""A thousand forked children and more: none hangs, and none is wrong.

The ways to fork are those of tests/programs/forked_children.py.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import backproj
from programs import forked_children

PROGRAM = Path(forked_children.__file__)

# Those that start an interpreter take longest.
CHILDREN = dict.fromkeys(forked_children.MODES, 80) | {"forkserver": 40, "spawn": 20}


def row(*cells):
    """Print a row of the table; pytest's dot ends it."""
    print("\n{:26}{:>9}{:>6}{:>5}{:>13}{:>12}{:>12}{:>8}".format(*cells), end="  ", flush=True)


@pytest.fixture(scope="module")
def rows():
    """Print a table, with its sums at the end."""
    row("", "children", "wrong", "hung", "first call,", "the latest,", "its memory,", "all,")
    row("", "", "", "", "ms, median", "ms", "KiB", "s")
    figures = []
    yield figures
    children, wrong, hung, seconds = map(sum, zip(*figures, strict=True))
    row("all", children, wrong, hung, "", "", "", round(seconds))


@pytest.mark.parametrize("mode", CHILDREN)
def test_children_work(mode, rows):
    if mode == "opencv" and "opencv" not in backproj.engines():
        pytest.skip("needs a build with OpenCV")
    command = [sys.executable, PROGRAM, mode, str(CHILDREN[mode])]
    done = subprocess.run(command, capture_output=True, text=True, timeout=1800)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    counted = [found[name] for name in ("children", "wrong", "hung")]
    rows.append([*counted, found["seconds"]])
    row(mode.replace("_", " "), *counted, *found["first call, ms"], found["memory, KiB"], found["seconds"])
    assert counted == [CHILDREN[mode], 0, 0], done.stderr
