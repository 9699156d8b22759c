"""Nothing leaks: neither frames nor a few bytes a call."""

import os

import card
import numpy as np
import pytest

import backproj

MEGABYTE = 1 << 20


def resident():
    """Return this process's resident memory in bytes."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def growth(call, calls, warm_up):
    """Return how much resident memory grows over so many calls, after others in which Go's heap settles."""
    for _ in range(warm_up):
        call()
    before = resident()
    for _ in range(calls):
        call()
    return resident() - before


@pytest.mark.parametrize("route", [backproj.back_project, card.back_project], ids=["arrays", "bytes"])
def test_ten_thousand_frames_leave_no_memory_behind(route, record_property):
    frame = np.random.default_rng(0).integers(0, 256, (480, 640, 3), np.uint8)
    model = frame[:50, :50].copy()
    grown = growth(lambda: route(frame, model), 10_000, warm_up=1_000)
    record_property("grown", grown)
    # A leak of one 300 KB result a call would be 3 GB. Go's collector lets its heap breathe.
    assert grown < 16 * MEGABYTE


def fail():
    with pytest.raises(RuntimeError, match="no array begins at address"):
        backproj._extension.load("_native").binding_Project(0, 1, 1, 0, 1, 1, 0, 1, 1, 3, 3, 1, 0, "", 1)


@pytest.mark.parametrize("kind", ["project", "fit", "error"])
def test_small_calls_leave_no_bytes_behind(kind):
    frame = np.zeros((2, 2, 3), np.uint8)
    hist = backproj.Histogram(frame)
    calls = {
        "project": lambda: hist.back_project(frame),
        "fit": lambda: backproj.Histogram(frame),
        "error": fail,
    }
    assert growth(calls[kind], 100_000, warm_up=50_000) < 2 * MEGABYTE  # 20 bytes a call
