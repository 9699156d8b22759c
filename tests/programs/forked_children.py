"""Fork children in every way in which Python programs do, and call backproj in them.

    python tests/programs/forked_children.py MODE CHILDREN

prints, as JSON, how many children there were, how many of them were wrong or did not end, and what their
first call took. Every wait has a limit, so that a child that hangs is counted.
"""

import contextlib
import ctypes
import importlib.util
import json
import multiprocessing
import os
import queue
import select
import signal
import socket
import statistics
import struct
import sys
import tempfile
import threading
import time
import warnings
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np

import backproj

LIMIT = 60  # seconds that a child may take before it is said to hang

TINY = np.full((8, 8, 3), (30, 60, 220), np.uint8)
FRAME = np.zeros((1000, 1000, 3), np.uint8)  # enough for two threads
FRAME[100:200, 300:400] = TINY[0, 0]
BATCH = np.broadcast_to(FRAME, (8, *FRAME.shape))
SUM = 100 * 100 * 255


class Tally:
    """How the children ended."""

    def __init__(self):
        self.children = self.wrong = self.hung = 0
        self.firsts, self.memory = [], []
        self.read, self.write = os.pipe()  # by which children tell
        os.set_blocking(self.read, False)

    def tell(self, told):
        os.write(self.write, struct.pack("dd", *told))

    def hear(self):
        with contextlib.suppress(BlockingIOError):
            while told := os.read(self.read, 16):
                self.count(struct.unpack("dd", told))

    def count(self, told):
        self.firsts.append(told[0])
        self.memory.append(told[1])

    def summary(self, seconds):
        self.hear()
        return {
            "children": self.children,
            "wrong": self.wrong,
            "hung": self.hung,
            "first call, ms": [round(statistics.median(self.firsts), 1), round(max(self.firsts), 1)],
            "memory, KiB": round(statistics.median(self.memory)),
            "seconds": round(seconds, 1),
        }


def private_memory():
    """Return the KiB of memory that only this process has."""
    with open("/proc/self/smaps_rollup") as lines:
        return sum(int(line.split()[1]) for line in lines if line.startswith("Private_"))


def work(engine="native"):
    """Call everything, and return what the first call took: milliseconds, and KiB of memory."""
    memory, start = private_memory(), time.perf_counter()
    assert backproj.back_project(TINY, TINY, engine=engine).min() == 255
    told = (time.perf_counter() - start) * 1e3, private_memory() - memory
    for _ in range(3):
        prob = backproj.back_project(FRAME, FRAME[100:110, 300:310], engine=engine)
        assert int(prob.sum()) == SUM
        assert backproj.locate(prob, (100, 100)) == ((300, 100, 100, 100), SUM)
        there, found = (290, 80, 100, 100), (4, (298, 98, 100, 100))
        assert backproj.mean_shift(prob, there) == backproj.Histogram(TINY).mean_shift(FRAME, there) == found
        assert backproj.Histogram(TINY).segment(FRAME).sum() == backproj.segment(prob).sum() > SUM
        assert int(backproj.disc_sum(prob, None).sum()) == SUM
        mask = backproj.segment(prob, disc=None, threshold="otsu")
        assert backproj.cut_out(FRAME, mask).sum() == 100 * 100 * (30 + 60 + 220)
        hist = backproj.Histogram(FRAME)
        assert backproj.Histogram([FRAME, FRAME[::-1]]).counts.sum() == 2 * hist.counts.sum()
        assert backproj.back_project(BATCH, [hist, hist], threads=4).max() == 255
    return told


def spawn_by_fork(tally, child=None, fork=os.fork, leave=os._exit):
    """Fork a child that works, and return its id."""
    tally.children += 1
    pid = fork()
    if pid:
        return pid
    status = 1
    try:
        tally.tell((child or work)())
        status = 0
    except BaseException:
        sys.excepthook(*sys.exc_info())
    sys.stderr.flush()
    leave(status)


