"""Project a film on two dask workers, one of which is killed during the work.

    python tests/programs/killed_dask_worker.py FOLDER

prints, as JSON, what came of it. FOLDER is for what the workers write.
"""

import functools
import json
import os
import pickle
import signal
import sys
from pathlib import Path

import dask
import dask.array as da
import numpy as np
from distributed import Client, LocalCluster

import backproj.dask

FRAMES, SHAPE, A_CHUNK = 24, (90, 120), 2
KILLS = 5  # the number of the chunk whose making kills its worker, the first time
SAID = 2  # the threads that the workers' environment allows


def film_chunk(first, number):
    return np.random.default_rng(first).integers(0, 256, (number, *SHAPE, 3), np.uint8)


def whole_film():
    return np.concatenate([film_chunk(first, A_CHUNK) for first in range(0, FRAMES, A_CHUNK)])


def lazy_film(flag):
    """Return the film as a dask array; the worker that makes one chunk is killed unless the flag exists."""

    def make(block_id):
        if flag is not None and block_id[0] == KILLS:
            try:
                Path(flag).touch(exist_ok=False)
            except FileExistsError:
                pass
            else:
                os.kill(os.getpid(), signal.SIGKILL)
        return film_chunk(A_CHUNK * block_id[0], A_CHUNK)

    chunks = (A_CHUNK,) * (FRAMES // A_CHUNK), (SHAPE[0],), (SHAPE[1],), (3,)
    return da.map_blocks(make, chunks=chunks, dtype=np.uint8, meta=np.empty((0, 0, 0, 0), np.uint8))


def watch():
    """Record each later call of Go in this process, with its number of threads."""
    native = backproj._runtime.loader.load("_native")
    dask.seen_by_go = []

    def noting(name, original, *arguments):
        dask.seen_by_go.append((name, arguments[-1]))
        return original(*arguments)

    for name in ("binding_Project", "binding_Add", "binding_Region", "binding_RegionOn"):
        setattr(native, name, functools.partial(noting, name, getattr(native, name)))


def watched():
    """Return what was recorded, and begin a new record."""
    seen, dask.seen_by_go = dask.seen_by_go, []
    return sorted(set(seen))


def threads_in_use(client, **options):
    """Return which functions of Go the workers call, and with how many threads."""
    frames = lazy_film(None)
    hist = backproj.dask.histogram(frames, **options)
    client.compute(backproj.dask.back_project(frames, hist, **options)).result()
    client.compute(backproj.dask.segment(frames, hist, **options)).result()
    divided = frames.rechunk({1: 40})
    client.compute(backproj.dask.cut_out(divided, hist, threshold="otsu", **options)).result()
    return sorted({tuple(seen) for noted in client.run(watched).values() for seen in noted})


def pids(client):
    return sorted(client.run(os.getpid).values())


def main(folder):
    film = whole_film()
    hist = backproj.Histogram(list(film), channels="h", bins=180)
    found = {}
    with (
        LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            processes=True,
            dashboard_address=":0",
            local_directory=folder,
            env={"BACKPROJ_NUM_THREADS": str(SAID)},
        ) as cluster,
        Client(cluster) as client,
    ):
        client.run(watch)
        (found["environment"],) = set(client.run(lambda: backproj.info()["threads"]).values())
        asked = {"default": {}, "3": {"threads": 3}, "None": {"threads": None}}
        found["threads"] = {name: threads_in_use(client, **options) for name, options in asked.items()}

        before, flag = pids(client), Path(folder, "killed")
        frames = lazy_film(flag)
        fitted = backproj.dask.histogram(frames, channels="h", bins=180)
        work = [
            backproj.dask.back_project(frames, hist),
            fitted,
            backproj.dask.back_project(frames, fitted),
            backproj.dask.segment(frames.rechunk((3, 40, 50, 3)), fitted, threshold="otsu"),
        ]
        # One by one: of arrays and others, dask 2026.8 puts those of a kind together.
        probs, fit, fit_probs, mask = (future.result() for future in [client.compute(part) for part in work])
        client.wait_for_workers(2)
        found["killed"] = len(set(before) - set(pids(client)))
        expected = hist.back_project(film)
        found["equal"] = {
            "projection": np.array_equal(probs, expected),
            "histogram": pickle.dumps(fit) == pickle.dumps(hist),
            "projection of the histogram": np.array_equal(fit_probs, expected),
            "region of divided frames": np.array_equal(mask, hist.segment(film, threshold="otsu")),
        }
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1])
