"""A tracker moves its window as the shifts of its histogram do, and finds an object again that was lost."""

import cv2
import numpy as np
import pytest

import backproj
from helpers.histograms import GATE
from helpers.moving_object import PURPLE, box_at, film, path, scene

HERE, THERE = (40, 45), (95, 70)  # two places that are no window apart
BOX = box_at(*HERE)
NOWHERE = scene()

methods = pytest.mark.parametrize("method", ["camshift", "meanshift"])
finds = pytest.mark.parametrize("find", [True, False], ids=["finds", "does not find"])


def tracking(box=BOX, frame=None, **options):
    """Return a tracker of the object at a place."""
    tracker = backproj.Tracker(**options)
    tracker.init(scene(HERE) if frame is None else frame, box)
    return tracker


def centre(box):
    x, y, width, height = box
    return x + width / 2, y + height / 2


def near(box, place):
    return bool(np.hypot(*np.subtract(centre(box), place)) < 5)


def middle(frame, box):
    """Return the middle of a box, half as wide and half as high."""
    x, y, width, height = box
    dx, dy = width // 4, height // 4
    return frame[y + dy : y + height - dy, x + dx : x + width - dx]


def score(hist, frame, box, **options):
    """Return the mean of a back projection in a box, from 0 to 1."""
    x, y, width, height = box
    return pytest.approx(hist.back_project(frame, **options)[y : y + height, x : x + width].mean() / 255)


def shifted(hist, frame, window, method, criteria=(3, 10, 1), **options):
    """Return where a shift of a histogram moves a window, and the rotated rectangle of it."""
    if method == "camshift":
        return hist.cam_shift(frame, window, criteria, **options)[::-1]
    _, found = hist.mean_shift(frame, window, criteria, **options)
    return found, (centre(found), (float(found[2]), float(found[3])), 0.0)


OPTIONS = {
    "default": {},
    "CamShift's": {"channels": "h", "bins": 16, "in_range": GATE, "peak": 255},
    "three dimensions": {"channels": "hsv", "bins": (16, 8, 8)},
    "sub-ranges": {"bins": (16, 10), "ranges": [0, 160, 50, 256]},
    "red, around 0": {"channels": "h", "in_range": ((170, 60, 32), (10, 255, 255))},
    "raw": {"peak": None},
    "one iteration": {"criteria": (1, 1, 0)},
    "until it stays": {"criteria": (2, 0, 0.5)},
    "adapts": {"adapt": 0.1},
    "adapts altogether": {"adapt": 1},
    "one thread": {"threads": 1},
}


@methods
@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
def test_the_window_moves_as_by_the_shift_of_the_histogram(method, options):
    first, *frames = film(40)
    tracker = tracking(box_at(*path(0)), first, method=method, **options)
    for n, frame in enumerate(frames, 1):
        hist = tracker.histogram
        expected, rect = shifted(hist, frame, tracker.window, method, options.get("criteria", (3, 10, 1)))
        assert tracker.update(frame) == (True, expected), n
        assert (tracker.window, tracker.rotated_rect) == (expected, rect)
        assert tracker.score == score(hist, frame, expected)


@methods
def test_a_tracker_begins_with_the_histogram_of_the_middle_of_the_box(method):
    frame = scene(HERE)
    options = {"channels": "hsv", "bins": 8, "in_range": GATE, "peak": 255}
    tracker = tracking(frame=frame, method=method, **options)
    assert tracker.histogram == backproj.Histogram(middle(frame, BOX), **options)
    assert tracker.window == BOX
    assert tracker.rotated_rect == ((40.0, 45.0), (24.0, 18.0), 0.0)
    assert tracker.score == score(tracker.histogram, frame, BOX)


def test_the_rotated_rectangle_is_one_for_cv2():
    tracker = tracking()
    for frame in (scene(HERE), NOWHERE):
        tracker.update(frame)
        assert cv2.boxPoints(tracker.rotated_rect).shape == (4, 2)
        cv2.ellipse(frame, tracker.rotated_rect, (0, 255, 0))


def test_before_init_there_is_nothing_to_see():
    tracker = backproj.Tracker()
    assert tracker.histogram is None
    assert tracker.window == (0, 0, 0, 0)
    assert tracker.rotated_rect == ((0, 0), (0, 0), 0)
    assert tracker.score == 0
    assert repr(tracker) == "<backproj.Tracker: camshift, before init>"


