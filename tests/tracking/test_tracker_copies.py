"""Copies of a tracker, trackers in threads, and in forked children go on as the tracker does."""

import copy
import pickle

import numpy as np
import pytest

import backproj
from helpers.histograms import GATE
from helpers.moving_object import box_at, film, path, scene
from helpers.processes import run_python
from helpers.threads import at_once

OPTIONS = {
    "default": {},
    "mean shift": {"method": "meanshift"},
    "adapts": {"adapt": 0.2},
    "many": {
        "method": "meanshift",
        "criteria": (2, 0, 0.5),
        "lost": 0.4,
        "find": False,
        "adapt": 0.05,
        "channels": "hsv",
        "bins": (16, 8, 4),
        "ranges": [0, 160, 20, 256, 0, 256],
        "in_range": ((170, 60, 32), (10, 255, 255)),
        "peak": None,
        "threads": 1,
    },
    "in RGB": {"order": "rgb", "in_range": GATE},
}

COPIES = {
    "pickle": lambda tracker: pickle.loads(pickle.dumps(tracker)),
    "the first protocol": lambda tracker: pickle.loads(pickle.dumps(tracker, 0)),
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
}

copies = pytest.mark.parametrize("duplicate", COPIES.values(), ids=COPIES)


def tracking(**options):
    """Return a tracker of the object, and frames to go on with, in which it leaves and comes back."""
    turn = slice(None, None, -1 if options.get("order") == "rgb" else 1)
    first, *frames = (frame[..., turn] for frame in (*film(30), *[scene()] * 3, *film(20)))
    tracker = backproj.Tracker(**options)
    tracker.init(first, box_at(*path(0)))
    return tracker, frames


def state(tracker):
    return tracker.window, tracker.rotated_rect, tracker.score, tracker.histogram, repr(tracker)


def results(tracker, frames):
    return [(tracker.update(frame), *state(tracker)) for frame in frames]


@copies
@pytest.mark.parametrize("at", [0, 10, 30, 40], ids=["at once", "in mid-track", "lost", "found again"])
@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
def test_a_copy_goes_on_as_the_tracker_does(options, duplicate, at):
    tracker, frames = tracking(**options)
    results(tracker, frames[:at])
    other = duplicate(tracker)
    assert state(other) == state(tracker)
    assert results(other, frames[at:]) == results(tracker, frames[at:])


@copies
def test_neither_moves_the_other(duplicate):
    tracker, frames = tracking(adapt=0.2)
    other, before = duplicate(tracker), state(tracker)
    results(other, frames[:9])
    assert state(tracker) == before
    assert state(other) != before


@copies
def test_a_copy_can_begin_again(duplicate):
    tracker, frames = tracking(bins=9, channels="h", peak=99)
    other = duplicate(tracker)
    for each in (tracker, other):
        each.init(frames[5], box_at(*path(6)))
    assert other.histogram.bins == (9,)
    assert results(other, frames) == results(tracker, frames)


@copies
def test_a_copy_of_one_before_init_is_before_init_too(duplicate):
    other = duplicate(backproj.Tracker(method="meanshift", bins=7))
    with pytest.raises(RuntimeError, match="update before init"):
        other.update(scene())
    other.init(scene((40, 45)), box_at(40, 45))
    assert other.histogram.bins == (7, 7)


class Named(backproj.Tracker):
    """A tracker with an argument and an attribute of its own."""

    def __init__(self, name):
        super().__init__(method="meanshift")
        self.name = name


@copies
def test_attributes_and_subclasses_are_kept(duplicate):
    tracker, plain = Named("a car"), backproj.Tracker()
    plain.seen = [1, 2]
    assert duplicate(tracker).name == "a car"
    assert type(duplicate(tracker)) is Named
    assert duplicate(plain).seen == [1, 2]
    assert duplicate(tracker).__getstate__() == tracker.__getstate__()


def test_criteria_may_come_from_an_iterator():
    (one, frames), (other, _) = tracking(criteria=iter((3, 5, 1))), tracking(criteria=(3, 5, 1))
    assert results(pickle.loads(pickle.dumps(one)), frames) == results(other, frames)


