"""Track a blob by its colours in several ways, and print how far each is from the true position.

``cv2.CamShift`` moves a window on the back projection of the whole frame. ``Histogram.cam_shift`` finds the
same, but projects only what is around the window. ``locate`` searches the whole frame, and needs no window. A
``Tracker`` moves a window too, but notices when the object is lost, and then searches; with ``adapt`` it
follows the light::

    tracker = backproj.Tracker(adapt=0.05)
    tracker.init(frame, box)
    for frame in frames:
        ok, box = tracker.update(frame)
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any, TypeAlias

import cv2
import numpy as np
from film import film
from hard_films import FILMS

import backproj
from backproj.typing import Box, Image

Point: TypeAlias = tuple[float, float]
Finder: TypeAlias = Callable[[Image], Point | None]

# As in OpenCV's CamShift example: the hue of pale and of dark pixels is unreliable.
CAMSHIFT = {"channels": "h", "bins": 16, "in_range": ((0, 60, 32), (180, 255, 255)), "peak": 255}
UNTIL = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 10, 1)
ON_IT = 40  # pixels between the two centres; the blob's radius is about that
COLOURS = {
    "cv2.CamShift": (255, 255, 255),
    "cam_shift": (0, 255, 0),
    "locate": (0, 255, 255),
    "Tracker": (255, 0, 255),
    "Tracker, adapt=0.05": (0, 128, 255),
    "Tracker, meanshift": (255, 128, 0),
}


def by_opencv(hist: backproj.Histogram, window: Box) -> Finder:
    """Return what finds the blob's centre by ``cv2.CamShift``, frame after frame."""
    prob = None

    def find(frame: Image) -> Point:
        nonlocal prob, window
        prob = hist.back_project(frame, out=prob)
        (centre, _, _), window = cv2.CamShift(prob, window, UNTIL)
        return centre

    return find


def by_cam_shift(hist: backproj.Histogram, window: Box) -> Finder:
    """Return what finds it by ``Histogram.cam_shift``."""

    def find(frame: Image) -> Point:
        nonlocal window
        (centre, _, _), window = hist.cam_shift(frame, window, UNTIL)
        return centre

    return find


def by_locate(hist: backproj.Histogram, window: Box) -> Finder:
    """Return what finds it by ``locate``."""
    size = 3 * window[2] // 4, 3 * window[3] // 4  # a window larger than the blob would fit in many places
    prob = None

    def find(frame: Image) -> Point:
        nonlocal prob
        prob = hist.back_project(frame, out=prob)
        (x, y, width, height), _ = backproj.locate(prob, size)
        return x + (width - 1) / 2, y + (height - 1) / 2

    return find


def by_tracker(first: Image, window: Box, **options: Any) -> Finder:
    """Return what finds it by a ``Tracker``; None where that says that the blob is lost."""
    tracker = backproj.Tracker(**options, **CAMSHIFT)
    tracker.init(first, window)

    def find(frame: Image) -> Point | None:
        ok, _ = tracker.update(frame)
        return tracker.rotated_rect[0] if ok else None

    return find


def report(name: str, found: list[Point | None], outlines: list[np.ndarray], shape: tuple[int, ...]) -> str:
    """Return a line on how often what was found is on the blob, and how close to its centre."""
    height, width = shape[:2]
    inside = np.array([((outline >= 0) & (outline < (width, height))).all(axis=1) for outline in outlines])
    shown, gone = inside.all(axis=1), ~inside.any(axis=1)
    seen = np.array([point is not None for point in found])
    points = np.array([point or (np.nan, np.nan) for point in found])
    away = np.hypot(*(points - [outline.mean(axis=0) for outline in outlines]).T)
    on_it = shown & (away < ON_IT)
    line = f"{name:20} on the blob in {on_it.sum() / shown.sum():4.0%} of the frames that show all of it"
    if on_it.any():
        line += f", {away[on_it].mean():.1f} px from its centre"
    return f"{line}; said to be in {(seen & gone).sum()} of {gone.sum()} without it" if gone.any() else line


def main() -> None:
    """Print a line for each way, and draw the tracks with ``--output``."""
    films = {"blob": film, **FILMS}
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--film", choices=films, default="blob", help="which film (%(default)s)")
    parser.add_argument("-n", "--frames", type=int, default=300, help="the number of frames (%(default)s)")
    parser.add_argument(
        "-o", "--output", metavar="IMAGE", help="write the last frame with the tracks to this file"
    )
    arguments = parser.parse_args()
    if arguments.frames < 2:
        parser.error("--frames must be at least 2")

    frames = films[arguments.film](arguments.frames)
    frame, outline = next(frames)
    window = x, y, width, height = cv2.boundingRect(outline)
    hist = backproj.Histogram(frame[y : y + height, x : x + width], **CAMSHIFT)
    finders = {
        "cv2.CamShift": by_opencv(hist, window),
        "cam_shift": by_cam_shift(hist, window),
        "locate": by_locate(hist, window),
        "Tracker": by_tracker(frame, window),
        "Tracker, adapt=0.05": by_tracker(frame, window, adapt=0.05),
        "Tracker, meanshift": by_tracker(frame, window, method="meanshift"),
    }

    outlines, found = [], {name: [] for name in finders}
    for frame, outline in frames:
        outlines.append(outline)
        for name, find in finders.items():
            found[name].append(find(frame))

    cv2.polylines(frame, [outline], True, (0, 0, 0), 2)
    for name, points in found.items():
        print(report(name, points, outlines, frame.shape))
        for point in points:
            if point is not None:
                cv2.circle(frame, np.rint(point).astype(int).tolist(), 1, COLOURS[name], -1)
    if arguments.output and not cv2.imwrite(arguments.output, frame):
        parser.error(f"cannot write {arguments.output}")


if __name__ == "__main__":
    main()
