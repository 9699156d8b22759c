"""What memory calls take, how much of it they keep, and what the first call of a process costs."""

import json
import statistics
import sys
import time

import pytest

import backproj
from helpers.memory import MEGABYTE, growth_in_a_process
from helpers.processes import run

# How often each call of tests/programs/memory_growth.py is made.
CALLS = {
    "project": 1_000_000,
    "project onto out": 300_000,
    "project a view": 200_000,
    "project what is held on to": 200_000,
    "project several": 100_000,
    "one shot": 200_000,
    "in range": 200_000,
    "locate": 200_000,
    "disc sum": 200_000,
    "disc sum in place": 200_000,
    "disc sums of many discs": 100_000,
    "segment": 200_000,
    "segment by Otsu": 200_000,
    "segment a plane": 200_000,
    "cut out": 1_000_000,
    "cut out of a view": 200_000,
    "cut out by a mask": 200_000,
    "track": 1_000_000,
    "track by mean shift": 1_000_000,
    "track and adapt": 1_000_000,
    "fit": 200_000,
    "an error of Go": 200_000,
    "an error of Python": 50_000,
}


@pytest.mark.parametrize("name", CALLS)
def test_calls_keep_no_memory(name):
    calls = CALLS[name]
    start = time.perf_counter()
    grown = growth_in_a_process(name, calls)
    took = time.perf_counter() - start
    print(
        f"\n{name}: {calls} calls, {sum(grown) / 1024:+.0f} KiB, "
        f"{4 * min(grown) / calls:+.2f} bytes a call in the least of four rounds, {took:.0f} s"
    )
    assert min(grown) < MEGABYTE // 2


PEAK = """
import numpy as np, backproj, os
def status(name):
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith(name))
random = np.random.default_rng(0)
frame = random.integers(0, 256, (2160, 3840, 3), np.uint8)
frames = frame.reshape(8, 270, 3840, 3)
mask = random.integers(0, 2, (2160, 3840), np.uint8)
hists = [backproj.Histogram(frame[:40, :40], channels=c, bins=16) for c in ("h", "hs", "hsv")]
small = frame[:4, :4].copy()
backproj.back_project(small, hists), backproj.Histogram(small, mask=mask[:4, :4])
hists[0].back_project(small)
outs = np.zeros((3, 2160, 3840), np.uint8)
out = outs[0]
outs[...] = 1
before = status("VmRSS")
with open("/proc/self/clear_refs", "w") as file: file.write("5")  # the peak begins anew
{}
print(status("VmHWM") - before)
"""

PEAKS = {
    "project, 1 thread": "hists[1].back_project(frame, out=out, threads=1)",
    "project, 2 threads": "hists[1].back_project(frame, out=out, threads=2)",
    "project a batch": "hists[1].back_project(frames, out=out.reshape(8, 270, 3840))",
    "project columns": "hists[1].back_project(frame.transpose(1, 0, 2), out=out.T, threads=1)",
    "project a flipped view": "hists[1].back_project(frame[::-1, ::-1], out=out, threads=1)",
    "project the value too": "hists[2].back_project(frame, out=out, threads=1)",
    "project three": "backproj.back_project(frame, hists, out=outs, threads=1)",
    "project, a new result": "result = hists[1].back_project(frame)",
    "fit": "backproj.Histogram(frame)",
    "fit under a mask": "backproj.Histogram(frame, mask=mask)",
    "fit every other pixel": "backproj.Histogram(frame[:, ::2])",
    "fit the largest": "backproj.Histogram(frame, channels='hsv', bins=(64, 128, 128))",
    "in range": "backproj.in_range(frame, (0, 0, 0), (9, 9, 9), out=out)",
    "locate": "backproj.locate(out, (50, 50))",
    "segment": "hists[1].segment(frame, disc=31, out=out, threads=1)",
    "segment by the value": "hists[2].segment(frame, out=out, threads=2)",
    "segment by Otsu": "hists[0].segment(frame[::-1, ::-1], threshold='otsu', out=out, threads=1)",
    "cut out, a new result": "result = hists[1].cut_out(frame, threads=1)",
    "cut out by Otsu, a new result": "result = hists[1].cut_out(frame, threshold='otsu', threads=1)",
    "sum up": "backproj.disc_sum(mask, 64, out=out, threads=2)",
    "sum up in place": "backproj.disc_sum(out, out=out, threads=1)",
}


@pytest.mark.parametrize("name", PEAKS)
def test_the_peak_of_a_call_is_its_result_and_a_scratch(name):
    code = PEAK.format(PEAKS[name])
    kib = statistics.median(int(run(sys.executable, "-c", code)) for _ in range(3))
    # Of 2^20 bins: counts, values, the table, and the counts of each thread.
    threads = backproj.info()["threads"]
    plane = 2160 * 3840
    result = {
        "project, a new result": plane,
        "fit the largest": (8 + 4 + 1 + 8 * threads) << 20,
        "cut out, a new result": 3 * plane,
        "cut out by Otsu, a new result": 4 * plane,  # and the sums, until it has all of them
        "sum up in place": plane,  # a copy
    }
    most = result.get(name, 0) // 1024 + 1024
    print(f"\n{name}: {kib} KiB over what it was given, of a frame of {2160 * 3840 * 3 // 1024} KiB")
    assert kib < most


FIRST = """
import json, os, time
import numpy as np, backproj
def now():
    page = os.sysconf("SC_PAGE_SIZE")
    with open("/proc/self/statm") as file: size, resident, *_ = map(int, file.read().split())
    return size * page, resident * page, len(os.listdir("/proc/self/task"))
frame = np.zeros((4, 4, 3), np.uint8)
before = now()
start = time.perf_counter()
backproj.back_project(frame, frame)
took = time.perf_counter() - start
print(json.dumps([took * 1000, *(b - a for a, b in zip(before, now()))]))
"""


def test_what_the_first_call_of_a_process_costs():
    costs = [json.loads(run(sys.executable, "-c", FIRST)) for _ in range(15)]
    took, virtual, resident, threads = (statistics.median(column) for column in zip(*costs, strict=True))
    print(
        f"\nthe first call: {took:.1f} ms, {resident / MEGABYTE:.1f} MiB of memory, "
        f"{virtual / MEGABYTE:.0f} MiB of addresses, {threads:.0f} threads"
    )
    assert resident < 16 * MEGABYTE
