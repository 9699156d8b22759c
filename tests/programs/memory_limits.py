"""Processes with limits of memory from nothing to more than enough: prints what becomes of their calls.

usage: python memory_limits.py [STEP]

STEP, in MiB, is from one limit to the next. Each process has one limit, set before its first call.
"""

import collections
import json
import os
import resource
import signal
import sys
import time

import numpy as np

import backproj

LIMIT = 60  # seconds that a process may take

FRAME = np.random.default_rng(1).integers(0, 256, (700, 900, 3), np.uint8)
OUT = np.empty(FRAME.shape[:2], np.uint8)
SMALL = FRAME[:20, :20]

# Enough rows for many threads to sum up over the largest discs.
TALL = np.empty((17_000, 900), np.uint8)

# The greatest room in MiB that is tried in steps.
LIMITS = {"RLIMIT_AS": 2600, "RLIMIT_DATA": 400}

# Where /proc/self/statm says how much is used.
COLUMNS = {"RLIMIT_AS": 0, "RLIMIT_DATA": 5}


def leave(name, room):
    """Let this process have so many MiB more."""
    with open("/proc/self/statm") as file:
        used = int(file.read().split()[COLUMNS[name]]) * resource.getpagesize()
    _, hard = resource.getrlimit(getattr(resource, name))
    resource.setrlimit(getattr(resource, name), (used + int(room * 2**20), hard))


def calls(engine):
    """Yield calls of every kind."""
    for frame, out in ((FRAME, OUT), (FRAME[:, ::-1], OUT[:, ::-1]), (FRAME.transpose(1, 0, 2), OUT.T)):
        yield lambda f=frame, o=out: backproj.back_project(f, SMALL, out=o, engine=engine)
        yield lambda f=frame: backproj.back_project(SMALL, f, engine=engine)
    for _ in range(200):
        yield lambda: backproj.back_project(SMALL, SMALL, engine=engine)
    if engine == "native":
        yield lambda: backproj.Histogram(FRAME, channels="hsv", bins=(64, 128, 128))
        yield lambda: backproj.back_project(FRAME, [backproj.Histogram(SMALL, bins=b) for b in range(2, 12)])
        yield lambda: backproj.Histogram(SMALL).back_project(FRAME, out=OUT, threads=64)
        yield lambda: backproj.Histogram([FRAME] * 3, mask=[OUT] * 3)
        yield lambda: backproj.in_range(FRAME, (0, 0, 0), (9, 9, 9))
        yield lambda: backproj.locate(OUT, (9, 9))
        yield lambda: backproj.Histogram(SMALL).segment(FRAME, threshold="otsu")
        yield lambda: backproj.Histogram(SMALL).cut_out(FRAME[:, ::-1], disc=31, threads=64)
        yield lambda: backproj.cut_out(FRAME, OUT)
        for disc in (5, 64, 255, FRAME[:255, :255, 0] > 127, 254, 253, 252, 251, 250):
            yield lambda d=disc: backproj.disc_sum(
                np.broadcast_to(OUT[0], TALL.shape), d, out=TALL, threads=64
            )


def limited(name, engine, room, tell):
    """Set a limit, call, and tell how many calls came to what."""
    leave(name, room)
    said = collections.Counter()
    for call in calls(engine):
        try:
            call()
            said["worked"] += 1
        except (MemoryError, RuntimeError, SystemError) as error:  # the last is numpy's for want of memory
            said[type(error).__name__] += 1
    os.write(tell, json.dumps(said).encode())


def outcome(*of):
    """Return what calls came to in a child, or by what it ended."""
    read, tell = os.pipe()
    child = os.fork()
    if child == 0:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        status = 1
        try:
            limited(*of, tell)
            status = 0
        finally:
            os._exit(status)
    os.close(tell)
    end = time.monotonic() + LIMIT
    while not (ended := os.waitpid(child, os.WNOHANG))[0]:
        if time.monotonic() > end:
            os.kill(child, signal.SIGKILL)
            end += LIMIT
        time.sleep(0.002)
    with open(read) as told:
        return json.loads(told.read()) if ended[1] == 0 else {f"ended by {ended[1]}": 1}


def main(step=20):
    """Print a line for each engine and setting, and return how many processes ended otherwise than meant."""
    bad = 0
    for engine in backproj.engines():
        for name, most in LIMITS.items():
            rooms = [0, 0.2, 0.5, 1, 2, 3, 4, 6, 8, 12, *range(20, most, step), 4500]
            seen = collections.Counter()
            for room in rooms:
                seen.update(outcome(name, engine, room))
            print(f"{engine}, {name}: {len(rooms)} processes, {dict(seen)}", flush=True)
            bad += sum(n for what, n in seen.items() if what.startswith("ended"))
    return bad


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])) != 0)
