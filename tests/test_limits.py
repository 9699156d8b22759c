"""A process that may not have what a Go runtime takes gets an exception, and lives on."""

import json
import os
import subprocess
import sys

import pytest
from process import run

from backproj._runtime import limits
from backproj._runtime.loader import built

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="limits are looked at on Linux only")

CPUS = len(os.sched_getaffinity(0))

SETUP = """
import ctypes, json, mmap, os, resource, sys, threading
import numpy as np, backproj
from backproj._runtime import limits

frame = np.random.default_rng(1).integers(0, 256, (300, 400, 3), np.uint8)
out = np.empty((300, 400), np.uint8)

def leave(name, room):
    "Let this process have so many MiB more."
    (limit,) = (limit for limit in limits._LIMITS if limit.name == name)
    _, hard = resource.getrlimit(getattr(resource, name))
    resource.setrlimit(getattr(resource, name), (limit.used() + (room << 20), hard))

def lift(name):
    _, hard = resource.getrlimit(getattr(resource, name))
    resource.setrlimit(getattr(resource, name), (hard, hard))

def attempt(**options):
    try:
        backproj.back_project(frame, frame[:40, :40], **options)
        return "worked"
    except Exception as error:
        return f"{type(error).__name__}: {error}"
"""


def python(code):
    """Run code in a new process and return what it prints as JSON."""
    return json.loads(run(sys.executable, "-c", SETUP + code))


def least(name, **options):
    """Return how many MiB more a process must be allowed at least."""
    (limit,) = (limit for limit in limits._LIMITS if limit.name == name)
    return limit.needed(min(CPUS, limits._LEAST_THREADS), **options) // limits._MIB


# At some of these sizes a Go runtime ends the process as it starts, at some when it makes a thread, and at
# some not at once.
ROOMS = {
    "RLIMIT_AS": [1, 20, 100, 300, 600, 700, 800, 850, 1000, 1150, 1200, 1250, 1300, 1350, 1400, 1500, 1700],
    "RLIMIT_DATA": [1, 10, 20, 40, 60, 80, 100, 120],
}


@pytest.mark.parametrize(("name", "rooms"), ROOMS.items())
def test_too_little_room_is_a_memory_error_that_says_so(name, rooms):
    *said, then = python(
        f"said = []\nfor room in {rooms}:\n    leave({name!r}, room)\n    said.append(attempt())\n"
        f"lift({name!r})\nprint(json.dumps([*said, attempt()]))"
    )
    for text in said:
        assert text.startswith(f"MemoryError: {name} (ulimit -")
        assert f"needs {least(name)} MiB more" in text
        assert "raise the limit" in text
    assert then == "worked", "the error must not stay when the limit goes"


@pytest.mark.parametrize("name", ROOMS)
@pytest.mark.parametrize("more", [1, 100, 1000])
def test_enough_room_is_enough(name, more):
    code = (
        f"leave({name!r}, {least(name) + more})\nprint(json.dumps([attempt(), backproj.info()['threads']]))"
    )
    said, threads = python(code)
    assert said == "worked"
    assert 1 <= threads <= CPUS


def test_the_shell_sets_the_limit_too():
    code = SETUP + "print(json.dumps(attempt()))"
    for kib in (1_000_000, 1_500_000):
        said = run("sh", "-c", f'ulimit -v {kib}; exec "$@"', "sh", sys.executable, "-c", code)
        assert json.loads(said).startswith("MemoryError: RLIMIT_AS")


# All that there is to take is taken, and then every call is made, from several threads.
BRIM = """
def fill():
    taken, size = [], 1 << 30
    while size >= mmap.PAGESIZE:
        try:
            taken.append(mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS))
        except (OSError, MemoryError):
            size //= 2
    return taken

name = {!r}
leave(name, {})
assert attempt() == "worked"
hist = backproj.Histogram(frame)
expected = hist.back_project(frame)
said, go = [], threading.Barrier(4)

def calls():
    go.wait()
    for call in (
        lambda: hist.back_project(frame, out=out, threads=64),
        lambda: hist.back_project(frame[:, ::-1], out=out[:, ::-1]),
        lambda: backproj.Histogram(frame, channels="hsv", bins=(64, 128, 128)),
        lambda: backproj.Histogram(frame),
        lambda: backproj.back_project(frame, [hist] * 3),
        lambda: backproj.in_range(frame, (0, 0, 0), (9, 9, 9)),
        lambda: backproj.locate(expected, (9, 9)),
    ) * 5:
        try:
            call()
        except MemoryError as error:
            said.append(str(error))

threads = [threading.Thread(target=calls) for _ in range(3)]
for thread in threads: thread.start()
taken = fill()
go.wait()
for thread in threads: thread.join()
taken.clear()
hist.back_project(frame, out=out)
print(json.dumps([len(said), sorted(set(said))[:1], bool((out == expected).all())]))
"""


