"""Rounding modes and traps that a process has set change no result."""

import json
import platform
import sys

import pytest

from helpers.processes import run

# FE_UPWARD, FE_DOWNWARD and FE_TOWARDZERO of fenv.h, and FE_ALL_EXCEPT, of which aarch64 need not be able to
# trap any.
MODES = {
    "x86_64": {"upward": (0x800, 0), "downward": (0x400, 0), "towards zero": (0xC00, 0), "traps": (0, 0x3D)},
    "aarch64": {"upward": (1 << 22, 0), "downward": (2 << 22, 0), "towards zero": (3 << 22, 0)},
}.get(platform.machine(), {})

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="calls glibc")

PROGRAM = """
import ctypes, hashlib, json, sys
import numpy as np, backproj

mode, traps, first = map(int, sys.argv[1:])
libm = ctypes.CDLL("libm.so.6")
frame = np.random.default_rng(0).integers(0, 256, (1080, 1920, 3), np.uint8)
model = frame[:50, :50].copy()

def results():
    hist = backproj.Histogram(model)
    arrays = [hist.values, backproj.in_range(frame, (170, 60, 32), (10, 255, 255))]
    for threads in (1, 4):
        arrays.append(hist.back_project(frame, threads=threads))
        arrays.append(hist.segment(frame, disc=(31, 20), threshold="otsu", threads=threads))
        arrays.append(backproj.disc_sum(frame[..., 0] >> 7, 15, threads=threads))
        arrays.append(backproj.back_project(frame, model, channels="hsv", bins=(18, 8, 4), threads=threads))
    return [hashlib.sha256(array).hexdigest() for array in arrays]

if not first:
    results()
libm.fesetround(mode)
libm.feenableexcept(traps)
within, kept = results(), (libm.fegetround(), libm.fegetexcept())
libm.fesetround(0)
libm.fedisableexcept(0x3f)
print(json.dumps([kept, within, results()]))
"""


def results(mode, traps, first):
    return json.loads(run(sys.executable, "-c", PROGRAM, mode, traps, int(first)))


@pytest.fixture(scope="module")
def expected():
    _, _, expected = results(0, 0, first=True)
    return expected


@pytest.mark.parametrize(
    "first", [True, False], ids=["set before the first call", "set after the first call"]
)
@pytest.mark.parametrize("mode", MODES)
def test_results_are_those_of_the_default_environment(mode, first, expected):
    _, within, after = results(*MODES[mode], first)
    assert within == expected
    assert after == expected, "Go's threads must not keep what the caller had"


@pytest.mark.parametrize("mode", MODES)
def test_the_callers_environment_is_kept(mode):
    kept, _, _ = results(*MODES[mode], first=True)
    assert kept == [*MODES[mode]]
