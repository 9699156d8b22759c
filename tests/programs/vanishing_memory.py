"""Call backproj with memory that vanishes, and print how each call ends. A fault may end the process.

usage: python vanishing_memory.py FOLDER
"""

import ctypes
import json
import mmap
import sys
from pathlib import Path

import numpy as np

import backproj
from backproj._engine.kernels import forced
from backproj._runtime import loader

# Large enough for each of four threads to get rows of it, by any kernel; all in one call of Go.
HEIGHT, WIDTH = 2048, 4096
HERE = np.random.default_rng(3).integers(0, 256, (HEIGHT, WIDTH, 3), np.uint8)
HIST = backproj.Histogram(HERE[:50, :50])
GATED = backproj.Histogram(HERE[:50, :50], channels="h", in_range=((0, 60, 32), (180, 255, 255)))
VALUED = backproj.Histogram(HERE[:50, :50], channels="hsv", bins=8)


def cut(folder, *shape, left):
    """Return a memory map of a file that was then cut short."""
    path = Path(folder, "file")
    path.unlink(missing_ok=True)
    array = np.memmap(path, np.uint8, "w+", shape=shape)
    with path.open("r+b") as file:
        file.truncate(int(array.nbytes * left))
    return array


def by_kernel(frame, kernel):
    with forced(kernel):
        HIST.back_project(frame, threads=4)


def forbidden(protection):
    """Return an array in memory that has only this protection, whatever the array's flags say."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.mmap.restype = ctypes.c_void_p
    libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, *[ctypes.c_int] * 3, ctypes.c_long]
    address = libc.mmap(None, HERE.nbytes, protection, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, -1, 0)
    return at(address)


def at(address):
    """Return an array of the frame's size at an address."""

    class Interface:
        __array_interface__ = {  # noqa: RUF012
            "data": (address, False),
            "shape": HERE.shape,
            "typestr": "|u1",
            "version": 3,
        }

    return np.asarray(Interface())


