"""How late Ctrl-C is seen, and calls under a storm of signals."""

import contextlib
import os
import signal
import subprocess
import threading
import time

import numpy as np
import pytest

import backproj
from backproj._engine.kernels import forced

SIDE = 4096
WIDTHS = {"a tall frame": (6 * SIDE, SIDE), "a batch": (48, 1024, 2048), "one row": (1, 6 * SIDE * SIDE)}


class Late(KeyboardInterrupt):
    """What the handler of the alarm raises."""


@pytest.fixture(scope="module")
def pixels():
    """A hundred million pixels of noise, the worst for caches."""
    part = np.random.default_rng(5).integers(0, 256, (SIDE, SIDE, 3), np.uint8)
    return np.concatenate([part] * 6)


@pytest.fixture(scope="module")
def out():
    return np.random.default_rng(6).integers(0, 256, 6 * SIDE * SIDE, np.uint8)


@pytest.fixture(scope="module", autouse=True)
def head():
    print(f"\n{'':38}{'takes, ms':>11}{'interrupted':>12}{'seen after, ms, at the latest':>31}", end="  ")


def interrupt(name, call, times=5):
    """Interrupt a call so many times, and print how late that was seen."""
    late, due = [], 0.0

    def handler(*_):
        late.append(time.perf_counter() - due)
        raise Late

    previous = signal.signal(signal.SIGALRM, handler)
    try:
        start = time.perf_counter()
        call()
        whole = time.perf_counter() - start
        for _ in range(20 * times):
            after = whole * (0.1 + 0.5 * len(late) / times)
            start = time.perf_counter()
            due = start + after
            try:
                signal.setitimer(signal.ITIMER_REAL, after)
                call()
                signal.setitimer(signal.ITIMER_REAL, 0)
                whole = time.perf_counter() - start  # faster than before
            except Late:
                # What cannot be divided goes on in a thread.
                for thread in threading.enumerate():
                    if thread.name == "backproj":
                        thread.join()
            if len(late) == times:
                break
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)
    print(f"\n{name:38}{whole * 1e3:11.0f}{len(late):12}{max(late) * 1e3:31.0f}", end="  ", flush=True)
    assert len(late) == times


MODEL = np.random.default_rng(7).integers(0, 256, (200, 200, 3), np.uint8)
HISTOGRAMS = {
    "hs": [backproj.Histogram(MODEL)],
    "h, gated": [backproj.Histogram(MODEL, channels="h", in_range=((0, 60, 32), (180, 255, 255)))],
    "hsv, 737280 bins": [backproj.Histogram(MODEL, channels="hsv", bins=[180, 128, 32])],
    "8 models": [backproj.Histogram(MODEL, bins=n) for n in range(8, 16)],
}


@pytest.mark.parametrize("shape", WIDTHS)
def test_projecting_is_interrupted_whatever_the_shape(shape, pixels, out):
    frames, onto = pixels.reshape(*WIDTHS[shape], 3), out.reshape(WIDTHS[shape])
    (hist,) = HISTOGRAMS["hs"]
    with forced("generic"):
        interrupt(f"project {shape}", lambda: hist.back_project(frames, out=onto, threads=1))


@pytest.mark.parametrize("layout", HISTOGRAMS)
def test_projecting_is_interrupted_whatever_the_layout(layout, pixels):
    hists = HISTOGRAMS[layout]
    onto = np.empty((len(hists), *pixels.shape[:2]), np.uint8)
    with forced("generic"):
        interrupt(f"project {layout}", lambda: backproj.back_project(pixels, hists, out=onto, threads=1))


@pytest.mark.parametrize("view", ["every second pixel", "columns as rows"])
def test_projecting_is_interrupted_where_memory_is_slow(view, pixels, out):
    frames, onto = pixels, out.reshape(pixels.shape[:2])
    if view == "every second pixel":
        frames, onto = frames[:, ::2], onto[:, ::2]
    else:
        frames, onto = frames.transpose(1, 0, 2), onto.T
    (hist,) = HISTOGRAMS["hs"]
    with forced("generic"):
        interrupt(f"project {view}", lambda: hist.back_project(frames, out=onto, threads=1))


@pytest.mark.parametrize("layout", ["hs", "hsv, 737280 bins"])
@pytest.mark.parametrize("model", ["a model", "a masked model", "a model in one row", "columns as rows"])
def test_counting_is_interrupted(layout, model, pixels, out):
    images = {
        "a model": pixels,
        "a masked model": pixels,
        "a model in one row": pixels.reshape(1, -1, 3),
        "columns as rows": pixels.transpose(1, 0, 2),
    }
    mask = out.reshape(pixels.shape[:2]) if model == "a masked model" else None
    hist = HISTOGRAMS[layout][0]
    with forced("generic"):
        interrupt(
            f"count {model}, {layout}",
            lambda: backproj.Histogram(
                images[model], mask=mask, channels=hist.channels, bins=hist.bins, threads=1
            ),
        )


