"""The other judge: OpenCV's reference arithmetic, written in numpy.

It is what OpenCV's own code computes where no library replaces it. It shares no code with the engines.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt

from backproj._validate.channels import CHANNELS
from backproj._verify.paths import BATCH, THRESHOLD, Layout, Path, Result, greens
from backproj.typing import Image, Space

Ints = npt.NDArray[np.int32]

# The offset of what is in no bin: any sum with it is negative.
_OUTSIDE = -(1 << 29)

# How many rows are computed at a time: those of 4096 pixels then stay in a CPU's cache.
_ROWS = 16


class Formulas:
    """The formulas, which remember the images that they have converted to a colour space."""

    def __init__(self) -> None:
        self._converted: dict[tuple[int, Space], tuple[Image, Image]] = {}

    def __call__(self, path: Path, frame: Image, model: Image) -> Result:
        """Return what a path comes to."""
        result = Result([], [])
        for layout in path.layouts:
            planes, model_planes = (self._planes(image, path.grey, layout) for image in (frame, model))
            offsets = _offsets(layout)
            values = _values(model_planes, offsets, layout)
            plane = _project(planes, offsets, values)
            result.values.append(values)
            if path.disc is not None:
                sums = disc_sum(plane, ellipse(path.disc))
                mask = np.where(sums > THRESHOLD, np.uint8(255), np.uint8(0))
                result.planes.extend([sums, mask, *np.moveaxis(frame & mask[..., np.newaxis], -1, 0)])
                continue
            result.planes.extend([plane] * (BATCH if path.batch else 1))
        return result

    def convert(self, image: Image, space: Space) -> Image:
        """Return a BGR image in a colour space, (h, w, components)."""
        key = id(image), space
        if key not in self._converted:
            self._converted[key] = image, _convert(image, space)  # the image keeps its id
        return self._converted[key][1]

    def _planes(self, image: Image, grey: bool, layout: Layout) -> Image:
        if grey:
            return greens(image)[..., np.newaxis]
        return self.convert(image, CHANNELS[layout.channels].space)


def _bands(image: Image) -> Iterator[Image]:
    """Yield a few rows after the other."""
    for y in range(0, len(image), _ROWS):
        yield image[y : y + _ROWS]


def _convert(image: Image, space: Space) -> Image:
    convert = _CONVERSIONS[space]
    return np.concatenate([convert(*np.moveaxis(band.astype(np.int32), -1, 0)) for band in _bands(image)])


def _hsv(b: Ints, g: Ints, r: Ints) -> Image:
    """Return hue, saturation and value (color_hsv.simd.hpp, RGB2HSV_b)."""
    v = np.maximum(np.maximum(b, g), r)
    chroma = v - np.minimum(np.minimum(b, g), r)
    n = np.where(v == r, g - b, np.where(v == g, b - r + 2 * chroma, r - g + 4 * chroma))
    saturation = (chroma * _reciprocals(255)[v] + (1 << 11)) >> 12
    hue = (n * _reciprocals(180 / 6)[chroma] + (1 << 11)) >> 12
    return np.stack([hue + 180 * (hue < 0), saturation, v], axis=-1).astype(np.uint8)


def _reciprocals(numerator: float) -> Ints:
    table = np.zeros(256, np.int32)
    table[1:] = np.rint(numerator * (1 << 12) / np.arange(1, 256))
    return table


def _ycrcb(b: Ints, g: Ints, r: Ints) -> Image:
    """Return Y, Cr and Cb (color_yuv.simd.hpp, RGB2YCrCb_i)."""
    y = _descale(4899 * r + 9617 * g + 1868 * b, 14)
    cr = _descale(11682 * (r - y) + (128 << 14), 14)
    cb = _descale(9241 * (b - y) + (128 << 14), 14)
    return np.stack([y, *np.clip([cr, cb], 0, 255)], axis=-1).astype(np.uint8)


# The share of X, Y and Z in red, green and blue light, and white, D65, in X, Y and Z.
_XYZ = np.array(
    [[0.412453, 0.357580, 0.180423], [0.212671, 0.715160, 0.072169], [0.019334, 0.119193, 0.950227]]
)
_WHITE = np.array([[0.950456], [1.0], [1.088754]])


def _lab(b: Ints, g: Ints, r: Ints) -> Image:
    """Return L, a and b (color_lab.cpp, RGB2Lab_b)."""
    light, curve = _lab_tables()
    weights = np.rint(_XYZ / _WHITE * (1 << 12)).astype(np.int32)
    x, y, z = (curve[_descale(wr * light[r] + wg * light[g] + wb * light[b], 12)] for wr, wg, wb in weights)
    # 116 and 16 hundredths of 255, in fixed point.
    lightness = _descale(296 * y - 1336934, 15)
    a, blue = _descale(500 * (x - y) + (128 << 15), 15), _descale(200 * (y - z) + (128 << 15), 15)
    return np.stack([*np.clip([lightness, a, blue], 0, 255)], axis=-1).astype(np.uint8)


@functools.cache
def _lab_tables() -> tuple[Ints, Ints]:
    """Return the light of each byte, 0 to 2040, and CIE's curve of light, times 2^15 (initLabTabs).

    OpenCV computes the curve in single precision, with cube roots that it cuts off after 24 bits.
    """
    byte = np.arange(256) / 255
    linear = np.where(byte <= 0.04045, byte / 12.92, ((byte + 0.055) / 1.055) ** 2.4)
    x = np.float32(1 / 2040) * np.arange(2041, dtype=np.float32)
    slope, offset = (np.float64(np.float32(n) / np.float32(d)) for n, d in ((841, 108), (16, 116)))
    line = (x.astype(np.float64) * slope + offset).astype(np.float32)
    root = (np.cbrt(x.astype(np.float64)).view(np.int64) & -(1 << 29)).view(np.float64)
    curve = np.where(x < np.float32(216) / np.float32(24389), line, root.astype(np.float32))
    scaled = np.float32(1 << 15) * curve
    return np.rint(2040 * linear).astype(np.int32), np.rint(scaled).astype(np.int32)


def _gray(b: Ints, g: Ints, r: Ints) -> Image:
    """Return grey (color_rgb.simd.hpp, RGB2Gray)."""
    return _descale(9798 * r + 19235 * g + 3735 * b, 15)[..., np.newaxis].astype(np.uint8)


def _bgr(b: Ints, g: Ints, r: Ints) -> Image:
    return np.stack([b, g, r], axis=-1).astype(np.uint8)


def _descale(x: Ints, shift: int) -> Ints:
    half: Ints = (x + (1 << (shift - 1))) >> shift
    return half


_CONVERSIONS: dict[Space, Callable[[Ints, Ints, Ints], Image]] = {
    "hsv": _hsv,
    "ycrcb": _ycrcb,
    "lab": _lab,
    "gray": _gray,
    "bgr": _bgr,
}


def _offsets(layout: Layout) -> dict[int, Ints]:
    """Return what the values of components add to the number of a cell, which is negative for none."""
    chosen = CHANNELS[layout.channels]
    offsets: dict[int, Ints] = {}
    stride = int(np.prod(layout.bins))
    ranges = np.reshape(chosen.ranges, (-1, 2))
    for component, bins, (low, high) in zip(chosen.components, layout.bins, ranges, strict=True):
        stride //= bins
        bin_of = _bins_of_values(bins, low, high)
        offsets[component] = np.where(bin_of < 0, _OUTSIDE, bin_of * stride).astype(np.int32)
    if layout.in_range is not None:
        lows, highs = map(np.asarray, layout.in_range)
        for component, (low, high) in enumerate(zip(lows, highs, strict=True)):
            inside = (np.arange(256) >= low) & (np.arange(256) <= high)
            before = offsets.get(component, np.zeros(256, np.int32))
            offsets[component] = np.where(inside, before, _OUTSIDE).astype(np.int32)
    return offsets


def _bins_of_values(bins: int, low: float, high: float) -> Ints:
    """Return the bin of each of the values 0 to 255, or -1 (histogram.cpp, calcHistLookupTables_8u)."""
    values = np.arange(256)
    a = bins / (high - low)
    bin_of = np.clip(np.floor(values * a - a * low), 0, bins - 1)
    return np.where((low <= values) & (values < high), bin_of, -1).astype(np.int32)


def _cells(planes: Image, offsets: dict[int, Ints]) -> Ints:
    """Return the number of each pixel's cell, negative for none."""
    first, *others = offsets.items()
    cells: Ints = first[1][planes[..., first[0]]]
    for component, offset in others:
        cells += offset[planes[..., component]]
    return cells


