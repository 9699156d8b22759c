"""Nothing leaks: neither frames nor a few bytes a call."""

import os
import sys
import tracemalloc

import card
import numpy as np
import pytest
from process import run

import backproj

MEGABYTE = 1 << 20


def resident():
    """Return this process's resident memory in bytes."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def growth(call, calls, warm_up):
    """Return how much resident memory grows in each of four rounds of calls, after others.

    Go's heap, Python's and the kernel give memory back when they like, so that one round may grow by
    some MiB of which nothing was lost. A leak grows in every round: in the least of them.
    """
    for _ in range(warm_up):
        call()
    sizes = [resident()]
    for _ in range(4):
        for _ in range(calls // 4):
            call()
        sizes.append(resident())
    return np.diff(sizes)


def test_a_leak_of_a_few_bytes_a_call_would_be_seen():
    kept = []
    assert min(growth(lambda: kept.append(bytes(32)), 100_000, warm_up=1_000)) > MEGABYTE


@pytest.mark.parametrize("route", [backproj.back_project, card.back_project], ids=["arrays", "bytes"])
def test_ten_thousand_frames_leave_no_memory_behind(route, record_property):
    frame = np.random.default_rng(0).integers(0, 256, (480, 640, 3), np.uint8)
    model = frame[:50, :50].copy()
    grown = growth(lambda: route(frame, model), 10_000, warm_up=1_000)
    record_property("grown", int(grown.sum()))
    # A leak of one 300 KB result a call would be 750 MB a round.
    assert min(grown) < 4 * MEGABYTE


def fail():
    with pytest.raises(RuntimeError, match="no array begins at address"):
        backproj._extension.load("_native").binding_Project(
            0, 1, 1, 0, 0, 1, 1, 0, 1, 0, 1, 1, 3, 3, 1, 0, "", 1
        )


@pytest.mark.parametrize("kind", ["project", "fit", "error"])
def test_small_calls_leave_no_bytes_behind(kind):
    frame = np.zeros((2, 2, 3), np.uint8)
    hist = backproj.Histogram(frame)
    calls = {
        "project": lambda: hist.back_project(frame),
        "fit": lambda: backproj.Histogram(frame),
        "error": fail,
    }
    assert min(growth(calls[kind], 100_000, warm_up=50_000)) < MEGABYTE // 2  # 20 bytes a call


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
    calls = {
        "project": lambda: hists[0].back_project(frame, out=out),
        "one shot": lambda: backproj.back_project(frame, frame[:9, :9], out=out),
        "several": lambda: backproj.back_project(frame, hists, out=several),
        "in_range": lambda: backproj.in_range(frame, (0, 60, 32), (180, 255, 255), out=out),
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
