"""The example of tracking prints how well each way does, and draws where it has found the object."""

import re
import subprocess
import sys

import cv2
import pytest

from helpers.processes import ROOT, run

pytestmark = pytest.mark.exhaustive  # whole films

SCRIPT = ROOT / "examples" / "track.py"
LINE = re.compile(
    r"(?P<name>.*?)  +on the blob in +(?P<share>\d+)% of the frames that show all of it"
    r", (?P<away>[\d.]+) px from its centre"
    r"(; said to be in (?P<alarms>\d+) of (?P<gone>\d+) without it)?"
)


def lines(film, *options):
    """Return what the example prints of a film: for each way its numbers."""
    printed = run(sys.executable, SCRIPT, "--film", film, *options)
    matches = [LINE.fullmatch(line) for line in printed.splitlines()]
    assert None not in matches, printed
    return {
        match["name"]: {key: float(match[key] or 0) for key in ("share", "away", "alarms", "gone")}
        for match in matches
    }


def test_every_way_stays_on_the_blob_and_is_drawn(tmp_path):
    ways = lines("blob", "-n", "120", "-o", tmp_path / "tracks.png")
    assert ways.keys() == {
        "cv2.CamShift",
        "cam_shift",
        "locate",
        "Tracker",
        "Tracker, adapt=0.05",
        "Tracker, meanshift",
    }
    for way in ways.values():
        assert way["share"] == 100
        assert way["away"] < 6
    picture = cv2.imread(str(tmp_path / "tracks.png"))
    for colour in ((0, 255, 0), (0, 255, 255), (255, 0, 255)):
        assert (picture == colour).all(axis=-1).sum() > 100


def test_cam_shift_prints_the_numbers_of_cv2():
    ways = lines("passed_by", "-n", "60")
    assert ways["cam_shift"] == ways["cv2.CamShift"]


def test_a_tracker_finds_a_blob_that_has_left_and_says_when_it_is_gone():
    ways = lines("leaving", "-n", "150")
    assert ways["cam_shift"]["share"] < 90
    assert ways["cam_shift"]["alarms"] == ways["cam_shift"]["gone"] > 40
    assert ways["Tracker"]["share"] == 100
    assert ways["Tracker"]["alarms"] == 0


@pytest.mark.slow
def test_a_tracker_that_adapts_follows_the_light():
    ways = lines("changing_light")
    assert ways["Tracker"]["share"] < 80
    assert ways["Tracker, adapt=0.05"]["share"] == 100


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("-n", "1"), "error: --frames must be at least 2"),
        (("-n", "3", "-o", "nowhere/tracks.png"), "error: cannot write nowhere/tracks.png"),
        (("--film", "none"), "invalid choice: 'none'"),
    ],
)
def test_it_says_what_is_wrong_with_its_arguments(arguments, says, tmp_path):
    command = [sys.executable, SCRIPT, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=tmp_path)
    assert done.returncode == 2
    assert says in done.stderr