def _values(planes: Image, offsets: dict[int, Ints], layout: Layout) -> npt.NDArray[np.float32]:
    """Return the normalised counts (norm.cpp); without a peak, the counts."""
    counts = np.zeros(int(np.prod(layout.bins)))
    for band in _bands(planes):
        cells = _cells(band, offsets)
        counts += np.bincount(cells[cells >= 0], minlength=counts.size)
    if layout.peak is None:
        return counts.astype(np.float32).reshape(layout.bins)
    least, most = counts.min(), counts.max()
    if least == most:
        return np.zeros(layout.bins, np.float32)
    factor = np.float32(layout.peak * (1 / (most - least)))
    shift = -np.float32(least * np.float64(factor))
    # A count has at most 24 bits here, and the factor 24, so that the product is exact.
    return _rounded_once(counts * np.float64(factor), np.float64(shift)).reshape(layout.bins)


def _rounded_once(x: npt.NDArray[np.float64], y: np.float64) -> npt.NDArray[np.float32]:
    """Return x + y in single precision, as if the sum were exact before.

    A sum that is not exact in double precision is made odd: so it is on the same side of every number in
    the middle of two floats as the exact one (S. Boldo and G. Melquiond, "Emulation of FMA and Correctly
    Rounded Sums", IEEE Transactions on Computers 57:4, 2008).
    """
    total = x + y
    part = total - x
    error = (x - (total - part)) + (y - part)
    bits = total.view(np.int64)
    towards = np.where((error > 0) == (total > 0), 1, -1)
    bits += np.where((error != 0) & (bits & 1 == 0), towards, 0)
    return total.astype(np.float32)


