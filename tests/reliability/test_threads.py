"""Which setting decides the number of threads, and that no result depends on it."""

import os
import sys

import numpy as np
import pytest

import backproj
from helpers.processes import run

VARIABLES = ("BACKPROJ_NUM_THREADS", "OMP_NUM_THREADS")


@pytest.fixture(autouse=True)
def no_setting(monkeypatch):
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    yield
    backproj.set_num_threads(None)


@pytest.fixture(scope="module")
def frame():
    # Large enough for each of several threads to get its rows.
    return np.random.default_rng(12).integers(0, 256, (1201, 1999, 3), np.uint8)


def cpus():
    return len(os.sched_getaffinity(0))


# Layouts that take different code in a kernel.
LAYOUTS = {
    "hs": {},
    "gated": {"channels": "h", "bins": 16, "in_range": ((0, 60, 32), (180, 255, 255))},
    "hsv": {"channels": "hsv", "bins": (30, 32, 7)},
    "crcb": {"channels": "crcb", "in_range": ((0, 133, 77), (255, 173, 127))},
    "lab": {"channels": "lab", "bins": 8},
    "gray": {"channels": "gray", "bins": 256},
}


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
@pytest.mark.parametrize("view", [np.s_[:], np.s_[::-1, ::2], np.s_[:, 5:8], np.s_[3:4]])
def test_any_number_of_threads_gives_the_same_result(frame, layout, view):
    backproj.set_num_threads(1)
    hist = backproj.Histogram(frame[view], **layout)
    expected = hist.back_project(frame[view])
    for n in (2, 3, 7, 64, 5000):
        np.testing.assert_array_equal(hist.back_project(frame[view], threads=n), expected)
        assert backproj.Histogram(frame[view], **layout, threads=n) == hist
        backproj.set_num_threads(n)
        assert backproj.Histogram(frame[view], **layout) == hist
        np.testing.assert_array_equal(hist.back_project(frame[view]), expected)
        np.testing.assert_array_equal(backproj.back_project(frame[view], [hist, hist])[1], expected)


# (set_num_threads, BACKPROJ_NUM_THREADS, OMP_NUM_THREADS, the number of threads)
PRECEDENCE = {
    "no setting": (None, None, None, cpus),
    "set_num_threads": (3, None, None, 3),
    "BACKPROJ": (None, "5", None, 5),
    "OMP": (None, None, "6", 6),
    "set_num_threads over BACKPROJ": (3, "5", None, 3),
    "set_num_threads over OMP": (3, None, "6", 3),
    "set_num_threads over both": (3, "5", "6", 3),
    "BACKPROJ over OMP": (None, "5", "6", 5),
    "OMP, a list of levels": (None, None, "4,2", 4),
    "OMP, a list with spaces": (None, None, " 4 , 2 ", 4),
    "BACKPROJ over a list": (None, "5", "4,2", 5),
    "BACKPROJ is empty": (None, "", "6", 6),
    "OMP is empty": (None, None, "", cpus),
    "OMP is not a number": (None, None, "many", cpus),
    "OMP is 0": (None, None, "0", cpus),
    "OMP is negative": (None, None, "-3", cpus),
    "more than there are CPUs": (None, "4096", None, 4096),
    "BACKPROJ beyond int32": (None, "9" * 30, None, 2**31 - 1),
    "OMP beyond int32": (None, None, "9" * 30, 2**31 - 1),
    "set_num_threads beyond int32": (10**30, None, None, 2**31 - 1),
}


@pytest.mark.parametrize(("called", "ours", "theirs", "expected"), PRECEDENCE.values(), ids=PRECEDENCE)
def test_which_setting_decides(monkeypatch, noise, called, ours, theirs, expected):
    for name, value in zip(VARIABLES, (ours, theirs), strict=True):
        if value is not None:
            monkeypatch.setenv(name, value)
    backproj.set_num_threads(called)
    assert backproj.info()["threads"] == (expected() if callable(expected) else expected)
    hist = backproj.Histogram(noise)
    np.testing.assert_array_equal(hist.back_project(noise), hist.back_project(noise, threads=1))


def test_the_environment_is_read_at_every_call(monkeypatch, watch_go, noise):
    hist = backproj.Histogram(noise)
    for theirs, ours, expected in (
        ("6", "5", 5),
        ("6", "4", 4),
        ("6", None, 6),
        ("3", None, 3),
        (None, None, 0),
    ):
        for name, value in (("OMP_NUM_THREADS", theirs), ("BACKPROJ_NUM_THREADS", ours)):
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        assert seen_by_go(watch_go, lambda: hist.back_project(noise)) == [expected]


