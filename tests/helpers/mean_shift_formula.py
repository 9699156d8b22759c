"""OpenCV's meanShift and CamShift as formulas in Python, sharing no code with anyone.

They read only what their windows cover. Windows are (x, y, width, height), criteria are cv2's.
"""

import math

import numpy as np

EPSILON = 2.0**-52  # DBL_EPSILON
TOLERANCE = 10


def rounded(x):
    """Return the nearest int32, of two the even one; and the least of all for what is none, as cvRound."""
    return int(np.rint(x)) if -(2.0**31) - 0.5 <= x < 2.0**31 - 0.5 else -(2**31)


def wrapped(n):
    """Return the int32 that is left of an int."""
    return (n + 2**31) % 2**32 - 2**31


def within(window, size):
    """Return the part of a window that lies in a plane, or four zeros (types.hpp, Rect_::operator&=)."""
    x, y, width, height = window
    left, top, right, bottom = max(x, 0), max(y, 0), min(x + width, size[0]), min(y + height, size[1])
    return (left, top, right - left, bottom - top) if left < right and top < bottom else (0, 0, 0, 0)


def moments(prob, window):
    """Return m00, m10, m01, m20, m11 and m02 of a window as floats (moments.cpp, cv::moments)."""
    x, y, width, height = window
    # Sums of floats are exact up to 2^53, and beyond they are rounded, as OpenCV's.
    part = prob[y : y + height, x : x + width].astype(np.float64)
    along, down = (np.arange(length, dtype=np.float64) for length in part.shape[::-1])
    columns, rows = part.sum(axis=0), part.sum(axis=1)
    sums = (
        columns.sum(),
        columns @ along,
        rows @ down,
        columns @ along**2,
        part @ along @ down,
        rows @ down**2,
    )
    return [float(number) for number in sums]


def mean_shift(prob, window, criteria=(3, 10, 1)):
    """Return the iterations and the window (camshift.cpp, cv::meanShift)."""
    kind, most, epsilon = criteria
    size = prob.shape[1], prob.shape[0]
    _, _, width, height = within(window, size)
    epsilon = max(epsilon, 0.0) if kind & 2 else 1.0
    near = rounded(epsilon * epsilon)
    most = max(most, 1) if kind & 1 else 100
    for i in range(most):
        window = within(window, size)
        if window == (0, 0, 0, 0):
            window = size[0] // 2, size[1] // 2, 0, 0
        x, y, w, h = window = window[0], window[1], max(window[2], 1), max(window[3], 1)
        m00, m10, m01, *_ = moments(prob, window)
        if abs(m00) < EPSILON:
            return i, window
        to_x = x + rounded(m10 / m00 - width * 0.5)
        to_y = y + rounded(m01 / m00 - height * 0.5)
        to_x, to_y = min(max(to_x, 0), size[0] - w), min(max(to_y, 0), size[1] - h)
        window = to_x, to_y, w, h
        if wrapped((to_x - x) ** 2 + (to_y - y) ** 2) < near:
            return i, window
    return most, window


def cam_shift(prob, window, criteria=(3, 10, 1)):
    """Return the rotated rectangle and the window (camshift.cpp, cv::CamShift)."""
    columns, rows = prob.shape[1], prob.shape[0]
    _, (x, y, width, height) = mean_shift(prob, window, criteria)
    x, y = max(x - TOLERANCE, 0), max(y - TOLERANCE, 0)
    window = x, y, min(width + 2 * TOLERANCE, columns - x), min(height + 2 * TOLERANCE, rows - y)
    m00, m10, m01, m20, m11, m02 = moments(prob, window)
    if abs(m00) < EPSILON:
        return ((0.0, 0.0), (0.0, 0.0), 0.0), window

    # moments.cpp, completeMomentState
    inverse = 1.0 / m00
    cx, cy = m10 * inverse, m01 * inverse
    mu20, mu11, mu02 = m20 - m10 * cx, m11 - m10 * cy, m02 - m01 * cy

    a, b, c = mu20 * inverse, mu11 * inverse, mu02 * inverse
    theta = math.atan2(2 * b, a - c + math.sqrt(4 * b * b + (a - c) * (a - c)))
    cs, sn = math.cos(theta), math.sin(theta)
    along = max(0.0, cs * cs * mu20 + 2 * cs * sn * mu11 + sn * sn * mu02)
    across = max(0.0, sn * sn * mu20 - 2 * cs * sn * mu11 + cs * cs * mu02)
    length, breadth = math.sqrt(along * inverse) * 4, math.sqrt(across * inverse) * 4
    if length < breadth:
        length, breadth, cs, sn, theta = breadth, length, sn, cs, math.pi * 0.5 - theta

    middle_x, middle_y = rounded(cx + x), rounded(cy + y)
    width = max(rounded(abs(length * cs)), rounded(abs(breadth * sn))) + 2
    height = max(rounded(abs(length * sn)), rounded(abs(breadth * cs))) + 2
    width, height = min(width, (columns - middle_x) * 2), min(height, (rows - middle_y) * 2)
    x, y = max(0, middle_x - width // 2), max(0, middle_y - height // 2)
    width, height = min(columns - x, width), min(rows - y, height)
    angle = np.float32((math.pi * 0.5 + theta) * 180.0 / math.pi)
    angle = float(angle - np.float32(180) if angle >= 180 else angle)  # theta is from -90° to 180°
    centre = x + width * 0.5, y + height * 0.5
    return (centre, (float(np.float32(breadth)), float(np.float32(length))), angle), (x, y, width, height)
