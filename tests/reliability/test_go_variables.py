"""Variables that tune Go programs change nothing for this one, and it changes none of them."""

import json
import os
import platform
import sys

import pytest

from helpers.processes import run_python

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="hides them on Linux only")

PROGRAM = """
import ctypes, json, os
import numpy as np, backproj
{}
frame = np.full((9, 9, 3), 7, np.uint8)
byte = int(backproj.back_project(frame, frame).max())
getenv = ctypes.CDLL(None).getenv
getenv.restype = ctypes.c_char_p
left = [(getenv(name) or b"").decode() for name in (b"GOGC", b"GOMAXPROCS", b"GOMEMLIMIT")]
print(json.dumps([backproj.info()["threads"], byte, left]))
"""


def outcome(code="", **variables):
    """Return the threads of a call, a byte that should be 255, and what C knows of the variables after it."""
    done = run_python(PROGRAM.format(code), env=os.environ | variables)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def usual():
    """The threads and the byte of a call without such variables."""
    threads, byte, _ = outcome()
    assert byte == 255
    return [threads, byte]


VARIABLES = [
    {"GOMAXPROCS": "77"},
    {"GOMEMLIMIT": "2GB"},  # malformed: Go ends the process
    {"GOGC": "x"},
    {"GOGC": "off", "GOMAXPROCS": "77", "GOMEMLIMIT": "1"},
]


@pytest.mark.parametrize("variables", VARIABLES, ids=" ".join)
def test_go_does_not_see_them(variables, usual):
    left = [variables.get(name, "") for name in ("GOGC", "GOMAXPROCS", "GOMEMLIMIT")]
    assert outcome(**variables) == [*usual, left]


@pytest.mark.parametrize("before", [{}, {"GOMEMLIMIT": "3GiB"}], ids=["new", "changed"])
def test_go_does_not_see_one_that_the_process_has_set(before, usual):
    # glibc puts a changed variable in the place of the old one, and moves the environment for a new one.
    code = "os.environ['GOMEMLIMIT'] = '2GB'"
    assert outcome(code, **before) == [*usual, ["", "", "2GB"]]


def test_go_does_not_see_them_in_a_forked_child(usual):
    code = "import sys\nbackproj.info()\nif child := os.fork(): sys.exit(os.waitpid(child, 0)[1] != 0)"
    variables = {"GOMAXPROCS": "77", "GOMEMLIMIT": "2GB"}
    assert outcome(code, **variables) == [*usual, ["", "77", "2GB"]]


@pytest.mark.skipif(platform.machine() != "x86_64", reason="the kernels of other machines use no feature")
def test_go_sees_what_is_for_debugging():
    code = "import backproj; print(*backproj.info()['kernels'])"
    assert run_python(code, env=os.environ | {"GODEBUG": "cpu.all=off"}).stdout.split() == ["generic"]
