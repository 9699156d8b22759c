"""Go calls are short or run in another thread, so that signal handlers run in time."""

import _thread
import itertools
import signal
import sys
import threading
import time

import numpy as np
import pytest

from backproj._engine import blocks


@pytest.mark.parametrize(
    ("height", "width", "planes"),
    [(0, 5, 1), (1, 1, 1), (7, 11, 1), (1, 5000, 1), (5000, 1, 1), (9, 300, 2), (3, 70, 40), (3, 5, 1000)],
)
@pytest.mark.parametrize("first", [1, 64, 100, 1 << 21])
def test_blocks_cover_every_pixel_once(monkeypatch, height, width, planes, first):
    monkeypatch.setattr(blocks, "PIXELS_PER_CALL", first)
    seen = np.zeros((height, width), int)
    for y, rows, x, columns in blocks.rectangles(height, width, planes):
        seen[y : y + rows, x : x + columns] += 1
        if rows * columns > 1:
            assert rows * columns * planes <= blocks._MAX_PIXELS_PER_CALL
    assert (seen == 1).all()


def rows_of(monkeypatch, seconds_a_row):
    """Return the rows of each block of a tall image, if each row takes so many seconds."""
    clock = [0.0]
    monkeypatch.setattr(time, "perf_counter", lambda: clock[0])
    rows = []
    for _, n, _, _ in blocks.rectangles(40_000, 1 << 11):
        rows.append(n)
        clock[0] += n * seconds_a_row
    return rows


def test_a_slow_block_makes_the_next_smaller_and_a_fast_one_larger(monkeypatch):
    first = blocks.PIXELS_PER_CALL >> 11
    assert rows_of(monkeypatch, 2**-10)[:3] == [first, 40, 40]
    assert rows_of(monkeypatch, 2**-16)[:3] == [first, 2621, 2621]


def test_no_block_is_empty_or_larger_than_the_most(monkeypatch):
    first, most = blocks.PIXELS_PER_CALL >> 11, blocks._MAX_PIXELS_PER_CALL >> 11
    assert rows_of(monkeypatch, 1.0)[:3] == [first, 1, 1]
    assert rows_of(monkeypatch, 0)[:3] == [first, most, most]


def test_bands_cover_every_row_once_and_have_at_least_the_rows_asked_for(monkeypatch):
    monkeypatch.setattr(time, "perf_counter", itertools.count().__next__)  # each takes a second
    for height, width, least in ((1, 1, 9), (700, 1 << 14, 255), (511, 1 << 14, 255), (300, 1 << 14, 1)):
        found = list(blocks.bands(height, width, least))
        assert [y for y, _ in found] == [sum(rows for _, rows in found[:i]) for i in range(len(found))]
        assert sum(rows for _, rows in found) == height
        assert all(rows >= least for _, rows in found[:-1])
    assert [rows for _, rows in blocks.bands(700, 1 << 14, 255)] == [255, 255, 190]


@pytest.fixture
def alarm():
    """A function that has SIGALRM call a handler after 20 ms."""
    previous = signal.getsignal(signal.SIGALRM)

    def soon(handler):
        signal.signal(signal.SIGALRM, handler)
        signal.setitimer(signal.ITIMER_REAL, 0.02)

    yield soon
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, previous)


def test_handlers_run_during_a_call_that_cannot_be_divided(alarm):
    handled, waited = threading.Event(), []
    alarm(lambda *_: handled.set())
    blocks.call_undivided(lambda: waited.append(handled.wait(20)), 1 << 30)
    assert waited == [True]


def test_an_interrupt_does_not_wait_for_a_call_that_cannot_be_divided(alarm):
    interrupted, waited = threading.Event(), threading.Event()

    def call():
        interrupted.wait(20)
        waited.set()

    alarm(signal.default_int_handler)
    with pytest.raises(KeyboardInterrupt):
        blocks.call_undivided(call, 1 << 30)
    assert not waited.is_set()
    interrupted.set()
    assert waited.wait(20)


@pytest.mark.parametrize("pixels", [1, 1 << 30])
def test_an_error_of_a_call_that_cannot_be_divided_is_raised(pixels):
    def call():
        raise RuntimeError("memory went away")

    with pytest.raises(RuntimeError, match="memory went away"):
        blocks.call_undivided(call, pixels)


def test_a_call_in_another_thread_is_made_once_and_its_result_returned():
    calls = []

    def call():
        calls.append(time.sleep(0.3))  # longer than the caller waits at a time
        return "found"

    assert blocks.call_undivided(call, 1 << 30) == "found"
    assert len(calls) == 1


def test_what_a_handler_raises_is_raised_wherever_it_interrupts_a_call_that_cannot_be_divided():
    class InterruptedHereError(Exception):
        pass

    def interrupt_line(number):
        """Make the call, interrupted where Python runs that line of it; return whether that raised."""
        left, before = [number], sys.gettrace()

        def trace(frame, event, argument):
            left[0] -= event == "line"
            if left[0] < 0:
                raise InterruptedHereError  # which also ends the tracing
            return trace

        try:
            sys.settrace(trace)
            assert blocks.call_undivided(lambda: "found", 1 << 30) == "found"
        except InterruptedHereError:
            return True
        finally:
            sys.settrace(before)
        assert left[0] >= 0, f"what interrupted line {number} was lost"
        return False

    lines = next(number for number in itertools.count() if not interrupt_line(number))
    assert lines > 5


def test_a_call_is_made_in_the_calling_thread_if_no_thread_can_be_started(monkeypatch):
    def start(function, arguments):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(_thread, "start_new_thread", start)
    assert blocks.call_undivided(threading.current_thread, 1 << 30) is threading.main_thread()