def test_a_replaced_os_environ_is_read_too(monkeypatch, watch_go, noise):
    hist = backproj.Histogram(noise)
    monkeypatch.setattr(os, "environ", {"BACKPROJ_NUM_THREADS": "5"})
    assert seen_by_go(watch_go, lambda: hist.back_project(noise)) == [5]
    monkeypatch.setattr(os, "environ", {"OMP_NUM_THREADS": "4,2"})
    assert seen_by_go(watch_go, lambda: hist.back_project(noise)) == [4]
    monkeypatch.setattr(os, "environ", {})
    assert seen_by_go(watch_go, lambda: hist.back_project(noise)) == [0]


def seen_by_go(watch_go, call, function="Project"):
    """Return with how many threads a call asks a function of Go's to work."""
    calls = watch_go(function)
    call()
    return [arguments[-1] for _, arguments in calls]


def test_the_argument_wins_over_every_setting(monkeypatch, watch_go, noise):
    monkeypatch.setenv("BACKPROJ_NUM_THREADS", "5")
    backproj.set_num_threads(3)
    hist = backproj.Histogram(noise)
    assert seen_by_go(watch_go, lambda: hist.back_project(noise, threads=7)) == [7]
    assert seen_by_go(watch_go, lambda: backproj.back_project(noise, hist, threads=np.int64(7))) == [7]
    assert seen_by_go(watch_go, lambda: hist.back_project(noise, threads=2**70)) == [2**31 - 1]
    assert seen_by_go(watch_go, lambda: hist.back_project(noise)) == [3]
    assert seen_by_go(watch_go, lambda: backproj.in_range(noise, (0, 0, 0), (9, 9, 9))) == [3]
    assert seen_by_go(watch_go, lambda: hist.segment(noise), "Region") == [3]
    assert seen_by_go(watch_go, lambda: hist.cut_out(noise, threads=7), "Region") == [7]
    assert seen_by_go(watch_go, lambda: backproj.disc_sum(noise[..., 0], threads=2), "RegionOn") == [2]
    assert seen_by_go(watch_go, lambda: backproj.cut_out(noise, noise[..., 0]), "RegionOn") == [3]


def test_a_new_process_reads_its_environment():
    code = "import backproj; print(backproj.info()['threads'])"
    clean = {name: value for name, value in os.environ.items() if name not in VARIABLES}
    assert run(sys.executable, "-c", code, env=clean).split() == [str(cpus())]
    assert run(sys.executable, "-c", code, env={**clean, "OMP_NUM_THREADS": "4,2"}).split() == ["4"]
    both = {**clean, "OMP_NUM_THREADS": "4", "BACKPROJ_NUM_THREADS": "3"}
    assert run(sys.executable, "-c", code, env=both).split() == ["3"]
    pinned = "import os; os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})\n" + code
    assert run(sys.executable, "-c", pinned, env=clean).split() == ["1"]


BAD = {
    "zero": (0, ValueError, "at least 1, not 0"),
    "negative": (-1, ValueError, "at least 1, not -1"),
    "very negative": (-(2**70), ValueError, "at least 1, not -11805"),
    "a float": (2.0, TypeError, "not 2.0"),
    "a bool": (True, TypeError, "not True"),
    "a text": ("2", TypeError, "not '2'"),
    "a list": ([2], TypeError, r"not \[2\]"),
}


@pytest.mark.parametrize(("value", "error", "says"), BAD.values(), ids=BAD)
def test_bad_numbers(noise, value, error, says):
    hist = backproj.Histogram(noise)
    with pytest.raises(error, match=f"n must be .*{says}"):
        backproj.set_num_threads(value)
    for call in (
        hist.back_project,
        lambda frame, threads: backproj.back_project(frame, hist, threads=threads),
    ):
        with pytest.raises(error, match=f"threads must be .*{says}"):
            call(noise, threads=value)


@pytest.mark.parametrize("value", ["0", "-1", "two", "1.5", "4,2", " ", "²"])
def test_a_bad_backproj_num_threads_is_an_error_in_every_call(monkeypatch, noise, value):
    hist = backproj.Histogram(noise)
    monkeypatch.setenv("BACKPROJ_NUM_THREADS", value)
    for call in (
        backproj.info,
        lambda: backproj.Histogram(noise),
        lambda: hist.back_project(noise),
        lambda: backproj.back_project(noise, noise),
        lambda: backproj.in_range(noise, (0, 0, 0), (9, 9, 9)),
        lambda: hist.segment(noise),
        lambda: hist.cut_out(noise),
        lambda: backproj.disc_sum(noise[..., 0]),
        lambda: backproj.segment(noise[..., 0]),
        lambda: backproj.cut_out(noise, noise[..., 0]),
    ):
        with pytest.raises(ValueError, match="BACKPROJ_NUM_THREADS must be at least 1") as caught:
            call()
        assert repr(value) in str(caught.value)
    assert hist.back_project(noise, threads=1).any(), "a call with threads= does not read the environment"
    backproj.set_num_threads(2)
    assert backproj.info()["threads"] == 2
