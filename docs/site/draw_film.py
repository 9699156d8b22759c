"""Draw an animated picture of films side by side: python docs/site/draw_film.py FILM... WEBP."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator, Sequence

import av
import numpy as np
import PIL.Image

HEIGHT = 240
EVERY = 2  # of the frames
MILLISECONDS = 67  # for each of these, twice as long as a frame of 30 a second


def main(films: list[str], picture: str) -> None:
    """Write the picture, which starts again at its end."""
    together = zip(*map(decoded, films), strict=True)
    rows = [side_by_side(frames) for frames in itertools.islice(together, 0, None, EVERY)]
    rows[0].save(
        picture, save_all=True, append_images=rows[1:], duration=MILLISECONDS, loop=0, quality=50, method=6
    )
    print(f"wrote {picture}: {len(rows)} frames")


def decoded(film: str) -> Iterator[PIL.Image.Image]:
    """Yield the frames of a film, in RGB."""
    with av.open(film) as container:
        for frame in container.decode(video=0):
            yield frame.to_image()


def side_by_side(frames: Sequence[PIL.Image.Image]) -> PIL.Image.Image:
    """Return one picture of several of the same size, scaled to HEIGHT."""
    small = [frame.resize((frame.width * HEIGHT // frame.height, HEIGHT)) for frame in frames]
    return PIL.Image.fromarray(np.hstack([np.asarray(frame) for frame in small]))


if __name__ == "__main__":
    *films, picture = sys.argv[1:]
    main(films, picture)
