"""What backproj replaces: OpenCV's own calls."""

import cv2
import numpy as np

RANGES = [0, 180, 0, 256]

# The conversion to the colour space of some channels, and which of its components they are.
HSV, YCRCB, LAB, GRAY = cv2.COLOR_BGR2HSV, cv2.COLOR_BGR2YCrCb, cv2.COLOR_BGR2Lab, cv2.COLOR_BGR2GRAY
CHANNELS = {
    "h": (HSV, [0]),
    "s": (HSV, [1]),
    "v": (HSV, [2]),
    "hs": (HSV, [0, 1]),
    "hv": (HSV, [0, 2]),
    "sv": (HSV, [1, 2]),
    "hsv": (HSV, [0, 1, 2]),
    "gray": (GRAY, [0]),
    "crcb": (YCRCB, [1, 2]),
    "ycrcb": (YCRCB, [0, 1, 2]),
    "ab": (LAB, [1, 2]),
    "lab": (LAB, [0, 1, 2]),
    "bgr": (None, [0, 1, 2]),
}


def to_hsv(image):
    return cv2.cvtColor(image, HSV)


def convert(image, channels):
    """Return a BGR image in the colour space of some channels; a grey one is that already."""
    code, _ = CHANNELS[channels]
    return image if code is None or image.ndim == 2 else cv2.cvtColor(image, code)


def whole_ranges(channels):
    code, components = CHANNELS[channels]
    ends = (180 if code == HSV and component == 0 else 256 for component in components)
    return [bound for end in ends for bound in (0, end)]


def histogram(model, mask=None, bins=(32, 32), peak=256, channels="hs", ranges=None):
    """Return the counts and the values of a model; bins is one number or one a channel."""
    _, components = CHANNELS[channels]
    sizes = [bins] * len(components) if isinstance(bins, int) else list(bins)
    image = convert(model, channels)
    counts = cv2.calcHist([image], components, mask, sizes, ranges or whole_ranges(channels))
    counts = counts.reshape(sizes)  # of one channel, cv2 4 makes (n, 1)
    if peak is None:
        return counts, counts
    return counts, cv2.normalize(counts.reshape(-1), None, 0, peak, cv2.NORM_MINMAX).reshape(sizes)


def project(converted, values, channels="hs", ranges=None, scale=1):
    """Return what the pixels of an image that is in the channels' colour space project to."""
    _, components = CHANNELS[channels]
    if len(components) == 3:  # else the last axis would be taken for the channels of a matrix
        values = cv2.Mat(values, wrap_channels=False)
    return cv2.calcBackProject([converted], components, values, ranges or whole_ranges(channels), scale)


def back_project(frame, model, mask=None):
    return project(to_hsv(frame), histogram(model, mask)[1])


def in_range(hsv, lo, hi):
    """Return the pixels within the bounds; hues around 0 take two calls."""
    if lo[0] <= hi[0]:
        return cv2.inRange(hsv, lo, hi)
    return cv2.inRange(hsv, lo, (180, *hi[1:])) | cv2.inRange(hsv, (0, *lo[1:]), hi)


def camshift(hsv, model, lo, hi, bins, peak=255, channels="hs", ranges=None):
    """Return the values, and what OpenCV's CamShift example makes of an HSV frame: both are gated."""
    _, values = histogram(model, in_range(to_hsv(model), lo, hi), bins, peak, channels, ranges)
    prob = project(hsv, values, channels, ranges)
    prob &= in_range(hsv, lo, hi)
    return values, prob


def ellipse(width, height):
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (width, height))


def disc_sum(prob, disc):
    """Return the sums of the pixels around each pixel, over those of a disc of 0 and 1."""
    return cv2.filter2D(np.ascontiguousarray(prob), -1, np.asarray(disc, np.uint8))


def otsu(sums):
    """Return Otsu's level of a plane."""
    return int(cv2.threshold(np.ascontiguousarray(sums), 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)[0])


def segment(prob, disc, threshold):
    """Return the mask of the pixels whose sum over a disc, or which alone, is greater than a threshold."""
    sums = np.ascontiguousarray(prob) if disc is None else disc_sum(prob, disc)
    by_otsu = cv2.THRESH_OTSU if threshold == "otsu" else 0
    return cv2.threshold(sums, 0 if by_otsu else threshold, 255, cv2.THRESH_BINARY | by_otsu)[1]


def cut_out(frame, mask):
    frame = np.ascontiguousarray(frame)
    return cv2.bitwise_and(frame, frame, mask=np.ascontiguousarray(mask).view(np.uint8))
