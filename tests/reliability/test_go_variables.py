"""Variables that tune Go programs change nothing for this one, and it changes none of them."""

import json
import os
import subprocess
import sys

import pytest

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
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(code)],
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


THREADS, _, _ = outcome()

VARIABLES = [
    {"GOMAXPROCS": "77"},
    {"GOMEMLIMIT": "2GB"},  # malformed: Go ends the process
    {"GOGC": "x"},
    {"GOGC": "off", "GOMAXPROCS": "77", "GOMEMLIMIT": "1"},
]


@pytest.mark.parametrize("variables", VARIABLES, ids=" ".join)
def test_go_does_not_see_them(variables):
    threads, byte, left = outcome(**variables)
    assert (threads, byte) == (THREADS, 255)
    assert left == [variables.get(name, "") for name in ("GOGC", "GOMAXPROCS", "GOMEMLIMIT")]


def test_go_does_not_see_one_that_was_set_since():
    # Over one that there was, glibc puts it in the same place; else it moves the environment.
    code = "os.environ['GOMEMLIMIT'] = '2GB'"
    assert outcome(code) == [THREADS, 255, ["", "", "2GB"]]
    assert outcome(code, GOMEMLIMIT="3GiB") == [THREADS, 255, ["", "", "2GB"]]


def test_a_forked_childs_go_does_not_see_them():
    code = "backproj.info()\nif child := os.fork(): sys.exit(os.waitpid(child, 0)[1] != 0)"
    threads, byte, _ = outcome("import sys\n" + code, GOMAXPROCS="77", GOMEMLIMIT="2GB")
    assert (threads, byte) == (THREADS, 255)
