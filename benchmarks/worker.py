"""A process of the benchmark: it reads what to time from stdin, and writes the results to stdout as JSON.

Each number of threads needs a process: backproj and OpenCV read it from the environment when they start.
"""

import functools
import itertools
import json
import os
import platform
import sys
from importlib.metadata import version
from typing import NamedTuple

import numpy as np
from cases import CASES
from images import scene
from measure import clock, measure, middle, summary
from peers import REFERENCE, SLOW_PIXELS, Peer, cv2_modules, printed
from report import CV2_KINDS, shown_size, shown_threads

import backproj
from backproj._engine.kernels import force

# How much the centre, the sides and the angle of a rotated rectangle may differ.
TOLERANCE = 1e-4


class Work(NamedTuple):
    """What to time: cells of a case, an image and a size, each for a number of seconds."""

    threads: int
    seconds: float
    cells: list[tuple[str, str, tuple[int, int]]]


def main():
    work = Work(*json.load(sys.stdin))
    check_threads(work.threads)
    results, skipped = [], absent()
    for (image, size), cells in itertools.groupby(work.cells, lambda cell: cell[1:]):
        print(f"{shown_threads(work.threads)}, {shown_size(size)}, {image}", end="", file=sys.stderr)
        searched = scene(image, *size)
        for case, *_ in cells:
            print(f"; {case}", end="", file=sys.stderr, flush=True)
            made = CASES[case].make(searched)
            peers = peers_of(made)
            if work.threads > 1 or np.prod(size) > SLOW_PIXELS:
                for name in [name for name, peer in peers.items() if peer.slow]:
                    del peers[name]
                    skipped[name] = f"slow; timed with 1 thread only, on up to {SLOW_PIXELS:,} pixels"
            where = {"threads": work.threads, "case": case, "image": image, "size": size}
            alike = compare(peers, f"{case}, {image}, {shown_size(size)}", made.calls)
            visits = measure(
                {name: peer.run for name, peer in peers.items()},
                work.seconds,
                clock(work.threads)[0],
                {name: peer.before for name, peer in peers.items() if peer.before},
                1 if made.before else None,
            )
            force(None)
            cv2s = [name for name, peer in peers.items() if peer.kind in CV2_KINDS]
            fastest = min(cv2s, key=lambda name: middle(visits[name]))
            results += [
                {**where, "peer": name, "kind": peer.kind, "result": peer.result, "equal": alike[name]}
                | summary(visits[name], visits[fastest])
                for name, peer in peers.items()
            ]
        print(file=sys.stderr)
    json.dump({"versions": versions(), "skipped": skipped, "results": results}, sys.stdout)


def check_threads(threads):
    """Set the number of threads of each cv2, and check that all peers use it."""
    numbers = {"backproj": backproj.info()["threads"]}
    for name, module in cv2_modules().items():
        module.setNumThreads(threads)
        numbers[name] = module.getNumThreads()
    if set(numbers.values()) != {threads}:
        raise RuntimeError(f"not all use {shown_threads(threads)}: {numbers}")


def peers_of(case):
    """Return all peers of a case by name, from its Implementations."""
    copied = np.empty_like(case.input)
    peers = {
        "copying": Peer(lambda: np.copyto(copied, case.input), "floor", "none", before=case.before),
    }
    for name, module in cv2_modules().items():
        peers[name] = Peer(case.cv2(module, False), "cv2", before=case.before)
        peers[f"{name}, dst="] = Peer(case.cv2(module, True), "preallocated cv2", before=case.before)
    for kernel in backproj.info()["kernels"]:
        before = functools.partial(prepare, kernel, case.before)
        peers[f"backproj, {kernel}"] = Peer(case.ours(), "backproj", before=before)
    return peers | case.others


def prepare(kernel, before):
    """Have calls run a kernel, and do what the case does before each call."""
    force(kernel)
    if before:
        before()


def compare(peers, cell, calls=1):
    """Return the share of each peer's results that equal cv2's; raise ValueError if an exact one differs."""
    expected = results(peers[REFERENCE], calls)
    if not expected.any():
        raise ValueError(f"{cell}: the back projection is all 0, which would hide wrong results")
    alike = dict.fromkeys(peers)
    for name, peer in peers.items():
        if peer.result == "none":
            continue
        result = results(peer, calls)
        if result.size != expected.size:
            raise ValueError(f"{cell}: {name}: {result.size} numbers, not {expected.size}")
        alike[name] = float(np.mean(equal(result, expected)))
        if peer.result == "exact" and alike[name] != 1:
            raise ValueError(f"{cell}: {name}: {1 - alike[name]:.2%} of the result differs")
    return alike


def results(peer, calls):
    """Return all numbers that a peer returns in so many calls: pixels of images, or those of rectangles."""
    numbers = []
    for _ in range(calls):
        if peer.before:
            peer.before()
        numbers += [np.array(part).ravel() for part in parts_of(peer.run())]
    return np.concatenate(numbers)


def parts_of(result):
    """Yield the parts of a result: an image, a list of such, or a rectangle, which is nested tuples."""
    if isinstance(result, list | tuple):
        for part in result:
            yield from parts_of(part)
    else:
        yield result


def equal(result, expected):
    """Return which elements are equal. Only fractions, which rotated rectangles have, may differ a little."""
    if expected.dtype.kind in "iu":
        return result == expected
    return np.abs(result - expected) <= TOLERANCE


def absent():
    """Return the peers that are not available, and why."""
    if "opencv" in backproj.engines():
        return {}
    return {"opencv engine": "not timed: backproj was built without it"}


def versions():
    commit = printed("git", "describe", "--always", "--dirty") or "no commit"
    packages = {name: version(name) for name in ("numpy", "pillow", "scikit-image")}
    return {
        "backproj": f"{backproj.__version__} ({commit})",
        "Python": platform.python_version(),
        "cv2": "/".join(module.__version__ for module in cv2_modules().values()),
        **packages,
        "libopencv": printed("pkg-config", "--modversion", "opencv4") or "none",
        **{name: os.environ[name] for name in ("OPENCV_IPP",) if name in os.environ},
    }


if __name__ == "__main__":
    main()
