"""The implementations that are compared: several versions of cv2, backproj, and other Python libraries."""

import ctypes
import functools
import importlib
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, NamedTuple

import cv2
import numpy as np
from PIL import Image
from report import Kind
from skimage.color import rgb2hsv

import backproj

HERE = Path(__file__).resolve().parent
BUILD = HERE.parent / "build"
OTHER_CV2 = BUILD / "cv2"  # a folder for each other version
LIBRARY = BUILD / "find_it.so"


class Peer(NamedTuple):
    """A function to time, the kind of its implementation, and how its result has to compare with cv2's."""

    run: Callable[[], Any]
    kind: Kind = "other"
    result: Literal["exact", "approximate", "none"] = "exact"

    # A slow peer is timed with one thread only, as it uses no more, and on frames up to SLOW_PIXELS.
    slow: bool = False

    # Runs untimed before each sample.
    before: Callable[[], None] | None = None


SLOW_PIXELS = 1920 * 1080


class Implementations(NamedTuple):
    """The implementations of a case for one scene.

    ``cv2`` and ``ours`` return the function to time. ``cv2`` takes the module, and whether it writes to
    preallocated arrays.
    """

    input: np.ndarray  # the frame or frames: nothing that reads all of it can be faster than a copy
    cv2: Callable[[Any, bool], Callable[[], Any]]
    ours: Callable[[], Callable[[], Any]]
    others: dict[str, Peer]

    # Runs untimed before each call, such as what writes the next frame of a film.
    before: Callable[[], None] | None = None

    # How many calls in turn are compared, such as one for each frame of a film.
    calls: int = 1


# cv2

# What OpenCV's sample camshift.py takes for coloured: hue, saturation and value, from and to.
GATE = (0, 60, 32), (180, 255, 255)

# The peer whose results the others must have. Speeds are relative to the fastest cv2 of a case.
REFERENCE = f"cv2 {cv2.__version__}"


@functools.cache
def cv2_modules():
    """Return the cv2 modules by name: the one that is installed, and those of other versions in build.

    Several versions can be loaded at once, as none exports symbols to the others.
    """
    modules = {REFERENCE: cv2}
    for folder in sorted(OTHER_CV2.glob("*")):
        other = import_beside(folder)
        modules.setdefault(f"cv2 {other.__version__}", other)
    # In 4.13 filter2D and moments are slow. A ratio to it alone would flatter.
    if len(modules) == 1:
        raise FileNotFoundError(
            f"no cv2 but {cv2.__version__} to compare with: `make bench` installs others in {OTHER_CV2}"
        )
    return modules


def import_beside(folder):
    """Import the cv2 of a folder, without replacing the one that ``import cv2`` returns."""
    installed = pop_cv2()
    sys.path.insert(0, str(folder))
    try:
        return importlib.import_module("cv2")
    finally:
        sys.path.remove(str(folder))
        pop_cv2()
        sys.modules.update(installed)


def pop_cv2():
    names = [name for name in sys.modules if name.partition(".")[0] == "cv2"]
    return {name: sys.modules.pop(name) for name in names}


def arrays(frame, preallocated):
    """Return arrays for the HSV image and the back projection, or None to have cv2 allocate them."""
    return (np.empty_like(frame), np.empty(frame.shape[:-1], np.uint8)) if preallocated else (None, None)


# backproj


def by_opencv_engine(ours):
    """Return the peer that uses the opencv engine, if it is built."""
    return {"opencv engine": Peer(ours("opencv"))} if "opencv" in backproj.engines() else {}


# The ctypes route


