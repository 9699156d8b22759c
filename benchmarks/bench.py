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
    """Return what to time: by case and peer, functions of nothing that return the back projection."""
    import cv2
    import numpy as np
    import skimage.data

    import backproj
    from backproj import _engines

    cv2.setNumThreads(threads)
    frame = cv2.resize(skimage.data.astronaut()[..., ::-1], (1920, 1080), interpolation=cv2.INTER_CUBIC)
    model = np.ascontiguousarray(frame[650:750, 500:600])
    out = np.empty(frame.shape[:2], np.uint8)
    hist = backproj.Histogram(model)
    gate = (0, 60, 32), (180, 255, 255)
    hue_hist = backproj.Histogram(model, channels="h", bins=16, in_range=gate, peak=255)
    values, hue_values = hist.values.copy(), hue_hist.values.copy()
    ranges = [0, 180, 0, 256]

    def by_kernel(kernel):
        return lambda: _engines.project([hist._state], frame, out[np.newaxis], 0, kernel=kernel) or out

    def cv2_prepared():
        hsv = cv2.cvtColor(frame, cv2.COLOR_BGR2HSV)
        return cv2.calcBackProject([hsv], [0, 1], values, ranges, 1)

    def cv2_one_shot():
        counts = cv2.calcHist([cv2.cvtColor(model, cv2.COLOR_BGR2HSV)], [0, 1], None, [32, 32], ranges)
        cv2.normalize(counts, counts, 0, 256, cv2.NORM_MINMAX)
        return cv2.calcBackProject([cv2.cvtColor(frame, cv2.COLOR_BGR2HSV)], [0, 1], counts, ranges, 1)

    def cv2_camshift():
        hsv = cv2.cvtColor(frame, cv2.COLOR_BGR2HSV)
        prob = cv2.calcBackProject([hsv], [0], hue_values, [0, 180], 1)
        prob &= cv2.inRange(hsv, *gate)
        return prob

    prepared = {
        "cv2": cv2_prepared,
        **{f"backproj, {kernel}": by_kernel(kernel) for kernel in backproj.info()["kernels"]},
    }
    one_shot = {"cv2": cv2_one_shot, "backproj": lambda: backproj.back_project(frame, model)}
    camshift = {"cv2": cv2_camshift, "backproj": lambda: hue_hist.back_project(frame, out=out)}
    if "opencv" in backproj.engines():
        prepared["opencv engine"] = lambda: hist.back_project(frame, out=out, engine="opencv")
    if LIBRARY.exists():
        one_shot["ctypes and np.fromiter"] = ctypes_route(frame, model, threads)

    cases = {"prepared": prepared, "one shot": one_shot, "CamShift front end": camshift}
    for case, functions in cases.items():
        expected = functions["cv2"]().copy()
        for name, function in functions.items():
            np.testing.assert_array_equal(function(), expected, f"{case}: {name}")
    copy = np.empty_like(frame)
    cases["copying the frame"] = {"": lambda: np.copyto(copy, frame)}
    return cases


def ctypes_route(frame, model, threads):
    """Return the route of old scripts: the whole pipeline in a library, its result copied by bytes."""
    import numpy as np

    library = ctypes.CDLL(str(LIBRARY))
    library.find_it.restype = ctypes.POINTER(ctypes.c_ubyte)
    library.find_it.argtypes = [ctypes.c_void_p, ctypes.c_void_p, *4 * [ctypes.c_int]]
    library.set_threads(threads)
    free = ctypes.CDLL(None).free
    (h, w, _), (mh, mw, _) = frame.shape, model.shape

    def back_project():
        result = library.find_it(frame.ctypes.data, model.ctypes.data, w, h, mw, mh)
        prob = np.fromiter(result, np.uint8, count=w * h).reshape(h, w)
        free(result)  # the scripts did not: 2 MB a frame
        return prob

    return back_project


def measure(cases, seconds):
    """Return milliseconds by case and peer, medians of as many rounds of all as the time allows."""
    times = {(case, name): [] for case, functions in cases.items() for name in functions}
    end, rounds = time.perf_counter() + seconds, 0
    while time.perf_counter() < end or rounds < 5:
        rounds += 1
        for case, functions in cases.items():
            for name, function in functions.items():
                begin = time.perf_counter()
                function()
                times[case, name].append(1e3 * (time.perf_counter() - begin))
    return {which: statistics.median(t) for which, t in times.items()}


def report(threads, seconds):
    import cv2

    milliseconds = measure(peers(threads), seconds)
    plural = "thread" if threads == 1 else "threads"
    print(f"\n1920×1080, {threads} {plural}, cv2 {cv2.__version__}; medians\n")
    print("| | | ms | cv2's time / this | times a copy |")
    print("|---|---|---|---|---|")
    copying = milliseconds["copying the frame", ""]
    for (case, name), ms in milliseconds.items():
        reference = milliseconds.get((case, "cv2"))
        against = f"{reference / ms:.2f}" if reference else ""
        print(f"| {case} | {name} | {ms:.2f} | {against} | {ms / copying:.1f} |")


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
