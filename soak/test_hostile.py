"""What is hostile, for longer: geometry, files that shrink during calls, memory that goes and comes."""

import collections
import json
import subprocess
import sys
import time
import warnings

import numpy as np
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from helpers import strided_arrays
from helpers.processes import ROOT

SECONDS = 60

hists = st.sampled_from(strided_arrays.HISTS)


# The same examples never come again.
long = settings(deadline=None, database=None, max_examples=500, suppress_health_check=list(HealthCheck))


def for_long(test):
    """Run a test of Hypothesis again and again, and return how many examples it had."""
    number, until = 0, time.monotonic() + SECONDS
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "no pixel passed mask")
        while time.monotonic() < until:
            test()
            number += long.max_examples
    return number


def test_views_are_read_as_copies_of_them():
    seen = collections.Counter()

    @long
    @given(
        strided_arrays.views() | strided_arrays.views(last=(), axes=(2,)),
        hists,
        *strided_arrays.OPTIONS.values(),
    )
    def test(view, hist, order, threads):
        strided_arrays.check_reading(view, hist, order, threads)
        seen["beyond" if view.beyond else "plain" if view.array.flags.c_contiguous else "strided"] += 1

    print(f"\n{for_long(test)} examples, read by six calls each: {dict(seen)}")


def test_views_are_written_to_and_nothing_beside_them():
    seen = collections.Counter()

    @long
    @given(
        strided_arrays.views(last=(), axes=(2, 3)),
        hists,
        strided_arrays.OPTIONS["threads"],
        st.integers(0, 99),
    )
    def test(out, hist, threads, seed):
        assume(out.array.ndim in (2, 3) and out.array.size < 10**6)
        frame = np.random.default_rng(seed).integers(0, 256, (*out.array.shape, 3), np.uint8)
        strided_arrays.check_writing(out, frame, hist, threads)
        seen["beyond" if out.beyond else "plain" if out.array.flags.c_contiguous else "strided"] += 1

    print(f"\n{for_long(test)} examples: {dict(seen)}")


# A file is cut short, and made longer again, whenever another thread gets to it.
SHRINKING = """
import collections, json, os, sys, threading, time
import numpy as np, backproj

path, seconds = sys.argv[1], float(sys.argv[2])
shape = 700, 900, 3
random = np.random.default_rng(6)
model = random.integers(0, 256, (20, 20, 3), np.uint8)
hists = [backproj.Histogram(model, channels=channels, bins=16) for channels in ("h", "hs", "hsv")]
frame = np.memmap(path, np.uint8, "w+", shape=shape)
out = np.memmap(path + ".out", np.uint8, "w+", shape=shape[:2])
until = time.monotonic() + seconds

def shrink():
    while time.monotonic() < until:
        for name, size in ((path, frame.nbytes), (path + ".out", out.nbytes)):
            os.truncate(name, int(size * random.random()))
        time.sleep(random.random() / 1000)
        for name, size in ((path, frame.nbytes), (path + ".out", out.nbytes)):
            os.truncate(name, size)
        time.sleep(random.random() / 200)

calls = [
    lambda: hists[1].back_project(frame, threads=4),
    lambda: hists[0].back_project(frame[::-1, ::2], threads=2),
    lambda: hists[1].back_project(np.zeros(shape, np.uint8), out=out),
    lambda: backproj.back_project(frame, hists, threads=3),
    lambda: backproj.Histogram(frame),
    lambda: backproj.Histogram(np.zeros(shape, np.uint8), mask=out, peak=None),
    lambda: backproj.in_range(frame, (0, 0, 0), (90, 255, 255)),
    lambda: backproj.locate(out, (9, 9)),
    lambda: hists[1].segment(frame, disc=31, threads=3),
    lambda: hists[2].cut_out(frame[:, ::-1], threshold="otsu"),
    lambda: backproj.disc_sum(out, 9, out=out),
    lambda: backproj.cut_out(np.zeros(shape, np.uint8), out, threads=2),
]
said = collections.Counter()

def work(i):
    while time.monotonic() < until:
        try:
            calls[i % len(calls)]()
            said["result"] += 1
        except (RuntimeError, RuntimeWarning) as error:
            said["nothing left" if "nothing was left" in str(error) else str(error)[:43]] += 1
        i += 1

import warnings
warnings.simplefilter("ignore")
threads = [threading.Thread(target=work, args=(i,)) for i in range(6)] + [threading.Thread(target=shrink)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(json.dumps(said))
"""


def test_files_that_shrink_during_calls(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", SHRINKING, tmp_path / "frame", str(SECONDS)],
        capture_output=True,
        text=True,
        timeout=5 * SECONDS,
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    print(f"\n{said}")
    assert said.keys() == {"result", "backproj: memory of an array went away duri"}


def test_every_way_for_memory_to_vanish_again_and_again(tmp_path):
    number, until = 0, time.monotonic() + SECONDS / 4
    while time.monotonic() < until:
        command = [sys.executable, ROOT / "tests" / "programs" / "vanishing_memory.py", tmp_path]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stderr
        cases = [json.loads(line) for line in done.stdout.splitlines()]
        assert all("went away during the call" in error and works for _, error, works in cases)
        number += len(cases)
    print(f"\n{number} calls, an error each, and the call after each worked")
