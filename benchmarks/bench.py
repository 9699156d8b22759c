"""Time a 1080p frame: backproj, cv2, the ctypes route, and copying the frame.

Peers take turns in one process, so that a machine that slows down slows all of them. Figures are
medians. Results are compared byte for byte before anything is timed.
"""

import argparse
import ctypes
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
LIBRARY = HERE.parent / "build" / "find_it.so"


def build_ctypes_peer():
    """Compile find_it.cpp; return whether that was possible."""
    flags = subprocess.run(["pkg-config", "--cflags", "opencv4"], capture_output=True, text=True)
    if flags.returncode != 0:
        print("no libopencv-dev here: without the ctypes route")
        return False
    LIBRARY.parent.mkdir(exist_ok=True)
    command = ["c++", "-O2", "-shared", "-fPIC", *flags.stdout.split(), str(HERE / "find_it.cpp")]
    subprocess.run([*command, "-o", str(LIBRARY), "-lopencv_core", "-lopencv_imgproc"], check=True)
    return True


def peers(threads):
    """Return what to time, by name, each a function of nothing that returns the back projection."""
    import cv2
    import numpy as np
    import skimage.data

    import backproj

    cv2.setNumThreads(threads)
    frame = cv2.resize(skimage.data.astronaut()[..., ::-1], (1920, 1080), interpolation=cv2.INTER_CUBIC)
    model = np.ascontiguousarray(frame[650:750, 500:600])
    out = np.empty(frame.shape[:2], np.uint8)
    hist = backproj.Histogram(model)
    values = hist.values.copy()
    ranges = [0, 180, 0, 256]

    def cv2_prepared():
        hsv = cv2.cvtColor(frame, cv2.COLOR_BGR2HSV)
        return cv2.calcBackProject([hsv], [0, 1], values, ranges, 1)

    def cv2_one_shot():
        counts = cv2.calcHist([cv2.cvtColor(model, cv2.COLOR_BGR2HSV)], [0, 1], None, [32, 32], ranges)
        cv2.normalize(counts, counts, 0, 256, cv2.NORM_MINMAX)
        return cv2.calcBackProject([cv2.cvtColor(frame, cv2.COLOR_BGR2HSV)], [0, 1], counts, ranges, 1)

    functions = {
        "prepared: backproj": lambda: hist.back_project(frame, out=out),
        "prepared: cv2": cv2_prepared,
        "one shot: backproj": lambda: backproj.back_project(frame, model),
        "one shot: cv2": cv2_one_shot,
    }
    if "opencv" in backproj.engines():
        functions["prepared: opencv engine"] = lambda: hist.back_project(frame, out=out, engine="opencv")
        functions["one shot: opencv engine"] = lambda: backproj.back_project(frame, model, engine="opencv")
    if LIBRARY.exists():
        library = ctypes.CDLL(str(LIBRARY))
        pointer = ctypes.POINTER(ctypes.c_ubyte)
        library.find_it.restype = pointer
        library.find_it.argtypes = [ctypes.c_void_p, ctypes.c_void_p, *4 * [ctypes.c_int]]
        library.set_threads(threads)
        free = ctypes.CDLL(None).free
        h, w, _ = frame.shape

        def ctypes_route():
            result = library.find_it(frame.ctypes.data, model.ctypes.data, w, h, 100, 100)
            prob = np.fromiter(result, np.uint8, count=w * h).reshape(h, w)
            free(result)  # the scripts of old did not: 2 MB a frame
            return prob

        functions["one shot: ctypes + np.fromiter"] = ctypes_route

    expected = cv2_one_shot()
    for name, function in functions.items():
        np.testing.assert_array_equal(function(), expected, name)
    copy = np.empty_like(frame)
    functions["copying the frame"] = lambda: np.copyto(copy, frame)
    return functions


def measure(functions, seconds):
    """Return milliseconds by name, medians of as many rounds of all as the time allows."""
    times = {name: [] for name in functions}
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(times["copying the frame"]) < 5:
        for name, function in functions.items():
            begin = time.perf_counter()
            function()
            times[name].append(1e3 * (time.perf_counter() - begin))
    return {name: statistics.median(t) for name, t in times.items()}


def report(threads, seconds):
    import cv2

    import backproj

    milliseconds = measure(peers(threads), seconds)
    plural = "thread" if threads == 1 else "threads"
    info = backproj.info()
    print(f"\n1920×1080, {threads} {plural}; {info['kernel']} kernel, cv2 {cv2.__version__}; medians\n")
    print("| | ms | cv2's time / this | times a copy |")
    print("|---|---|---|---|")
    for name, ms in milliseconds.items():
        reference = milliseconds["prepared: cv2" if name.startswith("prepared") else "one shot: cv2"]
        against = "" if name.startswith("copying") else f"{reference / ms:.2f}"
        print(f"| {name} | {ms:.2f} | {against} | {ms / milliseconds['copying the frame']:.1f} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=20, help="for each number of threads (default 20)")
    parser.add_argument("--threads", type=int, help="measure in this process, with so many threads")
    options = parser.parse_args()
    if options.threads:
        return report(options.threads, options.seconds)
    build_ctypes_peer()
    for threads in sorted({1, len(os.sched_getaffinity(0))}):
        command = [sys.executable, __file__, "--threads", str(threads), "--seconds", str(options.seconds)]
        # Go reads its number of threads once, when it starts; so does the opencv engine's OpenCV.
        limits = dict.fromkeys(("GOMAXPROCS", "OPENCV_FOR_THREADS_NUM"), str(threads))
        subprocess.run(command, check=True, env=os.environ | limits)


if __name__ == "__main__":
    main()
