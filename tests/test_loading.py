"""When Go is loaded, and what becomes of it in forked processes."""

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


FORK = """
child = os.fork()
if child == 0:
    try:
        print(backproj.back_project(frame, frame).max(), flush=True)
    except RuntimeError as error:
        print("spawn" in str(error), flush=True)
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
"""


def test_a_forked_child_works_when_the_parent_has_only_imported():
    assert run(FORK) == ["255"]


def test_a_forked_child_of_a_parent_that_called_gets_an_error_and_does_not_hang():
    code = "import warnings; warnings.simplefilter('ignore')\nbackproj.back_project(frame, frame)\n" + FORK
    assert run(code + "print(backproj.back_project(frame, frame).max())") == ["True", "255"]


def test_a_package_that_was_not_built_says_so(monkeypatch):
    from backproj import _extension

    monkeypatch.setattr(_extension, "_modules", {})
    monkeypatch.setitem(sys.modules, "backproj._native", None)
    with pytest.raises(RuntimeError, match=r"was not built.*pip install"):
        _extension.load("_native")


def test_a_fork_after_a_reload_of_the_package_gets_the_error_too():
    code = (
        "backproj.back_project(frame, frame)\n"
        "for name in [name for name in sys.modules if name.startswith('backproj')]: del sys.modules[name]\n"
        "import warnings; warnings.simplefilter('ignore')\nimport backproj\n"
    )
    assert run(code + FORK) == ["True"]


def test_a_fork_while_another_thread_makes_the_first_call_does_not_hang():
    # The moment matters: before, during and after the load of the module.
    code = """
import threading, time, warnings
warnings.simplefilter("ignore")
big = np.zeros((1000, 1000, 3), np.uint8)
thread = threading.Thread(target=lambda: backproj.Histogram(big))
thread.start()
time.sleep({})
child = os.fork()
if child == 0:
    try:
        backproj.Histogram(big)
    except RuntimeError:
        pass
    os._exit(0)
thread.join()
deadline = time.monotonic() + 20
while os.waitpid(child, os.WNOHANG) == (0, 0):
    if time.monotonic() > deadline:
        os.kill(child, 9)
        sys.exit("the child hangs")
    time.sleep(0.01)
"""
    for milliseconds in range(0, 20, 2):
        run(code.format(milliseconds / 1000))
