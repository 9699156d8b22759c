"""Pictures that show where a back projection is high."""

from __future__ import annotations

import numpy as np

from backproj._arrays import Image

# How bright the grey is that pixels of probability 0 fade to: dark enough for the rest to stand out.
_FADED = 0.35

# Of red, green and blue in grey: ITU-R BT.601, as cv2 and Pillow have it.
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)


def overlay(frame: Image, prob: Image) -> Image:
    """Return the RGB frame, faded to dark grey where the back projection is low."""
    weight = (prob / np.float32(255))[..., np.newaxis]
    grey = _FADED * (frame @ _LUMA)[..., np.newaxis]
    blend: Image = np.rint(weight * frame + (1 - weight) * grey).astype(np.uint8)
    return blend
