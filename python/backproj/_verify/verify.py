"""Comparing the results on this machine with OpenCV's: every kernel and engine, every kind of call."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from backproj._validate.channels import CHANNELS
from backproj._validate.options import ORDERS, check_order
from backproj._validate.views import view_image
from backproj._verify import by_cv2
from backproj._verify.engines import native_engine, opencv_engine
from backproj._verify.formulas import Formulas
from backproj._verify.paths import PATHS, Path, Result, every_colour, models_of, synthetic_models
from backproj.typing import Image, ImageLike, Order, Space

# The judge that is always there.
FORMULAS = "OpenCV's formulas"


class Comparison(NamedTuple):
    """One result compared with a judge's.

    Attributes
    ----------
    model : str
        Which model was projected.
    path : str
        By what kind of call, such as "hs 32×32" or "a batch"; "cvtColor to hsv" is cv2's conversion alone.
    name : str
        What computed it, such as "native engine, generic kernel".
    judge : str
        What it was compared with, such as "cv2 4.13.0" or "OpenCV's formulas".
    pixels : int
        How many pixels were compared, besides all values of the histograms.
    difference : str or None
        The first difference, or None if the two are the same.
    fault : str or None
        Who differs from OpenCV's formulas, if there is a difference: the name or the judge.
    """

    model: str
    path: str
    name: str
    judge: str
    pixels: int
    difference: str | None
    fault: str | None

    @property
    def passed(self) -> bool:
        """Whether there is no difference, or it is not this package's: that of cv2 or OpenCV."""
        return self.fault is None or not self.fault.startswith("native engine")

    def __str__(self) -> str:
        verdict = self.difference or f"no difference in {self.pixels:,} pixels"
        if self.difference and self.passed and self.fault != self.name:
            verdict += f", where {self.fault} differs from {FORMULAS} and this does not"
        return f"{self.name} against {self.judge}, {self.path}, {self.model}: {verdict}"


def verify(
    frame: ImageLike | None = None, model: ImageLike | None = None, *, order: Order | None = None
) -> list[Comparison]:
    """Compare every kernel and every engine of this machine with OpenCV, byte for byte.

    There are two judges: cv2, if it is installed, and OpenCV's reference arithmetic, written in numpy. Some
    builds of cv2 replace OpenCV's own code by a library that computes something else, such as those for
    arm64. cv2 is compared with the formulas too, so that a difference tells whose it is.

    Each kernel and engine is compared by each kind of call that kernels have code of their own for: all
    channels, in few bins and in many, with and without bounds; counting; a batch; several histograms at once;
    and regions by a small disc and a large one. All kernels take part, whichever ``BACKPROJ_KERNEL`` forces
    on other calls.

    Parameters
    ----------
    frame : ndarray of uint8, shape (h, w, 3) or (h, w, 4), optional
        The image to project onto. Default: an image of 4096×4096 pixels that holds each of the 2^24 colours.
    model : ndarray of uint8, shape (h, w, 3) or (h, w, 4), optional
        What to look for. Default: the frame, or, without one, several models made for it.
    order : {"bgr", "rgb"}, optional
        The order of the channels of both. Default: "bgr"; PIL's images are RGB, and need none.

    Returns
    -------
    list of Comparison
        For each kind of call, each model, each kernel and engine that has it, and each judge, whether there
        is a difference, and whose it is. All have ``passed`` unless the native engine is wrong.

    Raises
    ------
    TypeError, ValueError
        As `back_project`.

    Examples
    --------
    >>> import backproj
    >>> import numpy as np
    >>> frame = np.arange(48, dtype=np.uint8).reshape(4, 4, 3)
    >>> all(comparison.passed for comparison in backproj.verify(frame))
    True
    """
    number = check_order(order)
    if frame is None and model is not None:
        raise ValueError("a model without a frame; give both, a frame alone, or neither")
    if frame is None:
        pixels, models = every_colour(), synthetic_models()
    else:
        pixels = _as_bgr(frame, number, "frame")
        models = {"the frame": pixels}
        if model is not None:
            models = {"the model": _as_bgr(model, number, "model")}
    formulas, cv2 = Formulas(), by_cv2.load()
    found = [] if cv2 is None else list(_compare_conversions(cv2, formulas, pixels))
    for path in PATHS:
        for label, patch in models_of(path, pixels, models).items():
            found += _compare(path, label, pixels, patch, formulas, cv2)
    return found


def _as_bgr(image: object, order: int | None, name: str) -> Image:
    """Return an image as a contiguous BGR copy, which every judge takes."""
    view = view_image(image, order, name)
    if view.low == view.high:
        raise ValueError(f"{name} has shape {view.array.shape}, no pixels to compare")
    colours = view.array[..., :3]
    return np.array(colours[..., ::-1] if view.order == ORDERS["rgb"] else colours, order="C")


def _compare_conversions(cv2: Any, formulas: Formulas, frame: Image) -> Iterator[Comparison]:
    """Yield how cv2's conversions compare with the formulas."""
    name = by_cv2.name_of(cv2)
    spaces: dict[Space, None] = {chosen.space: None for chosen in CHANNELS.values() if chosen.space != "bgr"}
    for space in spaces:
        converted = by_cv2.converted_by(cv2, frame, space).reshape(*frame.shape[:2], -1)
        right = formulas.convert(frame, space)
        difference = None
        if not np.array_equal(converted, right):
            different = np.argwhere((converted != right).any(axis=-1))
            y, x = different[0]
            got, want = converted[y, x].tolist(), right[y, x].tolist()
            difference = f"{len(different):,} pixels differ, the first is ({x}, {y}): {got}, not {want}"
        fault = name if difference else None
        pixels = frame.shape[0] * frame.shape[1]
        yield Comparison("the frame", f"cvtColor to {space}", name, FORMULAS, pixels, difference, fault)


def _compare(
    path: Path, label: str, frame: Image, model: Image, formulas: Formulas, cv2: Any
) -> Iterator[Comparison]:
    """Yield how each engine that has the path compares with cv2 and the formulas, and cv2 with these."""
    right = formulas(path, frame, model)
    pixels = sum(plane.size for plane in right.planes)

    def compare(name: str, result: Result, judge: str, expected: Result, fault: str) -> Comparison:
        difference = next(_differences(result, expected), None)
        return Comparison(label, path.name, name, judge, pixels, difference, fault if difference else None)

    judge, of_cv2 = "", right
    if cv2 is not None:
        judge, of_cv2 = by_cv2.name_of(cv2), by_cv2.by_cv2(cv2, path, frame, model)
        yield compare(judge, of_cv2, FORMULAS, right, judge)
    for name, contender in (native_engine() | opencv_engine()).items():
        result = contender(path, frame, model)
        if result is None:
            continue
        own = compare(name, result, FORMULAS, right, name)
        if judge:
            yield compare(name, result, judge, of_cv2, own.fault or judge)
        yield own


def _differences(result: Result, expected: Result) -> Iterator[str]:
    """Yield what is not the same, to the bit: of the values first, then of the pixels."""
    for got, want in zip(result.values, expected.values, strict=True):
        for bin_number in np.argwhere(got.view(np.int32) != want.view(np.int32)):
            at = tuple(bin_number.tolist())
            yield f"bin {at} of the histogram is {got[at]!r}, not {want[at]!r}"
    for plane, right in zip(result.planes, expected.planes, strict=True):
        if np.array_equal(plane, right):
            continue  # in a tenth of the time
        for y, x in np.argwhere(plane != right):
            yield f"pixel ({x}, {y}) is {plane[y, x]}, not {right[y, x]}"