def reap(tally, pid, limit=LIMIT):
    """Wait for a child."""
    end = time.monotonic() + limit
    while True:
        found, status = os.waitpid(pid, os.WNOHANG)
        if found:
            tally.wrong += status != 0
            break
        if time.monotonic() > end:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            tally.hung += 1
            break
        time.sleep(0.001)
    tally.hear()


@contextlib.contextmanager
def threads_that_call(engine="native", number=3):
    stop = False

    def call():
        while not stop:
            backproj.back_project(FRAME, FRAME[:50, :50], engine=engine)

    threads = [threading.Thread(target=call, daemon=True) for _ in range(number)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop = True
        for thread in threads:
            thread.join()


def parent_that_imported(tally, n):
    for i in range(n):
        reap(tally, spawn_by_fork(tally, leave=os._exit if i % 2 else sys.exit))


def parent_that_called(tally, n):
    work()
    parent_that_imported(tally, n)


def parent_that_calls(tally, n):
    with threads_that_call():
        for _ in range(n):
            reap(tally, spawn_by_fork(tally))


def parent_in_its_first_call(tally, n):
    """Children that make a first call in a thread and fork during it."""

    def parent(milliseconds):
        thread = threading.Thread(target=work)
        thread.start()
        time.sleep(milliseconds / 1000)
        own = Tally()
        reap(own, spawn_by_fork(own))
        thread.join()
        assert (own.wrong, own.hung) == (0, 0)
        return own.firsts[0], own.memory[0]

    for i in range(n // 2):
        tally.children += 1  # the grandchild
        reap(tally, spawn_by_fork(tally, lambda i=i: parent(i % 20)), 2 * LIMIT)


def fork_in_a_thread(tally, n):
    work()

    def forks():
        for _ in range(n // 2):
            reap(tally, spawn_by_fork(tally))

    threads = [threading.Thread(target=forks) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def parent_that_imports(tally, n):
    """Forks while other threads hold import locks: one imports forever, one looks modules up."""
    stop = False
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "takes_long.py").write_text("import time; time.sleep(0.01)")
        sys.path.insert(0, folder)

        def imports():
            while not stop:
                sys.modules.pop("takes_long", None)
                importlib.import_module("takes_long")

        def looks():
            while not stop:
                importlib.invalidate_caches()
                importlib.util.find_spec("backproj._native")

        threads = [threading.Thread(target=target) for target in (imports, looks)]
        for thread in threads:
            thread.start()
        for i in range(n):
            if i == n // 2:
                work()
            reap(tally, spawn_by_fork(tally))
        stop = True
        for thread in threads:
            thread.join()


def generations(tally, n, deep=5):
    """Each child calls and then has a child of its own, five deep."""
    work()

    def child(left):
        told = work()
        if left > 1:
            own = Tally()
            reap(own, spawn_by_fork(own, lambda: child(left - 1)), left * LIMIT)
            assert (own.wrong, own.hung) == (0, 0)
        return told

    for _ in range(n // deep):
        tally.children += deep - 1
        reap(tally, spawn_by_fork(tally, lambda: child(deep)), deep * LIMIT)


def fork_in_c(tally, n):
    """As uWSGI forks: Python's hooks do not run."""
    work()
    fork = ctypes.PyDLL(None).fork
    for _ in range(n):
        reap(tally, spawn_by_fork(tally, fork=fork))


def no_memory_files(tally, n):
    """Children that may not call memfd_create, so that copies of the module go to folders."""

    def forbidden(*_):
        raise PermissionError("memfd_create")

    os.memfd_create = forbidden
    parent_that_called(tally, n)


def opencv(tally, n):
    """Forks while threads use the opencv engine."""
    work("opencv")
    with threads_that_call("opencv", 2):
        for _ in range(n):
            reap(tally, spawn_by_fork(tally, lambda: work("opencv")))


def pooled(_):
    return work()


def pool(tally, n, method="fork", a_child=1):
    work()
    context = multiprocessing.get_context(method)
    with context.Pool(2, maxtasksperchild=a_child) as workers:
        results = [workers.apply_async(pooled, (i,)) for i in range(n)]
        for result in results:
            tally.children += 1
            try:
                tally.count(result.get(LIMIT))
            except multiprocessing.TimeoutError:
                tally.hung += 1
                return
            except Exception:
                sys.excepthook(*sys.exc_info())
                tally.wrong += 1


def forkserver(tally, n):
    pool(tally, n, "forkserver")


def spawn(tally, n):
    pool(tally, n, "spawn")


def executor(tally, n):
    work()
    context = multiprocessing.get_context("fork")
    for _ in range(n // 2):
        with ProcessPoolExecutor(2, mp_context=context) as workers:
            # One that waits for its turn would find a child that has called already.
            for future in [workers.submit(pooled, i) for i in range(2)]:
                tally.children += 1
                try:
                    tally.count(future.result(LIMIT))
                except TimeoutError:
                    tally.hung += 1
                    for process in workers._processes.values():
                        process.kill()
                    return


def prefork(tally, n, workers=3, requests=3):
    """A server as gunicorn: a master that has called, and workers that serve some requests each."""
    work()
    server = socket.socket(socket.AF_UNIX)
    server.bind(b"\0backproj-%d" % os.getpid())
    server.listen(100)

    def serve():
        told = []
        for _ in range(requests):
            connection, _ = server.accept()
            with connection:
                told.append(work())
                connection.sendall(struct.pack("q", SUM))
        return told[0]

    def ask():
        for _ in range(n * requests):
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(LIMIT)
                connection.connect(server.getsockname())
                assert connection.recv(8) == struct.pack("q", SUM)
        os._exit(0)

    client = os.fork()
    if client == 0:
        ask()
    alive, ended = set(), False
    end = time.monotonic() + LIMIT * 2 + n
    while not (ended and not alive):
        while len(alive) < workers and tally.children < n:
            alive.add(spawn_by_fork(tally, serve, leave=sys.exit))
        pid, status = os.waitpid(-1, os.WNOHANG)
        tally.wrong += pid != 0 and status != 0
        alive.discard(pid)
        ended = ended or pid == client
        if time.monotonic() > end:
            tally.hung += len(alive)
            for pid in alive if ended else alive | {client}:
                os.kill(pid, signal.SIGKILL)
            return
        tally.hear()
        select.select([], [], [], 0.002)


def data_loader(tally, n, workers=2, items=6):
    """As PyTorch's DataLoader: each epoch forks workers, which get indices and send arrays back."""
    context = multiprocessing.get_context("fork")
    hist = backproj.Histogram(TINY)

    def worker(indices, results):
        tally.tell(work())
        while (i := indices.get()) is not None:
            results.put((i, hist.back_project(np.roll(FRAME, i, axis=0))))

    for _ in range(n // workers):
        results, indices = context.Queue(), [context.Queue() for _ in range(workers)]
        processes = [context.Process(target=worker, args=(q, results), daemon=True) for q in indices]
        for process in processes:
            process.start()
            tally.children += 1
        for i in range(items):
            indices[i % workers].put(i)
        try:
            for _ in range(items):
                i, prob = results.get(timeout=LIMIT)
                same = np.array_equal(prob, hist.back_project(np.roll(FRAME, i, axis=0)))
                tally.wrong += not same
        except queue.Empty:
            tally.hung += sum(process.is_alive() for process in processes)
            return
        finally:
            for one, process in zip(indices, processes, strict=True):
                one.put(None)
                process.join(LIMIT)
                tally.wrong += process.exitcode != 0
                process.kill()
        tally.hear()


MODES = {
    mode.__name__: mode
    for mode in (
        parent_that_imported,
        parent_that_called,
        parent_that_calls,
        parent_in_its_first_call,
        fork_in_a_thread,
        parent_that_imports,
        generations,
        fork_in_c,
        no_memory_files,
        pool,
        forkserver,
        spawn,
        executor,
        prefork,
        data_loader,
        opencv,
    )
}


def main(mode, children):
    warnings.simplefilter("ignore", DeprecationWarning)  # of CPython 3.12: forks beside threads
    tally, start = Tally(), time.perf_counter()
    MODES[mode](tally, int(children))
    print(json.dumps(tally.summary(time.perf_counter() - start)))


if __name__ == "__main__":
    main(*sys.argv[1:])
