"""OpenCV as the judge of mean shift and CamShift."""

import cv2
import numpy as np
import pytest

import backproj
from helpers.rotated_rects import difference, has_direction, numbers, size_alone

BOTH = 3, 10, 1  # criteria: 10 iterations, or until the window moves by less than a pixel

shifts = pytest.mark.parametrize("shift", ["mean_shift", "cam_shift"])


def check(shift, prob, window, criteria=BOTH, *, hist=backproj, frame=None, **options):
    """Fail unless a shift on a plane, or of a histogram in a frame of which it is the result, is OpenCV's."""
    found = getattr(hist, shift)(prob if frame is None else frame, window, criteria, **options)
    case = shift, prob.shape, window, criteria, options
    prob = np.ascontiguousarray(prob)
    if shift == "mean_shift":
        assert found == cv2.meanShift(prob, window, criteria), case
    else:
        check_cam_shift(found, cv2.CamShift(prob, window, criteria), prob, case)


def check_cam_shift(found, expected, prob, case):
    rects = found[0], expected[0]
    if cv2.ipp.useIPP() and not has_direction(rects[1], prob):
        # The angle that IPP's last bits make decides how large the window is, so only the sizes are compared.
        rects = tuple(map(size_alone, rects))
    else:
        assert found[1] == expected[1], case
    # Beyond some thousand pixels a float32 is less exact than that.
    assert difference(*rects) < max(1e-4, 2e-7 * max(numbers(rects[1]))), (*case, *rects)
