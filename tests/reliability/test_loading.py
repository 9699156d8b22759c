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


# Imported by whoever uses it.
LATER = ("_atomic_write", "_cli", "_plot", "_native", "_opencv", "dask")

# Of the standard library, what takes a millisecond or more with all that it imports.
SLOW = {
    *("argparse", "asyncio", "concurrent.futures", "email", "hashlib", "http", "inspect"),
    *("json", "logging", "multiprocessing", "pathlib", "pickle", "shutil", "socket"),
    *("subprocess", "tempfile", "urllib.parse", "zipfile"),
}


def test_an_import_loads_little_beside_numpy():
    code = "import numpy, sys; before = {*sys.modules}; import backproj; print(*{*sys.modules} - before)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    loaded = set(done.stdout.split())
    ours = {name for name in loaded if name.partition(".")[0] == "backproj"}
    assert "backproj._histogram" in ours
    assert [name for name in ours if name.startswith(tuple(f"backproj.{later}" for later in LATER))] == []
    others = {name for name in loaded - ours if not name.startswith("numpy.")}
    assert {name for name in others if name.partition(".")[0] not in sys.stdlib_module_names} == set()
    assert others & SLOW == set()


def test_an_import_loads_no_go_and_the_first_call_does():
    loaded = "print('backproj._native' in sys.modules, '_native' in open('/proc/self/maps').read())\n"
    code = loaded + "backproj.back_project(frame, frame)\n" + loaded
    assert run(code) == ["False", "False", "True", "True"]


def test_a_package_that_was_not_built_says_so(monkeypatch):
    from backproj._runtime import loader

    monkeypatch.setattr(loader, "_modules", {})
    monkeypatch.setitem(sys.modules, "backproj._native", None)
    with pytest.raises(RuntimeError, match=r"was not built.*pip install"):
        loader.load("_native")
