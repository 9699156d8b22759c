"""A moving object is followed as with OpenCV's own four calls, by the same windows."""

import sys

import cv2
import numpy as np
import pytest
from film import film

import backproj
from helpers.processes import ROOT, run

pytestmark = pytest.mark.exhaustive  # whole films

FRAMES = 300
GATE = (0, 60, 32), (180, 255, 255)
UNTIL = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 10, 1)


def away(point, outline):
    return np.hypot(*(np.asarray(point) - outline.mean(axis=0)))


def middle(box):
    x, y, width, height = box
    return x + (width - 1) / 2, y + (height - 1) / 2


def start(frame, outline):
    """Return the window around the object in the first frame, and its histogram."""
    window = x, y, width, height = cv2.boundingRect(outline)
    model = frame[y : y + height, x : x + width]
    return window, backproj.Histogram(model, channels="h", bins=16, in_range=GATE, peak=255)


class OpenCVTracker:
    """OpenCV's CamShift example (samples/python/camshift.py), less its mouse and windows."""

    def __init__(self, frame, window):
        x, y, width, height = self.window = window
        hsv, mask = self.look(frame)
        box = slice(y, y + height), slice(x, x + width)
        self.hist = cv2.calcHist([hsv[box]], [0], mask[box], [16], [0, 180])
        cv2.normalize(self.hist, self.hist, 0, 255, cv2.NORM_MINMAX)

    def look(self, frame):
        hsv = cv2.cvtColor(frame, cv2.COLOR_BGR2HSV)
        return hsv, cv2.inRange(hsv, np.array((0.0, 60.0, 32.0)), np.array((180.0, 255.0, 255.0)))

    def follow(self, frame):
        hsv, mask = self.look(frame)
        self.prob = cv2.calcBackProject([hsv], [0], self.hist, [0, 180], 1)
        self.prob &= mask
        self.box, self.window = cv2.CamShift(self.prob, self.window, UNTIL)


def test_camshift_sees_opencvs_probabilities_in_every_frame_and_stays_on_the_object():
    tracker = None
    for frame, outline in film(FRAMES):
        if tracker is None:
            window, hist = start(frame, outline)
            tracker = OpenCVTracker(frame, window)
            prob = np.empty(frame.shape[:2], np.uint8)
        tracker.follow(frame)
        hist.back_project(frame, out=prob)
        np.testing.assert_array_equal(prob, tracker.prob)
        box, window = cv2.CamShift(prob, window, UNTIL)
        assert (box, window) == (tracker.box, tracker.window)
        assert away(box[0], outline) < 12


def test_meanshift_and_locate_stay_on_the_object_too():
    hist = None
    for frame, outline in film(FRAMES):
        if hist is None:
            window, hist = start(frame, outline)
            size = 3 * window[2] // 4, 3 * window[3] // 4
        prob = hist.back_project(frame)
        _, window = cv2.meanShift(prob, window, UNTIL)
        assert away(middle(window), outline) < 15
        box, _ = backproj.locate(prob, size)
        assert away(middle(box), outline) < 18


def test_locate_finds_an_object_that_jumps_where_meanshift_loses_it():
    (frame, outline), *_, (later, moved) = film(20)
    window, hist = start(frame, outline)
    jump = moved.mean(axis=0) - outline.mean(axis=0)
    assert np.hypot(*jump) > max(window[2:]), "the object has left its window"
    prob = hist.back_project(later)
    _, lost = cv2.meanShift(prob, window, UNTIL)
    assert away(middle(lost), moved) > 40
    box, _ = backproj.locate(prob, window[2:])
    assert away(middle(box), moved) < 20
    _, found = cv2.meanShift(prob, box, UNTIL)
    assert away(middle(found), moved) < 5


def test_a_film_shows_the_same_each_time_and_the_object_really_moves_and_deforms():
    for (one, outline), (two, _) in zip(film(3), film(3), strict=True):
        np.testing.assert_array_equal(one, two)
        assert outline.dtype == np.int32
    outlines = [outline for _, outline in film(FRAMES)]
    centres = np.array([outline.mean(axis=0) for outline in outlines])
    areas = np.array([cv2.contourArea(outline) for outline in outlines])
    assert (np.ptp(centres, axis=0) > 250).all()
    assert areas.max() > 1.5 * areas.min()


@pytest.mark.parametrize("method", ["camshift", "meanshift"])
def test_the_command_follows_the_object_in_the_film_written_as_a_real_one(tmp_path, method):
    command = [sys.executable, ROOT / "examples" / "sample_video.py", "-n", "100", "blob.mp4"]
    assert "the blob starts at 216,206,81,101" in run(*command, cwd=tmp_path)
    options = ["--preset", "camshift", "--track", method, "--boxes", "boxes.csv", "-o", "tracked.mp4"]
    command = [sys.executable, "-m", "backproj", "video", "blob.mp4", "--box", "216,206,81,101", *options]
    assert "100 frames" in run(*command, cwd=tmp_path)
    centres = np.loadtxt(tmp_path / "boxes.csv", delimiter=",", skiprows=1)[:, 8:10]
    assert len(centres) == 100
    for centre, (_, outline) in zip(centres, film(100), strict=True):
        assert away(centre, outline) < 12