def _project(planes: Image, offsets: dict[int, Ints], values: npt.NDArray[np.float32]) -> Image:
    """Return the values of pixels, rounded half to even and limited (histogram.cpp, calcBackProj_8u)."""
    results = np.append(np.clip(np.rint(values.ravel()), 0, 255), 0).astype(np.uint8)
    # The last one is for what is in no cell.
    return np.concatenate([results[np.maximum(_cells(band, offsets), -1)] for band in _bands(planes)])


def ellipse(size: int) -> Image:
    """Return the disc of a diameter (morph.dispatch.cpp, getStructuringElement)."""
    disc, radius = np.zeros((size, size), np.uint8), size // 2
    for y, row in enumerate(disc):
        dx = int(np.rint(radius * np.sqrt((radius**2 - (y - radius) ** 2) * (1 / radius**2))))
        row[radius - dx : radius + dx + 1] = 1
    return disc


def disc_sum(plane: Image, disc: Image) -> Image:
    """Return the sums over a disc whose rows are runs (filter.simd.hpp, with BORDER_REFLECT_101)."""
    (height, width), (rows, columns) = plane.shape, disc.shape
    around = (
        _reflected(np.arange(length + size - 1) - size // 2, length)
        for length, size in zip(plane.shape, disc.shape, strict=True)
    )
    # The sum of a run is the difference between two sums from the left end of the row.
    sums = np.zeros((height + rows - 1, width + columns), np.int32)
    np.cumsum(plane[np.ix_(*around)], axis=1, dtype=np.int32, out=sums[:, 1:])
    total = np.zeros(plane.shape, np.int32)
    for y, row in enumerate(disc):
        first, count = int(np.argmax(row)), int(row.sum())
        total += sums[y : y + height, first + count :][:, :width]
        total -= sums[y : y + height, first:][:, :width]
    return np.minimum(total, 255).astype(np.uint8)


def _reflected(indices: npt.NDArray[np.int64], length: int) -> npt.NDArray[np.int64]:
    """Return what indices beyond an axis stand for (filter.dispatch.cpp, borderInterpolate)."""
    if length == 1:
        return np.zeros_like(indices)
    period = 2 * (length - 1)
    place = np.mod(indices, period)
    nearest: npt.NDArray[np.int64] = np.minimum(place, period - place)
    return nearest
