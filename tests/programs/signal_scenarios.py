"""Show what signals do to a process that uses backproj and to one that does not.

    python tests/programs/signal_scenarios.py [NAME ...]

prints, as JSON, what each scenario of these names, or of all, came to: by who was in use, how the process
ended and what it wrote. Each runs in a process of its own.
"""

import asyncio
import ctypes
import faulthandler
import json
import mmap
import os
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
import warnings

import numpy as np

import backproj

LIMIT = 60  # seconds after which a scenario is said to hang

FRAME = np.full((1000, 1000, 3), (30, 60, 220), np.uint8)

SCENARIOS = {}


def scenario(function):
    SCENARIOS[function.__name__] = function
    return function


def call(engine="native"):
    assert backproj.back_project(FRAME, FRAME[:9, :9], engine=engine).min() == 255


def kill(number):
    os.kill(os.getpid(), number)
    time.sleep(0.002)  # another thread may be the one that takes it


def stop(*_):
    raise InterruptedError


# How a process ends by default.

NAMES = (
    *(
        "HUP",
        "INT",
        "QUIT",
        "ILL",
        "TRAP",
        "ABRT",
        "BUS",
        "FPE",
        "USR1",
        "SEGV",
        "USR2",
        "PIPE",
        "ALRM",
        "TERM",
    ),
    *("XCPU", "VTALRM", "PROF", "SYS", "CHLD", "CONT", "URG", "WINCH"),
)
NUMBERS = [signal.Signals[f"SIG{name}"] for name in NAMES]


def by_default(name):
    def run(use):
        number = signal.Signals[f"SIG{name}"]
        signal.signal(number, signal.SIG_DFL)  # Python has its own for SIGINT and SIGPIPE
        use()
        kill(number)
        print("alive")

    run.__name__ = f"default_{name}"
    scenario(run)


for _name in NAMES:
    by_default(_name)


def count_all(use, when):
    seen = dict.fromkeys(NUMBERS, 0)

    def handler(number, _):
        seen[number] += 1

    if when == "after":
        use()
    for number in NUMBERS:
        signal.signal(number, handler)
    if when == "before":
        use()
    for number in NUMBERS:
        for _ in range(3):
            kill(number)
    # Go interrupts its threads by SIGURG: a handler may see some of these too.
    seen[signal.SIGURG] = min(seen[signal.SIGURG], 3)
    for number in NUMBERS:
        print(signal.Signals(number).name, seen[number])


@scenario
def handlers_set_before(use):
    count_all(use, "before")


@scenario
def handlers_set_after(use):
    count_all(use, "after")


@scenario
def ignored(use):
    for number in NUMBERS:
        signal.signal(number, signal.SIG_IGN)
    use()
    for number in NUMBERS:
        kill(number)
        print(signal.getsignal(number))


@scenario
def the_default_of_ctrl_c(use):
    use()
    try:
        kill(signal.SIGINT)
    except KeyboardInterrupt:
        print("KeyboardInterrupt")


@scenario
def killed_while_threads_call(use):
    for _ in range(3):
        threading.Thread(target=lambda: [use() for _ in range(10**6)], daemon=True).start()
    time.sleep(0.05)
    kill(signal.SIGTERM)


@scenario
def abort(use):
    use()
    os.abort()


def crash():
    ctypes.string_at(0)


@scenario
def a_crash(use):
    use()
    crash()


@scenario
def a_crash_in_a_thread(use):
    def run():
        use()
        crash()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()


# Writing to a closed pipe.


def write_to_nobody():
    read, write = os.pipe()
    os.close(read)
    try:
        os.write(write, b"x")
    except BrokenPipeError:
        print("BrokenPipeError")


@scenario
def a_broken_pipe(use):
    use()
    write_to_nobody()


@scenario
def a_broken_pipe_by_default(use):
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # as command lines have it, for `| head`
    use()
    write_to_nobody()


@scenario
def what_an_executed_program_ignores(use):
    use()
    os.execvp("grep", ["grep", "SigIgn", "/proc/self/status"])


# Waiting for signals.


def waited_for(name):
    def run(use):
        use()
        number = signal.Signals[f"SIG{name}"]
        signal.pthread_sigmask(signal.SIG_BLOCK, [number])
        kill(number)
        print(signal.sigtimedwait([number], 5) is not None)

    run.__name__ = f"sigwait_{name}"
    scenario(run)


for _name in ("TERM", "INT", "HUP", "USR1", "ALRM"):
    waited_for(_name)


@scenario
def an_alarm_wakes_a_system_call(use):
    use()
    signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, 0.05)
    try:
        time.sleep(20)
    except InterruptedError:
        print("woken")


@scenario
def a_wakeup_descriptor(use):
    read, write = os.pipe()
    os.set_blocking(write, False)
    signal.set_wakeup_fd(write)
    signal.signal(signal.SIGUSR1, lambda *_: None)
    use()
    kill(signal.SIGUSR1)
    print(os.read(read, 10))


@scenario
def asyncio_handlers_and_children(use):
    async def main():
        loop, seen = asyncio.get_running_loop(), asyncio.Event()
        loop.add_signal_handler(signal.SIGTERM, seen.set)
        calls = [loop.run_in_executor(None, use) for _ in range(4)]
        child = await asyncio.create_subprocess_exec("true")
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.wait_for(seen.wait(), 20)
        await asyncio.gather(*calls)
        print(await asyncio.wait_for(child.wait(), 20))

    asyncio.run(main())


