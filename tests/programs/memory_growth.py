"""Make one call again and again, and print how many bytes memory grows in each of four rounds.

usage: python memory_growth.py CALL CALLS

The heaps of Go and of Python return memory at times of their own choosing, so one round may grow by some MiB
without a leak. A leak grows in every round, so it shows in the smallest growth. The process does nothing
else, because memory freed earlier could hide a leak.
"""

import contextlib
import itertools
import os
import sys

import numpy as np
from numpy.lib.stride_tricks import as_strided

import backproj

FRAME = np.random.default_rng(0).integers(0, 256, (8, 8, 3), np.uint8)
HIST = backproj.Histogram(FRAME)
OUT = np.empty((8, 8), np.uint8)
BUFFER = np.ndarray(FRAME.shape, np.uint8, bytearray(FRAME.tobytes()))
SIZES = itertools.cycle(itertools.product(range(1, 9), repeat=2))
LEAK = []

# A square that moves to the right, and leaves.
FILM = np.zeros((5, 24, 32, 3), np.uint8)
for n in range(4):
    FILM[n, 8:16, 5 * n + 2 : 5 * n + 10] = 30, 60, 220


def address_of_nobody():
    with contextlib.suppress(RuntimeError):
        backproj._runtime.loader.load("_native").binding_Project(
            1, 0, 0, 1, 1, 0, 1, 0, 1, 1, 3, 3, 1, 0, 0, 1, 0, 1
        )
        sys.exit("no error")


def beyond():
    with contextlib.suppress(ValueError):
        HIST.back_project(as_strided(FRAME, (9, 8, 3), FRAME.strides))
        sys.exit("no error")


def tracked(**options):
    """Return a call that updates a tracker by the next frame of the film, which begins again at its end."""
    tracker, frames = backproj.Tracker(**options), itertools.cycle(FILM)
    tracker.init(FILM[0], (1, 7, 10, 10))
    return lambda: tracker.update(next(frames))


CALLS = {
    "project": lambda: HIST.back_project(FRAME),
    "project onto out": lambda: HIST.back_project(FRAME, out=OUT),
    "project a view": lambda: HIST.back_project(FRAME[::-1, ::-1]),
    "project what is held on to": lambda: HIST.back_project(BUFFER),
    "project several": lambda: backproj.back_project(FRAME, [HIST, HIST]),
    "one shot": lambda: backproj.back_project(FRAME, FRAME),
    "in range": lambda: backproj.in_range(FRAME, (0, 0, 0), (9, 9, 9)),
    "locate": lambda: backproj.locate(OUT, (2, 2)),
    "mean shift": lambda: HIST.mean_shift(FRAME, (1, 2, 4, 3), (3, 10, 0)),
    "mean shift on a plane": lambda: backproj.mean_shift(OUT, (1, 2, 4, 3), (3, 10, 0)),
    "cam shift": lambda: HIST.cam_shift(FRAME, (1, 2, 4, 3)),
    "cam shift in a view": lambda: HIST.cam_shift(FRAME[:, ::-1], (1, 2, 4, 3)),
    "cam shift on a plane": lambda: backproj.cam_shift(OUT, (1, 2, 4, 3)),
    "disc sum": lambda: backproj.disc_sum(OUT),
    "disc sum in place": lambda: backproj.disc_sum(OUT, out=OUT),
    "disc sums of many discs": lambda: backproj.disc_sum(OUT, next(SIZES)),
    "segment": lambda: HIST.segment(FRAME),
    "segment by Otsu": lambda: HIST.segment(FRAME, threshold="otsu"),
    "segment a plane": lambda: backproj.segment(OUT),
    "cut out": lambda: HIST.cut_out(FRAME),
    "cut out of a view": lambda: HIST.cut_out(FRAME[:, ::-1]),
    "cut out by a mask": lambda: backproj.cut_out(FRAME, OUT),
    "track": tracked(),
    "track by mean shift": tracked(method="meanshift"),
    "track and adapt": tracked(adapt=0.1),
    "fit": lambda: backproj.Histogram(FRAME),
    "an error of Go": address_of_nobody,
    "an error of Python": beyond,
    "a leak of 32 bytes": lambda: LEAK.append(bytes(32)),
}


def resident():
    """Return this process's resident memory in bytes."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def growth(call, calls, warm_up):
    """Return how much resident memory grows in each of four rounds of calls, after others."""
    for _ in range(warm_up):
        call()
    sizes = [resident()]
    for _ in range(4):
        for _ in range(calls // 4):
            call()
        sizes.append(resident())
    return np.diff(sizes).tolist()


if __name__ == "__main__":
    # A heap of Go's grows to 4 MiB before it is collected.
    print(growth(CALLS[sys.argv[1]], int(sys.argv[2]), warm_up=60_000))
