"""The environment variable BACKPROJ_KERNEL decides which kernel a process runs."""

import os
import sys

import pytest

import backproj
from backproj._engine.kernels import forced, kernel_number
from helpers.processes import run

ALL = backproj.info()["kernels"]

SETUP = """
import os
import numpy as np, backproj

frame = np.random.default_rng(1).integers(0, 256, (40, 70, 3), np.uint8)
large = np.broadcast_to(frame[:1, :1], (2000, 2000, 3))
values = np.full(180, 255, np.float32)

def of_values():
    return backproj.Histogram.from_values(values, channels="h")

CALLS = {
    "fit": lambda: backproj.Histogram(frame),
    "fit several": lambda: backproj.Histogram([frame, frame]),
    "project": lambda: of_values().back_project(frame),
    "project into out": lambda: of_values().back_project(frame, out=np.empty((40, 70), np.uint8)),
    "project a view": lambda: of_values().back_project(frame[::2, ::-1]),
    "project by several": lambda: backproj.back_project(frame, [of_values(), of_values()]),
    "one shot": lambda: backproj.back_project(frame, frame),
    "in_range": lambda: backproj.in_range(frame, (0, 60, 32), (180, 255, 255)),
    "disc sum": lambda: backproj.disc_sum(frame[..., 0], 11),
    "segment": lambda: of_values().segment(frame, threshold="otsu"),
    "segment a plane": lambda: backproj.segment(frame[..., 0], disc=(9, 3)),
    "cut out": lambda: of_values().cut_out(frame),
    "cut out by a mask": lambda: backproj.cut_out(frame, frame[..., 0]),
    "shift": lambda: np.array(of_values().cam_shift(frame, (9, 9, 20, 20))[0][1]),
    "shift of a large window": lambda: np.array(of_values().mean_shift(large, (9, 9, 2000, 2000))[1]),
}
"""


def python(code, kernel=None):
    """Return what code prints in a new process in which BACKPROJ_KERNEL is that."""
    environment = {name: value for name, value in os.environ.items() if name != "BACKPROJ_KERNEL"}
    environment["PYTHONPATH"] = os.pathsep.join(sys.path)  # so that code can import helpers too
    if kernel is not None:
        environment["BACKPROJ_KERNEL"] = kernel
    return run(sys.executable, "-c", SETUP + code, env=environment)


# Prints for each call the kernels that Go is asked for, and then a digest of all results.
KERNELS_ASKED_FOR = """
import hashlib
from helpers import go_calls

kernels = backproj.info()["kernels"]
go = go_calls.watch(["Add", "Fit", "Project", "ProjectModel", "Region", "RegionOn", "Shift"])
digest = hashlib.sha256()
for name, call in CALLS.items():
    go.clear()
    result = call()
    digest.update(result.values if isinstance(result, backproj.Histogram) else result)
    at = {"Shift": -1}  # of the others the last argument is the number of threads
    print(name, *{kernels[arguments[at.get(function, -2)]] for function, arguments in go}, sep=":")
print(digest.hexdigest())
"""


def test_each_kernel_can_be_forced_and_runs_in_all_calls_with_the_same_results():
    digests = set()
    for kernel in ALL:
        *calls, digest = python(KERNELS_ASKED_FOR, kernel).splitlines()
        assert len(calls) == 15
        assert {call.partition(":")[2] for call in calls} == {kernel}, calls
        digests.add(digest)
    assert len(digests) == 1


# (BACKPROJ_KERNEL, the kernel, why it is that one)
REASONS = {
    "no variable": (None, ALL[0], "the fastest this CPU runs"),
    "an empty variable": ("", ALL[0], "the fastest this CPU runs"),
    "one that is the fastest anyway": (ALL[0], ALL[0], "forced by BACKPROJ_KERNEL"),
    "one that runs everywhere": ("generic", "generic", "forced by BACKPROJ_KERNEL"),
}


@pytest.mark.parametrize(("said", "kernel", "reason"), REASONS.values(), ids=REASONS)
def test_info_says_which_kernel_runs_and_why(said, kernel, reason):
    code = "info = backproj.info(); print(info['kernel'], info['kernel_reason'], info['kernels'], sep=':')"
    assert python(code, said).strip() == f"{kernel}:{reason}:{ALL}"


UNKNOWN = ["sse2", "AVX2", "avx512,avx2", " generic", "0", "x" * 1000]


@pytest.mark.parametrize("said", UNKNOWN, ids=lambda said: said[:20])
def test_an_unknown_kernel_is_an_error_in_every_call_that_runs_one(said):
    code = """
for name, call in CALLS.items():
    try:
        call()
    except ValueError as error:
        print(error)
"""
    lines = python(code, said).splitlines()
    assert len(lines) == 15
    (line,) = set(lines)
    assert f"BACKPROJ_KERNEL must be one of {', '.join(ALL)}, which run on this machine, not" in line
    assert repr(said)[:50] in line
    assert len(line) < 300


def test_calls_that_run_no_kernel_work_whatever_the_variable_says():
    code = """
hist = of_values()
hist.back_project(frame[:0]), backproj.locate(frame[..., 0], (3, 3)), backproj.engines()
info = backproj.info()
print(info["kernel"], info["kernels"], info["kernel_reason"], sep=":")
"""
    kernel, kernels, reason = python(code, "sse2").strip().split(":")
    assert (kernel, kernels) == ("None", str(ALL))
    assert "BACKPROJ_KERNEL" in reason
    assert "'sse2'" in reason
    line = next(
        line
        for line in run(
            sys.executable, "-m", "backproj", "info", env={**os.environ, "BACKPROJ_KERNEL": "sse2"}
        ).splitlines()
        if line.startswith("kernel ")
    )
    assert line == f"kernel   none: {reason}"


@pytest.mark.skipif("opencv" not in backproj.engines(), reason="this build has no opencv engine")
def test_the_opencv_engine_runs_no_kernel():
    assert python("print(backproj.back_project(frame, frame, engine='opencv').any())", "sse2") == "True\n"


def test_the_variable_is_read_once_at_the_first_call():
    code = """
os.environ["BACKPROJ_KERNEL"] = "generic"
CALLS["fit"]()
os.environ["BACKPROJ_KERNEL"] = "sse2"
for call in CALLS.values():
    call()
print(backproj.info()["kernel"])
"""
    assert python(code, "sse2").strip() == "generic"


def test_verify_runs_every_kernel_even_if_one_is_forced():
    code = "for comparison in backproj.verify(frame): print(comparison.name)"
    names = set(python(code, "generic").splitlines())
    assert {f"native engine, {kernel} kernel" for kernel in ALL} <= names


def test_a_forced_kernel_gives_way_to_the_one_before():
    names = backproj.info()["kernels"]
    with forced(names[-1]):
        with forced(names[0]):
            assert kernel_number() == 0
        assert kernel_number() == len(names) - 1
    assert kernel_number() == names.index(backproj.info()["kernel"])
