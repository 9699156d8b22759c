"""Nothing leaks: neither frames nor a few bytes a call."""

import sys
import tracemalloc

import numpy as np
import pytest

import backproj
from helpers.memory import MEGABYTE, growth_in_a_process
from helpers.processes import run
from programs.memory_growth import growth

pytestmark = pytest.mark.exhaustive  # hundreds of thousands of calls


def by_bytes(frame, model):
    (h, w, _), (mh, mw, _) = frame.shape, model.shape
    return backproj.back_project_bytes(frame.tobytes(), w, h, model.tobytes(), mw, mh)


@pytest.mark.parametrize("route", [backproj.back_project, by_bytes], ids=["arrays", "bytes"])
def test_ten_thousand_frames_leave_no_memory_behind(route, record_property):
    frame = np.random.default_rng(0).integers(0, 256, (480, 640, 3), np.uint8)
    model = frame[:50, :50].copy()
    grown = growth(lambda: route(frame, model), 10_000, warm_up=1_000)
    record_property("grown", sum(grown))
    # A leak of one 300 KB result a call would be 750 MB a round.
    assert min(grown) < 4 * MEGABYTE


@pytest.mark.parametrize(
    "call", ["project", "one shot", "fit", "cam shift", "track", "cut out", "an error of Go"]
)
def test_small_calls_leave_no_bytes_behind(call):
    assert min(growth_in_a_process(call, 100_000)) < MEGABYTE // 2  # 20 bytes a call


def test_a_leak_of_a_few_bytes_a_call_would_be_seen():
    assert min(growth_in_a_process("a leak of 32 bytes", 100_000)) > MEGABYTE


# Views of a frame of four channels that are projected with ``out=``.
VIEWS = {
    "whole": "frame",
    "a crop of three channels": "frame[5:-5, 7:-7, :3]",
    "every other row, upside down": "frame[::-2]",
    "the other order": "frame[..., 2::-1]",
    "every other pixel": "frame[:, ::2]",
    "mirrored": "frame[:, ::-1]",
    "transposed": "frame.transpose(1, 0, 2)",
}


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
def test_with_out_python_allocates_nothing_of_the_size_of_a_frame(view):
    frame = eval(view, {"frame": np.random.default_rng(0).integers(0, 256, (600, 800, 4), np.uint8)})
    hists = [backproj.Histogram(frame[:9, :9]), backproj.Histogram(frame[:9, :9], channels="h")]
    out, several = np.empty(frame.shape[:2], np.uint8), np.empty((2, *frame.shape[:2]), np.uint8)
    pixels = np.empty_like(frame)
    calls = {
        "project": lambda: hists[0].back_project(frame, out=out),
        "one shot": lambda: backproj.back_project(frame, frame[:9, :9], out=out),
        "several": lambda: backproj.back_project(frame, hists, out=several),
        "in_range": lambda: backproj.in_range(frame, (0, 60, 32), (180, 255, 255), out=out),
        "segment": lambda: hists[0].segment(frame, disc=31, out=out),
        "segment by Otsu": lambda: hists[0].segment(frame, threshold="otsu", out=out),
        "cut out": lambda: hists[0].cut_out(frame, out=pixels),
        "cut out by a mask": lambda: backproj.cut_out(frame, several[0], out=pixels),
        "sum up": lambda: backproj.disc_sum(several[0], out=out),
    }
    for name, call in calls.items():
        call()  # what is made once, such as in_range's histogram
        tracemalloc.start()
        try:
            call()
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        # A one shot has its histogram's table, of 64 KiB, and its 1,024 counts and values.
        assert peak < (100_000 if name == "one shot" else 10_000), name


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
def test_with_out_neither_does_go(view):
    code = f'''
import numpy as np, backproj

def greatest():
    """Return the greatest resident memory until now, in bytes."""
    with open("/proc/self/status") as file:  # getrusage would tell of the parent's too
        return next(1024 * int(line.split()[1]) for line in file if line.startswith("VmHWM:"))

frame = np.full((5000, 6000, 4), 9, np.uint8)  # 120 MB
frame = {view}
out = np.full(frame.shape[:2], 9, np.uint8)
hist = backproj.Histogram(frame[:99, :99])
hist.back_project(frame[:99, :99])
before = greatest()
hist.back_project(frame, out=out)
print(greatest() - before)
'''
    assert int(run(sys.executable, "-c", code)) < 4 * MEGABYTE


# Calls on an 8K frame, and how many threads each may use.
OF_8K = {
    "segment": (1, "hist.segment(frame, out=out, threads=1)"),
    "segment by Otsu": (1, "hist.segment(frame, disc=31, threshold='otsu', out=out, threads=1)"),
    "cut out": (1, "hist.cut_out(frame, disc=101, out=pixels, threads=1)"),
    "cut out by the largest disc": (2, "hist.cut_out(frame, disc=255, out=pixels, threads=2)"),
    "cut out of a mirrored frame": (1, "hist.cut_out(frame[:, ::-1], out=pixels, threads=1)"),
    "cut out by a mask": (1, "backproj.cut_out(frame, prob, out=pixels, threads=1)"),
    "sum up": (2, "backproj.disc_sum(prob, out=out, threads=2)"),
    "segment columns": (1, "backproj.segment(prob.T, disc=31, out=out.T, threads=1)"),
}


@pytest.mark.parametrize(("threads", "call"), OF_8K.values(), ids=OF_8K)
def test_beside_its_result_a_call_on_an_8k_frame_takes_a_megabyte_a_thread(threads, call):
    code = f"""
import numpy as np, backproj

def greatest():
    with open("/proc/self/status") as file:
        return next(1024 * int(line.split()[1]) for line in file if line.startswith("VmHWM:"))

frame = np.full((4320, 7680, 3), 9, np.uint8)
frame[::7] = 30, 60, 220
pixels, out, prob = np.full_like(frame, 9), np.full_like(frame[..., 0], 9), frame[..., 0].copy()
hist, part = backproj.Histogram(frame[:99, :99]), np.s_[:9, :9]
hist.segment(frame[part], threshold="otsu", out=out[part])
backproj.disc_sum(prob[part], out=out[part])
before = greatest()
{call}
print(greatest() - before)
"""
    assert int(run(sys.executable, "-c", code)) <= threads * MEGABYTE
