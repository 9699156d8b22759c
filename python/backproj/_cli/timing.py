"""Timing a few calls on this machine, in turns, for ``backproj bench``."""

from __future__ import annotations

import importlib
import statistics
import time
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, TypeAlias

import numpy as np

import backproj
from backproj._engine.kernels import forced, kernels
from backproj.typing import Image

SHAPE = (1080, 1920)

# A median of fewer rounds would be unreliable.
_MIN_ROUNDS = 5

_GATE = (0, 60, 32), (180, 255, 255)

Call: TypeAlias = Callable[[], Image]


class Timing(NamedTuple):
    """The median time of a call, and what it computes: a case, by an implementation of that name."""

    case: str
    name: str
    milliseconds: float


def synthetic_frame() -> Image:
    """Return a BGR frame with smooth colours and some noise, like a photograph."""
    y, x = np.mgrid[: SHAPE[0], : SHAPE[1]] / np.array(SHAPE)[:, np.newaxis, np.newaxis]
    waves = np.stack([np.sin(7 * x + 3 * y), np.sin(5 * y - 2 * x), np.cos(4 * x * y + x)], axis=-1)
    noise = np.random.default_rng(0).normal(0, 6, waves.shape)
    return (128 + 100 * waves + noise).clip(0, 255).astype(np.uint8)


def measure(seconds: float) -> list[Timing]:
    """Time calls with one thread each, in turns, so that whatever slows the machine slows all of them.

    Raises
    ------
    RuntimeError
        If a result differs from cv2's.
    """
    cases = _cases(synthetic_frame())
    times: dict[tuple[str, str], list[float]] = {}
    end, rounds = time.perf_counter() + seconds, 0
    while time.perf_counter() < end or rounds < _MIN_ROUNDS:
        rounds += 1
        for case, calls in cases.items():
            for name, call in calls.items():
                begin = time.perf_counter()
                call()
                times.setdefault((case, name), []).append(1e3 * (time.perf_counter() - begin))
    return [Timing(*which, statistics.median(taken)) for which, taken in times.items()]


def _cases(frame: Image) -> dict[str, dict[str, Call]]:
    """Return the calls to time, by case and name. All calls of a case return the same bytes."""
    model = np.ascontiguousarray(frame[650:750, 500:600])
    out = np.empty(frame.shape[:2], np.uint8)
    hist = backproj.Histogram(model)
    hue = backproj.Histogram(model, channels="h", bins=16, in_range=_GATE, peak=255)

    def by_kernel(kernel: str) -> Call:
        def project() -> Image:
            with forced(kernel):
                return hist.back_project(frame, out=out, threads=1)

        return project

    prepared: dict[str, Call] = {f"{kernel} kernel": by_kernel(kernel) for kernel in kernels()}
    if "opencv" in backproj.engines():
        prepared["opencv engine"] = lambda: hist.back_project(frame, out=out, engine="opencv")
    cases = {
        "a prepared histogram": prepared,
        "one call with a 100×100 model": {
            "backproj": lambda: backproj.back_project(frame, model, out=out, threads=1)
        },
        "CamShift's hue 16, gated": {"backproj": lambda: hue.back_project(frame, out=out, threads=1)},
    }
    for case, (name, call) in _by_cv2(cases, frame, model, hist, hue).items():
        expected = call().copy()
        for ours, project in cases[case].items():
            if not np.array_equal(project(), expected):
                raise RuntimeError(f"{case}: {ours} and {name} give different bytes; see backproj verify")
        cases[case][name] = call
    return cases


def _by_cv2(
    cases: Iterable[str], frame: Image, model: Image, hist: backproj.Histogram, hue: backproj.Histogram
) -> dict[str, tuple[str, Call]]:
    """Return the cv2 call of each of the three cases, or nothing if cv2 is not installed."""
    try:
        cv2: Any = importlib.import_module("cv2")
    except ImportError:
        return {}
    cv2.setNumThreads(1)
    values, hue_values = hist.values.copy(), hue.values.copy()
    ranges = [0, 180, 0, 256]

    def hsv_of(image: Image) -> Image:
        return cv2.cvtColor(image, cv2.COLOR_BGR2HSV)  # type: ignore[no-any-return]

    def prepared() -> Image:
        return cv2.calcBackProject([hsv_of(frame)], [0, 1], values, ranges, 1)  # type: ignore[no-any-return]

    def one_call() -> Image:
        counts = cv2.calcHist([hsv_of(model)], [0, 1], None, [32, 32], ranges)
        cv2.normalize(counts, counts, 0, 256, cv2.NORM_MINMAX)
        return cv2.calcBackProject([hsv_of(frame)], [0, 1], counts, ranges, 1)  # type: ignore[no-any-return]

    def camshift() -> Image:
        hsv = hsv_of(frame)
        prob: Image = cv2.calcBackProject([hsv], [0], hue_values, [0, 180], 1)
        prob &= cv2.inRange(hsv, *_GATE)
        return prob

    name = f"cv2 {cv2.__version__}"
    return {case: (name, call) for case, call in zip(cases, (prepared, one_call, camshift), strict=True)}
