"""OpenCV as the judge of regions: cvtColor, calcBackProject, inRange, filter2D, threshold and bitwise_and."""

import numpy as np
import pytest

from helpers import opencv_chain

methods = pytest.mark.parametrize("method", ["segment", "cut_out"])


def footprint(disc):
    """Return the pixels of a diameter, a size or an array; None for no disc."""
    if disc is None or isinstance(disc, np.ndarray):
        return disc
    return opencv_chain.ellipse(*((disc, disc) if isinstance(disc, int) else disc))


def back_projection(hist, frame, order="bgr"):
    """Return OpenCV's back projection of a histogram, gated if that is."""
    colours = frame[..., 2::-1] if order == "rgb" else frame[..., :3]
    hsv = opencv_chain.to_hsv(np.ascontiguousarray(colours))
    prob = opencv_chain.project(hsv, hist.values, hist.channels, list(hist.ranges), hist.scale)
    return prob if hist.in_range is None else prob & opencv_chain.in_range(hsv, *hist.in_range)


def region(method, hist, frame, disc=5, threshold=50, order="bgr"):
    """Return OpenCV's mask of a frame's region, or what is cut out there; of a batch, those of its frames."""
    if frame.ndim == 4:
        results = [region(method, hist, one, disc, threshold, order) for one in frame]
        shape = frame.shape if method == "cut_out" else frame.shape[:-1]
        return np.stack(results) if results else np.empty(shape, np.uint8)
    mask = opencv_chain.segment(back_projection(hist, frame, order), footprint(disc), threshold)
    return opencv_chain.cut_out(frame, mask) if method == "cut_out" else mask


def check(method, hist, frame, disc=5, threshold=50, order="bgr", **options):
    """Fail unless a method of a histogram returns OpenCV's result; return it."""
    found = getattr(hist, method)(frame, disc=disc, threshold=threshold, order=order, **options)
    expected = region(method, hist, frame, disc, threshold, order)
    case = f"{hist!r}, {frame.shape}, disc={disc}, threshold={threshold}, {order}"
    np.testing.assert_array_equal(found, expected, case)
    return found
