"""Drawing on a picture where an object is."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from backproj.typing import Image, RotatedRect, TrackingMethod

# Magenta: rarely the colour of an object, and never that of a back projection.
_COLOUR = (255, 0, 255)

# Edges are smoothed by drawing at this scale and averaging, some rows at a time: all those of an object that
# fills an 8K film would take 0.5 GB.
_SCALE = 4
_ROWS = 64

# An outline is drawn as this many straight pieces. The corners of a box are between two of them.
_PIECES = 96

# A dashed outline has 12 dashes, or 4 if those would be too short, with gaps as long as the dashes. Given are
# their first and last points, of 97; the corners of a box, 12, 36, 60 and 84, are in the middle of dashes.
_WHOLE = ((0, _PIECES),)
_LONG_DASHES = tuple((n - 6, n + 6) for n in range(12, _PIECES, 24))
_SHORT_DASHES = tuple((n - 2, n + 2) for n in range(4, _PIECES, 8))


def draw_track(picture: Image, rect: RotatedRect, method: TrackingMethod, *, dashed: bool) -> Image:
    """Return a copy of the picture, as RGB, with the outline of an object.

    CamShift's is the ellipse in its rectangle, and mean shift's is its box. The line is within the rectangle.
    """
    canvas = np.stack([picture] * 3, axis=-1) if picture.ndim == 2 else picture.copy()
    thick = max(2, round(max(canvas.shape) / 500))  # H.264 halves the resolution of colour: 1 would be pale
    centre, size, angle = rect
    width, height = (max(length, thick) for length in size)
    inner_size = max(width - 2 * thick, 0), max(height - 2 * thick, 0)
    outer, inner = (
        _outline((centre, lengths, angle), method == "camshift") for lengths in ((width, height), inner_size)
    )
    short = width + height > 48 * thick  # then dashes are at least four times as long as thick, on average
    dashes = (_SHORT_DASHES if short else _LONG_DASHES) if dashed else _WHOLE
    line = [
        np.concatenate([outer[first : last + 1], inner[first : last + 1][::-1]]) for first, last in dashes
    ]
    left, top = np.floor(outer.min(axis=0)).astype(int).clip(0).tolist()
    right, bottom = np.ceil(outer.max(axis=0)).astype(int).tolist()
    for y in range(top, min(bottom, len(canvas)), _ROWS):
        _fill(canvas[y : min(y + _ROWS, bottom), left:right], [polygon - (left, y) for polygon in line])
    return canvas


def _fill(part: Image, polygons: list[npt.NDArray[np.float64]]) -> None:
    """Fill polygons in a part of a picture."""
    import PIL.Image
    import PIL.ImageDraw

    height, width, _ = part.shape
    mask = PIL.Image.new("L", (_SCALE * width, _SCALE * height))
    pen = PIL.ImageDraw.Draw(mask)
    for polygon in polygons:
        pen.polygon((_SCALE * polygon - 0.5).ravel().tolist(), fill=255)
    picture = PIL.Image.fromarray(part)
    picture.paste(_COLOUR, mask=mask.reduce(_SCALE))
    part[:] = np.asarray(picture)


def _outline(rect: RotatedRect, rounded: bool) -> npt.NDArray[np.float64]:
    """Return points around the ellipse in a rotated rectangle, or around the rectangle itself.

    The first point is the last one too.
    """
    centre, size, angle = rect
    turn = np.linspace(0, 2 * np.pi, _PIECES + 1)
    points = np.stack([np.cos(turn), np.sin(turn)], axis=-1)
    if not rounded:
        points /= np.abs(points).max(axis=-1, keepdims=True)  # from the circle out to the square around it
    cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    return points * np.divide(size, 2) @ [[cos, sin], [-sin, cos]] + centre
