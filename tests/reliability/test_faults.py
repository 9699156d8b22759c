"""Memory that goes away during a call is a RuntimeError, whichever goroutine meets it, and so is a panic."""

import json
import subprocess
import sys

import numpy as np
import pytest

import backproj
from backproj._engine import state
from backproj._runtime import loader
from backproj._validate import layout
from helpers.processes import ROOT

GONE = "RuntimeError: backproj: memory of an array went away during the call"


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory):
    """For each case its name, its error, and whether the next call worked."""
    done = subprocess.run(
        [
            sys.executable,
            ROOT / "tests" / "programs" / "vanishing_memory.py",
            tmp_path_factory.mktemp("files"),
        ],
        capture_output=True,
        text=True,
        timeout=300,
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0, f"the process ended after {lines[-1:]}: {done.stderr}"
    assert len(lines) > 60
    return lines


def test_memory_that_goes_away_is_an_error(outcomes):
    assert [(name, error) for name, error, _ in outcomes if not error.startswith(GONE)] == []


def test_the_call_after_an_error_works(outcomes):
    assert [name for name, _, next_works in outcomes if not next_works] == []


def test_a_panic_is_an_error_and_the_next_call_works(noise):
    hist = backproj.Histogram(noise)
    expected = hist.back_project(noise)
    record = state.blank(layout.DEFAULT, None, None).record
    record[1], record[3] = 1 << 20, 2**64 - 1  # the length of the table, -1
    out, frame = [noise.ctypes.data, 0, 0, 53, 1], [noise.ctypes.data, 1, 0, 37, 53, 159, 3, 1, 0]
    args = *out, *frame, record.ctypes.data, 1
    with pytest.raises(RuntimeError, match=r"please report it: -1 values at address 0x100000"):
        loader.load("_native").binding_Project(*args, 0, 1)
    np.testing.assert_array_equal(hist.back_project(noise), expected)
