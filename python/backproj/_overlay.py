"""Pictures that show where a back projection is high."""

from __future__ import annotations

import numpy as np

from backproj._arrays import Image
from backproj._locate import Box

# How bright the grey is that pixels of probability 0 fade to: dark enough for the rest to stand out.
_FADED = 0.35

# Rarely a colour of what is looked for, and never of a back projection.
_LINE = (255, 0, 255)


def overlay(frame: Image, prob: Image) -> Image:
    """Return the RGB frame, faded to dark grey where the back projection is low."""
    import PIL.Image

    picture = PIL.Image.fromarray(frame)
    grey = picture.convert("L").point([round(_FADED * level) for level in range(256)])
    return np.array(PIL.Image.composite(picture, grey.convert("RGB"), PIL.Image.fromarray(prob)))


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
