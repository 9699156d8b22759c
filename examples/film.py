"""A video with known ground truth: a green blob drifts, turns and changes its shape over a photograph."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import PIL.Image
import PIL.ImageDraw

PHOTOGRAPH = Path(__file__).with_name("astronaut.jpg")


def film(length: int = 300, seed: int = 1) -> Iterator[tuple[npt.NDArray[np.uint8], npt.NDArray[np.int32]]]:
    """Yield BGR frames, each with the outline of the blob: points whose mean is its true centre.

    The brightness varies by 20%, and each frame has different noise.
    """
    rng = np.random.default_rng(seed)
    with PIL.Image.open(PHOTOGRAPH) as file:
        background = np.asarray(file.convert("RGB"))[..., ::-1]
    height, width = background.shape[:2]
    skin = np.asarray(_mosaic(rng).resize((width, height), PIL.Image.Resampling.BICUBIC))[..., ::-1]
    for n in range(length):
        turn = 2 * np.pi * n / 300
        centre = 0.5 + 0.3 * np.sin(turn * np.array([3, 4]))
        outline = centre * (width, height) + _shape(turn)
        outline = np.rint(outline).astype(np.int32)
        blob = PIL.Image.new("1", (width, height))
        PIL.ImageDraw.Draw(blob).polygon(outline.ravel().tolist(), fill=1)
        frame = np.where(np.asarray(blob)[..., np.newaxis], np.roll(skin, 5 * n, axis=1), background)
        frame = frame * (1 + 0.2 * np.sin(5 * turn)) + rng.integers(-6, 7, frame.shape)
        yield frame.clip(0, 255).astype(np.uint8), outline


def _mosaic(rng: np.random.Generator) -> PIL.Image.Image:
    """Return a coarse mosaic of greens."""
    hsv = rng.integers((78, 130, 90), (106, 250, 220), (64, 64, 3), np.uint8)  # Pillow's hues are 0 to 255
    return PIL.Image.merge("HSV", [PIL.Image.fromarray(plane) for plane in np.moveaxis(hsv, -1, 0)]).convert(
        "RGB"
    )


def _shape(turn: float) -> npt.NDArray[np.float64]:
    """Return the outline around the origin: an ellipse with three bulges that grow and shrink."""
    angle = np.linspace(0, 2 * np.pi, 120, endpoint=False)
    radius = 40 * (1 + 0.2 * np.sin(2 * turn) * np.sin(3 * angle))
    wide, tall = 1 + 0.25 * np.sin(5 * turn), 1 + 0.25 * np.cos(7 * turn)
    ellipse = np.stack([wide * radius * np.cos(angle), tall * radius * np.sin(angle)], axis=-1)
    slant = 4 * turn
    return ellipse @ np.array([[np.cos(slant), np.sin(slant)], [-np.sin(slant), np.cos(slant)]])