def test_in_range_is_interrupted(pixels, out):
    onto = out.reshape(pixels.shape[:2])
    interrupt("in_range", lambda: backproj.in_range(pixels, (0, 60, 32), (180, 255, 255), out=onto))


@pytest.mark.parametrize("disc", [5, 31, 255])
@pytest.mark.parametrize("what", ["segment", "segment by Otsu", "sum up columns"])
def test_segmenting_is_interrupted(what, disc, pixels, out):
    onto, prob = out.reshape(pixels.shape[:2]), pixels[..., 1]
    (hist,) = HISTOGRAMS["hs"]
    calls = {
        "segment": lambda: hist.segment(pixels, disc=disc, out=onto, threads=1),
        "segment by Otsu": lambda: hist.segment(pixels, disc=disc, threshold="otsu", out=onto, threads=1),
        "sum up columns": lambda: backproj.disc_sum(prob.T, disc, out=onto.T, threads=1),
    }
    with forced("generic"):
        interrupt(f"{what}, a disc of {disc}", calls[what])


@pytest.mark.parametrize("size", [(30, 30), (30, 4000)])
@pytest.mark.parametrize("plane", ["a plane", "columns as rows"])
def test_locating_is_interrupted(plane, size, pixels, out):
    prob = out.reshape(pixels.shape[:2])
    prob = prob.T if plane == "columns as rows" else prob
    interrupt(f"locate {size[0]}×{size[1]} in {plane}", lambda: backproj.locate(prob, size))


@pytest.mark.skipif("opencv" not in backproj.engines(), reason="needs a build with OpenCV")
@pytest.mark.parametrize("what", ["project a tall frame", "project one row", "count"])
def test_the_opencv_engine_is_interrupted(what, pixels, out):
    (hist,) = HISTOGRAMS["hs"]
    if what == "count":
        interrupt(f"opencv: {what}", lambda: backproj.back_project(MODEL, pixels, engine="opencv"))
        return
    shape = WIDTHS[what.removeprefix("project ")]
    frames, onto = pixels.reshape(*shape, 3), out.reshape(shape)
    interrupt(f"opencv: {what}", lambda: hist.back_project(frames, out=onto, engine="opencv"))


def test_a_storm_of_signals_changes_no_result():
    """Timers, another process's signals, children that end, and Ctrl-C, while four threads call."""
    frame = np.tile(MODEL, (6, 6, 1))
    hist = backproj.Histogram(MODEL)
    expected = hist.back_project(frame)
    box = backproj.locate(expected, (40, 40))
    counts = dict.fromkeys(("SIGALRM", "SIGPROF", "SIGUSR1", "SIGCHLD", "SIGURG", "SIGINT"), 0)
    calls, failed, end = [0] * 4, [], time.monotonic() + 30
    may_raise = False

    def handler(number, _):
        nonlocal may_raise
        counts[signal.Signals(number).name] += 1
        if number == signal.SIGINT and may_raise:
            may_raise = False
            raise KeyboardInterrupt

    def work(i):
        while time.monotonic() < end:
            assert np.array_equal(hist.back_project(frame, threads=2), expected)
            assert backproj.locate(expected, (40, 40)) == box
            assert backproj.Histogram(MODEL) == hist
            calls[i] += 3

    def worker(i):
        try:
            work(i)
        except BaseException as error:
            failed.append(error)

    previous = {name: signal.signal(signal.Signals[name], handler) for name in counts}
    threads = [threading.Thread(target=worker, args=(i,)) for i in range(1, 4)]
    flood = f"while kill -USR1 {os.getpid()}; do sleep 0.002; kill -INT {os.getpid()}; done"
    with subprocess.Popen(["sh", "-c", flood]) as sender:
        try:
            signal.setitimer(signal.ITIMER_REAL, 0.003, 0.003)
            signal.setitimer(signal.ITIMER_PROF, 0.003, 0.003)
            for thread in threads:
                thread.start()
            while time.monotonic() < end:
                subprocess.run(["true"])
                with contextlib.suppress(KeyboardInterrupt):
                    may_raise = True
                    work(0)
        finally:
            may_raise = False
            sender.kill()
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.setitimer(signal.ITIMER_PROF, 0)
            for thread in threads:
                thread.join()
    for name, action in previous.items():
        signal.signal(signal.Signals[name], action)
    signals = ", ".join(f"{n} {name}" for name, n in counts.items())
    print(f"\n{sum(calls)} calls by 4 threads during {signals}", end="  ")
    assert not failed
    assert all(calls[1:])
    assert all(n for name, n in counts.items() if name != "SIGURG")
