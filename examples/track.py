"""Track a blob by its colour in three ways, and print how far each is from the true position.

``cv2.CamShift`` and ``cv2.meanShift`` start from the position in the previous frame. ``backproj.locate``
searches the whole frame, and tracking with it takes three lines::

    for frame in frames:
        prob = hist.back_project(frame)
        box, score = backproj.locate(prob, size)
"""

from __future__ import annotations

import argparse
from typing import TypeAlias

import cv2
import numpy as np
from film import film

import backproj

Box: TypeAlias = tuple[int, int, int, int]

# As in OpenCV's CamShift example: the hue of pale and of dark pixels is unreliable.
CAMSHIFT = {"channels": "h", "bins": 16, "in_range": ((0, 60, 32), (180, 255, 255)), "peak": 255}
UNTIL = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 10, 1)
COLOURS = {"CamShift": (255, 255, 255), "meanShift": (255, 0, 255), "locate": (0, 255, 255)}


def middle(box: Box) -> tuple[float, float]:
    """Return the centre of a box."""
    x, y, width, height = box
    return x + (width - 1) / 2, y + (height - 1) / 2


def main() -> None:
    """Print the distances, and draw the tracks with ``--output``."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("-n", "--frames", type=int, default=300, help="the number of frames (%(default)s)")
    parser.add_argument(
        "-o", "--output", metavar="IMAGE", help="write the last frame with the tracks to this file"
    )
    arguments = parser.parse_args()
    if arguments.frames < 2:
        parser.error("--frames must be at least 2")

    frames = film(arguments.frames)
    frame, outline = next(frames)
    camshift = meanshift = x, y, width, height = cv2.boundingRect(outline)
    hist = backproj.Histogram(frame[y : y + height, x : x + width], **CAMSHIFT)
    size = 3 * width // 4, 3 * height // 4  # a window larger than the blob would fit in many places

    truth, tracks = [], {name: [] for name in COLOURS}
    prob = np.empty(frame.shape[:2], np.uint8)
    for frame, outline in frames:
        hist.back_project(frame, out=prob)
        (centre, _, _), camshift = cv2.CamShift(prob, camshift, UNTIL)
        _, meanshift = cv2.meanShift(prob, meanshift, UNTIL)
        box, _ = backproj.locate(prob, size)

        truth.append(outline.mean(axis=0))
        for name, point in zip(tracks, (centre, middle(meanshift), middle(box)), strict=True):
            tracks[name].append(point)

    cv2.polylines(frame, [outline], True, (0, 0, 0), 2)
    for name, points in tracks.items():
        error = np.hypot(*np.subtract(points, truth).T)
        print(f"{name:10}{error.mean():5.1f} px from the true centre on average, {error.max():.1f} at most")
        cv2.polylines(frame, [np.rint(points).astype(np.int32)], False, COLOURS[name], 1)
    if arguments.output and not cv2.imwrite(arguments.output, frame):
        parser.error(f"cannot write {arguments.output}")


if __name__ == "__main__":
    main()
