"""The command ``backproj bench``."""

import re
import sys

import PIL.Image
import pytest

import backproj
from backproj._cli import timing


@pytest.fixture(autouse=True)
def small(monkeypatch):
    monkeypatch.setattr(timing, "SHAPE", (800, 700))


def test_it_prints_a_median_for_each_kernel_engine_and_cv2(folder, command):
    done = command("bench", "--seconds", "0")
    assert (done.returncode, done.stderr) == (0, "")
    for kernel in backproj.info()["kernels"]:
        assert re.search(rf"{kernel} kernel +\d+\.\d\d +\d+\.\d\d$", done.stdout, re.MULTILINE)
    assert len(re.findall(r"cv2 [\d.]+ +\d+\.\d\d +1\.00$", done.stdout, re.MULTILINE)) == 3
    assert ("opencv engine" in done.stdout) == ("opencv" in backproj.engines())


def test_without_cv2_it_prints_the_times_alone(folder, command, monkeypatch):
    monkeypatch.setitem(sys.modules, "cv2", None)
    done = command("bench", "--seconds", "0")
    assert done.returncode == 0
    assert "cv2" not in done.stdout
    assert re.search(r"CamShift.* backproj +\d+\.\d\d$", done.stdout, re.MULTILINE)


def test_it_draws_the_table(folder, command):
    done = command("bench", "--seconds", "0", "--plot", "bench.png")
    assert (done.returncode, done.stderr) == (0, "")
    assert "wrote bench.png" in done.stdout
    with PIL.Image.open("bench.png") as picture:
        assert picture.convert("L").getextrema() == (0, 255)


def test_without_matplotlib_a_plot_is_one_line_at_once(folder, command, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    done = command("bench", "--plot", "bench.png")
    assert (done.returncode, done.stdout, done.stderr) == (
        2,
        "",
        "backproj: --plot needs matplotlib: pip install 'backproj[plot]'\n",
    )


def test_results_that_differ_from_cv2s_are_an_error_before_anything_is_timed(folder, command, monkeypatch):
    import cv2

    project = cv2.calcBackProject
    monkeypatch.setattr(cv2, "calcBackProject", lambda *arguments: project(*arguments) ^ 1)
    done = command("bench", "--seconds", "0")
    assert (done.returncode, done.stdout) == (2, "")
    assert "backproj and cv2" in done.stderr or "kernel and cv2" in done.stderr
