"""What a tracker takes: boxes, histograms and options of all kinds, and errors that say what is wrong."""

import warnings

import cv2
import numpy as np
import pytest

import backproj
from helpers.histograms import GATE
from helpers.moving_object import SHAPE, box_at, film, path, scene

FRAME = scene((40, 45))
BOX = box_at(40, 45)

methods = pytest.mark.parametrize("method", ["camshift", "meanshift"])


def cases(table):
    return pytest.mark.parametrize(("value", "error", "says"), table.values(), ids=table)


def tracking(box=BOX, frame=FRAME, **options):
    tracker = backproj.Tracker(**options)
    tracker.init(frame, box)
    return tracker


def state(tracker):
    return tracker.window, tracker.rotated_rect, tracker.score, tracker.histogram


def same_error(tracker, error, says, call):
    """Fail unless a call is an error of one line, and the tracker is as it was."""
    before = state(tracker)
    with pytest.raises(error, match=says) as caught:
        call()
    assert "\n" not in str(caught.value)
    assert state(tracker) == before


# -- as cv2's trackers


@pytest.mark.parametrize("make", [cv2.TrackerMIL.create, backproj.Tracker], ids=["cv2", "backproj"])
@pytest.mark.parametrize(
    "box", [BOX, list(BOX), np.array(BOX), np.array(BOX, np.uint8), np.array(BOX, np.int32)], ids=repr
)
def test_it_is_called_as_cv2s_trackers_are(make, box):
    tracker = make()
    assert tracker.init(FRAME, box) is None
    ok, found = tracker.update(FRAME)
    assert ok is True
    assert type(found) is tuple
    assert [type(number) for number in found] == [int] * 4
    assert np.hypot(*(np.array(found[:2]) - BOX[:2])) < 5


def test_update_before_init_is_an_error():
    tracker = backproj.Tracker()
    same_error(
        tracker, RuntimeError, r"update before init: call init\(frame, box\)", lambda: tracker.update(FRAME)
    )
    tracker.init(FRAME, BOX)
    assert tracker.update(FRAME)[0]


@methods
def test_numbers_are_plain(method):
    tracker = tracking(np.array(BOX), method=method, lost=np.float32(0.2), adapt=np.float64(0.1))
    for frame in (FRAME, scene()):
        ok, window = tracker.update(frame)
        assert type(ok) is bool
        centre, size, angle = tracker.rotated_rect
        assert {type(number) for number in (*window, *tracker.window)} == {int}
        assert {type(number) for number in (*centre, *size, angle, tracker.score)} == {float}


# -- boxes


PARTLY_OUTSIDE = {
    "left": (-5, 10, 20, 20),
    "above": (10, -5, 20, 20),
    "right": (SHAPE[1] - 9, 10, 20, 20),
    "below": (10, SHAPE[0] - 9, 20, 20),
    "all sides": (-9, -9, 1000, 1000),
    "huge": (-(2**30), -(2**30), 2**31 - 1, 2**31 - 1),
    "one pixel": (-9, -9, 10, 10),
}


@methods
@pytest.mark.parametrize("box", PARTLY_OUTSIDE.values(), ids=PARTLY_OUTSIDE)
def test_of_a_box_partly_outside_the_part_in_the_frame_counts(method, box):
    x, y, width, height = box
    left, top = max(x, 0), max(y, 0)
    cut = left, top, min(x + width, SHAPE[1]) - left, min(y + height, SHAPE[0]) - top
    one, other = tracking(box, method=method), tracking(cut, method=method)
    assert one.window == cut
    assert state(one) == state(other)
    assert one.update(FRAME) == other.update(FRAME)
    assert state(one) == state(other)


FOUR = r"box must be \(x, y, width, height\), four whole numbers, not "

BAD_BOXES = {
    "nothing": (None, TypeError, FOUR + "None"),
    "text": ("1234", TypeError, FOUR + "'1234'"),
    "three": ((1, 2, 3), TypeError, FOUR + r"\(1, 2, 3\)"),
    "floats": ((1.0, 2.0, 3.0, 4.0), TypeError, FOUR + r"\(1.0, 2.0, 3.0, 4.0\); round them"),
    "an array of floats": (
        np.ones(4),
        TypeError,
        FOUR + r"array.*; box.round\(\).astype\(int\) makes them whole",
    ),
    "two corners": (((1, 2), (3, 4)), TypeError, FOUR + r"\(\(1, 2\), \(3, 4\)\)"),
    "what update returns": ((True, BOX), TypeError, FOUR + r"\(True, \(28, 36"),
    "selectROI's, cancelled": ((0, 0, 0, 0), ValueError, "box has 0×0 pixels"),
    "a negative size": ((5, 5, -3, 4), ValueError, "box has -3×4 pixels.*not two corners"),
    "beyond 32 bits": ((0, 0, 2**40, 1), ValueError, "box reaches beyond 32 bits"),
    "right of the frame": (
        (120, 5, 3, 4),
        ValueError,
        r"box \(120, 5, 3, 4\) is outside the frame, .* 120×90",
    ),
    "below the frame": ((5, 90, 3, 4), ValueError, r"box \(5, 90, 3, 4\) is outside the frame"),
    "left of the frame": ((-3, 5, 3, 4), ValueError, r"box \(-3, 5, 3, 4\) is outside the frame"),
    "above the frame": ((5, -4, 3, 4), ValueError, r"box \(5, -4, 3, 4\) is outside the frame"),
}


