"""Time back projection, tracking and regions: backproj with each kernel, versions of cv2, other libraries.

Each of these is a *peer*; cases.py defines what they compute. Results are compared before anything is timed:
they must be the same bytes as cv2's, except those of libraries with a different HSV, for which the share of
equal pixels is reported.

One process uses a single thread and measures CPU time. Another one uses as many threads as there are CPUs
and measures wall-clock time. measure.py explains why, and in which order the peers run. cv2 is timed
as scripts usually call it, and as "dst=" with preallocated arrays for its results. backproj is called
through its public API, always with out= where it writes an image.

The table is printed, all figures are written to a JSON file, and a summary is drawn as a PNG chart.
"""

import argparse
import json
import os
import platform
import signal
import subprocess
import sys
import time
from pathlib import Path

import chart
import table
from cases import BATCH_PIXELS, CASES, OF_PHOTOGRAPHS, TRACKING
from images import IMAGES, PHOTOGRAPHS
from measure import SEED, clock
from peers import BUILD, REFERENCE, build_ctypes_route
from report import Report, shown_threads
from worker import Work

HERE = Path(__file__).resolve().parent

# Larger than the caches, to see how the work scales with threads, and that tracking does not depend on the
# size of the frame. A few cases and one image are enough.
LARGEST = 4096, 4096
LARGEST_CASES = "prepared", *TRACKING
SIZES = {f"{w}x{h}": (w, h) for w, h in ((64, 64), (640, 480), (1920, 1080), (3840, 2160), LARGEST)}


def main():
    options = arguments()
    for path in options.json, options.chart:
        path.parent.mkdir(parents=True, exist_ok=True)  # fail now, not at the end of a run
    report = Report.read(options.read) if options.read else Report(run(options))
    if not options.read:
        report.write(options.json)
        print("wrote", options.json, file=sys.stderr)
    chart.draw(report, options.chart)
    print("wrote", options.chart, file=sys.stderr)
    print(table.markdown(report) if options.markdown else table.text(report))


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__.partition("\n")[0],
        epilog="To time a part: make bench BENCH='--cases prepared --images astronaut --sizes 1920x1080'",
    )

    def choice(name, choices, note=""):
        text = f"from {', '.join(map(repr, choices))}{note}; default: all"
        parser.add_argument(name, nargs="+", choices=choices, default=list(choices), metavar="X", help=text)

    choice("--cases", CASES, f" (batch: only up to 640x480; {', '.join(OF_PHOTOGRAPHS)}: no noise)")
    choice("--images", IMAGES)
    choice("--sizes", SIZES, " (the last: only prepared and tracking, with the first image)")
    cpus = len(os.sched_getaffinity(0))
    parser.add_argument(
        "--threads", nargs="+", type=int, default=sorted({1, cpus}), help="default: 1, and all CPUs"
    )
    parser.add_argument(
        "--seconds", type=float, default=2, help="for each combination of these (%(default)s)"
    )
    parser.add_argument("--json", type=Path, default=BUILD / "bench.json", help="where to write all figures")
    parser.add_argument("--chart", type=Path, default=BUILD / "bench.png", help="where to draw the chart")
    parser.add_argument(
        "--read", type=Path, metavar="JSON", help="report the figures in this file; measure nothing"
    )
    parser.add_argument("--markdown", action="store_true", help="print the tables for the documentation")
    options = parser.parse_args()
    if options.seconds <= 0 or min(options.threads) < 1:
        parser.error("--seconds and --threads must be more than 0")
    return options


def run(options):
    """Measure in one process for each number of threads, and return the data of a report."""
    cells = [
        (case, image, size)
        for size in map(SIZES.__getitem__, options.sizes)
        for image in options.images
        for case in options.cases
        if (case != "batch" or size[0] * size[1] <= BATCH_PIXELS)
        and (case not in OF_PHOTOGRAPHS or image in PHOTOGRAPHS)
        and (size != LARGEST or (case in LARGEST_CASES and image == options.images[0]))
    ]
    if not cells:
        raise SystemExit(
            "nothing to time: batch needs at most 640x480, regions and discs a photograph, "
            "and 4096x4096 the prepared case or tracking"
        )
    skipped = {"ctypes, np.fromiter": build_ctypes_route()}
    begin, busy, ours = time.perf_counter(), busy_seconds(), sum(os.times()[:4])
    parts = [in_process(Work(threads, options.seconds, cells)) for threads in options.threads]
    took = time.perf_counter() - begin
    machine = described_machine()
    others = (busy_seconds() - busy - (sum(os.times()[:4]) - ours)) / (took * machine["cpus"])
    for part in parts:
        skipped |= part["skipped"]
    return {
        "machine": machine | {"used by others": round(max(0, others), 3)},
        "versions": parts[0]["versions"],
        "settings": {
            "seconds": options.seconds,
            "seed": SEED,
            "reference": REFERENCE,
            "clocks": {threads: clock(threads)[1] for threads in options.threads},
        },
        "took": round(took),
        "skipped": {peer: why for peer, why in skipped.items() if why},
        "results": [row for part in parts for row in part["results"]],
    }


def in_process(work):
    """Run a worker process and return its results."""
    limits = dict.fromkeys(("BACKPROJ_NUM_THREADS", "OPENCV_FOR_THREADS_NUM"), str(work.threads))
    others = {name: value for name, value in os.environ.items() if name not in OTHER_LIMITS}
    command = [sys.executable, str(HERE / "worker.py")]
    found = subprocess.run(
        command, input=json.dumps(work), text=True, stdout=subprocess.PIPE, env=others | limits
    )
    if found.returncode != 0:
        code = found.returncode
        reason = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        raise SystemExit(f"\nthe process with {shown_threads(work.threads)} ended with {reason}")
    return json.loads(found.stdout)


# Each of these would affect only some of the peers.
OTHER_LIMITS = "BACKPROJ_NUM_THREADS", "BACKPROJ_KERNEL", "OMP_NUM_THREADS"


def described_machine():
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return {
        "cpu": names[0] if names else platform.machine(),
        "cpus": len(os.sched_getaffinity(0)),
        "system": platform.platform(),
        "date": time.strftime("%Y-%m-%d"),
    }


def busy_seconds():
    """Return the time that the CPUs have been busy since the machine started, or 0 if that is unknown."""
    stat = Path("/proc/stat")
    if not stat.exists():
        return 0
    user, nice, system, _idle, _waiting, *interrupts, _guest, _nice_guest = map(
        int, stat.read_text().partition("\n")[0].split()[1:]
    )
    return (user + nice + system + sum(interrupts)) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
