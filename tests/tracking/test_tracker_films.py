"""Trackers on whole films: objects that leave, grow, turn, and change their colour with the light."""

from typing import NamedTuple

import cv2
import numpy as np
import pytest
from film import film
from hard_films import changing_light, growing, leaving

import backproj

pytestmark = pytest.mark.exhaustive  # whole films

TRACKERS = {
    "camshift": {},
    "camshift, adapts": {"adapt": 0.05},
    "meanshift": {"method": "meanshift"},
    "meanshift, adapts": {"method": "meanshift", "adapt": 0.05},
}

every_tracker = pytest.mark.parametrize("name", TRACKERS)


class Seen(NamedTuple):
    """How a tracker fared in the frames of a film after the first."""

    ok: np.ndarray
    on_it: np.ndarray  # whether the middle of the window was within the object's box
    distance: np.ndarray  # of it from the object's centre
    visible: np.ndarray  # whether all of the object was in the frame
    away: np.ndarray  # whether none of it was

    @property
    def lost(self):
        """The number of frames in which the object was there, but not found."""
        return int((self.visible & ~(self.ok & self.on_it)).sum())


def follow(frames):
    """Return how each tracker fares in a film."""
    first, outline = next(frames)
    trackers = {name: backproj.Tracker(**options) for name, options in TRACKERS.items()}
    for tracker in trackers.values():
        tracker.init(first, cv2.boundingRect(outline))
    seen = {name: [] for name in trackers}
    for frame, outline in frames:
        height, width = frame.shape[:2]
        inside = ((outline >= 0) & (outline < (width, height))).all(axis=1)
        for name, tracker in trackers.items():
            ok, (x, y, w, h) = tracker.update(frame)
            middle = np.array([x + (w - 1) / 2, y + (h - 1) / 2])
            on_it = ((outline.min(axis=0) <= middle) & (middle <= outline.max(axis=0))).all()
            away = np.hypot(*(middle - outline.mean(axis=0)))
            seen[name].append((ok, on_it, away, inside.all(), not inside.any()))
    return {name: Seen(*map(np.array, zip(*rows, strict=True))) for name, rows in seen.items()}


@pytest.fixture(scope="module")
def seen():
    """Return a function that returns how a tracker fares in a film, which all of them watch together."""
    watched = {}

    def look(film, name):
        if film not in watched:
            watched[film] = follow(film())
        return watched[film][name]

    return look


@every_tracker
def test_an_object_that_changes_its_shape_is_never_lost(seen, name):
    fared = seen(film, name)
    assert fared.visible.all()
    assert fared.lost == 0
    assert fared.distance.mean() < 4
    assert fared.distance.max() < 15


@every_tracker
def test_an_object_that_leaves_is_said_to_be_lost_and_found_when_it_is_back(seen, name):
    fared = seen(leaving, name)
    assert (fared.visible.sum(), fared.away.sum()) > (100, 100)
    assert fared.lost == 0
    assert not (fared.ok & fared.away).any()
    assert fared.distance[fared.visible].mean() < 4


@pytest.mark.parametrize("name", ["camshift", "camshift, adapts"])
def test_camshift_follows_an_object_that_grows_and_turns(seen, name):
    fared = seen(growing, name)
    assert fared.lost == 0
    assert fared.distance.mean() < 5


@pytest.mark.parametrize("method", ["camshift", "meanshift"])
def test_an_object_whose_light_changes_is_followed_only_by_a_model_that_adapts(seen, method):
    assert seen(changing_light, method).lost > 50
    fared = seen(changing_light, f"{method}, adapts")
    assert fared.lost == 0
    assert fared.distance.mean() < 4
