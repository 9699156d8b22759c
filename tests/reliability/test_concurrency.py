"""Calls from many Python threads at once give the results that they give alone."""

import gc
import mmap
import sys
import threading
import time
import weakref

import numpy as np
import pytest

import backproj
from backproj._engine import blocks
from helpers.processes import run
from helpers.threads import at_once, calls_of_every_kind


@pytest.fixture(scope="module")
def frame():
    return np.random.default_rng(8).integers(0, 256, (301, 403, 3), np.uint8)


@pytest.fixture(scope="module")
def hist(frame):
    return backproj.Histogram(frame[:40, :40])


def test_one_histogram_and_one_frame_serve_all_threads(frame, hist):
    calls = calls_of_every_kind(hist, frame)
    expected = [call() for call in calls]

    def work(i):
        for turn in range(3 * len(calls)):
            which = (i + turn) % len(calls)
            np.testing.assert_array_equal(calls[which](), expected[which])

    at_once(8, work)


def test_the_first_calls_of_a_process_may_be_made_at_once():
    code = """
import threading, numpy as np, backproj
frame = np.random.default_rng(8).integers(0, 256, (30, 40, 3), np.uint8)
go, done = threading.Barrier(16), []
def work():
    go.wait()
    done.append(backproj.back_project(frame, frame))
threads = [threading.Thread(target=work) for _ in range(16)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(len(done), all((one == done[0]).all() for one in done))
"""
    assert run(sys.executable, "-c", code).split() == ["16", "True"]


@pytest.mark.parametrize("kind", ["project", "count", "locate", "segment", "sum up"])
def test_other_threads_run_during_a_call(kind):
    wide = np.zeros((1, 3_000_000, 3), np.uint8)
    huge = np.broadcast_to(wide, (10, *wide.shape[1:]))
    hist = backproj.Histogram(wide)
    out = np.empty(huge.shape[:2], np.uint8)
    call = {
        "project": lambda: hist.back_project(huge[:, ::-1], out=out, threads=1),
        "count": lambda: backproj.Histogram(huge),
        "locate": lambda: backproj.locate(out, (5, 5)),
        "segment": lambda: hist.segment(huge, disc=11, out=out, threads=1),
        "sum up": lambda: backproj.disc_sum(np.broadcast_to(wide[..., 0], out.shape), 11, out=out, threads=1),
    }[kind]
    call()
    turns, stop = 0, threading.Event()

    def other():
        nonlocal turns
        while not stop.is_set():
            turns += 1
            time.sleep(0.001)  # at 0 it could take the lock back again and again

    # No thread is asked to give way: the other one runs only when a call lets it.
    switch = sys.getswitchinterval()
    sys.setswitchinterval(1000)
    try:
        thread = threading.Thread(target=other)
        thread.start()
        before = turns
        call()
        during = turns - before
    finally:
        sys.setswitchinterval(switch)
        stop.set()
        thread.join()
    assert during > 0


def test_a_call_need_not_wait_for_one_of_another_thread(monkeypatch):
    monkeypatch.setattr(blocks, "PIXELS_PER_CALL", 1 << 40)  # the long call is one call of Go
    colour = np.full((1, 1, 3), (30, 60, 220), np.uint8)
    hist = backproj.Histogram(colour)
    out = np.zeros((10_000, 10_000), np.uint8)
    frame = np.broadcast_to(colour, (*out.shape, 3))

    def another_call_returns_first():
        out[...] = 0
        long_call = threading.Thread(
            target=hist.back_project, args=(frame,), kwargs={"out": out, "threads": 1}
        )
        long_call.start()
        while not out[0, 0] and long_call.is_alive():
            time.sleep(0.0005)
        hist.back_project(colour)
        unfinished = not out[-1, -1]
        long_call.join()
        return unfinished

    # On a busy machine the long call may be over before this thread runs again. If calls waited for one
    # another, it would be over each time.
    assert any(another_call_returns_first() for _ in range(50))
    assert out[-1, -1] == 255


def test_one_out_for_two_calls_holds_pixels_of_both(frame):
    hists = [backproj.Histogram(frame[:40, :40], peak=peak) for peak in (100, 255)]
    each = [hist.back_project(frame) for hist in hists]
    out = np.empty(frame.shape[:2], np.uint8)
    at_once(8, lambda i: [hists[i % 2].back_project(frame, out=out) for _ in range(20)])
    assert ((out == each[0]) | (out == each[1])).all()