@scenario
def children_and_their_signals(use):
    seen = []
    signal.signal(signal.SIGCHLD, lambda *_: seen.append(1))
    use()
    for command in (["true"], ["false"], ["sh", "-c", "kill -TERM $$"], ["sh", "-c", "kill -QUIT $$"]):
        print(subprocess.run(command, preexec_fn=lambda: None).returncode)
        use()
    print(len(seen))


def profiled(timer, name):
    def run(use):
        places = []
        signal.signal(signal.Signals[f"SIG{name}"], lambda _, frame: places.append(frame.f_code.co_name))
        signal.setitimer(timer, 0.002, 0.002)
        end = time.process_time() + 0.2
        while time.process_time() < end:
            use()
            sum(range(10_000))
        signal.setitimer(timer, 0)
        print(len(places) > 5)

    run.__name__ = f"timer_{name}"
    scenario(run)


for _timer, _name in (
    (signal.ITIMER_REAL, "ALRM"),
    (signal.ITIMER_VIRTUAL, "VTALRM"),
    (signal.ITIMER_PROF, "PROF"),
):
    profiled(_timer, _name)


# faulthandler.


@scenario
def faulthandler_enabled_before_a_crash(use):
    faulthandler.enable()
    use()
    crash()


@scenario
def faulthandler_enabled_after_and_a_crash(use):
    use()
    faulthandler.enable()
    crash()


@scenario
def faulthandler_registered(use):
    use()
    faulthandler.register(signal.SIGUSR1, all_threads=False)
    for _ in range(20):
        kill(signal.SIGUSR1)
        use()


@scenario
def faulthandler_registered_while_threads_call(use):
    faulthandler.register(signal.SIGUSR1)
    threads = [threading.Thread(target=lambda: [use() for _ in range(50)]) for _ in range(3)]
    for thread in threads:
        thread.start()
    kill(signal.SIGUSR1)
    while any(thread.is_alive() for thread in threads):
        kill(signal.SIGUSR1)


@scenario
def faulthandler_dumps_later(use):
    use()
    faulthandler.dump_traceback_later(0.05, repeat=True)
    # Asleep, for the thread that writes reads frames without a lock: while Python runs, that may crash, with
    # nothing but the standard library too (python/cpython#140815).
    time.sleep(0.3)
    faulthandler.cancel_dump_traceback_later()
    use()


# A file that is cut short while a call reads it. There is nothing to compare: without backproj there is no
# such call.


def guarded(when):
    def run(use):
        if when.startswith("enabled_before"):
            faulthandler.enable()
        use()
        if when.startswith("enabled_after"):
            faulthandler.enable()
        if when.endswith("disabled_after"):
            faulthandler.disable()
        with tempfile.TemporaryFile() as file:
            file.truncate(FRAME.nbytes)
            mapped = np.frombuffer(mmap.mmap(file.fileno(), FRAME.nbytes), np.uint8).reshape(FRAME.shape)
            file.truncate(0)
            try:
                backproj.Histogram(mapped)
            except RuntimeError as error:
                print("RuntimeError", "went away" in str(error))

    run.__name__ = f"guard_{when}"
    scenario(run)


for _when in (
    "alone",
    "enabled_before",
    "enabled_after",
    "enabled_after_and_disabled_after",
    "enabled_before_and_disabled_after",
):
    guarded(_when)


def summary(text):
    """Return the lines of the output that are compared."""
    said = {"goroutine": "Go's traceback", "Fatal Python error": "faulthandler's report"}
    said |= {"Timeout (": "a timeout's report", "most recent call first": "a traceback"}
    lines = [line for line in text.splitlines() if not line.startswith((" ", "Extension modules", "<"))]
    found = [meaning for words, meaning in said.items() if words in text]
    return found or lines


def ends(name, user):
    """Run a scenario in a process of its own, and return how that ended and what it wrote."""
    use = {"opencv": lambda: call("opencv"), "nobody": lambda: None}.get(user, call)
    with tempfile.TemporaryFile() as written:
        process = os.fork()
        if process == 0:
            if user == "a copy":  # the process that runs the scenario inherits the first
                call()
            os._exit(nested(name, use, written))
        status = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
        written.seek(0)
        text = written.read().decode(errors="replace")
    return ["hangs" if status == 99 else status - 256 if status > 127 else status, summary(text)]


def nested(name, use, written):
    process = os.fork()
    if process == 0:
        status = 1
        try:
            os.dup2(written.fileno(), 1)
            os.dup2(written.fileno(), 2)
            sys.stdout = open(1, "w", closefd=False)  # noqa: SIM115
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            SCENARIOS[name](use)
            status = 0
        except BaseException:
            sys.excepthook(*sys.exc_info())
        sys.stdout.flush()
        os._exit(status)
    end = time.monotonic() + LIMIT
    while (found := os.waitpid(process, os.WNOHANG))[0] == 0:
        if time.monotonic() > end:
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)
            return 99
        time.sleep(0.001)
    return os.waitstatus_to_exitcode(found[1]) % 256


def users():
    return ["nobody", "native", "a copy", *(["opencv"] if "opencv" in backproj.engines() else [])]


if __name__ == "__main__":
    warnings.simplefilter("ignore", DeprecationWarning)  # of CPython 3.12: forks beside threads
    names = sys.argv[1:] or list(SCENARIOS)
    print(json.dumps({name: {user: ends(name, user) for user in users()} for name in names}))
