"""Signals do what they do without backproj, on every CPython on this machine."""

import functools
import json
import signal
import sys

import pytest

from helpers.processes import ROOT, pythons, run, run_python, versions

pytestmark = pytest.mark.exhaustive  # hundreds of processes

PROGRAM = ROOT / "tests" / "programs" / "signal_scenarios.py"


@pytest.fixture(scope="session")
def outcomes(installed):
    """A function that returns what tests/programs/signal_scenarios.py prints, by CPython's version."""

    @functools.cache
    def of(version):
        own = pythons()[version] == sys.executable  # which may have the opencv engine
        return json.loads(run(sys.executable if own else installed(version), PROGRAM))

    return of


@pytest.mark.parametrize("version", versions())
def test_a_process_ends_and_writes_as_without_backproj(version, outcomes):
    different = {
        (name, user): (outcome, by_user["nobody"])
        for name, by_user in outcomes(version).items()
        for user, outcome in by_user.items()
        if outcome != by_user["nobody"]
        # Nobody else reads files in Go. And OpenCV's own threads take signals, as they do under cv2.
        if not name.startswith("guard_") and not (user == "opencv" and name.startswith("sigwait_"))
    }
    assert different == {}


def test_the_outcomes_without_backproj_are_those_that_are_meant():
    names = ("default_TERM", "default_URG", "sigwait_TERM", "a_broken_pipe", "faulthandler_registered")
    outcomes = json.loads(run(sys.executable, PROGRAM, *names))
    assert [outcomes[name]["nobody"] for name in names] == [
        [-signal.SIGTERM, []],
        [0, ["alive"]],
        [0, ["True"]],
        [0, ["BrokenPipeError"]],
        [0, ["a traceback"]],
    ]


KEPT = [0, ["RuntimeError True"]]
LOST = [-signal.SIGBUS, []]


@pytest.mark.parametrize("version", versions())
@pytest.mark.parametrize(
    ("faulthandler", "outcome"),
    [
        ("alone", KEPT),
        ("enabled_before", KEPT),
        ("enabled_after_and_disabled_after", KEPT),
        ("enabled_before_and_disabled_after", LOST),
    ],
)
@pytest.mark.parametrize("user", ["native", "a copy"])
def test_a_file_cut_short_during_a_call(version, faulthandler, outcome, user, outcomes):
    assert outcomes(version)[f"guard_{faulthandler}"][user] == outcome


@pytest.mark.parametrize("version", versions())
@pytest.mark.parametrize("user", ["native", "a copy"])
def test_faulthandler_enabled_after_the_first_call_reports_a_file_cut_short_and_ends_the_process(
    version, user, outcomes
):
    status, written = outcomes(version)["guard_enabled_after"][user]
    assert status < 0
    assert "faulthandler's report" in written


# Calls in which a window climbs a long slope, a few pixels in each of thousands of iterations.
CLIMBS = {
    "in a frame": "hist.mean_shift(frame, (24_000, 0, 600, 2500), (3, 10**5, 1))",
    "in a view of a frame": "hist.cam_shift(frame[::-1, ::-1], (15_000, 0, 600, 2500), (3, 10**5, 1))",
    "of a large window": "hist.mean_shift(frame[:5000, :30_000], (20_000, 0, 600, 5000), (3, 10**5, 1))",
    "on a plane": "backproj.mean_shift(prob, (24_000, 0, 600, 2500), (3, 10**5, 1))",
    "on a transposed plane": "backproj.cam_shift(prob[:2500].T, (0, 24_000, 2500, 600), (3, 10**5, 1))",
}


@pytest.mark.parametrize("call", CLIMBS.values(), ids=CLIMBS)
def test_ctrl_c_ends_a_shift_of_many_iterations_and_the_next_call_works(call):
    code = f"""
import os, signal, numpy as np, backproj
hues = np.arange(180, dtype=np.float32)
hist = backproj.Histogram.from_values(np.float32(255) ** (hues / 180), channels="h")
# A row of all hues.
turn = np.linspace(0, 6, 40_000, endpoint=False)[:, np.newaxis]
row = np.rint(255 * np.clip(np.abs((turn + (2, 4, 0)) % 6 - 3) - 1, 0, 1)).astype(np.uint8)
frame = np.broadcast_to(row, (9000, *row.shape))
prob = np.broadcast_to(hist.back_project(row[np.newaxis]), frame.shape[:2])
signal.signal(signal.SIGALRM, lambda *_: os.kill(os.getpid(), signal.SIGINT))
signal.setitimer(signal.ITIMER_REAL, 0.05)
try:
    {call}
except KeyboardInterrupt:
    print("KeyboardInterrupt", hist.mean_shift(frame[:90, :90], (0, 0, 50, 50))[1][2:])
"""
    done = run_python(code)
    assert (done.returncode, done.stdout.strip()) == (0, "KeyboardInterrupt (50, 50)"), done.stderr


# Calls on a frame of 10^9 pixels.
REGIONS = {
    "segment": "hist.segment(frame, out=out)",
    "segment by a large disc": "hist.segment(frame, disc=255, out=out, threads=1)",
    "segment by Otsu's level": "hist.segment(frame, threshold='otsu', out=out)",
    "cut out": "hist.cut_out(frame, disc=31, out=pixels)",
    "cut out of a view": "hist.cut_out(frame[:, ::-1], out=pixels)",
    "cut out by a mask": "backproj.cut_out(frame, prob, out=pixels)",
    "sum up": "backproj.disc_sum(prob, 31, out=out)",
    "sum up columns": "backproj.disc_sum(prob[:4000].T, 31, out=out[:4000].T)",
    "segment a plane by Otsu's level": "backproj.segment(prob, threshold='otsu', out=out)",
}


@pytest.mark.parametrize("call", REGIONS.values(), ids=REGIONS)
def test_ctrl_c_ends_a_call_on_a_vast_frame_and_the_next_call_works(call):
    code = f"""
import os, signal, numpy as np, backproj
colour = np.uint8([30, 60, 220])
hist = backproj.Histogram(colour[np.newaxis, np.newaxis])
frame = np.broadcast_to(colour, (20_000, 50_000, 3))
prob = frame[..., 0]
pixels = np.zeros(frame.shape, np.uint8)  # takes memory only where it is written
out = pixels.reshape(-1)[: prob.size].reshape(prob.shape)
signal.signal(signal.SIGALRM, lambda *_: os.kill(os.getpid(), signal.SIGINT))
signal.setitimer(signal.ITIMER_REAL, 0.05)
try:
    {call}
except KeyboardInterrupt:
    print("KeyboardInterrupt", out[0, 0] != 0, out[-1, -1], hist.segment(frame[:9, :9]).all())
"""
    done = run_python(code)
    assert (done.returncode, done.stdout.strip()) == (0, "KeyboardInterrupt True 0 True"), done.stderr


def test_an_uncaught_ctrl_c_ends_the_interpreter_by_sigint():
    code = """
import os, signal, numpy as np, backproj
frame = np.zeros((1000, 1000, 3), np.uint8)
hist = backproj.Histogram(frame)
signal.signal(signal.SIGALRM, lambda *_: os.kill(os.getpid(), signal.SIGINT))
signal.setitimer(signal.ITIMER_REAL, 0.05)
while True:
    hist.back_project(np.broadcast_to(frame, (1000, *frame.shape)))
"""
    done = run_python(code)
    assert (done.returncode, done.stderr.splitlines()[-1]) == (-signal.SIGINT, "KeyboardInterrupt")
