"""The third judge: OpenCV's definitions written down in numpy, sharing no code with anyone.

The options of a layout are those of ``backproj.Histogram``.
"""

from fractions import Fraction
from math import prod

import numpy as np

WHOLE_RANGES = [0, 180, 0, 256, 0, 256]


def hsv(bgr):
    """Return OpenCV's 8-bit hue, saturation and value (color_hsv.simd.hpp, RGB2HSV_b)."""
    b, g, r = (bgr[..., c].astype(np.int64) for c in range(3))
    v = np.maximum(np.maximum(b, g), r)
    d = v - np.minimum(np.minimum(b, g), r)
    i = np.arange(1, 256)
    by_value = np.r_[0, np.rint((255 << 12) / i)].astype(np.int64)
    by_chroma = np.r_[0, np.rint((180 << 12) / (6 * i))].astype(np.int64)
    n = np.where(v == r, g - b, np.where(v == g, b - r + 2 * d, r - g + 4 * d))
    hue = (n * by_chroma[d] + 2048) >> 12
    hue, saturation = np.where(hue < 0, hue + 180, hue), (d * by_value[v] + 2048) >> 12
    return np.stack([hue, saturation, v], axis=-1).astype(np.uint8)


def within(planes, lo, hi):
    """Return which pixels of an HSV image are within the bounds; hue wraps around."""
    least, most = np.asarray(lo), np.asarray(hi)
    inside = (least <= planes) & (planes <= most)
    if least[0] > most[0]:
        inside[..., 0] = (planes[..., 0] >= least[0]) | (planes[..., 0] <= most[0])
    return inside.all(axis=-1)


def bins_of_values(number, low, high):
    """Return the bin of each of the values 0 to 255, or -1 (histogram.cpp, calcHistLookupTables_8u)."""
    low, high = float(np.float32(low)), float(np.float32(high))
    j = np.arange(256)
    a = number / (high - low)
    bins = np.clip(np.floor(j * a + -a * low), 0, number - 1)
    return np.where((low <= j) & (j < high), bins, -1).astype(np.int32)


def shape(channels="hs", bins=32, **_):
    """Return the shape of a histogram."""
    return (bins,) * len(channels) if isinstance(bins, int) else tuple(bins)


def cells(planes, channels="hs", bins=32, ranges=None, in_range=None):
    """Return the bin of each pixel of an HSV image, counted through all bins, or -1 for none."""
    ranges = WHOLE_RANGES if ranges is None else ranges
    cell = np.zeros(planes.shape[:-1], np.int32)
    inside = np.ones(planes.shape[:-1], bool)
    for c, number in enumerate(shape(channels, bins)):
        along = bins_of_values(number, ranges[2 * c], ranges[2 * c + 1])[planes[..., c]]
        cell = cell * np.int32(number) + along
        inside &= along >= 0
    if in_range is not None:
        inside &= within(planes, *in_range)
    return np.where(inside, cell, np.int32(-1))


def counts(model, mask=None, **layout):
    chosen = np.ones(model.shape[:-1], bool) if mask is None else np.asarray(mask) != 0
    cell = cells(hsv(model), **layout)[chosen]
    size = shape(**layout)
    return np.bincount(cell[cell >= 0], minlength=prod(size)).reshape(size)


def nearest_float32(x):
    """Return the float32 nearest to a fraction, of two the even one."""
    near = np.float32(float(x))
    candidates = [near, *(np.nextafter(near, np.float32(end)) for end in (-np.inf, np.inf))]
    return min(candidates, key=lambda c: (abs(Fraction(float(c)) - x), c.view(np.int32) & 1))


def normalized(numbers, peak=256):
    """Return counts scaled from 0 to the peak (norm.cpp), or as they are for None."""
    numbers = np.asarray(numbers).astype(np.float32)
    if peak is None:
        return numbers
    least, most = float(numbers.min()), float(numbers.max())
    if most == least:
        return np.zeros_like(numbers)
    scale = np.float32(peak * (1 / (most - least)))
    shift = -np.float32(least * float(scale))
    different, where = np.unique(numbers, return_inverse=True)
    exact = (Fraction(float(n)) * Fraction(float(scale)) + Fraction(float(shift)) for n in different)
    return np.array([nearest_float32(x) for x in exact], np.float32)[where].reshape(numbers.shape)


def project_hsv(planes, values, scale=1, **layout):
    """Return what the pixels of an HSV image project to; the product is of two float32."""
    bytes_ = np.clip(np.rint(values.astype(np.float32) * np.float32(scale)), 0, 255).astype(np.uint8)
    return np.append(bytes_, np.uint8(0))[cells(planes, **layout)]  # -1 is the last


def project(frame, values, scale=1, **layout):
    return project_hsv(hsv(frame), values, scale, **layout)


def back_project(frame, model, mask=None, peak=256, **layout):
    return project(frame, normalized(counts(model, mask, **layout), peak), **layout)


def reflected(indices, length):
    """Return what indices beyond an axis stand for (filter.dispatch.cpp, borderInterpolate, REFLECT_101)."""
    if length == 1:
        return np.zeros_like(indices)
    period = 2 * (length - 1)
    within_period = np.mod(indices, period)
    return np.minimum(within_period, period - within_period)


def disc_sum(prob, disc):
    """Return the sums over a disc of 0 and 1, limited to 255."""
    (height, width), (rows, columns) = prob.shape, disc.shape
    around = [
        reflected(np.arange(length + size - 1) - size // 2, length)
        for length, size in zip(prob.shape, disc.shape, strict=True)
    ]
    # The sum over a run of pixels is the difference between two sums from the left end of the row.
    sums = np.zeros((height + rows - 1, width + columns), np.int64)
    np.cumsum(prob[np.ix_(*around)], axis=1, out=sums[:, 1:])
    total = np.zeros(prob.shape, np.int64)
    for y, row in enumerate(disc):
        edges = np.diff(np.r_[False, row != 0, False].astype(np.int8))
        for x0, x1 in zip(np.flatnonzero(edges == 1), np.flatnonzero(edges == -1), strict=True):
            total += sums[y : y + height, x1 : x1 + width] - sums[y : y + height, x0 : x0 + width]
    return np.minimum(total, 255).astype(np.uint8)
