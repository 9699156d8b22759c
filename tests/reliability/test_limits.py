"""A process that may not have what a Go runtime takes gets an exception, and lives on."""

import json
import os
import subprocess
import sys

import pytest

from backproj._runtime import limits
from backproj._runtime.loader import built
from helpers.processes import run

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="limits are looked at on Linux only"),
    pytest.mark.exhaustive,  # dozens of processes
]

CPUS = len(os.sched_getaffinity(0))

SETUP = """
import ctypes, json, mmap, os, resource, sys, threading
import numpy as np, backproj

frame = np.random.default_rng(1).integers(0, 256, (300, 400, 3), np.uint8)
out = np.empty((300, 400), np.uint8)

COLUMNS = {"RLIMIT_AS": 0, "RLIMIT_DATA": 5}  # of /proc/self/statm

def leave(name, room):
    "Let this process have so many MiB more."
    with open("/proc/self/statm") as file:
        used = int(file.read().split()[COLUMNS[name]]) * mmap.PAGESIZE
    _, hard = resource.getrlimit(getattr(resource, name))
    resource.setrlimit(getattr(resource, name), (used + (room << 20), hard))

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


def test_a_limit_counts_where_proc_cannot_be_read():
    hidden = "from backproj._runtime import limits\nlimits._text = lambda path: ''\n"
    taken = "addresses = np.empty(3 << 30, np.uint8)\nleave('RLIMIT_AS', 700)\n"
    said = python(hidden + taken + "print(json.dumps(attempt()))")
    assert said.startswith("MemoryError: RLIMIT_AS (ulimit -v)")


# Who may lock any amount of memory, as root may, is not limited.
LOCKED = """
_, hard = resource.getrlimit(resource.RLIMIT_MEMLOCK)
resource.setrlimit(resource.RLIMIT_MEMLOCK, (8 << 20, hard))
if os.getuid() == 0:
    os.setresuid(65534, 65534, 65534)
    ctypes.CDLL(None).setfsuid(0)
MCL_FUTURE = 2
assert ctypes.CDLL(None).mlockall(MCL_FUTURE) == 0
print(json.dumps(attempt()))
"""


def test_too_little_room_for_locked_memory_is_a_memory_error():
    assert python(LOCKED).startswith("MemoryError: RLIMIT_MEMLOCK (ulimit -l)")


# Every call, large and small, from four threads.
CALLS = """
leave({!r}, {})
hist = backproj.Histogram(frame)
expected = hist.back_project(frame)
tiny, tall = np.zeros((64, 64, 3), np.uint8), np.zeros((6000, 20), np.uint8)
said = []

def calls():
    for call in (
        lambda: hist.back_project(frame, out=out, threads=64),
        lambda: hist.back_project(frame[:, ::-1], out=out[:, ::-1]),
        lambda: backproj.Histogram(frame, channels="hs", bins=(180, 256)),
        lambda: backproj.back_project(frame, [hist] * 3),
        lambda: backproj.in_range(frame, (0, 0, 0), (9, 9, 9)),
        lambda: backproj.locate(expected, (9, 9)),
        lambda: hist.segment(frame, disc=31, threshold="otsu", threads=64),
        lambda: hist.cut_out(frame[:, ::-1]),
        lambda: backproj.disc_sum(expected, 255, threads=64),
        lambda: backproj.disc_sum(tall, frame[:255, :255, 0] > 127, threads=64),
        *[lambda: hist.back_project(tiny)] * 100,
    ) * 5:
        call()
    said.append("worked")

threads = [threading.Thread(target=calls) for _ in range(3)]
for thread in threads: thread.start()
calls()
for thread in threads: thread.join()
print(json.dumps([said, bool((hist.back_project(frame) == expected).all())]))
"""


@pytest.mark.parametrize("name", ROOMS)
def test_later_calls_find_what_they_need_within_the_least_room(name):
    assert python(CALLS.format(name, least(name) + 20)) == [["worked"] * 4, True]


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
