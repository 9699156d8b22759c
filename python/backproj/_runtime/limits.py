"""Whether this process may have the address space and the threads that a Go runtime needs.

Go aborts the process if the system refuses it memory or a thread, as it starts or in a later call. So the
limits of the process are checked once, before Go is loaded, and what later calls will need is taken right
after. Limits that are set later are not noticed.
"""

from __future__ import annotations

import os
import resource
import sys
import threading
from collections.abc import Callable, Sequence
from resource import RLIM_INFINITY
from types import ModuleType
from typing import NamedTuple

_MIB = 1 << 20
_PAGE = resource.getpagesize()

# Beside the threads that run Go code, of which there are as many as CPUs, a runtime has its monitor, the
# one that it started in, one to make others of, some to spare, and those that it happens to start while
# none is idle. Twelve were the most that two CPUs came to have.
_SPARE_THREADS = 3
_OWN_THREADS = 7 + _SPARE_THREADS

# As it starts, before it can be told otherwise, a runtime runs Go code in as many as two.
_LEAST_THREADS = 2

# What calls take beside the heap. Go allocates a few KiB for each kind of call. OpenCV takes 48 MiB for hue,
# saturation and value of 2^24 pixels, and ends the process by an exception of C++ if it cannot have them.
_FOR_CALLS = {"_native": 16 * _MIB, "_opencv": 64 * _MIB}


class _Limit(NamedTuple):
    """A limit of memory, and how much of it a Go runtime takes, in bytes."""

    name: str
    command: str
    column: int  # of /proc/self/statm: how much this process has
    runtime: int
    arena: int
    thread: int  # beside the thread's stack

    def most(self) -> int:
        """Return the limit, RLIM_INFINITY if it is not set."""
        return resource.getrlimit(getattr(resource, self.name))[0]

    def used(self) -> int:
        """Return how much of it this process has."""
        statm = _text("/proc/self/statm").split()
        return int(statm[self.column]) * _PAGE if statm else 0

    def needed(self, threads: int, name: str = "_native") -> int:
        """Return how much a module needs that runs Go code in so many threads."""
        stack, _ = resource.getrlimit(resource.RLIMIT_STACK)
        if stack == RLIM_INFINITY:
            stack = 2 * _MIB  # glibc's choice
        stacks = (threads + _OWN_THREADS) * (stack + self.thread)
        return self.runtime + self.arena * _arenas(threads) + stacks + _FOR_CALLS[name]


_LIMITS = (
    # On 64-bit machines Go 1.26 reserves 585 MiB for summaries of pages, 512 for what of them it could
    # give back, 64 for a first arena and 32 for an index of arenas; the module takes 8. (Refused the 512
    # it goes on, and maps what it needs of them near address 0, over whatever is there.) glibc gives
    # each thread that allocates an arena of 64, and has twice as much while it makes one.
    _Limit("RLIMIT_AS", "ulimit -v", 0, (1216 + 64) * _MIB, 64 * _MIB, 64 * _MIB),
    # Of these only the index counts here, and what of an arena is used.
    _Limit("RLIMIT_DATA", "ulimit -d", 5, 80 * _MIB, 64 * _MIB, 1 * _MIB),
)


def load_within_limits(name: str, load: Callable[[], ModuleType]) -> ModuleType:
    """Load an extension module with a Go runtime, if the limits of this process allow for it.

    Raises
    ------
    MemoryError
        If they leave too little address space.
    RuntimeError
        If they leave too few threads.
    """
    if sys.platform != "linux":
        return load()
    cpus = len(os.sched_getaffinity(0))
    limits = [limit for limit in _LIMITS if limit.most() != RLIM_INFINITY]
    threads, threads_are_limited = cpus, _threads_are_limited(cpus + _OWN_THREADS)
    if threads_are_limited:
        threads = _threads_to_start(cpus)
    if limits:
        threads = _threads_within(limits, threads, name)
    module = load()
    if limits or threads_are_limited:
        module.binding_Reserve(threads, _SPARE_THREADS, _heap(threads))
    return module


def _heap(threads: int) -> int:
    """Return how large a heap calls by so many threads come to have.

    A thread that counts a model has as many counts as the largest histogram has bins, 8 MiB, and again
    before they are collected.
    """
    return (16 + 64 * (threads // 4)) * _MIB


def _arenas(threads: int) -> int:
    """Return how many arenas, of 64 MiB, such a heap takes beside the first one."""
    return 1 + threads // 4 if threads >= 4 else 0


def _threads_within(limits: Sequence[_Limit], most_threads: int, name: str) -> int:
    """Return how many threads of Go code, up to a number, limits of memory have room for."""
    least = min(most_threads, _LEAST_THREADS)
    for threads in range(most_threads, least - 1, -1):
        if all(limit.needed(threads, name) <= limit.most() - limit.used() for limit in limits):
            return threads
    for limit in limits:
        most, used, needed = limit.most(), limit.used(), limit.needed(least, name)
        if most - used < needed:
            break
    most, used, needed = (n // _MIB for n in (most, used, needed))
    raise MemoryError(
        f"{limit.name} ({limit.command}) allows this process {most} MiB, of which it has {used}; backproj's "
        f"Go runtime needs {needed} MiB more, most of it addresses without memory: raise the limit or lift it"
    )


def _threads_to_start(cpus: int) -> int:
    """Return how many threads of Go code, up to one a CPU, can be started."""
    needed = min(cpus, _LEAST_THREADS) + _OWN_THREADS
    started = _started(cpus + _OWN_THREADS)
    if started < needed:
        raise RuntimeError(
            f"this process can start only {started} more threads, and backproj's Go runtime needs "
            f"{needed}: raise RLIMIT_NPROC (ulimit -u), or pids.max of its control group"
        )
    return started - _OWN_THREADS


def _started(number: int) -> int:
    """Return how many threads, up to a number, start while those before them run."""
    done = threading.Event()
    threads = []
    try:
        for _ in range(number):
            thread = threading.Thread(target=done.wait)
            thread.start()
            threads.append(thread)
    except RuntimeError:  # what Python says when there is no thread to be had
        pass
    finally:
        done.set()
        for thread in threads:
            thread.join()
    return len(threads)


def _threads_are_limited(number: int) -> bool:
    """Report whether it is in doubt that so many threads can be started, and twice as many."""
    spare = []
    most, _ = resource.getrlimit(resource.RLIMIT_NPROC)
    if most != RLIM_INFINITY:
        # It limits the threads of this user, of which there are no more than of all users.
        loadavg = _text("/proc/loadavg").split()
        spare.append(most - int(loadavg[3].partition("/")[2]) if loadavg else 0)
    for group in _control_groups():
        allowed, current = (_text(f"{group}/pids.{name}").strip() for name in ("max", "current"))
        if allowed.isdecimal() and current.isdecimal():  # not "max"
            spare.append(int(allowed) - int(current))
    return any(n < 2 * number for n in spare)


def _control_groups() -> list[str]:
    """Return the folders of the control groups that may limit this process's threads."""
    folders = []
    for line in _text("/proc/self/cgroup").splitlines():
        _, controllers, group = line.split(":", 2)
        if controllers in ("", "pids"):  # of version 2, and of version 1
            names = group.strip("/").split("/")
            folders += ["/".join(["/sys/fs/cgroup", controllers, *names[:n]]) for n in range(len(names) + 1)]
    return folders


def _text(path: str) -> str:
    """Return what a file of the system's says, nothing if it is not there or not for this process."""
    try:
        with open(path) as file:
            return file.read()
    except OSError:
        return ""