def build_ctypes_route():
    """Compile find_it.cpp if necessary. Return why that is impossible, or None."""
    source = HERE / "find_it.cpp"
    if LIBRARY.exists() and LIBRARY.stat().st_mtime > source.stat().st_mtime:
        return None
    flags = printed("pkg-config", "--cflags", "opencv4")
    if flags is None:
        return "not timed: no pkg-config and libopencv-dev to compile find_it.cpp with"
    BUILD.mkdir(exist_ok=True)
    part = LIBRARY.with_suffix(".part")
    command = ["c++", "-O2", "-shared", "-fPIC", *flags.split(), str(source)]
    subprocess.run([*command, "-o", str(part), "-lopencv_core", "-lopencv_imgproc"], check=True)
    part.replace(LIBRARY)
    return None


def printed(*command):
    """Return the output of a command, or None if it fails or does not exist."""
    if shutil.which(command[0]) is None:
        return None
    done = subprocess.run(command, capture_output=True, text=True, cwd=HERE)
    return done.stdout.strip() if done.returncode == 0 else None


def ctypes_route(frame, model):
    """Return the way of old scripts: the whole pipeline in a C++ library, whose result Python copies."""
    library = ctypes.CDLL(str(LIBRARY))
    library.find_it.restype = ctypes.POINTER(ctypes.c_ubyte)
    library.find_it.argtypes = [ctypes.c_void_p, ctypes.c_void_p, *4 * [ctypes.c_int]]
    free = ctypes.CDLL(None).free
    free.argtypes = [ctypes.c_void_p]
    (h, w, _), (mh, mw, _) = frame.shape, model.shape

    def run():
        result = library.find_it(frame.ctypes.data, model.ctypes.data, w, h, mw, mh)
        prob = np.fromiter(result, np.uint8, count=w * h).reshape(h, w)
        free(result)  # the scripts leaked it: 2 MB per frame
        return prob

    return run


# Python libraries that convert to HSV, with a lookup table of 180 hues × 256 saturations


def table_of(values):
    """Return the table from hue<<8 | saturation to the value of the back projection."""
    hues, saturations = values.shape
    cells = (np.arange(180) * hues // 180)[:, np.newaxis], np.arange(256) * saturations // 256
    return np.clip(np.rint(values[cells]), 0, 255).astype(np.uint8).ravel()


def by_pillow(frame, values):
    """Pillow has 256 hues. The image is RGB from the start, as it is for users of Pillow."""
    rgb = Image.fromarray(np.ascontiguousarray(frame[..., ::-1]))
    hues = np.rint(np.arange(256) * (180 / 255)).astype(int) % 180
    table = table_of(values).reshape(180, 256)[hues].ravel()

    def run():
        hsv = np.asarray(rgb.convert("HSV"))
        return table.take(hsv[..., 0].astype(np.uint16) << 8 | hsv[..., 1])

    return run


def by_skimage(frame, values):
    """scikit-image has hue and saturation as floats. They are rounded like OpenCV's."""
    rgb = np.ascontiguousarray(frame[..., ::-1])
    table = table_of(values)

    def run():
        hsv = rgb2hsv(rgb)
        hue = np.rint(hsv[..., 0] * 180).astype(np.uint16) % 180
        return table.take(hue << 8 | np.rint(hsv[..., 1] * 255).astype(np.uint16))

    return run


def by_numpy(frame, values):
    """Use OpenCV's integer formula: https://github.com/opencv/opencv, color_hsv.simd.hpp, RGB2HSV_b."""
    table = table_of(values)
    divisors = np.arange(1, 256)
    by_value = np.r_[0, np.rint((255 << 12) / divisors)].astype(np.int32)
    by_chroma = np.r_[0, np.rint((180 << 12) / (6 * divisors))].astype(np.int32)

    def run():
        b, g, r = (frame[..., c].astype(np.int16) for c in range(3))
        v = np.maximum(np.maximum(b, g), r)
        d = v - np.minimum(np.minimum(b, g), r)
        n = np.where(v == r, g - b, np.where(v == g, b - r + 2 * d, r - g + 4 * d))
        hue = (n * by_chroma[d] + 2048) >> 12
        hue += 180 * (hue < 0)
        saturation = (d * by_value[v] + 2048) >> 12
        return table.take(hue << 8 | saturation)

    return run
