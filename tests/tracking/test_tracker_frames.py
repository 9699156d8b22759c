"""Frames that a tracker takes: any views of memory, in either order, of any size, and of changing ones."""

import numpy as np
import pytest

import backproj
from helpers.image_views import Subclass, views
from helpers.moving_object import SHAPE, box_at, film, path, scene

FRAME = scene((40, 45))
BOX = box_at(40, 45)

methods = pytest.mark.parametrize("method", ["camshift", "meanshift"])


def tracking(box=BOX, frame=FRAME, **options):
    tracker = backproj.Tracker(**options)
    tracker.init(frame, box)
    return tracker


def state(tracker):
    return tracker.window, tracker.rotated_rect, tracker.score, tracker.histogram


def alike(change, method="camshift", **options):
    """Fail unless a tracker finds the same in changed frames as in plain ones."""
    plain, changed = (backproj.Tracker(method=method, adapt=0.1, **some) for some in ({}, options))
    for n, frame in enumerate((*film(12), scene(), scene((90, 20)))):
        if n in (0, 7):
            plain.init(frame, box_at(*path(n)))
            changed.init(change(frame), box_at(*path(n)))
        assert changed.update(change(frame)) == plain.update(frame), n
        assert state(changed) == state(plain)


def framed(frame):
    """Return the frame as a part of a larger image."""
    image = np.zeros((SHAPE[0] + 9, SHAPE[1] + 9, 3), np.uint8)
    image[4:-5, 3:-6] = frame
    return image[4:-5, 3:-6]


def read_only(frame):
    frame.flags.writeable = False
    return frame


FRAMES = {
    "4 channels": lambda frame: np.dstack([frame, frame[..., :1]]),
    "3 of 4 channels": lambda frame: np.dstack([frame, frame[..., :1]])[..., :3],
    "a part of a larger image": framed,
    "Fortran's order": np.asfortranarray,
    "planar": lambda frame: np.ascontiguousarray(frame.transpose(2, 0, 1)).transpose(1, 2, 0),
    "upside down in memory": lambda frame: np.ascontiguousarray(frame[::-1])[::-1],
    "backwards in memory": lambda frame: np.ascontiguousarray(frame[:, ::-1])[:, ::-1],
    "every other pixel": lambda frame: np.repeat(frame, 2, axis=1)[:, ::2],
    "read-only": read_only,
    "of a subclass": lambda frame: frame.view(Subclass),
    "in a buffer": lambda frame: np.frombuffer(bytearray(frame.tobytes()), np.uint8).reshape(frame.shape),
}


@methods
@pytest.mark.parametrize("change", FRAMES.values(), ids=FRAMES)
def test_frames_may_be_any_views(method, change):
    alike(change, method)


def test_frames_may_be_in_rgb():
    alike(lambda frame: frame[..., ::-1], order="rgb")
    alike(lambda frame: np.ascontiguousarray(frame[..., ::-1]), order="rgb")


@methods
def test_boxes_of_any_view_of_noise(method):
    image = np.random.default_rng(3).integers(0, 256, (31, 43, 4), np.uint8)
    for view in views(image):
        plain, viewed = (tracking((3, 2, 7, 6), frame, method=method) for frame in (view.copy(), view))
        for _ in range(3):
            assert viewed.update(view) == plain.update(view.copy())
        assert state(viewed) == state(plain)


@methods
@pytest.mark.parametrize("shape", [(1, 1), (1, 2), (2, 1), (1, 40), (40, 1), (2, 2)], ids=str)
def test_frames_of_few_pixels(method, shape):
    frame = np.full((*shape, 3), (30, 60, 220), np.uint8)
    height, width = shape
    tracker = tracking((0, 0, width, height), frame, method=method, adapt=0.1)
    for _ in range(3):
        assert tracker.update(frame) == (True, (0, 0, width, height))
        assert tracker.score == 1


def test_a_frame_is_as_it_was():
    frame, tracker = FRAME.copy(), tracking(adapt=0.5)
    tracker.update(frame)
    np.testing.assert_array_equal(frame, FRAME)


# -- frames of different sizes


@methods
def test_in_a_larger_frame_the_window_keeps_its_coordinates(method):
    tracker = tracking(method=method)
    ok, box = tracker.update(scene((44, 43), shape=(300, 400)))
    assert ok
    np.testing.assert_allclose(np.add(box[:2], np.divide(box[2:], 2)), (44, 43), atol=3)


@methods
def test_in_a_smaller_frame_the_window_is_moved_into_it(method):
    start = box_at(105, 75)
    tracker = tracking(start, scene((105, 75)), method=method, find=False)
    small = scene((60, 50), shape=(60, 70))
    shift = getattr(tracker.histogram, {"camshift": "cam_shift", "meanshift": "mean_shift"}[method])
    _, expected = shift(small, (70 - start[2], 60 - start[3], *start[2:]))
    assert tracker.update(small) == (True, expected)


@methods
def test_an_object_that_is_not_in_the_smaller_frame_is_lost_and_its_window_stays(method):
    start = box_at(105, 75)
    tracker = tracking(start, scene((105, 75)), method=method)
    for _ in range(3):
        assert tracker.update(scene(shape=(40, 50))) == (False, start)
    ok, _ = tracker.update(scene((105, 75)))
    assert ok


@methods
def test_a_window_larger_than_the_frame_is_cut(method):
    tracker = tracking(method=method)
    red = np.full((10, 12, 3), (30, 60, 220), np.uint8)
    assert tracker.update(red) == (True, (0, 0, 12, 10))


def test_mean_shift_has_its_size_again_in_a_larger_frame():
    tracker = tracking(method="meanshift")
    for shape in ((10, 12), (1, 1), (500, 3)):
        tracker.update(np.full((*shape, 3), (30, 60, 220), np.uint8))
        assert tracker.window[2:] == (min(24, shape[1]), min(18, shape[0]))
    ok, box = tracker.update(FRAME)
    assert ok
    assert box == tracking(method="meanshift").update(FRAME)[1]
