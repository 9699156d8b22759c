"""Pictures for the browser: reduced to about the size that they are shown at, as JPEG or PNG."""

from __future__ import annotations

import io

import numpy as np
import PIL.Image

from backproj.typing import Image, Order

# A picture of up to so many pixels that is not reduced is sent as PNG. It is often shown magnified, where one
# would see what JPEG changes. PNG takes ten times as long.
_SMALL = 1 << 15

_QUALITY = 85  # of JPEG; on photographs nobody sees a difference from 90, and files have a third fewer bytes


def encode(picture: Image, order: Order, width: int) -> bytes:
    """Return a picture, grey or in colours, for a place of so many of the screen's pixels.

    It is reduced by a whole factor, which is many times faster than by any other, to at least that width.
    """
    shown = _to_pil(picture, order)
    factor = max(1, shown.width // max(1, width))
    encoded = io.BytesIO()
    if factor == 1 and shown.width * shown.height <= _SMALL:
        shown.save(encoded, "PNG", compress_level=1)
    else:
        shown.reduce(factor).save(encoded, "JPEG", quality=_QUALITY)
    return encoded.getvalue()


def _to_pil(picture: Image, order: Order) -> PIL.Image.Image:
    height, width, *channels = picture.shape
    if not channels or channels == [1]:
        return PIL.Image.fromarray(picture.reshape(height, width))
    # Pillow reads raw pixels in either order, with or without a fourth byte, which is left out here.
    raw = order.upper() + "X" * (channels[0] - 3)
    pixels = np.ascontiguousarray(picture)
    return PIL.Image.frombuffer("RGB", (width, height), pixels, "raw", raw, 0, 1)
