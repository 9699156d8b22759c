"""Films in which objects move: frames of the benchmark, with objects of one size in frames of any size."""

import io
import math

import av
import cv2
import numpy as np
from images import scene

# An object is an ellipse of this width and height, or a third of it in frames that it would fill.
OBJECT, SMALLEST_FRAME = (110, 84), 320

# The objects move in circles, 9 pixels from each frame to the next.
FRAMES, RADIUS = 8, 12

# The first object is greenish blue, which is rare in the photographs. The hues of the others differ from it.
HUE_SHIFT = 85

# A frame is written in strips of so many rows, as decoders write it.
STRIP = 16

# Noise would take very long to decode with less loss.
ENCODING = {"preset": "veryfast", "crf": "35"}


class Film:
    """A film without an end, of which one frame after another is written into the same array.

    ``frame`` is that array, BGR, and ``number`` tells which of the FRAMES it holds. The objects stand in a
    grid of columns and rows; ``models`` are cut out of the first frame by their boxes.
    """

    def __init__(self, searched, grid=(1, 1)):
        self.frame = np.empty_like(searched.frame)
        self._drawn = searched.frame.copy()
        self._ground = searched.frame
        width, height = searched.width, searched.height
        scale = 1 if min(width, height) >= SMALLEST_FRAME else 1 / 3
        self._radius = scale * RADIUS
        self._size = tuple(round(scale * side) for side in OBJECT)
        columns, rows = grid
        self._centres = [
            (x, y)
            for y in places(rows, height, self._radius + self._size[1] / 2)
            for x in places(columns, width, self._radius + self._size[0] / 2)
        ]
        self._pictures = [
            picture(self._size, 180 * i // len(self._centres)) for i in range(len(self._centres))
        ]
        self._outline = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, self._size)[..., np.newaxis] != 0
        self.number = -1
        self.advance()
        self.models = [self.frame[y : y + h, x : x + w].copy() for x, y, w, h in self.boxes(0)]

    def boxes(self, number):
        """Return where the objects are in a frame, as (x, y, width, height)."""
        turn = 2 * math.pi * number / FRAMES
        dx, dy = self._radius * math.cos(turn), self._radius * math.sin(turn)
        w, h = self._size
        return [(round(x + dx - w / 2), round(y + dy - h / 2), w, h) for x, y in self._centres]

    def advance(self):
        """Write the next frame."""
        for x, y, w, h in self.boxes(self.number):
            self._drawn[y : y + h, x : x + w] = self._ground[y : y + h, x : x + w]
        self.number = (self.number + 1) % FRAMES
        for (x, y, w, h), of_object in zip(self.boxes(self.number), self._pictures, strict=True):
            np.copyto(self._drawn[y : y + h, x : x + w], of_object, where=self._outline)
        for top in range(0, len(self.frame), STRIP):
            self.frame[top : top + STRIP] = self._drawn[top : top + STRIP]


class DecodedFilm:
    """A film as a decoder reads it: each frame is in another array, and is not quite what was encoded."""

    def __init__(self, film):
        self.boxes, self.models = film.boxes, film.models
        self._frames = decoded_again_and_again(encoded(film))
        self.number = -1
        self.advance()

    def advance(self):
        """Decode the next frame."""
        self.frame = next(self._frames).to_ndarray(format="bgr24")
        self.number = (self.number + 1) % FRAMES


def encoded(film):
    """Return a file in memory with the frames of a film, of which the first is the current one, as H.264."""
    file = io.BytesIO()
    height, width = film.frame.shape[:2]
    with av.open(file, "w", format="matroska") as container:
        stream = container.add_stream("libx264", rate=30, options=ENCODING)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for _ in range(FRAMES):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(film.frame, format="bgr24")))
            film.advance()
        container.mux(stream.encode())
    return file


def decoded_again_and_again(file):
    """Yield the frames of a film without an end, decoded in the calling thread."""
    file.seek(0)
    with av.open(file) as container:
        container.streams.video[0].thread_count = 1
        while True:
            yield from container.decode(video=0)
            container.seek(0)


def places(number, extent, margin):
    """Return so many places along an extent: its centre, or places from one margin to the other."""
    return [extent / 2] if number == 1 else np.linspace(margin, extent - margin, number).tolist()


def picture(size, hue):
    """Return a picture of an object: a piece of a photograph, of another hue."""
    photographed = scene("astronaut", 640, 480).models[0]
    hsv = cv2.cvtColor(cv2.resize(photographed, size), cv2.COLOR_BGR2HSV)
    hsv[..., 0] = (hsv[..., 0].astype(int) + HUE_SHIFT + hue) % 180
    return cv2.cvtColor(hsv, cv2.COLOR_HSV2BGR)