# Calls that read an array. Either the rows of a worker vanish or, in a flipped view, those of the caller.
READ = {
    "projecting": lambda a: HIST.back_project(a, threads=4),
    "projecting by one thread": lambda a: HIST.back_project(a, threads=1),
    "projecting by the gate": lambda a: GATED.back_project(a, threads=4),
    "projecting by the value": lambda a: VALUED.back_project(a, threads=4),
    "projecting through the scratch": lambda a: HIST.back_project(a[:, ::-1], threads=4),
    "projecting columns": lambda a: HIST.back_project(a.transpose(1, 0, 2), threads=4),
    "projecting several": lambda a: backproj.back_project(a, [HIST, GATED, VALUED], threads=4),
    "projecting a batch": lambda a: HIST.back_project(a.reshape(4, HEIGHT // 4, WIDTH, 3), threads=4),
    "counting": backproj.Histogram,
    "counting by the value": lambda a: backproj.Histogram(a, channels="hsv", bins=8),
    "counting through the scratch": lambda a: backproj.Histogram(a[:, ::2]),
    "counting a list": lambda a: backproj.Histogram([HERE, a]),
    "in one call": lambda a: backproj.back_project(HERE[:9], a),
    "in range": lambda a: backproj.in_range(a, (0, 60, 32), (180, 255, 255)),
    "segmenting": lambda a: HIST.segment(a, threads=4),
    "segmenting by the gate": lambda a: GATED.segment(a, disc=None, threads=4),
    "segmenting by Otsu's level": lambda a: VALUED.segment(a, disc=31, threshold="otsu", threads=4),
    "segmenting columns": lambda a: HIST.segment(a.transpose(1, 0, 2), threads=4),
    "cutting out": lambda a: HIST.cut_out(a, threads=4),
    "cutting out by Otsu's level": lambda a: HIST.cut_out(a, threshold="otsu", threads=4),
    "cutting out backwards": lambda a: HIST.cut_out(a[:, ::-1], threads=4),
    "cutting out by a mask": lambda a: backproj.cut_out(a, HERE[..., 0], threads=4),
    "the out of cutting out": lambda a: HIST.cut_out(HERE, out=a, threads=4),
    "the out of cutting out by a mask": lambda a: backproj.cut_out(HERE, HERE[..., 0], out=a, threads=4),
    "shifting": lambda a: HIST.mean_shift(a, (0, 0, WIDTH, HEIGHT)),
    "shifting by the gate": lambda a: GATED.cam_shift(a, (0, 0, WIDTH, HEIGHT)),
    "shifting backwards": lambda a: HIST.cam_shift(a[:, ::-1], (0, 0, WIDTH, HEIGHT)),
    "shifting in columns": lambda a: HIST.cam_shift(a.transpose(1, 0, 2), (0, 0, HEIGHT, WIDTH)),
}
READ |= {
    f"the kernel {name}": lambda a, name=name: by_kernel(a, name)
    for name in loader.load("_native").binding_Kernels().split(",")
}
PLANES = {
    "the mask": lambda a: backproj.Histogram(HERE, mask=a),
    "out": lambda a: HIST.back_project(HERE, out=a, threads=4),
    "every second pixel of out": lambda a: HIST.back_project(HERE[:, : WIDTH // 2], out=a[:, ::2], threads=4),
    "the outs of several": lambda a: backproj.back_project(
        HERE[: HEIGHT // 2], [HIST, GATED], out=a.reshape(2, HEIGHT // 2, WIDTH), threads=4
    ),
    "locating": lambda a: backproj.locate(a, (9, 9)),
    "summing up": lambda a: backproj.disc_sum(a, threads=4),
    "summing up columns": lambda a: backproj.disc_sum(a.T, 31, threads=4),
    "the out of sums": lambda a: backproj.disc_sum(HERE[..., 0], out=a, threads=4),
    "every second pixel of the out of sums": lambda a: backproj.disc_sum(
        HERE[:, : WIDTH // 2, 0], out=a[:, ::2], threads=4
    ),
    "sums in place": lambda a: backproj.disc_sum(a, out=a, threads=4),
    "segmenting a plane": lambda a: backproj.segment(a, threads=4),
    "segmenting a plane by Otsu's level": lambda a: backproj.segment(a, threshold="otsu", threads=4),
    "the out of segmenting": lambda a: HIST.segment(HERE, out=a, threads=4),
    "the out of segmenting by Otsu's level": lambda a: HIST.segment(HERE, threshold="otsu", out=a, threads=4),
    "the mask to cut out by": lambda a: backproj.cut_out(HERE, a, threads=4),
    "shifting on a plane": lambda a: backproj.mean_shift(a, (0, 0, WIDTH, HEIGHT)),
    "shifting on a transposed plane": lambda a: backproj.cam_shift(a.T, (0, 0, HEIGHT, WIDTH)),
}
FORBIDDEN = {
    "reading what may not be read": lambda: HIST.back_project(forbidden(0)),
    "writing what may not be written": lambda: HIST.back_project(
        HERE, out=forbidden(mmap.PROT_READ)[..., 0].T.reshape(WIDTH, HEIGHT).T
    ),
    "an address of nobody's": lambda: HIST.back_project(at(2**45 + 1)),
    "an address that none can be": lambda: HIST.back_project(at(2**55)),
}


def cases(folder):
    """Yield the name of each case and the function that runs it."""
    for calls, shape in ((READ, HERE.shape), (PLANES, HERE.shape[:2])):
        for name, call in calls.items():
            yield f"{name}: nothing left", lambda c=call, s=shape: c(cut(folder, *s, left=0))
            yield f"{name}: the last rows", lambda c=call, s=shape: c(cut(folder, *s, left=0.9))
            yield f"{name}: the first rows", lambda c=call, s=shape: c(cut(folder, *s, left=0.9)[::-1])
    yield from FORBIDDEN.items()


def main():
    """Print for each case its name, the error, and whether the next calls were right."""
    backproj.set_num_threads(4)
    expected = HIST.back_project(HERE)
    for name, call in cases(sys.argv[1]):
        try:
            call()
            error = "no error"
        except Exception as caught:
            error = f"{type(caught).__name__}: {caught}"
        same = bool((HIST.back_project(HERE) == expected).all())
        print(json.dumps([name, error, same and backproj.Histogram(HERE[:50, :50]) == HIST]), flush=True)


if __name__ == "__main__":
    main()
