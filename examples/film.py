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
    background = photograph()
    height, width = background.shape[:2]
    skin = mosaic(rng, width, height)
    for n in range(length):
        turn = 2 * np.pi * n / 300
        centre = 0.5 + 0.3 * np.sin(turn * np.array([3, 4]))
        outline = np.rint(centre * (width, height) + shape(turn)).astype(np.int32)
        frame = paint(background, outline, np.roll(skin, 5 * n, axis=1))
        frame = frame * (1 + 0.2 * np.sin(5 * turn)) + rng.integers(-6, 7, frame.shape)
        yield frame.clip(0, 255).astype(np.uint8), outline


def photograph() -> npt.NDArray[np.uint8]:
    """Return the background."""
    with PIL.Image.open(PHOTOGRAPH) as file:
        return np.asarray(file.convert("RGB"))[..., ::-1]


def mosaic(
    rng: np.random.Generator, width: int, height: int, hues: tuple[int, int] = (78, 106)
) -> npt.NDArray[np.uint8]:
    """Return a coarse mosaic of greens, or of other hues, from 0 to 255 as Pillow has them."""
    hsv = rng.integers((hues[0], 130, 90), (hues[1], 250, 220), (64, 64, 3), np.uint8)
    planes = [PIL.Image.fromarray(plane) for plane in np.moveaxis(hsv, -1, 0)]
    rgb = PIL.Image.merge("HSV", planes).convert("RGB")
    return np.asarray(rgb.resize((width, height), PIL.Image.Resampling.BICUBIC))[..., ::-1]


def shape(turn: float) -> npt.NDArray[np.float64]:
    """Return the outline around the origin: an ellipse with three bulges that grow and shrink."""
    angle = np.linspace(0, 2 * np.pi, 120, endpoint=False)
    radius = 40 * (1 + 0.2 * np.sin(2 * turn) * np.sin(3 * angle))
    wide, tall = 1 + 0.25 * np.sin(5 * turn), 1 + 0.25 * np.cos(7 * turn)
    ellipse = np.stack([wide * radius * np.cos(angle), tall * radius * np.sin(angle)], axis=-1)
    slant = 4 * turn
    return ellipse @ np.array([[np.cos(slant), np.sin(slant)], [-np.sin(slant), np.cos(slant)]])


def paint(
    picture: npt.NDArray[np.uint8], outline: npt.NDArray[np.int32], skin: npt.NDArray[np.uint8]
) -> npt.NDArray[np.uint8]:
    """Return a picture with a blob in it: within its outline, which may leave the picture, is its skin."""
    height, width = picture.shape[:2]
    blob = PIL.Image.new("1", (width, height))
    PIL.ImageDraw.Draw(blob).polygon(outline.ravel().tolist(), fill=1)
    return np.where(np.asarray(blob)[..., np.newaxis], skin, picture)
