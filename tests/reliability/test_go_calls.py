"""How often a call of the package enters Go: on Windows each time opens and closes handles of the system."""

import numpy as np
import pytest

import backproj

FRAME = np.random.default_rng(8).integers(0, 256, (64, 64, 3), np.uint8)
HIST = backproj.Histogram(FRAME)
OUT = np.empty((64, 64), np.uint8)

CALLS = {
    "a back projection": (lambda: HIST.back_project(FRAME), "Project"),
    "a back projection onto out": (lambda: HIST.back_project(FRAME, out=OUT, threads=1), "Project"),
    "three histograms": (lambda: backproj.back_project(FRAME, [HIST] * 3), "Project"),
    "a batch": (lambda: HIST.back_project(np.stack([FRAME] * 3)), "Project"),
    "a model and a frame": (lambda: backproj.back_project(FRAME, FRAME), "ProjectModel"),
    "a histogram": (lambda: backproj.Histogram(FRAME), "Fit"),
    "a region": (lambda: HIST.segment(FRAME), "Region"),
    "a window": (lambda: HIST.cam_shift(FRAME, (9, 9, 20, 20)), "Shift"),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_call_enters_go_once(watch_go, name):
    call, function = CALLS[name]
    call()  # whose first one asks for kernels, and may load Go
    native = backproj._runtime.loader.load("_native")
    every = [each.removeprefix("binding_") for each in dir(native) if each.startswith("binding_")]
    calls = watch_go(*every)
    call()
    assert [each.function for each in calls] == [function]