def test_the_repr_says_where_the_object_is():
    tracker = tracking(method="meanshift")
    assert repr(tracker) == f"<backproj.Tracker: meanshift, window {BOX}, score {tracker.score:.2f}>"


# -- what is tracked


def hues():
    values = np.zeros(180, np.float32)
    values[:8] = values[-8:] = 200
    return backproj.Histogram.from_values(values, channels="h", in_range=((170, 99, 99), (10, 255, 255)))


def of_red(**options):
    return backproj.Histogram(middle(scene(HERE), BOX), **options)


GIVEN = {
    "counted": of_red,
    "with another layout": lambda: of_red(channels="hsv", bins=9),
    "from values": hues,
    "a ratio": lambda: of_red().ratio(backproj.Histogram(scene(HERE))),
    "a blend": lambda: of_red().blend(backproj.Histogram(NOWHERE), 0.01),
    "a sum": lambda: of_red() + of_red(),
}


@methods
@pytest.mark.parametrize("adapt", [0, 0.1])
@pytest.mark.parametrize("make", GIVEN.values(), ids=GIVEN)
def test_a_histogram_is_tracked_instead_of_that_of_the_box(method, adapt, make):
    hist = make()
    tracker = backproj.Tracker(method=method, adapt=adapt, bins=5)
    tracker.init(scene(HERE, (80, 45), colour=(60, 200, 40)), BOX, histogram=backproj.Histogram(NOWHERE))
    tracker.init(scene(path(0)), box_at(*path(0)), histogram=hist)
    assert tracker.histogram == hist
    for n, frame in enumerate(film(20)):
        hist = tracker.histogram
        expected, _ = shifted(hist, frame, tracker.window, method)
        assert tracker.update(frame) == (True, expected), n
        assert near(expected, path(n))


@methods
def test_init_again_follows_another_object_as_a_new_tracker_does(method):
    two = scene(HERE)
    x, y, width, height = other = box_at(*THERE)
    two[y : y + height, x : x + width] = PURPLE
    again = tracking(frame=two, method=method, adapt=0.2)
    again.update(two)
    again.update(NOWHERE)
    again.init(two, other)
    new = tracking(other, two, method=method, adapt=0.2)
    for frame in (two, NOWHERE, two):
        assert again.update(frame) == new.update(frame)
        assert (again.score, again.rotated_rect) == (new.score, new.rotated_rect)
        assert again.histogram == new.histogram
    assert near(again.window, THERE)


# -- an object that is lost


@methods
@finds
def test_a_lost_object_leaves_the_window_where_it_was_seen_last(method, find):
    tracker = tracking(method=method, find=find)
    tracker.update(scene((43, 45)))
    seen = tracker.window, tracker.rotated_rect
    for _ in range(5):
        assert tracker.update(NOWHERE) == (False, seen[0])
        assert (tracker.window, tracker.rotated_rect) == seen
        assert 0 <= tracker.score < 0.25 * score(tracker.histogram, scene(HERE), BOX).expected


@methods
def test_with_find_an_object_is_found_anywhere(method):
    for place in (THERE, (110, 12), (15, 80), (110, 80)):
        tracker, frame = tracking(method=method), scene(place)
        tracker.update(NOWHERE)
        box, _ = backproj.locate(tracker.histogram.back_project(frame), BOX[2:])
        expected, rect = shifted(tracker.histogram, frame, box, method)
        assert tracker.update(frame) == (True, expected)
        assert (tracker.window, tracker.rotated_rect) == (expected, rect)
        assert tracker.score == score(tracker.histogram, frame, expected)
        assert near(expected, place)


@methods
def test_an_object_that_jumps_is_found_in_the_same_frame(method):
    tracker = tracking(method=method)
    ok, box = tracker.update(scene(THERE))
    assert ok
    assert near(box, THERE)


@methods
def test_without_find_an_object_is_found_only_where_it_was_seen_last(method):
    tracker = tracking(method=method, find=False)
    for _ in range(5):
        assert tracker.update(scene(THERE)) == (False, BOX)
    ok, box = tracker.update(scene((45, 43)))
    assert ok
    assert near(box, (45, 43))


