"""Whether this process may have the address space and the threads that a Go runtime needs.

Go aborts the process if the system refuses it memory or a thread, as it starts or in a later call. So the
limits of the process are checked once, before Go is loaded, and what later calls will need is taken right
after. Limits that are set later are not noticed.
"""

from __future__ import annotations

import errno
import mmap
import os
import resource
import sys
import threading
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import NamedTuple

assert sys.platform == "linux"

RLIM_INFINITY = resource.RLIM_INFINITY

_MIB = 1 << 20

# Beside the threads that run Go code, one a CPU, a runtime has its monitor, the one that it started in, one
# that starts others, some spare ones, and those that it happens to start while none is idle. With two CPUs no
# more than twelve were seen.
_SPARE_THREADS = 3
_OWN_THREADS = 7 + _SPARE_THREADS

# A runtime that starts runs Go code in up to two threads before it can be limited to one.
_LEAST_THREADS = 2

# What calls take beside the heap. Go allocates a few KiB for each kind of call. OpenCV takes 48 MiB for hue,
# saturation and value of 2^24 pixels, and ends the process by an exception of C++ if it cannot have them.
_FOR_CALLS = {"_native": 16 * _MIB, "_opencv": 64 * _MIB}


class _Limit(NamedTuple):
    """A limit of memory, and how much of it a Go runtime takes, in bytes."""

    name: str
    command: str
    error: int  # what the system says to a process at its limit
    protection: int  # of memory that counts
    runtime: int
    arena: int
    thread: int  # beside the thread's stack

    def most(self) -> int:
        """Return the limit, RLIM_INFINITY if it is not set."""
        return resource.getrlimit(getattr(resource, self.name))[0]

    def holds(self) -> bool:
        """Report whether the limit is set and in force."""
        most = self.most()
        return most != RLIM_INFINITY and not self.allows(most + 1)

    def allows(self, size: int) -> bool:
        """Report whether this process may have so much more, by asking the system for it."""
        private = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS
        try:
            mmap.mmap(-1, size, flags=private, prot=self.protection).close()
        except OSError as error:
            return error.errno != self.error
        return True

    def needed(self, threads: int, name: str = "_native") -> int:
        """Return how much a module needs that runs Go code in so many threads."""
        stack, _ = resource.getrlimit(resource.RLIMIT_STACK)
        if stack == RLIM_INFINITY:
            stack = 2 * _MIB  # glibc's choice
        stacks = (threads + _OWN_THREADS) * (stack + self.thread)
        return self.runtime + self.arena * _arenas(threads) + stacks + _FOR_CALLS[name]


# On 64-bit machines Go 1.26 reserves 585 MiB for summaries of pages, 512 for what of them it could give
# back, 64 for a first arena and 32 for an index of arenas; the module takes 8. (Refused the 512 it goes on,
# and maps what it needs of them near address 0, over whatever is there.) glibc gives each thread that
# allocates an arena of 64, and has twice as much while it makes one. Of all that only the index is
# writable, and what of an arena is used.
_ADDRESSES = (1216 + 64) * _MIB, 64 * _MIB, 64 * _MIB
_WRITABLE = 80 * _MIB, 64 * _MIB, 1 * _MIB

_LIMITS = (
    _Limit("RLIMIT_AS", "ulimit -v", errno.ENOMEM, 0, *_ADDRESSES),
    _Limit("RLIMIT_DATA", "ulimit -d", errno.ENOMEM, mmap.PROT_READ | mmap.PROT_WRITE, *_WRITABLE),
    # Nearly always set, but it counts only after mlockall(MCL_FUTURE).
    _Limit("RLIMIT_MEMLOCK", "ulimit -l", errno.EAGAIN, 0, *_ADDRESSES),
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
    cpus = len(os.sched_getaffinity(0))
    limits = [limit for limit in _LIMITS if limit.holds()]
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
    """Return how large a heap calls with so many threads come to need.

    A thread that counts a model has its own counts: 8 MiB for the largest histogram, and as much again that
    has not been collected yet.
    """
    return (16 + 64 * (threads // 4)) * _MIB


def _arenas(threads: int) -> int:
    """Return how many arenas of 64 MiB such a heap takes beside the first one."""
    return 1 + threads // 4 if threads >= 4 else 0


def _threads_within(limits: Sequence[_Limit], most_threads: int, name: str) -> int:
    """Return for how many threads of Go code, up to a number, the limits leave enough memory."""
    least = min(most_threads, _LEAST_THREADS)
    for threads in range(most_threads, least - 1, -1):
        if all(limit.allows(limit.needed(threads, name)) for limit in limits):
            return threads
    limit = next(limit for limit in limits if not limit.allows(limit.needed(least, name)))
    most, needed = limit.most() // _MIB, limit.needed(least, name) // _MIB
    raise MemoryError(
        f"{limit.name} ({limit.command}) allows this process {most} MiB; backproj's Go runtime needs "
        f"{needed} MiB more than it has, most of it addresses without memory: raise the limit or lift it"
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
    """Return how many threads, up to a number, can be started so that they run at the same time."""
    done = threading.Event()
    threads = []
    try:
        for _ in range(number):
            thread = threading.Thread(target=done.wait)
            thread.start()
            threads.append(thread)
    except RuntimeError:  # no thread could be started
        pass
    finally:
        done.set()
        for thread in threads:
            thread.join()
    return len(threads)


def _threads_are_limited(number: int) -> bool:
    """Report whether a limit may be less than twice so many threads away."""
    spare = []
    most, _ = resource.getrlimit(resource.RLIMIT_NPROC)
    if most != RLIM_INFINITY:
        # It limits the threads of this user. The system tells how many threads all users have.
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
        if controllers in ("", "pids"):  # version 2 and version 1 of control groups
            names = group.strip("/").split("/")
            folders += ["/".join(["/sys/fs/cgroup", controllers, *names[:n]]) for n in range(len(names) + 1)]
    return folders


def _text(path: str) -> str:
    """Return the content of a system file, or nothing if it cannot be read."""
    try:
        with open(path) as file:
            return file.read()
    except OSError:
        return ""
