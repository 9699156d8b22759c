"""Pictures that show where a back projection is high."""

from __future__ import annotations

import numpy as np

from backproj._locate import Box
from backproj._validate.arrays import Image, Order, check_frames, check_order, check_prob

# How bright the grey is that pixels of probability 0 fade to: dark enough for the rest to stand out.
_FADED = 0.35

# What red, green and blue have of that grey, in parts of 256: of all the light they have 0.299, 0.587 and
# 0.114 (ITU-R BT.601).
_SHARES = [round(256 * _FADED * share) for share in (0.299, 0.587, 0.114)]

# As many pixels as leave what is made of them, some 8 bytes each, in a CPU's second cache.
_PIXELS_AT_ONCE = 1 << 15

# Rarely a colour of what is looked for, and never of a back projection.
_LINE = (255, 0, 255)


def overlay(frame: Image, prob: Image, *, order: Order = "bgr") -> Image:
    """Return the frame, faded to dark grey where the back projection is low.

    Parameters
    ----------
    frame : ndarray of uint8, shape (h, w, 3) or (h, w, 4), or a batch, (n, h, w, 3) or (n, h, w, 4)
        What was searched. Any strides will do.
    prob : ndarray of uint8, shape (h, w) or (n, h, w)
        Its back projection, or any other mask: 255 leaves a pixel as it is, 0 fades it.
    order : {"bgr", "rgb"}, default "bgr"
        The order of the frame's channels, and of the result's.

    Returns
    -------
    ndarray of uint8, shape (h, w, 3) or (n, h, w, 3)
        A new picture to look at.

    Raises
    ------
    TypeError
        If the frame or prob is not an array of uint8.
    ValueError
        If their shapes do not go together, or if the order is unknown.

    Examples
    --------
    >>> import backproj
    >>> import numpy as np
    >>> frame = np.array([[[30, 60, 220], [200, 200, 200]]], np.uint8)
    >>> backproj.overlay(frame, backproj.back_project(frame, frame[:, :1]))
    array([[[ 30,  60, 220],
            [ 70,  70,  70]]], dtype=uint8)
    """
    shares = _SHARES[::-1] if check_order(order) == 0 else _SHARES
    frame = check_frames(frame)
    prob = check_prob(prob, frame.shape[:-1])
    picture = np.empty(frame.shape, np.uint8)
    frames = [(picture, frame, prob)] if frame.ndim == 3 else zip(picture, frame, prob, strict=True)
    for out, image, plane in frames:
        rows = max(1, _PIXELS_AT_ONCE // max(1, image.shape[1]))
        for y in range(0, len(image), rows):
            _blend(out[y : y + rows], image[y : y + rows], plane[y : y + rows], shares)
    return picture


def _blend(out: Image, image: Image, plane: Image, shares: list[int]) -> None:
    """Write some rows of an overlay. 16 bits hold all sums: grey and colour have 255² between them."""
    keep = plane.astype(np.uint16)
    grey = np.full(plane.shape, 128, np.uint16)
    for c, share in enumerate(shares):
        grey += np.multiply(image[..., c], share, dtype=np.uint16)
    grey >>= 8
    grey *= 255 - keep
    grey += 128
    for c in range(3):
        mixed = image[..., c] * keep
        mixed += grey
        mixed += mixed >> 8  # with the next line: divides by 255, and rounds
        mixed >>= 8
        out[..., c] = mixed


def draw_box(picture: Image, box: Box) -> Image:
    """Return the picture as RGB with a line around the box, inside of it."""
    x, y, w, h = box
    canvas = np.stack([picture] * 3, axis=-1) if picture.ndim == 2 else picture.copy()
    thick = min(1 + max(canvas.shape) // 500, (w + 1) // 2, (h + 1) // 2)  # 2 pixels of 512, 4 of 1920
    canvas[y : y + h, x : x + w][_frame_of(w, h, thick)] = _LINE
    return canvas


def _frame_of(w: int, h: int, thick: int) -> Image:
    """Return the mask of a rectangle's border."""
    border = np.ones((h, w), bool)
    border[thick : h - thick, thick : w - thick] = False
    return border
