"""When Go is loaded."""

import sys

import pytest

from helpers.processes import run_python

SETUP = "import numpy as np, backproj, os, sys; frame = np.full((4, 4, 3), 9, np.uint8)\n"


def run(code):
    """Run code in a new interpreter and return what it prints."""
    done = run_python(SETUP + code)
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
    done = run_python(code)
    loaded = set(done.stdout.split())
    ours = {name for name in loaded if name.partition(".")[0] == "backproj"}
    assert "backproj._histogram.histogram" in ours
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
    monkeypatch.setattr(loader._process, "files", {})
    monkeypatch.setitem(sys.modules, "backproj._native", None)
    with pytest.raises(RuntimeError, match=r"was not built.*pip install"):
        loader.load("_native")


# A signal handler, a callback of gc or a debugger may call: here at every twentieth line of the first call.
NESTED = """
failed, points, ended = set(), 0, False
while not ended:
    child = os.fork()
    if child == 0:
        lines = 0
        def trace(*_):
            global lines
            lines += 1
            if lines == 20 * points:
                try:
                    backproj.back_project(frame, frame)
                except BaseException as error:
                    print(repr(error).replace(" ", "_"), flush=True)
            return trace
        sys.settrace(trace)
        assert backproj.back_project(frame, frame).min() == 255
        sys.settrace(None)
        os._exit(3 if lines < 20 * points else 0)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status in (0, 3), status
    ended, points = status == 3, points + 1
print(points > 10)
"""


def test_a_call_in_the_midst_of_the_first_one_works():
    assert run(NESTED) == ["True"]
