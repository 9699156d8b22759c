"""Trackers with random options in random frames: what they return is always consistent."""

import pickle
import warnings

import numpy as np
import pytest

import backproj
from helpers import formula


def random_frame(random, palette, is_grey):
    """Return spots of a few colours, in a frame whose size, channels and strides may differ each time."""
    shape = random.integers(1, 90, 2) if random.random() < 0.3 else (60, 80)
    frame = palette[random.integers(len(palette), size=shape)]
    if random.random() < 0.7:
        frame = frame[::7, ::9].repeat(7, axis=0).repeat(9, axis=1)[: shape[0], : shape[1]]
    frame = frame[:: random.choice([1, -1]), :: random.choice([1, -1]), : random.integers(3, 5)]
    frame = frame.transpose(1, 0, 2) if random.random() < 0.2 else frame
    return frame[..., 0] if is_grey else frame


def random_tracker(random):
    options = {
        "method": str(random.choice(["camshift", "meanshift"])),
        "criteria": (
            random.integers(1, 4),
            random.integers(-2, 12),
            random.choice([0, -1, 0.5, 1, 1e9, np.inf]),
        ),
        "lost": random.choice([0, 0.1, 0.25, 0.9, 1]),
        "find": random.choice([True, False]),
        "adapt": random.choice([0, 0.05, 1]),
        "channels": str(random.choice(sorted(formula.CHANNELS))),
        "bins": random.integers(1, 12),
        "peak": random.choice([None, 256.0, 255.0, 3.0, 1000.0]),
        "order": str(random.choice(["bgr", "rgb"])),
    }
    space, _ = formula.CHANNELS[options["channels"]]
    if random.random() < 0.3:
        low, high = random.integers(0, 180, 2)
        if space is not formula.hsv:  # only hue wraps around
            low, high = sorted((low, high))
        options["in_range"] = (low, high) if space is formula.gray else ((low, 0, 0), (high, 255, 255))
    return backproj.Tracker(**options), options


@pytest.mark.parametrize("seed", range(20))
def test_a_tracker_is_where_it_says_and_only_where_it_has_found_something(seed):
    for number in range(15):
        random = np.random.default_rng((seed, number))
        palette = random.integers(0, 256, (4, 4), np.uint8)
        tracker, options = random_tracker(random)
        is_grey = options["channels"] == "gray" and random.random() < 0.5
        frame = random_frame(random, palette, is_grey)
        height, width = frame.shape[:2]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # nothing may look like the model
            x, y = random.integers(0, (width, height))
            tracker.init(frame, (x - 9, y - 9, *random.integers(10, 60, 2)))
        for _ in range(8):
            before = tracker.window, tracker.rotated_rect, tracker.histogram
            frame = random_frame(random, palette, is_grey)
            tracker = pickle.loads(pickle.dumps(tracker)) if random.random() < 0.1 else tracker
            ok, window = tracker.update(frame)
            assert window == tracker.window
            assert 0 <= tracker.score <= 1
            if ok:
                check_found(tracker, before[2].back_project(frame, order=options["order"]))
            else:
                assert (tracker.window, tracker.rotated_rect, tracker.histogram) == before


def check_found(tracker, prob):
    """Fail unless the window is in the frame, with the score, and so is the rotated rectangle."""
    height, width = prob.shape
    x, y, w, h = tracker.window
    assert 0 <= x < x + w <= width
    assert 0 <= y < y + h <= height
    assert tracker.score == pytest.approx(prob[y : y + h, x : x + w].mean() / 255)
    assert tracker.score > 0
    (centre_x, centre_y), size, angle = tracker.rotated_rect
    assert 0 <= centre_x <= width
    assert 0 <= centre_y <= height
    assert np.isfinite([*size, angle]).all()
    assert min(size) >= 0
    assert np.isfinite(tracker.histogram.values).all()
