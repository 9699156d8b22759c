"""Drawing a box on a picture."""

from __future__ import annotations

import numpy as np

from backproj.typing import Box, Image

# Magenta: rarely the colour of an object, and never that of a back projection.
_COLOUR = (255, 0, 255)


def draw_box(picture: Image, box: Box) -> Image:
    """Return a copy of the picture, as RGB, with a border drawn just inside the box."""
    x, y, w, h = box
    canvas = np.stack([picture] * 3, axis=-1) if picture.ndim == 2 else picture.copy()
    thick = min(1 + max(canvas.shape) // 500, (w + 1) // 2, (h + 1) // 2)  # 2 pixels for 512, 4 for 1920
    canvas[y : y + h, x : x + w][_border(w, h, thick)] = _COLOUR
    return canvas


def _border(w: int, h: int, thick: int) -> Image:
    """Return the mask of the border of a rectangle."""
    border = np.ones((h, w), bool)
    border[thick : h - thick, thick : w - thick] = False
    return border
