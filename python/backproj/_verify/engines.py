"""What is compared: the native engine with each of its kernels, and the opencv engine."""

from __future__ import annotations

import functools
import warnings

import numpy as np

from backproj._engine import opencv
from backproj._engine.engines import engines
from backproj._engine.kernels import forced, kernels
from backproj._histogram.histogram import Histogram
from backproj._projection import back_project
from backproj._region import disc_sum
from backproj._runtime import loader
from backproj._validate.layout import DEFAULT
from backproj._validate.options import ORDERS
from backproj._validate.threads import ALL_CPUS
from backproj._validate.views import view_image
from backproj._verify.paths import BATCH, THRESHOLD, Contender, Layout, Path, Result, greens
from backproj.typing import Image


def native_engine() -> dict[str, Contender]:
    """Return the native engine with each of its kernels, by name."""
    return {f"native engine, {kernel} kernel": functools.partial(_by_kernel, kernel) for kernel in kernels()}


def opencv_engine() -> dict[str, Contender]:
    """Return the opencv engine by name, if this build has it."""
    if "opencv" not in engines():
        return {}
    return {f"opencv engine ({loader.load('_opencv').binding_Version()})": _by_opencv_engine}


def _by_kernel(kernel: str, path: Path, frame: Image, model: Image) -> Result:
    if path.grey:
        frame, model = greens(frame), greens(model)
    frames = np.broadcast_to(frame, (BATCH, *frame.shape)) if path.batch else frame
    with forced(kernel), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a gate may let no pixel of a model pass
        hists = [Histogram(model, **layout._asdict()) for layout in path.layouts]
        if path.disc is not None:
            (hist,) = hists
            sums = disc_sum(hist.back_project(frame), path.disc)
            mask, cut = (
                find(frame, disc=path.disc, threshold=THRESHOLD) for find in (hist.segment, hist.cut_out)
            )
            return Result([hist.values], [sums, mask, *np.moveaxis(cut, -1, 0)])
        probs = back_project(frames, hists)
    return Result([hist.values for hist in hists], [*probs.reshape(-1, *frame.shape[:2])])


def _by_opencv_engine(path: Path, frame: Image, model: Image) -> Result | None:
    if path.layouts != (Layout(),) or path.disc is not None:
        return None
    view = view_image(model, ORDERS["bgr"], "model")
    hist = Histogram._of(opencv.count(DEFAULT, [view], [None], Layout().peak, ALL_CPUS))
    frames = np.broadcast_to(frame, (BATCH, *frame.shape)) if path.batch else frame
    probs = hist.back_project(frames, engine="opencv")
    return Result([hist.values], [*probs.reshape(-1, *frame.shape[:2])])
