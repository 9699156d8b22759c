"""Following an object through a film."""

from __future__ import annotations

import backproj
from backproj._cli.draw_track import draw_track
from backproj._cli.options import HistogramOptions, refuse_empty
from backproj.typing import Box, Image, TrackingMethod

COLUMNS = (
    *("frame", "time", "x", "y", "w", "h", "score", "found"),
    *("cx", "cy", "width", "height", "angle"),
)


class FilmTrack:
    """An object that is followed through a film.

    It is in a box in the first frame. Or a model of it is given; then it begins where that fits best, in the
    first frame that shows any of its colours.
    """

    def __init__(self, method: TrackingMethod, adapt: float, options: HistogramOptions) -> None:
        self._method: TrackingMethod = method
        self._tracker = backproj.Tracker(method=method, adapt=adapt, order="rgb", **options)
        self._model: backproj.Histogram | None = None
        self._shape: tuple[int, ...] = ()
        self._found = self._seen = False  # in the last frame; in any frame

    def begin(self, pixels: Image, box: Box) -> None:
        """Begin with a box in the first frame, or raise UsageError if nothing in its middle counts."""
        with refuse_empty("the middle of the box"):
            self._tracker.init(pixels, box)

    def seek(self, model: backproj.Histogram, shape: tuple[int, ...]) -> None:
        """Begin where a model fits best, in a window as large as its picture, at most the whole frame."""
        self._model, self._shape = model, shape

    @property
    def histogram(self) -> backproj.Histogram:
        """The histogram by which the object is looked for in the next frame."""
        histogram = self._tracker.histogram or self._model
        assert histogram is not None, "begin or seek comes first"
        return histogram

    def follow(self, pixels: Image) -> None:
        """Follow the object into the next frame."""
        if self._seen:
            self._found, _ = self._tracker.update(pixels)
            return
        if self._model is not None:
            prob = self._model.back_project(pixels, order="rgb")
            height, width, *_ = map(min, self._shape, prob.shape)
            box, total = backproj.locate(prob, (width, height))
            if total == 0:
                return
            self._tracker.init(pixels, box, histogram=self._model)
        self._found = self._seen = True

    def draw(self, picture: Image) -> Image:
        """Return a picture of the last frame with the object's outline, dashed where it was seen last."""
        if not self._seen:
            return picture
        return draw_track(picture, self._tracker.rotated_rect, self._method, dashed=not self._found)

    def row(self) -> tuple[object, ...]:
        """Return where the object is in the last frame, for all but the first two columns of the table."""
        (cx, cy), (width, height), angle = self._tracker.rotated_rect
        rounded = (f"{number:.2f}" for number in (cx, cy, width, height, angle))
        return *self._tracker.window, f"{self._tracker.score:.4f}", int(self._found), *rounded

    def facts(self) -> dict[str, object]:
        """Return what --json says of where the object is in the last frame, or was seen last."""
        return {
            "box": self._tracker.window if self._seen else None,
            "score": round(self._tracker.score, 6),
            "found": bool(self._found),
            "rotated_rect": self._tracker.rotated_rect if self._seen else None,
        }
