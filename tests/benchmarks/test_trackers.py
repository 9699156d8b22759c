"""The comparison of trackers: how their results are counted, and that its table is complete."""

import sys
from functools import partial

import cv2
import numpy as np
import pytest
import trackers
from trackers import TRACKERS, summary, watch

from helpers.moving_object import box_at, path, scene
from helpers.processes import ROOT, run

# For each frame: whether something was found, how far from the object, and what of that is in the frame.
ALL, PART, NONE = (True, False), (False, False), (False, True)
FRAMES = {
    "found": [(True, 3, *ALL), (True, 5, *ALL)],
    "too far away": [(True, 40, *ALL), (True, 99, *ALL)],
    "said to be lost": [(False, 3, *ALL)],
    "in the frame in part": [(False, 3, *PART), (True, 99, *PART)],
    "found but not there": [(True, 99, *NONE)],
    "not there": [(False, 99, *NONE), (False, 0, *NONE)],
}


def counted(*kinds):
    rows = [(*row, 0.5) for kind in kinds for row in FRAMES[kind]]
    return summary(*map(np.array, zip(*rows, strict=True)))


def test_frames_are_counted_by_what_they_show():
    lost, shown, false_ok, gone, distance, took = counted(*FRAMES)
    assert (lost, shown, false_ok, gone) == (3, 5, 1, 3)
    assert distance == 4
    assert took.tolist() == [0.5] * 10


def test_an_object_that_is_never_found_has_no_distance():
    lost, shown, _, _, distance, _ = counted("too far away", "said to be lost")
    assert lost == shown == 3
    assert np.isnan(distance)


class Still:
    """A tracker that says that the object is where it was."""

    def init(self, frame, box):
        self.box = box

    def update(self, frame):
        return True, self.box


def drawn(length, speed=0):
    """Yield the frames of a film with the outlines of its object, which leaves if it has a speed."""
    for n in range(length):
        x, y = path(n)[0] + speed * n, path(n)[1]
        left, top, width, height = box_at(x, y)
        corners = [(left + right, top + below) for right in (0, width - 1) for below in (0, height - 1)]
        yield scene((x, y)), np.array(corners, np.int32)


@pytest.mark.parametrize("name", [name for name in TRACKERS if name.startswith("Tracker")])
def test_a_tracker_that_follows_is_closer_than_one_that_stays(name):
    *_, follows, _ = watch(TRACKERS[name](), drawn(7))
    *_, stays, _ = watch(Still(), drawn(7))
    assert follows < 0.5 * stays


def test_the_table_has_a_column_for_each_film_and_one_for_where_the_object_is_away(monkeypatch, capsys):
    monkeypatch.setattr(trackers, "FILMS", {"moving": drawn, "leaving": partial(drawn, speed=10)})
    monkeypatch.setattr(trackers, "TRACKERS", {"still": Still, "ours": TRACKERS["Tracker"]})
    monkeypatch.setattr(sys, "argv", ["trackers.py", "--frames", "8"])
    monkeypatch.setattr(cv2, "setNumThreads", lambda number: None)
    trackers.main()
    head, rule, still, ours = map(cells, capsys.readouterr().out.splitlines())
    found = "frames lost (distance in px)"
    assert head == [found, "`moving`, of 7", "`leaving`, of 3", "found in 2 without it", "ms an update"]
    assert rule == ["---"] * 5
    assert (still[0], still[3]) == ("still", "2")
    assert (ours[0], ours[3]) == ("ours", "0")
    assert ours[1].startswith("0 (")
    assert float(ours[4]) > 0


def cells(line):
    """Return what is in a row of a Markdown table."""
    return [cell.strip() for cell in line.strip("|").split("|")]


@pytest.mark.slow  # it times
def test_the_command_times_every_tracker():
    command = [sys.executable, ROOT / "benchmarks" / "trackers.py", "--frames", 3, "--films", "growing"]
    _, _, *rows = map(cells, run(*command).splitlines())
    assert [row[0] for row in rows] == list(TRACKERS)
    assert all(float(row[-1]) > 0 for row in rows)
