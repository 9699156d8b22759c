"""cv2 as a judge where its build does not compute what OpenCV's own code does.

On arm64, libraries replace parts of that code, and on Windows `normalize` does not round once: see
docs/exactness.md. There, the formulas take the place of what these builds compute. On
x86-64 Linux nothing changes.
"""

import functools
import sys

import cv2
import numpy as np

from backproj._verify import by_cv2
from helpers import formula

# Intel's library, on x86-64, leaves what is compared as it is.
LIBRARIES = [name for name in by_cv2.replacements(cv2.getBuildInformation()) if name != "ipp"]


def install():
    """Make cv2 the judge that the tests need, in this process."""
    if LIBRARIES:
        cv2.cvtColor = _with_reference_hsv(cv2.cvtColor)
    if LIBRARIES or sys.platform == "win32":
        cv2.normalize = _with_reference_min_max(cv2.normalize)


def _with_reference_hsv(original):
    channels = {cv2.COLOR_BGR2HSV: [0, 1, 2], cv2.COLOR_RGB2HSV: [2, 1, 0]}

    @functools.wraps(original)
    def convert(src, code, dst=None, *args, **options):
        if code not in channels or src.dtype != np.uint8:
            return original(src, code, dst, *args, **options)
        return _into(dst, formula.hsv(src[..., channels[code]]))

    return convert


def _with_reference_min_max(original):
    @functools.wraps(original)
    def normalize(src, dst, alpha=1, beta=0, norm_type=cv2.NORM_L2, *args, **options):
        if norm_type != cv2.NORM_MINMAX or alpha != 0 or src.dtype != np.float32:
            return original(src, dst, alpha, beta, norm_type, *args, **options)
        return _into(dst, formula.normalized(src, beta))

    return normalize


def _into(dst, result):
    if dst is None or dst.shape != result.shape:
        return result
    dst[...] = result
    return dst