@cases(BAD_BOXES)
def test_bad_boxes(value, error, says):
    for tracker in (backproj.Tracker(), tracking()):
        same_error(tracker, error, says, lambda tracker=tracker: tracker.init(FRAME, value))


# -- what is tracked


BAD_HISTOGRAMS = {
    "values": (np.zeros((32, 32), np.float32), TypeError, "not ndarray"),
    "an image": (FRAME, TypeError, "not ndarray"),
    "text": ("red", TypeError, "not str"),
    "false": (False, TypeError, "not bool"),
    "the class": (backproj.Histogram, TypeError, "not type"),
}


@cases(BAD_HISTOGRAMS)
def test_bad_histograms(value, error, says):
    for tracker in (backproj.Tracker(), tracking()):
        same_error(
            tracker,
            error,
            rf"histogram must be a Histogram, {says}; backproj.Histogram\(model, ...\) makes one",
            lambda tracker=tracker: tracker.init(FRAME, BOX, histogram=value),
        )


def purple():
    return backproj.Histogram(np.full((2, 2, 3), (220, 60, 220), np.uint8))


COUNTED = "no pixel of the middle of the box passed ranges and in_range"
GIVEN = "all pixels of the box project to 0"

# Options, the histogram that is tracked, and what is wrong.
NOTHING_TO_FIND = {
    "a gate": ({"in_range": ((140, 60, 32), (150, 255, 255))}, None, COUNTED),
    "ranges": ({"ranges": [140, 150, 0, 256]}, None, COUNTED),
    "one bin": ({"bins": 1}, None, GIVEN),
    "a peak that is rounded to 0": ({"peak": 0.4}, None, GIVEN),
    "the histogram of something else": ({}, purple, GIVEN),
    "zeros": ({}, lambda: backproj.Histogram.from_values(np.zeros((9, 9), np.float32), channels="hs"), GIVEN),
}


@methods
@pytest.mark.parametrize(("options", "make", "says"), NOTHING_TO_FIND.values(), ids=NOTHING_TO_FIND)
def test_a_box_that_does_not_look_like_the_model_is_warned_of_and_nothing_is_found(
    method, options, make, says
):
    tracker, hist = backproj.Tracker(method=method, lost=0, **options), make and make()
    with pytest.warns(RuntimeWarning, match=f"^{says}, so nothing will be found$") as caught:
        tracker.init(FRAME, BOX, histogram=hist)
    (warning,) = caught
    assert warning.filename == __file__, "the caller's line"
    assert tracker.score == 0
    for frame in (FRAME, scene((60, 60), colour=(220, 60, 220)), np.full_like(FRAME, (220, 60, 220))):
        assert tracker.update(frame) == (False, BOX)


def test_where_warnings_are_errors_the_tracker_stays_as_it_was():
    tracker = tracking()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        same_error(tracker, RuntimeWarning, GIVEN, lambda: tracker.init(FRAME, BOX, histogram=purple()))
    assert tracker.update(FRAME)[0]


# -- frames


BAD_FRAMES = {
    "None": (None, TypeError, "frame must be a numpy array .* not NoneType.* check the path"),
    "a path": ("frame.png", TypeError, "frame must be .* not str 'frame.png'"),
    "floats": (FRAME / 255, TypeError, "frame has dtype float64"),
    "grey": (FRAME[..., 0], ValueError, r"frame has shape \(90, 120\): a grey image has no colours"),
    "a batch": (np.stack([FRAME] * 2), ValueError, r"frame has shape \(2, 90, 120, 3\), a batch .*take one"),
    "no rows": (FRAME[:0], ValueError, r"frame has shape \(0, 120, 3\).*no pixels"),
    "a masked array": (np.ma.masked_equal(FRAME, 0), TypeError, "frame is a masked array"),
}


@cases(BAD_FRAMES)
def test_bad_frames(value, error, says):
    tracker = tracking()
    same_error(tracker, error, says, lambda: tracker.update(value))
    same_error(tracker, error, says, lambda: tracker.init(value, BOX))


# -- options


