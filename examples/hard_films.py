"""Films of what makes an object hard to track: it leaves, the light changes, it grows, another one passes.

Each yields BGR frames with the outline of the object, as `film.film` does, over the same photograph and with
the same noise. They last 300 frames; fewer are the first ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from film import mosaic, paint, photograph, shape

Film: TypeAlias = Iterator[tuple[npt.NDArray[np.uint8], npt.NDArray[np.int32]]]
Outline: TypeAlias = npt.NDArray[np.int32]
Points: TypeAlias = npt.NDArray[np.float64]

# The axis that the object crosses the frame along, the direction, and where it is on the other axis.
TRIPS = (0, 1, 0.4), (1, 1, 0.7), (0, -1, 0.25), (1, -1, 0.55)
TRIP, START = 75, 30  # frames a trip lasts, and how many of the first are left out

# What light a camera sees that is set to the sun: the sky's, and a bulb's. Blue, green, red.
SKY, BULB = np.array([1.2, 1.0, 0.8]), np.array([0.25, 0.55, 1.0])

# Slightly bluish greens, most of which the object has too.
BLUISH = 84, 112


def leaving(length: int = 300, seed: int = 2) -> Film:
    """Yield a film where the object leaves the frame four times, and comes back on another side.

    Its outline is then outside the frame, for about 25 frames.
    """
    return _film(_across, length, seed)


def changing_light(length: int = 300, seed: int = 3) -> Film:
    """Yield a film where the blue light of the sky becomes the light of a bulb: warm, and darker."""
    return _film(_around, length, seed, light=lambda n: SKY * (BULB / SKY) ** min(n / 270, 1))


def growing(length: int = 300, seed: int = 4) -> Film:
    """Yield a film where an oblong object turns, and has 0.4 to 1.6 times its size."""
    return _film(_grown, length, seed)


def passed_by(length: int = 300, seed: int = 5) -> Film:
    """Yield a film where an object of a similar colour passes close by, five times from different sides."""
    return _film(_around, length, seed, passer=_beside)


FILMS: dict[str, Callable[..., Film]] = {
    film.__name__: film for film in (leaving, changing_light, growing, passed_by)
}


def _film(
    outline_of: Callable[[int], Points],
    length: int,
    seed: int,
    *,
    light: Callable[[int], float | Points] = lambda n: 1.0,
    passer: Callable[[int], Points] | None = None,
) -> Film:
    """Yield the frames of a film whose outlines are given for a frame of 1×1."""
    rng = np.random.default_rng(seed)
    background = photograph()
    height, width = background.shape[:2]
    skin, other_skin = mosaic(rng, width, height), mosaic(rng, width, height, BLUISH)
    for n in range(length):
        picture = background
        if passer is not None:
            picture = paint(picture, _pixels(passer(n), width, height), other_skin)
        outline = _pixels(outline_of(n), width, height)
        picture = paint(picture, outline, np.roll(skin, 5 * n, axis=1))
        flicker = 1 + 0.1 * np.sin(10 * np.pi * n / 300)
        frame = picture * (flicker * light(n)) + rng.integers(-6, 7, picture.shape)
        yield frame.clip(0, 255).astype(np.uint8), outline


def _pixels(outline: Points, width: int, height: int) -> Outline:
    return np.rint(outline * (width, height)).astype(np.int32)


def _around(n: int) -> Points:
    """Return the outline of an object that moves about in the frame."""
    turn = 2 * np.pi * n / 300
    return 0.5 + 0.3 * np.sin(turn * np.array([3, 4])) + shape(turn) / 512


def _across(n: int) -> Points:
    """Return the outline of an object that crosses the frame and leaves it on the other side."""
    trip, step = divmod(n + START, TRIP)
    axis, direction, across = TRIPS[trip % len(TRIPS)]
    along = 0.5 + direction * (1.9 * step / TRIP - 0.95)
    centre = (along, across) if axis == 0 else (across, along)
    return centre + shape(2 * np.pi * n / 300) / 512


def _grown(n: int) -> Points:
    """Return the outline of an ellipse, twice as long as wide, that turns and changes its size."""
    turn = 2 * np.pi * n / 300
    angle = np.linspace(0, 2 * np.pi, 120, endpoint=False)
    size = 40 * (1 + 0.6 * np.sin(2 * turn)) / 512
    ellipse = size * np.stack([1.4 * np.cos(angle), 0.7 * np.sin(angle)], axis=-1)
    cos, sin = np.cos(6 * turn), np.sin(6 * turn)
    return 0.5 + 0.25 * np.sin(turn * np.array([2, 3])) + ellipse @ np.array([[cos, sin], [-sin, cos]])


def _beside(n: int) -> Points:
    """Return the outline of what passes by the object, from another side each time."""
    passing, step = divmod(n, 60)
    side = 2 * np.pi * (passing / 5 + 0.1)
    along, across = np.array([np.cos(side), np.sin(side)]), np.array([-np.sin(side), np.cos(side)])
    centre = _around(n).mean(axis=0) + (1.4 * step / 60 - 0.7) * along + 0.13 * across
    return centre + shape(2 * np.pi * n / 300 + 1) / 512