@pytest.mark.parametrize("name", ROOMS)
@pytest.mark.parametrize("room", [20, 500])
def test_no_room_left_is_a_memory_error_as_long_as_that_is_so(name, room):
    number, said, then = python(BRIM.format(name, least(name) + room))
    assert number > 0
    assert f"{name} (ulimit -" in said[0] or "Unable to allocate" in said[0]  # numpy's
    assert then


@pytest.mark.parametrize("room", [100, 1000, 1400])
def test_the_opencv_engine_needs_a_runtime_of_its_own(room):
    if not built("_opencv"):
        pytest.skip("this build has no opencv engine (BACKPROJ_OPENCV=1)")
    said, then = python(
        f"attempt()\nleave('RLIMIT_AS', {room})\nsaid = attempt(engine='opencv')\nlift('RLIMIT_AS')\n"
        "print(json.dumps([said, attempt(engine='opencv')]))"
    )
    assert said.startswith("MemoryError: RLIMIT_AS")
    assert then == "worked"


# Small calls, of which Go collects what they leave now and then, and large ones, from several threads. They
# wait for the end of a pipe, since Python's own locks and barriers do not stand a want of memory.
MANY = """
engine, name, room = {!r}, {!r}, {}
if {}:
    leave(name, 8000)
hist = backproj.Histogram(frame)
tiny, views = frame[:64, :64].copy(), (frame, frame[:, ::-1], frame.transpose(1, 0, 2))
said, (end, begin) = set(), os.pipe()

def many(number):
    for i in range(number):
        try:
            if i % 50 == 0:
                backproj.back_project(views[i // 50 % 3], frame, engine=engine)
                hist.back_project(views[i // 50 % 3], threads=64)
            hist.back_project(tiny, engine=engine)
            said.add("worked")
        except MemoryError:
            said.add("MemoryError")
        except Exception as error:
            said.add(repr(error))

def wait():
    try:
        os.read(end, 1)
    except MemoryError:
        pass
    many(300)

many(1)
threads = [threading.Thread(target=wait) for _ in range(3)]
for thread in threads: thread.start()
leave(name, room)
os.close(begin)
many(1500)
for thread in threads: thread.join()
lift(name)
print(json.dumps([sorted(said - {{"worked", "MemoryError"}}), attempt(engine=engine)]))
"""


@pytest.mark.parametrize("room", [0, 1, 3, 8, 20, 70, 300, 620, 2000])
@pytest.mark.parametrize("engine", ["native", "opencv"])
@pytest.mark.parametrize(
    ("name", "before"), [("RLIMIT_AS", False), ("RLIMIT_AS", True), ("RLIMIT_DATA", True)]
)
def test_a_limit_that_is_lowered_after_the_first_call(engine, name, before, room):
    if engine == "opencv" and not built("_opencv"):
        pytest.skip("this build has no opencv engine (BACKPROJ_OPENCV=1)")
    assert python(MANY.format(engine, name, room, before)) == [[], "worked"]


# Go takes memory to let a thread in that has not called before.
THREADS = """
import time
threading.stack_size(1 << 18)
tiny = np.zeros((64, 64, 3), np.uint8)
hist, said, ready = backproj.Histogram(tiny), set(), []
end, begin = os.pipe()

def first():
    if {called}:
        hist.back_project(tiny)
    ready.append(1)
    for _ in range(3):
        try:
            os.read(end, 1)
            hist.back_project(tiny)
            said.add("worked")
        except MemoryError:
            said.add("MemoryError")

threads = [threading.Thread(target=first) for _ in range(400)]
for thread in threads: thread.start()
while len(ready) < len(threads): time.sleep(0.01)
time.sleep(0.1)
leave("RLIMIT_AS", 0)
os.close(begin)
time.sleep(0.3)
lift("RLIMIT_AS")
for thread in threads: thread.join()
print(json.dumps([sorted(said - {{"worked"}}), attempt()]))
"""


