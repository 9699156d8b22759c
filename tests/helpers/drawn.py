"""What a notebook shows of a histogram, taken to pieces."""

import base64
import re

import cv2
import numpy as np


def patches(*colours):
    """Return a picture in which each RGB colour has twice the pixels of the next one."""
    pixels = [colour for i, colour in enumerate(reversed(colours)) for _ in range(2**i)]
    return np.array(pixels[::-1], np.uint8)[np.newaxis]


def picture(hist):
    """Return the picture of the repr, RGB."""
    (png,) = re.findall(r'src="data:image/png;base64,([^"]+)"', hist._repr_html_())
    decoded = cv2.imdecode(np.frombuffer(base64.b64decode(png), np.uint8), cv2.IMREAD_COLOR)
    return np.ascontiguousarray(decoded[..., ::-1])


def parts(hist):
    """Return the bins as they are drawn, and the first row of the strip of colours below them."""
    shown = picture(hist)
    gap = np.flatnonzero(~shown.any(axis=(1, 2)))
    return shown[: gap[0]], shown[gap[-1] + 1]


def facts(hist):
    rows = re.findall(r"<tr><th[^>]*>(.*?)</th><td[^>]*>(.*?)</td></tr>", hist._repr_html_())
    return dict(rows)
