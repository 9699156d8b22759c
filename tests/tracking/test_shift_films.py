"""Following an object through a whole film by a histogram alone makes the windows of OpenCV's four calls."""

import cv2
import pytest
from film import film

import backproj
from helpers import opencv_chain
from helpers.rotated_rects import difference
from helpers.shift_judge import BOTH

pytestmark = pytest.mark.exhaustive  # whole films

FRAMES = 300
GREEN, ALL_BUT_BLUE = ((0, 60, 32), (180, 255, 255)), ((150, 60, 32), (100, 255, 255))

# Layouts, the gate, and the peak.
LAYOUTS = {
    "CamShift's": ({"channels": "h", "bins": 16}, GREEN, 255),
    "a bin a hue, around 0": ({"channels": "h", "bins": 180}, ALL_BUT_BLUE, 255),
    "hue and saturation": ({"channels": "hs", "bins": (30, 32)}, GREEN, 256),
    "a sub-range": ({"channels": "hs", "bins": (7, 31), "ranges": [20, 160, 50, 256]}, GREEN, 100),
    "three dimensions": ({"channels": "hsv", "bins": (16, 8, 8)}, ALL_BUT_BLUE, 255),
}


class Followed:
    """An object that OpenCV follows by its four calls a frame, and a histogram by one."""

    def __init__(self, model, window, layout, gate, peak):
        self.hist = backproj.Histogram(model, in_range=gate, peak=peak, **layout)
        self.chain = model, *gate
        self.options = {"peak": peak, **layout}
        self.windows = dict.fromkeys(("cam_shift", "mean_shift"), (window, window))
        self.largest = 0.0

    def follow(self, frame):
        _, prob = opencv_chain.camshift(opencv_chain.to_hsv(frame), *self.chain, **self.options)
        own, opencvs = self.windows["cam_shift"]
        rect, own = self.hist.cam_shift(frame, own)
        expected, opencvs = cv2.CamShift(prob, opencvs, BOTH)
        assert own == opencvs
        self.largest = max(self.largest, difference(rect, expected))
        self.windows["cam_shift"] = own, opencvs

        own, opencvs = self.windows["mean_shift"]
        iterations, own = self.hist.mean_shift(frame, own)
        assert (iterations, own) == cv2.meanShift(prob, opencvs, BOTH)
        self.windows["mean_shift"] = own, own


def test_windows_are_opencvs_in_every_frame_and_rectangles_to_a_ten_thousandth(record_property):
    followed, seen = {}, {name: set() for name in LAYOUTS}
    for frame, outline in film(FRAMES):
        if not followed:
            window = x, y, width, height = cv2.boundingRect(outline)
            model = frame[y : y + height, x : x + width].copy()
            followed = {name: Followed(model, window, *options) for name, options in LAYOUTS.items()}
        for name, each in followed.items():
            each.follow(frame)
            assert each.largest < 1e-4, name
            seen[name].add(each.windows["cam_shift"][0])
    assert min(map(len, seen.values())) > FRAMES / 2, "the windows follow the object"
    record_property("largest difference of a rectangle", max(each.largest for each in followed.values()))
