"""Many Python threads for a while: every result is right, and none waits for another."""

import os
import threading
import time

import numpy as np
import pytest
from numpy.lib.stride_tricks import as_strided

import backproj
from helpers.threads import at_once, calls_of_every_kind

RANDOM = np.random.default_rng(8)
FULL_HD = RANDOM.integers(0, 256, (1080, 1920, 3), np.uint8)
SECONDS = 40


def test_a_mix_of_calls_from_many_threads_is_always_right():
    frame = RANDOM.integers(0, 256, (301, 403, 3), np.uint8)
    hist = backproj.Histogram(frame[:40, :40])
    outs = threading.local()

    def onto_out():
        if not hasattr(outs, "mine"):
            outs.mine = np.empty(frame.shape[:2], np.uint8)
        return hist.back_project(frame, out=outs.mine)

    def beyond():
        with pytest.raises(ValueError, match="reach beyond"):
            hist.back_project(as_strided(frame, (302, 403, 3), frame.strides))
        return 0

    calls = [onto_out, beyond, *calls_of_every_kind(hist, frame)]
    expected = [np.array(call()) for call in calls]
    until, number = time.monotonic() + SECONDS, 16
    done = [0] * number

    def work(i):
        random = np.random.default_rng(i)
        while time.monotonic() < until:
            which = random.integers(len(calls))
            np.testing.assert_array_equal(calls[which](), expected[which])
            done[i] += 1

    at_once(number, work)
    print(f"\n{sum(done)} calls in {SECONDS} s from {number} threads, from {min(done)} to {max(done)} each")
    assert min(done) > 0


def rate(hist, number, seconds=4):
    """Return the full HD frames a second that a number of Python threads project, each by one of Go."""
    outs = [np.empty(FULL_HD.shape[:2], np.uint8) for _ in range(number)]
    done, until = [0] * number, time.monotonic() + seconds

    def work(i):
        while time.monotonic() < until:
            hist.back_project(FULL_HD, out=outs[i], threads=1)
            done[i] += 1

    at_once(number, work)
    assert min(done) > 0
    expected = hist.back_project(FULL_HD)
    for out in outs:
        np.testing.assert_array_equal(out, expected)
    return sum(done) / seconds


def test_python_threads_that_project_at_once_all_finish_with_the_right_result():
    hist = backproj.Histogram(FULL_HD[:100, :100])
    cpus = len(os.sched_getaffinity(0))
    rates = {n: rate(hist, n) for n in sorted({1, 2, cpus, 4 * cpus})}
    print("\n" + ", ".join(f"{n} threads: {r:.0f} frames/s ({r / rates[1]:.2f}×)" for n, r in rates.items()))


def test_python_code_runs_during_a_call():
    hist = backproj.Histogram(FULL_HD[:100, :100])
    out = np.empty(FULL_HD.shape[:2], np.uint8)
    turns, stop = 0, threading.Event()

    def other():
        nonlocal turns
        while not stop.is_set():
            turns += 1

    def turns_a_second(work):
        before, start = turns, time.perf_counter()
        work()
        return (turns - before) / (time.perf_counter() - start)

    def project():
        for _ in range(2000):
            hist.back_project(FULL_HD, out=out, threads=1)

    thread = threading.Thread(target=other)
    thread.start()
    try:
        alone, beside = turns_a_second(lambda: time.sleep(2)), turns_a_second(project)
    finally:
        stop.set()
        thread.join()
    print(f"\na loop of Python makes {beside / alone:.0%} of the turns beside calls that it makes alone")
    # On one CPU it has what the calls leave.
    assert beside > 0.1 * alone or len(os.sched_getaffinity(0)) == 1
