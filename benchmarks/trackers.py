"""Compare trackers on films that are hard to track: how often each loses the object, and how long it takes.

    python benchmarks/trackers.py

prints a table of docs/performance.md. In a frame that shows all of the object, it is lost if the tracker says
so, or if what was found is farther from its centre than its radius. The distance is the mean over the frames
where it is not lost. The time is the median of the CPU time of all updates, with one thread. Before each one
the next frame is drawn, so the nearest caches no longer hold what the last update needed.
"""

import argparse
import sys
import time
from pathlib import Path

import cv2
import numpy as np

sys.path.append(str(Path(__file__).parents[1] / "examples"))
from hard_films import FILMS

import backproj

RADIUS = 40  # about that of the object, in pixels


class CamShift:
    """OpenCV's sample of CamShift. It has no way to tell that the object is lost."""

    def init(self, frame, box):
        x, y, width, height = self.window = box
        hsv, mask = self.look(frame)
        part = slice(y, y + height), slice(x, x + width)
        self.hist = cv2.calcHist([hsv[part]], [0], mask[part], [16], [0, 180])
        cv2.normalize(self.hist, self.hist, 0, 255, cv2.NORM_MINMAX)

    def look(self, frame):
        hsv = cv2.cvtColor(frame, cv2.COLOR_BGR2HSV)
        return hsv, cv2.inRange(hsv, np.array((0.0, 60.0, 32.0)), np.array((180.0, 255.0, 255.0)))

    def update(self, frame):
        hsv, mask = self.look(frame)
        prob = cv2.calcBackProject([hsv], [0], self.hist, [0, 180], 1)
        prob &= mask
        _, self.window = cv2.CamShift(prob, self.window, (3, 10, 1))
        return True, self.window


def ours(**options):
    return lambda: backproj.Tracker(threads=1, **options)


TRACKERS = {
    "cv2.CamShift": CamShift,
    "Tracker": ours(),
    "Tracker, adapt=0.05": ours(adapt=0.05),
    "Tracker, meanshift": ours(method="meanshift"),
    "Tracker, meanshift, adapt=0.05": ours(method="meanshift", adapt=0.05),
    "cv2.TrackerMIL": cv2.TrackerMIL.create,
}


def watch(tracker, film):
    """Return how a tracker fares in a film: see summary."""
    frame, outline = next(film)
    tracker.init(frame, cv2.boundingRect(outline))
    rows = []
    for frame, outline in film:
        start = time.process_time()
        ok, (x, y, w, h) = tracker.update(frame)
        took = time.process_time() - start
        height, width = frame.shape[:2]
        inside = ((outline >= 0) & (outline < (width, height))).all(axis=1)
        away = np.hypot(*((x + (w - 1) / 2, y + (h - 1) / 2) - outline.mean(axis=0)))
        rows.append((ok, away, inside.all(), not inside.any(), took))
    return summary(*map(np.array, zip(*rows, strict=True)))


def summary(ok, away, shown, gone, took):
    """Return the counts of frames, the mean distance, and the times.

    The counts: where the object was lost, which show it, where it was found but is not, where it is not.
    """
    found = ok & (away < RADIUS) & shown
    distance = away[found].mean() if found.any() else np.nan
    return (shown & ~found).sum(), shown.sum(), (ok & gone).sum(), gone.sum(), distance, took


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--frames", type=int, default=300, help="the length of each film (%(default)s)")
    parser.add_argument("--films", nargs="+", choices=FILMS, default=list(FILMS), help="which ones (all)")
    options = parser.parse_args()
    if options.frames < 2:
        parser.error("--frames must be at least 2")
    cv2.setNumThreads(1)
    watched = {
        film: {name: watch(make(), FILMS[film](options.frames)) for name, make in TRACKERS.items()}
        for film in options.films
    }
    heads, rows = ["frames lost (distance in px)"], [[name] for name in TRACKERS]
    for film, seen in watched.items():
        _, shown, _, gone, *_ = next(iter(seen.values()))
        heads += [f"`{film}`, of {shown}"] + [f"found in {gone} without it"] * bool(gone)
        for row in rows:
            lost, _, false_ok, _, distance, _ = seen[row[0]]
            row += [f"{lost} ({distance:.1f})"] + [false_ok] * bool(gone)
    for row in rows:
        times = np.concatenate([seen[row[0]][-1] for seen in watched.values()])
        row.append(f"{np.median(times) * 1000:.3g}")
    for row in ([*heads, "ms an update"], ["---"] * (len(heads) + 1), *rows):
        print("|", " | ".join(map(str, row)), "|")


if __name__ == "__main__":
    main()
