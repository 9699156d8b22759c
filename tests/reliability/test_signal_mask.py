"""Loading Go leaves a process's signals as they are."""

import random
import signal
import time

import pytest

from backproj._runtime import signal_mask


class HandlerError(Exception):
    """What a handler raises."""


@pytest.fixture(autouse=True)
def mask():
    """Let one signal be blocked, and put back what was."""
    before = signal.pthread_sigmask(signal.SIG_SETMASK, [signal.SIGUSR2])
    yield
    signal.pthread_sigmask(signal.SIG_SETMASK, before)


def blocked():
    return signal.pthread_sigmask(signal.SIG_BLOCK, [])


def test_all_signals_are_blocked_meanwhile_and_not_after():
    meanwhile = []
    signal_mask.load_with_signals_blocked(lambda: meanwhile.extend(blocked()) or signal_mask)
    assert {*meanwhile} >= signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}
    assert blocked() == {signal.SIGUSR2}


def test_an_error_of_the_load_leaves_the_mask_as_it_was():
    with pytest.raises(ZeroDivisionError):
        signal_mask.load_with_signals_blocked(lambda: 1 // 0)
    assert blocked() == {signal.SIGUSR2}


def test_a_handler_that_raises_leaves_the_mask_as_it_was():
    def handler(*_):
        raise HandlerError

    before = signal.signal(signal.SIGALRM, handler)
    raised = 0
    try:
        while raised < 300:
            try:
                # A load takes some 50 µs here, so the handler runs before, in or after it.
                signal.setitimer(signal.ITIMER_REAL, random.uniform(1e-6, 1e-4))
                signal_mask.load_with_signals_blocked(lambda: signal_mask)
                while True:
                    time.sleep(0)
            except HandlerError:
                raised += 1
            assert blocked() == {signal.SIGUSR2}
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_a_handler_of_sigpipe_that_go_replaces_is_put_back():
    def load():
        signal_mask._libc.signal(int(signal.SIGPIPE), None)  # the default, as C knows it
        return signal_mask

    handled = []
    before = signal.signal(signal.SIGPIPE, lambda *_: handled.append(1))
    try:
        signal_mask.load_with_signals_blocked(load)
        signal.raise_signal(signal.SIGPIPE)
    finally:
        signal.signal(signal.SIGPIPE, before)
    assert handled == [1]
