"""When Go is loaded."""

import subprocess
import sys

import pytest

SETUP = "import numpy as np, backproj, os, sys; frame = np.full((4, 4, 3), 9, np.uint8)\n"


def run(code):
    """Run code in a new interpreter and return what it prints."""
    done = subprocess.run([sys.executable, "-c", SETUP + code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_an_import_loads_no_go_and_the_first_call_does():
    loaded = "print('backproj._native' in sys.modules, '_native' in open('/proc/self/maps').read())\n"
    code = loaded + "backproj.back_project(frame, frame)\n" + loaded
    assert run(code) == ["False", "False", "True", "True"]


def test_a_package_that_was_not_built_says_so(monkeypatch):
    from backproj import _extension

    monkeypatch.setattr(_extension, "_modules", {})
    monkeypatch.setitem(sys.modules, "backproj._native", None)
    with pytest.raises(RuntimeError, match=r"was not built.*pip install"):
        _extension.load("_native")
