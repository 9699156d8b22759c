"""What backproj replaces: OpenCV's own calls."""

import cv2

RANGES = [0, 180, 0, 256]


def histogram(model, mask=None, bins=(32, 32), peak=256):
    hsv = cv2.cvtColor(model, cv2.COLOR_BGR2HSV)
    counts = cv2.calcHist([hsv], [0, 1], mask, list(bins), RANGES)
    return counts, cv2.normalize(counts, None, 0, peak, cv2.NORM_MINMAX)


def back_project(frame, model, mask=None):
    hsv = cv2.cvtColor(frame, cv2.COLOR_BGR2HSV)
    return cv2.calcBackProject([hsv], [0, 1], histogram(model, mask)[1], RANGES, 1)