SAME = {
    "numbers of numpy": (
        {"bins": 16, "peak": 255.0, "lost": 0.5, "find": True, "threads": 2, "criteria": (3, 5, 1)},
        {
            "bins": np.int16(16),
            "peak": np.float32(255),
            "lost": np.float16(0.5),
            "find": np.True_,
            "threads": np.int64(2),
            "criteria": (np.int8(3), np.int64(5), np.float32(1)),
        },
    ),
    "lists": (
        {"bins": (16, 8), "ranges": (0, 90, 0, 256), "in_range": GATE, "criteria": (3, 5, 1)},
        {
            "bins": [16, 8],
            "ranges": [0, 90, 0, 256],
            "in_range": [list(GATE[0]), list(GATE[1])],
            "criteria": [3, 5, 1],
        },
    ),
    "arrays": (
        {"bins": (16, 8), "ranges": (0, 90, 0, 256), "in_range": GATE, "criteria": (3, 5, 1)},
        {
            "bins": np.array([16, 8]),
            "ranges": np.array([0, 90, 0, 256]),
            "in_range": np.array(GATE),
            "criteria": np.array([3, 5, 1]),
        },
    ),
    "cv2's constants": (
        {"criteria": (3, 5, 1)},
        {"criteria": (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 5, 1)},
    ),
}


@methods
@pytest.mark.parametrize(("options", "others"), SAME.values(), ids=SAME)
def test_options_may_be_numbers_and_sequences_of_any_kind(method, options, others):
    one, other = (tracking(method=method, **some) for some in (options, others))
    assert one.__getstate__() == other.__getstate__()
    for frame in (*film(9), scene()):
        assert one.update(frame) == other.update(frame)


def test_a_list_that_changes_later_changes_no_tracker():
    criteria, bins = [3, 10, 1], [16, 16]
    tracker = backproj.Tracker(criteria=criteria, bins=bins)
    criteria[1], bins[0] = 1, 2
    tracker.init(FRAME, BOX)
    assert tracker.histogram.bins == (16, 16)
    assert tracker.update(scene((50, 40))) == tracking(bins=16).update(scene((50, 40)))


BAD_OPTIONS = {
    "method, unknown": ({"method": "kcf"}, ValueError, "method must be 'camshift' or 'meanshift', not 'kcf'"),
    "method, no text": ({"method": None}, TypeError, "method must be 'camshift' or 'meanshift', not None"),
    "criteria, none": ({"criteria": None}, TypeError, "criteria must be .*, not None"),
    "criteria, two": ({"criteria": (3, 10)}, TypeError, r"criteria must be .*, not \(3, 10\)"),
    "criteria, of type 0": ({"criteria": (0, 10, 1)}, ValueError, "the type of criteria must be 1 .* not 0"),
    "lost, negative": ({"lost": -0.1}, ValueError, "lost must be from 0 to 1, not -0.1"),
    "lost, a percentage": ({"lost": 25}, ValueError, "lost must be from 0 to 1, not 25"),
    "lost, not a number": ({"lost": float("nan")}, ValueError, "lost must be from 0 to 1, not nan"),
    "lost, text": ({"lost": "x"}, TypeError, "lost must be a number from 0 to 1, not 'x'"),
    "lost, true": ({"lost": True}, TypeError, "lost must be a number from 0 to 1, not True"),
    "adapt, negative": ({"adapt": -1}, ValueError, "adapt must be from 0 to 1, not -1"),
    "adapt, true": ({"adapt": True}, TypeError, "adapt must be a number from 0 to 1, not True"),
    "adapt, none": ({"adapt": None}, TypeError, "adapt must be a number from 0 to 1, not None"),
    "find, a number": ({"find": 1}, TypeError, "find must be True or False, not 1"),
    "find, none": ({"find": None}, TypeError, "find must be True or False, not None"),
    "channels": ({"channels": "hue"}, ValueError, "'ab' or 'lab', not 'hue'"),
    "bins": ({"bins": 257}, ValueError, "bins must be from 1 to 256, not 257"),
    "bins, too many": ({"bins": (9, 9, 9)}, ValueError, "bins has 3 numbers, but channels='hs' has 2"),
    "ranges": ({"ranges": [0, 180]}, ValueError, "ranges has 2 numbers"),
    "in_range": ({"in_range": 5}, TypeError, r"in_range must be \(lo, hi\).*, not 5"),
    "peak": ({"peak": 0}, ValueError, "peak must be more than 0 .*, not 0"),
    "order": ({"order": "hsv"}, ValueError, "order must be 'bgr' .* or 'rgb' .* not 'hsv'"),
    "threads": ({"threads": 0}, ValueError, "threads must be at least 1, not 0"),
    "threads, text": ({"threads": "2"}, TypeError, "threads must be a whole number .*, not '2'"),
    "a name that is none": ({"colour": "red"}, TypeError, "unexpected keyword argument 'colour'"),
}


@cases(BAD_OPTIONS)
def test_bad_options(value, error, says):
    with pytest.raises(error, match=says) as caught:
        backproj.Tracker(**value)
    assert "\n" not in str(caught.value)


def test_options_are_keywords():
    with pytest.raises(TypeError, match="positional argument"):
        backproj.Tracker("camshift")
    with pytest.raises(TypeError, match="positional argument"):
        backproj.Tracker().init(FRAME, BOX, backproj.Histogram(FRAME))


@methods
def test_nothing_of_numpys_is_an_error_where_numpy_raises_errors(method):
    with np.errstate(all="raise"):
        tracker = tracking(method=method, adapt=0.5)
        for n in range(100):
            tracker.update(scene(path(0)) if n % 10 else FRAME)
