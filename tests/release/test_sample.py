"""A sample of the other tests, which needs only numpy and pytest.

Each Python that a wheel is tested on runs it: see test_pythons.py, and test-arm64 in the Makefile.
"""

import os
import platform
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

import backproj
from helpers import formula
from helpers.processes import ROOT, run

RANDOM = np.random.default_rng(41)
NOISE = RANDOM.integers(0, 256, (61, 127, 3), np.uint8)
GRADIENT = np.stack(np.meshgrid(*[np.arange(0, 256, 5, dtype=np.uint8)] * 3), axis=-1).reshape(52, -1, 3)

LAYOUTS = {
    "hs": {},
    "hs, fine": {"bins": (180, 256), "peak": 255},
    "hue": {"channels": "h", "bins": 16, "peak": 255},
    "gated hue": {"channels": "h", "bins": 180, "in_range": ((0, 60, 32), (180, 255, 255))},
    "around red": {"in_range": ((170, 60, 32), (10, 255, 255))},
    "hsv": {"channels": "hsv", "bins": (30, 32, 7)},
    "saturation": {"channels": "s"},
    "value": {"channels": "v", "in_range": ((170, 60, 32), (10, 255, 255))},
    "hue and value": {"channels": "hv"},
    "saturation and value": {"channels": "sv", "bins": (40, 50)},
    "grey": {"channels": "gray", "bins": 64, "in_range": (20, 230)},
    "skin": {"channels": "crcb", "in_range": ((0, 133, 77), (255, 173, 127)), "peak": 255},
    "YCrCb": {"channels": "ycrcb", "bins": (4, 16, 16)},
    "a and b": {"channels": "ab"},
    "Lab": {"channels": "lab", "bins": 12},
    "BGR": {"channels": "bgr", "bins": 8},
    # 187 is on the edge of a bin, where a fused a·j + b gives the bin below.
    "a range from 176": {"bins": (8, 4), "ranges": [0, 180, 176, 220]},
    "a range of hues": {"channels": "h", "bins": 8, "ranges": [70, 204]},
    "a range below 0": {"channels": "h", "bins": 60, "ranges": [-10, 300]},
    "values of a range": {"channels": "hsv", "bins": (4, 9, 4), "ranges": [0, 180, 0.5, 200.25, 176, 220]},
}


def test_a_wheel_has_the_kernels_of_its_architecture():
    names = backproj.info()["kernels"]
    if platform.machine() in ("aarch64", "arm64"):
        assert names == ["neon", "generic"]
    else:
        assert set(names) <= {"avx512", "avx2", "generic"}


def test_the_package_is_the_installed_one():
    assert not Path(backproj.__file__).is_relative_to(ROOT / "python")


@pytest.mark.parametrize("frame", [NOISE, GRADIENT, NOISE[::-2, 5::3]], ids=["noise", "gradient", "view"])
@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_projections_are_the_formulas(frame, layout):
    np.testing.assert_array_equal(
        backproj.back_project(frame, NOISE, **layout), formula.back_project(frame, NOISE, **layout)
    )


@pytest.mark.parametrize("peak", [256, 255, 0.1])
def test_values_are_the_formulas_bit_for_bit_when_no_bin_is_empty(peak):
    model = RANDOM.integers(0, 256, (300, 300, 3), np.uint8)
    hist = backproj.Histogram(model, bins=6, peak=peak)
    assert hist.counts.min() > 0
    assert hist.values.tobytes() == formula.normalized(hist.counts, peak).tobytes()


def test_threads_of_go_and_of_python_change_nothing():
    hist = backproj.Histogram(NOISE)
    frames = np.ascontiguousarray(np.broadcast_to(NOISE, (40, *NOISE.shape)))
    expected = hist.back_project(frames, threads=1)
    results = [np.empty_like(expected) for _ in range(4)]
    threads = [
        threading.Thread(target=hist.back_project, args=(frames,), kwargs={"out": out, "threads": 3})
        for out in results
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for out in results:
        np.testing.assert_array_equal(out, expected)


FORK = """
import os, signal, sys, warnings
import numpy as np, backproj

warnings.simplefilter("ignore")  # from 3.12 on os.fork() warns of Go's threads
frame = np.full((4, 4, 3), 9, np.uint8)
if sys.argv[1] == "called":
    backproj.back_project(frame, frame)
child = os.fork()
if child == 0:
    signal.alarm(60)  # ends a child that hangs
    try:
        os._exit(int(backproj.back_project(frame, frame).max() != 255))
    except BaseException:
        sys.excepthook(*sys.exc_info())
        os._exit(1)
print(os.waitpid(child, 0)[1])
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
@pytest.mark.parametrize("parent", ["imported", "called"])
def test_a_forked_child_works(parent):
    assert run(sys.executable, "-c", FORK, parent) == "0\n"
