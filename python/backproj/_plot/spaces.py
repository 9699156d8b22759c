"""The components of colour spaces become red, green and blue: the inverse of OpenCV's conversions.

Components are levels from 0 to 255, as pixels have, but for hue. Results are from 0 to 255 too, of shape
(..., 3). What is no colour of pixels, because red, green or blue would be less or more, is limited to these.

Source: OpenCV, "Color conversions" of the documentation of imgproc, for YCrCb and Lab.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]

# Red, green and blue of linear light from X, Y and Z, for the primaries of BT.709.
_RGB_OF_XYZ = np.array(
    [
        (3.240479, -1.53715, -0.498535),
        (-0.969256, 1.875991, 0.041556),
        (0.055648, -0.204043, 1.057311),
    ]
)

# X, Y and Z of white, D65.
_WHITE = np.array([0.950456, 1.0, 1.088754])


def from_hsv(hue_colour: Floats, saturation: Floats, value: Floats) -> Floats:
    """Return the colours of saturated ones, from 0 to 1, with their saturation and value set to levels."""
    lacking = (1 - hue_colour) * (saturation[..., np.newaxis] / 255)
    colours: Floats = value[..., np.newaxis] * (1 - lacking)
    return colours


def from_ycrcb(y: Floats, cr: Floats, cb: Floats) -> Floats:
    """Return the colours of levels of Y, Cr and Cb."""
    red_less_luma, blue_less_luma = cr - 128, cb - 128
    return _stacked(
        y + 1.403 * red_less_luma,
        y - 0.714 * red_less_luma - 0.344 * blue_less_luma,
        y + 1.773 * blue_less_luma,
    )


def from_lab(lightness: Floats, a: Floats, b: Floats) -> Floats:
    """Return the colours of levels of L, a and b."""
    lightness, a, b = np.broadcast_arrays(lightness, a, b)
    f_of_y = (lightness * (100 / 255) + 16) / 116
    f = np.stack([f_of_y + (a - 128) / 500, f_of_y, f_of_y - (b - 128) / 200], axis=-1)
    # The inverse of f(t), which is the cube root of t for t > 0.008856, and 7.787·t + 16/116 else.
    xyz = np.where(f > 6 / 29, f**3, (f - 16 / 116) / 7.787) * _WHITE
    linear = np.clip(xyz @ _RGB_OF_XYZ.T, 0, 1)
    # The curve of sRGB.
    colours: Floats = 255 * np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return colours


def from_bgr(blue: Floats, green: Floats, red: Floats) -> Floats:
    """Return the colours of levels of blue, green and red."""
    return _stacked(red, green, blue)


def from_grey(grey: Floats) -> Floats:
    """Return the colours of levels of grey."""
    return _stacked(grey, grey, grey)


def _stacked(*red_green_blue: Floats) -> Floats:
    """Return three arrays as one, whose last axis they are, with levels limited to those of pixels."""
    colours: Floats = np.clip(np.stack(np.broadcast_arrays(*red_green_blue), axis=-1), 0, 255)
    return colours
