"""The frames that are searched, two photographs and noise in any size, and the models cut out of them."""

from typing import NamedTuple

import numpy as np
import skimage.data
from PIL import Image, ImageOps

PHOTOGRAPHS = {"astronaut": skimage.data.astronaut, "coffee": skimage.data.coffee}
IMAGES = [*PHOTOGRAPHS, "noise"]

# The centres of the models, as fractions of width and height. The first is on the astronaut's orange suit.
CENTRES = (0.3, 0.72), (0.7, 0.3), (0.3, 0.25), (0.65, 0.75)
MODEL_SIDE, SMALL_MODEL_SIDE = 100, 32


class Scene(NamedTuple):
    """A BGR frame, (h, w, 3), and models, which are patches of it."""

    image: str
    width: int
    height: int
    frame: np.ndarray
    models: list[np.ndarray]


def scene(image, width, height):
    """Return the image of that name in that size. Photographs are cropped to its shape, not stretched."""
    if image == "noise":
        frame = np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)
    else:
        photograph = Image.fromarray(PHOTOGRAPHS[image]())
        resized = ImageOps.fit(photograph, (width, height), Image.Resampling.LANCZOS)
        frame = np.ascontiguousarray(np.asarray(resized)[..., ::-1])
    side = MODEL_SIDE if min(width, height) > MODEL_SIDE else SMALL_MODEL_SIDE
    models = [patch(frame, side, *centre) for centre in CENTRES]
    return Scene(image, width, height, frame, models)


def patch(frame, side, x, y):
    """Return a square of the frame, centred at x, y or as near to it as fits."""
    top, left = (
        min(max(0, round(centre * extent) - side // 2), extent - side)
        for centre, extent in zip((y, x), frame.shape[:2], strict=True)
    )
    return np.ascontiguousarray(frame[top : top + side, left : left + side])
