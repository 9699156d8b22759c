"""How far the installed cv2 is from OpenCV's reference arithmetic: a change in a new build is seen.

``make test-arm64`` runs it with the build for arm64; docs/exactness.md has the figures.
"""

import platform
import sys

import cv2
import numpy as np
import pytest

from backproj._verify import by_cv2
from backproj._verify.formulas import Formulas
from backproj._verify.paths import every_colour
from helpers import formula

BUILD_INFORMATION = cv2.getBuildInformation()
LIBRARIES = by_cv2.replacements(BUILD_INFORMATION)
ARM64 = platform.machine() == "aarch64"
WINDOWS = sys.platform == "win32"

pytestmark = pytest.mark.exhaustive  # every colour

# How many of the 2^24 colours differ, by component: in rows of a multiple of 8 pixels, and in narrower ones.
DIFFERENT = {
    "hsv": ([0, 6582, 0], [0, 123444, 0]) if ARM64 else ([0, 0, 0], [0, 0, 0]),
    "ycrcb": ([0, 0, 0], [0, 0, 0]),
    "lab": ([0, 0, 0], [0, 0, 0]),
    "gray": ([0], [0]),
}


def original(function):
    """Return cv2's own function: the tests may have replaced it."""
    return getattr(function, "__wrapped__", function)


@pytest.fixture(scope="module")
def colours():
    return every_colour()


@pytest.fixture(scope="module")
def formulas():
    return Formulas()


def test_the_libraries_in_place_of_opencvs_code_are_known():
    assert "carotene" in LIBRARIES if ARM64 else LIBRARIES == ["ipp"]


@pytest.mark.parametrize("width", [4096, 4], ids=["wide", "narrow"])
@pytest.mark.parametrize("space", DIFFERENT)
def test_so_many_colours_are_converted_to_something_else(monkeypatch, colours, formulas, space, width):
    monkeypatch.setattr(cv2, "cvtColor", original(cv2.cvtColor))
    converted = by_cv2.converted_by(cv2, colours.reshape(-1, width, 3), space)
    differs = converted.reshape(4096, 4096, -1) != formulas.convert(colours, space)
    assert np.count_nonzero(differs, axis=(0, 1)).tolist() == DIFFERENT[space][width == 4]


@pytest.mark.skipif(not ARM64, reason="of the builds for arm64")
def test_so_many_of_them_fall_into_another_bin(monkeypatch, colours, formulas):
    monkeypatch.setattr(cv2, "cvtColor", original(cv2.cvtColor))
    bins = [
        hsv[..., 0].astype(int) * 32 // 180 * 32 + hsv[..., 1] // 8
        for hsv in (by_cv2.converted_by(cv2, colours, "hsv"), formulas.convert(colours, "hsv"))
    ]
    assert np.count_nonzero(bins[0] != bins[1]) == 468


def test_values_are_rounded_once_but_in_one_build():
    counts = np.random.default_rng(0).integers(1, 5000, 1024).astype(np.float32)
    values = original(cv2.normalize)(counts, None, 0, 255, cv2.NORM_MINMAX).reshape(-1)
    # Of the two wheels of 4.13 for arm64, that for manylinux_2_28 rounds twice.
    twice = ARM64 and cv2.__version__.startswith("4.13.")
    np.testing.assert_array_max_ulp(values, formula.normalized(counts, 255), 1 if twice else 0)


# How many bins, whether in place, and whether cv2 for Windows then rounds some values twice.
SHORT = [(12, False, True), (12, True, True), (30, False, False), (30, True, True), (32, True, False)]


@pytest.mark.parametrize(("bins", "in_place", "twice"), SHORT)
def test_the_last_values_of_histograms_of_one_channel_are_rounded_twice_on_windows(bins, in_place, twice):
    counts = np.random.default_rng(0).integers(1, 5000, (bins, 1)).astype(np.float32)
    values = counts.copy() if in_place else None
    values = original(cv2.normalize)(counts if values is None else values, values, 0, 255, cv2.NORM_MINMAX)
    differs = values != formula.normalized(counts, 255)
    assert differs.any() == (WINDOWS and twice)
    assert not differs[: bins // 16 * 16].any()
    np.testing.assert_array_max_ulp(values, formula.normalized(counts, 255), 1)