@pytest.mark.parametrize("called", [False, True], ids=["threads that never called", "threads that called"])
@pytest.mark.parametrize("time", range(6))
def test_a_limit_that_leaves_nothing_ends_no_process_whichever_thread_calls_next(called, time):
    assert python(THREADS.format(called=called)) == [["MemoryError"], "worked"]


def test_a_limit_set_after_the_first_call_that_leaves_enough_is_no_error():
    more = least("RLIMIT_AS", loaded=True) + 200
    code = f"attempt()\nleave('RLIMIT_AS', {more})\nprint(json.dumps([attempt() for _ in range(9)]))"
    assert python(code) == ["worked"] * 9


# Who is root, or has been, is not counted.
NPROC = """
resource.setrlimit(resource.RLIMIT_NPROC, ({0}, resource.getrlimit(resource.RLIMIT_NPROC)[1]))
if os.getuid() == 0:
    os.setresuid(65534, 65534, 0)
    ctypes.CDLL(None).setfsuid(0)  # go on reading root's files
said = attempt()
print(json.dumps([said, attempt() if said != "worked" else backproj.info()["threads"]]))
"""


def few_threads(number):
    done = subprocess.run(
        [sys.executable, "-c", SETUP + NPROC.format(number)],
        capture_output=True,
        text=True,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("number", [1, 2, 4, 6])
def test_too_few_threads_are_a_runtime_error_that_says_so(number):
    said, again = few_threads(number)
    assert said.startswith(f"RuntimeError: this process can start only {max(0, number - 1)} more threads")
    assert "ulimit -u" in said
    assert again.startswith("RuntimeError: this process can start only")


@pytest.mark.skipif(os.getuid() != 0, reason="needs a user without other processes")
def test_a_few_threads_are_enough():
    # This one, those that a runtime has of its own, and those for its work.
    for _ in range(10):
        assert few_threads(1 + limits._OWN_THREADS + min(CPUS, 2)) == ["worked", min(CPUS, 2)]
    assert few_threads(1000) == ["worked", CPUS]


SYSTEMS = {
    "no limits": ({"/proc/self/cgroup": "0::/\n"}, False),
    "no control groups": ({}, False),
    "of version 2": (
        {
            "/proc/self/cgroup": "0::/a/b c\n",
            "/sys/fs/cgroup//a/b c/pids.max": "12\n",
            "/sys/fs/cgroup//a/b c/pids.current": "5\n",
        },
        True,
    ),
    "with room": (
        {
            "/proc/self/cgroup": "0::/a\n",
            "/sys/fs/cgroup//a/pids.max": "100\n",
            "/sys/fs/cgroup//a/pids.current": "5\n",
        },
        False,
    ),
    "of a group above": (
        {
            "/proc/self/cgroup": "0::/a/b\n",
            "/sys/fs/cgroup//a/b/pids.max": "max\n",
            "/sys/fs/cgroup//a/b/pids.current": "5\n",
            "/sys/fs/cgroup//a/pids.max": "20\n",
            "/sys/fs/cgroup//a/pids.current": "19\n",
        },
        True,
    ),
    "of version 1": (
        {
            "/proc/self/cgroup": "9:cpu:/other\n8:pids:/docker/1\n",
            "/sys/fs/cgroup/pids/docker/1/pids.max": "20\n",
            "/sys/fs/cgroup/pids/docker/1/pids.current": "19\n",
        },
        True,
    ),
    "of a container that sees its own group as the root": (
        {
            "/proc/self/cgroup": "8:pids:/docker/1\n",
            "/sys/fs/cgroup/pids/pids.max": "20\n",
            "/sys/fs/cgroup/pids/pids.current": "19\n",
        },
        True,
    ),
}


@pytest.mark.parametrize(("files", "near"), SYSTEMS.values(), ids=SYSTEMS)
def test_control_groups_limit_threads_too(monkeypatch, files, near):
    infinity = limits.resource.RLIM_INFINITY
    monkeypatch.setattr(limits.resource, "getrlimit", lambda _: (infinity, infinity))
    monkeypatch.setattr(limits, "_text", lambda path: files.get(path, ""))
    assert limits._threads_are_limited(8) == near