def faded(part):
    """Return a frame where only so many of ten columns of the object are left."""
    frame = scene(HERE)
    x, y, width, height = BOX
    columns = np.arange(x, x + width)
    gone = columns[(columns % 10) >= part]
    frame[y : y + height, gone] = NOWHERE[y : y + height, gone]
    return frame


@finds
@pytest.mark.parametrize("lost", [0, 0.1, 0.25, 0.5, 0.75, 1])
@pytest.mark.parametrize("part", range(11))
def test_an_object_is_lost_below_the_part_of_the_first_score(part, lost, find):
    tracker = tracking(method="meanshift", lost=lost, find=find)
    first = tracker.score
    ok, _ = tracker.update(faded(part))
    assert ok == (tracker.score >= lost * first)


def test_nothing_is_never_the_object_even_if_none_can_be_lost():
    tracker = tracking(lost=0, in_range=((0, 200, 100), (8, 255, 255)))
    assert tracker.update(np.zeros((90, 120, 3), np.uint8)) == (False, BOX)
    assert tracker.score == 0
    assert tracker.rotated_rect == ((40, 45), (24, 18), 0)


@finds
def test_camshift_is_lost_where_its_window_has_collapsed_on_a_spot(find):
    frame = scene(HERE, size=(60, 60))
    tracker = tracking(box_at(*HERE, (60, 60)), frame, find=find, lost=0.01)
    spot = np.zeros_like(frame)
    spot[43:48, 38:43] = frame[43:48, 38:43]
    results = [tracker.update(spot) for _ in range(10)]
    assert results[-1] == (False, tracker.window)
    _, _, width, height = shifted(tracker.histogram, spot, tracker.window, "camshift")[0]
    assert width * height < 0.05 * 60 * 60
    assert tracker.score > 0.01


def test_mean_shift_keeps_the_windows_size():
    tracker = tracking(method="meanshift")
    for frame in (*film(20), NOWHERE, scene(THERE)):
        tracker.update(frame)
        assert tracker.window[2:] == BOX[2:]


# -- an object that changes


def test_a_model_adapts_to_what_was_found():
    tracker = tracking(method="meanshift", adapt=0.2, bins=16)
    for n in range(5):
        frame, before = scene(HERE, colour=(30, 60 + 3 * n, 220)), tracker.histogram
        ok, box = tracker.update(frame)
        assert ok
        assert tracker.histogram == before.blend(backproj.Histogram(middle(frame, box), bins=16), 0.2)


@methods
@pytest.mark.parametrize("frame", [NOWHERE, faded(3)], ids=["lost", "less than half of the first score"])
def test_a_model_does_not_adapt_to_what_hardly_looks_like_it(method, frame):
    tracker = tracking(method=method, adapt=0.2, lost=0.05, find=False)
    first, hist = tracker.score, tracker.histogram
    tracker.update(frame)
    assert tracker.score < 0.5 * first
    assert tracker.histogram is hist


def test_a_model_that_does_not_adapt_is_the_same_for_ever():
    tracker = tracking()
    hist = tracker.histogram
    for frame in film(20):
        tracker.update(frame)
    assert tracker.histogram is hist


@methods
def test_an_object_that_changes_its_colour_is_followed_if_the_model_adapts(method):
    trackers = {
        adapt: tracking(box_at(*path(0)), scene(path(0)), method=method, adapt=adapt) for adapt in (0, 0.1)
    }
    for n in range(120):
        frame = scene(path(n), colour=(30, 60 + n, 220))
        found = {adapt: tracker.update(frame) for adapt, tracker in trackers.items()}
    assert not found[0][0]
    ok, box = found[0.1]
    assert ok
    assert near(box, path(119))


# -- many trackers


@methods
def test_many_trackers_on_one_frame_do_not_know_of_each_other(method):
    places = [(x, y) for x in (30, 120, 210) for y in (30, 120, 210)]
    frame, boxes = scene(*places, shape=(240, 240)), [box_at(*place) for place in places]
    many = [tracking(box, frame, method=method, adapt=0.1 * (i % 2)) for i, box in enumerate(boxes)]
    together = [[tracker.update(frame) for tracker in many] for _ in range(3)]
    for i, box in enumerate(boxes):
        alone = tracking(box, frame, method=method, adapt=0.1 * (i % 2))
        assert [alone.update(frame) for _ in range(3)] == [results[i] for results in together]
        assert near(alone.window, centre(box))