def test_writing_to_a_frame_during_a_call_is_safe(frame, hist):
    shared, stop = frame.copy(), threading.Event()
    random = np.random.default_rng(9)

    def scribble():
        while not stop.is_set():
            shared[...] = random.integers(0, 256, (1, 1, 3), np.uint8)

    thread = threading.Thread(target=scribble)
    thread.start()
    try:
        for kernel in range(50):
            prob = hist.back_project(shared, threads=1 + kernel % 3)
            assert prob.shape == shared.shape[:2]
            assert backproj.Histogram(shared).counts.sum() == shared.size // 3
            hist.back_project(shared[::-1, ::-1])
    finally:
        stop.set()
        thread.join()


class Memory:
    """An owner of memory that can be watched by a weak reference."""

    def __init__(self, *shape):
        self.pixels = np.ones(shape, np.uint8)
        self.__array_interface__ = self.pixels.__array_interface__


# (function of Go's, call with an array that only the call refers to)
LONE = {
    "frame": ("Project", lambda hist, lone: hist.back_project(lone(9, 8, 3))),
    "a view of a frame": ("Project", lambda hist, lone: hist.back_project(lone(9, 8, 4)[::-1, ::2])),
    "out": ("Project", lambda hist, lone: hist.back_project(np.zeros((9, 8, 3), np.uint8), out=lone(9, 8))),
    "model": ("Fit", lambda hist, lone: backproj.Histogram(lone(9, 8, 3))),
    "mask": (
        "Fit",
        lambda hist, lone: backproj.Histogram(np.ones((9, 8, 3), np.uint8), mask=lone(9, 8).view(bool)),
    ),
    "plane": ("Locate", lambda hist, lone: backproj.locate(lone(9, 8), (2, 2))),
    "scene": ("Shift", lambda hist, lone: hist.cam_shift(lone(9, 8, 3), (1, 2, 3, 4))),
    "a view of a scene": (
        "Shift",
        lambda hist, lone: hist.mean_shift(lone(9, 8, 4)[::-1, ::2], (1, 2, 3, 4)),
    ),
    # So large that the whole frame is projected, and not so large that this takes several calls of Go: in a
    # process with many objects, collecting garbage before each takes long.
    "a large scene": ("Project", lambda hist, lone: hist.mean_shift(lone(1400, 1450, 3), (0, 0, 1450, 1400))),
    "prob": ("ShiftOn", lambda hist, lone: backproj.cam_shift(lone(9, 8), (1, 2, 3, 4))),
    "a large prob": ("ShiftOn", lambda hist, lone: backproj.mean_shift(lone(1400, 1450), (0, 0, 1450, 1400))),
    "a large prob, transposed": (
        "RegionOn",
        lambda hist, lone: backproj.mean_shift(lone(1400, 1450).T, (0, 0, 1400, 1450)),
    ),
}


@pytest.mark.parametrize(("function", "call"), LONE.values(), ids=LONE)
def test_a_call_keeps_its_arrays_alive(watch_go, hist, function, call):
    gone, alive = threading.Event(), []

    def lone(*shape):
        memory = Memory(*shape)
        weakref.finalize(memory, gone.set)
        return np.asarray(memory)

    watch_go(function, before=gc.collect, after=lambda: alive.append(not gone.is_set()))
    call(hist, lone)
    assert set(alive) == {True}
    assert gone.is_set()


def test_memory_that_another_thread_releases_is_safe(hist, frame):
    expected = hist.back_project(frame)
    for _ in range(30):
        memory = mmap.mmap(-1, frame.nbytes)
        memory.write(frame.tobytes())
        view = np.ndarray(frame.shape, np.uint8, memory)
        closed, said = threading.Event(), []

        def close(memory=memory, closed=closed):
            while not closed.is_set():
                try:
                    memory.close()
                    closed.set()
                except BufferError:  # a call has it
                    time.sleep(0)

        thread = threading.Thread(target=close)
        thread.start()
        while not said:
            try:
                np.testing.assert_array_equal(hist.back_project(view), expected)
            except ValueError as error:
                said.append(str(error))
        thread.join()
        assert "was closed" in said[0]
