"""Time back projection of a video with dask, with one and two worker processes, and without dask.

    python benchmarks/dask_film.py

prints the tables of docs/dask.md: wall-clock milliseconds, the minimum of several runs. It needs the extra
backproj[dask] and the packages of benchmarks/bench.py.
"""

import argparse
import os
import sys
import tempfile
import time
import warnings
from pathlib import Path

import dask
import dask.array as da
import numpy as np
from bench import busy_seconds, described_machine
from distributed import Client, LocalCluster, wait
from images import scene
from PIL import Image

import backproj.dask

SIZE = 1920, 1080
FRAMES_PER_CHUNK = 8

# Frames of a few pixels, so that nearly all time is dask's overhead.
ALONE = "project one chunk alone"
TINY, TINY_FRAMES = (16, 16), 200


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--frames", type=int, default=48, help="the length of the video (%(default)s)")
    parser.add_argument("--runs", type=int, default=5, help="for each figure (%(default)s)")
    options = parser.parse_args()
    if options.frames < 1 or options.runs < 1:
        parser.error("--frames and --runs must be at least 1")
    # dask warns about the frames that "there and back" sends.
    warnings.filterwarnings("ignore", "Sending large graph")
    begin, busy, ours = time.perf_counter(), busy_seconds(), cpu_seconds()
    with tempfile.TemporaryDirectory() as folder:
        work = Work(Path(folder), options.frames)
        table, chunks = {}, {}
        for threads in dict.fromkeys((1, len(os.sched_getaffinity(0)))):
            name = f"local, {threads} thread{'s' * (threads > 1)}"
            table[name] = fastest(work.local(threads), options.runs)
        with dask.config.set(scheduler="threads"):
            table["dask's threads"] = fastest(work.lazy(None), options.runs)
            chunks["dask's threads"] = fastest(work.chunks(), options.runs)
        for number in 1, 2:
            with (
                LocalCluster(number, 1, dashboard_address=":0", local_directory=folder) as cluster,
                Client(cluster) as client,
            ):
                name = f"{number} worker{'s' * (number > 1)}"
                table[name] = fastest(work.lazy(client), options.runs)
                chunks[name] = fastest(work.chunks(), options.runs)
    size = "×".join(map(str, SIZE))
    print(f"Milliseconds per frame of {size}; {options.frames} frames, {FRAMES_PER_CHUNK} in each chunk\n")
    print_table(table, dict.fromkeys(work.local(1), options.frames))
    print(f"\nMilliseconds per chunk of one frame of {TINY[0]}×{TINY[1]}; {TINY_FRAMES} chunks\n")
    print_table(chunks, dict.fromkeys(work.chunks(), TINY_FRAMES) | {ALONE: 1})
    took, machine = time.perf_counter() - begin, described_machine()
    others = max(0, busy_seconds() - busy - (cpu_seconds() - ours)) / (took * machine["cpus"])
    print(
        f"\n{machine['cpu']}, {machine['cpus']} CPUs, {machine['date']}; backproj {backproj.__version__}, "
        f"dask {dask.__version__}, Python {sys.version.split()[0]}; minimum of {options.runs} runs; "
        f"meanwhile other programs used {others:.0%} of the CPUs"
    )


class Work:
    """The work that is timed, by name. The results must be the same with and without dask."""

    def __init__(self, folder, frames):
        shown = scene("astronaut", *SIZE)
        self.hist = backproj.Histogram(shown.models[0])
        # Each frame is shifted by some rows, because frames of a video differ.
        self.film = np.stack([np.roll(shown.frame, 7 * i, axis=0) for i in range(frames)])
        self.files = [folder / f"{i}.jpg" for i in range(frames)]
        for path, frame in zip(self.files, self.film, strict=True):
            Image.fromarray(frame).save(path)

    def local(self, threads):
        """Return the work without dask."""

        def fit():
            backproj.set_num_threads(threads)
            return backproj.Histogram(list(self.film))

        def one(path):
            return self.hist.back_project(read(path), threads=threads)

        return {
            "project": lambda: means(self.hist.back_project(self.film, threads=threads)),
            "count": fit,
            "from files": lambda: np.concatenate([means(one(path)[np.newaxis]) for path in self.files]),
            "there and back": lambda: self.hist.back_project(self.film, threads=threads),
        }

    def lazy(self, client):
        """Return the work with dask. Workers of a cluster hold the frames, except for "there and back"."""
        frames = local = da.from_array(self.film, chunks=(FRAMES_PER_CHUNK, -1, -1, -1), name=False)
        if client is not None:
            frames = client.persist(frames)
            wait(frames)

        def again(frames):
            # A new name each time, because a cluster reuses the results of equal names.
            return frames.map_blocks(same, name=f"again-{time.perf_counter_ns()}", meta=frames._meta)

        def projected(frames):
            return backproj.dask.back_project(again(frames), self.hist)

        def from_files():
            numbers = da.arange(len(self.files), chunks=FRAMES_PER_CHUNK)
            made = numbers.map_blocks(
                read_several,
                self.files,
                new_axis=(1, 2, 3),
                chunks=(numbers.chunks[0], (SIZE[1],), (SIZE[0],), (3,)),
                meta=np.empty((0, 0, 0, 0), np.uint8),
            )
            return lazy_means(projected(made)).compute()

        return {
            "project": lambda: lazy_means(projected(frames)).compute(),
            "count": lambda: backproj.dask.histogram(again(frames)).compute(),
            "from files": from_files,
            "there and back": lambda: projected(local).compute(),
        }

    def chunks(self):
        """Return work that is mostly overhead of dask."""

        def tiny(frames=TINY_FRAMES):
            zeros = da.zeros((frames, *TINY, 3), dtype=np.uint8, chunks=(1, -1, -1, -1))
            return zeros.map_blocks(same, name=f"again-{time.perf_counter_ns()}", meta=zeros._meta)

        return {
            "means, without backproj": lambda: lazy_means(tiny()[..., 0]).compute(),
            "project, means": lambda: lazy_means(backproj.dask.back_project(tiny(), self.hist)).compute(),
            "count": lambda: backproj.dask.histogram(tiny()).compute(),
            ALONE: lambda: backproj.dask.back_project(tiny(1), self.hist).compute(),
        }


def same(chunk):
    return chunk


def read(path):
    with Image.open(path) as file:
        return np.asarray(file)


def read_several(numbers, files):
    return np.stack([read(files[i]) for i in numbers])


def means(probs):
    return probs.mean(axis=(1, 2))


def lazy_means(probs):
    return probs.map_blocks(means, drop_axis=(1, 2), meta=np.empty(0))


def fastest(calls, runs):
    """Make an untimed run of each call; return its result, and the minimum time of the following runs."""
    found = {}
    for name, call in calls.items():
        result, times = call(), []
        for _ in range(runs):
            begin = time.perf_counter()
            call()
            times.append(1e3 * (time.perf_counter() - begin))
        found[name] = min(times), result
    return found


def print_table(columns, numbers):
    """Check that the results are equal, and print the times divided by the number of frames of each row."""
    print("| |", " | ".join(columns), "|")
    print("| --- |", " | ".join(["---"] * len(columns)), "|")
    for name, number in numbers.items():
        first, *others = (column[name][1] for column in columns.values())
        for other in others:
            assert np.array_equal(first, other) if isinstance(first, np.ndarray) else first == other, name
        cells = (f"{column[name][0] / number:.2f}" for column in columns.values())
        print(f"| {name} |", " | ".join(cells), "|")


def cpu_seconds():
    return sum(os.times()[:4])


if __name__ == "__main__":
    main()