def test_a_pickle_is_small_and_of_plain_values():
    tracker, _ = tracking(criteria=np.array([3, 10, 1]), lost=np.float64(0.25), peak=np.float32(255))
    fields = tracker.__getstate__()
    histogram = fields.pop("histogram")
    assert isinstance(histogram, backproj.Histogram)
    assert b"numpy" not in pickle.dumps(fields)
    assert len(pickle.dumps(tracker)) < 20_000


def fields(**changes):
    return {**tracking()[0].__getstate__(), **changes}


def without(name):
    return {key: value for key, value in fields().items() if key != name}


BAD_STATES = {
    "a list": ([1, 2], TypeError, r"the state of a Tracker must be a dict, not \[1, 2\]"),
    "nothing": (None, TypeError, "the state of a Tracker must be a dict, not None"),
    "no version": (without("version"), ValueError, "a pickle of version None cannot be read by this version"),
    "a later version": (
        fields(version=2),
        ValueError,
        "a pickle of version 2 cannot be read by this version",
    ),
    "no options": (without("options"), ValueError, "options is missing"),
    "no histogram": (without("histogram"), ValueError, "histogram is missing"),
    "no window": (without("window"), ValueError, "window is missing"),
    "an option that is none": (
        fields(options={"colour": 1}),
        TypeError,
        "unexpected keyword argument 'colour'",
    ),
    "a bad option": (fields(options={"lost": 9}), ValueError, "lost must be from 0 to 1, not 9"),
    "another histogram": (fields(histogram="red"), TypeError, "histogram must be a Histogram, not 'red'"),
    "a window that is none": (fields(window=(1, 2)), TypeError, r"window must be .*, not \(1, 2\)"),
    "an empty first box": (fields(first_box=(1, 2, 0, 4)), ValueError, "first_box has 0×4 pixels"),
}


@pytest.mark.parametrize(("bad", "error", "says"), BAD_STATES.values(), ids=BAD_STATES)
def test_bad_pickles_are_errors(bad, error, says):
    with pytest.raises(error, match=says):
        backproj.Tracker().__setstate__(bad)


# -- threads and processes


def test_a_tracker_goes_on_in_another_thread():
    tracker, frames = tracking(adapt=0.1)
    expected = results(copy.deepcopy(tracker), frames)
    found = []
    at_once(1, lambda _: found.extend(results(tracker, frames)))
    assert found == expected


@pytest.mark.parametrize("method", ["camshift", "meanshift"])
def test_many_trackers_in_many_threads(method):
    first, frames = tracking(method=method, adapt=0.1)
    expected, found = results(copy.deepcopy(first), frames), {}

    def work(i):
        found[i] = results(copy.deepcopy(first), frames)

    at_once(12, work)
    assert found == dict.fromkeys(range(12), expected)


FORK = """
import os, sys, warnings
sys.path.insert(0, %r)
warnings.simplefilter("ignore", DeprecationWarning)  # of CPython 3.12: forks beside threads
import backproj
from helpers.moving_object import box_at, film, path

first, *frames = film(30)
tracker = backproj.Tracker(method=%r, adapt=0.1)
tracker.init(first, box_at(*path(0)))
for frame in frames[:10]:
    tracker.update(frame)
children = []
for _ in range(3):
    child = os.fork()
    children.append(child)
    if child == 0:
        break
result = [tracker.update(frame) for frame in frames[10:]]
os.write(1, f"{[result, tracker.score]}\\n".encode())  # at once, as all write to the same pipe
if child == 0:
    os._exit(0)
assert [os.waitpid(child, 0)[1] for child in children] == [0, 0, 0]
"""


@pytest.mark.exhaustive
@pytest.mark.parametrize("method", ["camshift", "meanshift"])
def test_forked_children_go_on_from_where_the_tracker_was(method, request):
    tests = str(request.config.rootpath / "tests")
    done = run_python(FORK % (tests, method))
    assert done.returncode == 0, done.stderr
    tracker, frames = tracking(method=method, adapt=0.1)
    results(tracker, frames[:10])
    expected = [tracker.update(frame) for frame in frames[10:29]]
    assert done.stdout.splitlines() == [str([expected, tracker.score])] * 4
