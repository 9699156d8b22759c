"""Whether the results on this machine are OpenCV's: every engine and kernel against OpenCV itself."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from backproj._engine import engines
from backproj._engine.kernels import kernels
from backproj._runtime import loader
from backproj._validate.arrays import ORDERS, Image, Order, check_image, check_order
from backproj._validate.layout import DEFAULT

# Given a BGR frame and model: the values of the histogram, and the back projection.
Result: TypeAlias = tuple[npt.NDArray[np.float32], Image]
Contender: TypeAlias = Callable[[Image, Image], Result]


class Comparison(NamedTuple):
    """One result held against OpenCV's.

    Attributes
    ----------
    model : str
        Which model was projected.
    name : str
        Who projected it, such as "native engine, generic kernel".
    judge : str
        Whose result is right, such as "cv2 4.13.0".
    pixels : int
        How many were compared, beside all values of the histogram.
    difference : str or None
        The first one, or None if the two are the same.
    """

    model: str
    name: str
    judge: str
    pixels: int
    difference: str | None

    def __str__(self) -> str:
        verdict = self.difference or f"no difference in {self.pixels:,} pixels"
        return f"{self.name} against {self.judge}, {self.model}: {verdict}"


def verify(
    frame: Image | None = None, model: Image | None = None, *, order: Order = "bgr"
) -> list[Comparison]:
    """Compare every engine and every kernel of this machine with OpenCV, byte for byte.

    All kernels take part, whichever ``BACKPROJ_KERNEL`` forces on other calls.

    Parameters
    ----------
    frame : ndarray of uint8, shape (h, w, 3) or (h, w, 4), optional
        The image to project onto. Default: one of 4096×4096 pixels that holds each of the 2^24
        colours.
    model : ndarray of uint8, shape (h, w, 3) or (h, w, 4), optional
        What to look for. Default: the frame, or, without one, several models made for it.
    order : {"bgr", "rgb"}, default "bgr"
        The order of the channels of both.

    Returns
    -------
    list of Comparison
        For each model and each engine and kernel, whether there is a difference.

    Raises
    ------
    TypeError, ValueError
        As `back_project`.
    RuntimeError
        If there is no OpenCV to compare with: neither cv2 nor the opencv engine.

    Examples
    --------
    >>> import backproj
    >>> import numpy as np
    >>> frame = np.arange(48, dtype=np.uint8).reshape(4, 4, 3)
    >>> all(comparison.difference is None for comparison in backproj.verify(frame))
    True
    """
    number = check_order(order)
    if frame is None and model is not None:
        raise ValueError("a model without a frame; give both, a frame alone, or neither")
    if frame is None:
        frame, models = every_colour(), synthetic_models()
    else:
        frame = _as_bgr(check_image(frame, "frame"), number)
        models = {"the frame": frame}
        if model is not None:
            models = {"the model": _as_bgr(check_image(model, "model"), number)}
    for name, image in {"frame": frame, **models}.items():
        if image.size == 0:
            raise ValueError(f"{name} has shape {image.shape}, no pixels to compare")
    judges, contenders = _judges(), _contenders()
    if not judges:
        raise RuntimeError(
            "no OpenCV to compare with; 'pip install opencv-python-headless', or build the opencv engine"
        )
    judge, judge_result = judges.popitem()
    contenders |= judges
    return [
        _compare(label, name, contender(frame, patch), judge, expected)
        for label, patch in models.items()
        for expected in [judge_result(frame, patch)]
        for name, contender in contenders.items()
    ]


def every_colour() -> Image:
    """Return each of the 2^24 colours once, (4096, 4096, 3)."""
    pixels = np.arange(1 << 24, dtype="<u4").view(np.uint8).reshape(4096, 4096, 4)
    return np.ascontiguousarray(pixels[..., :3])


def synthetic_models() -> dict[str, Image]:
    """Return models that fill many, few and single bins."""
    step = np.arange(64, dtype=np.uint8)
    sunset = np.stack([4 * step, 128 + step, 255 - step // 4], axis=-1)[np.newaxis]
    return {
        "noise": np.random.default_rng(0).integers(0, 256, (256, 256, 3), np.uint8),
        "a gradient": sunset,
        "greys": np.repeat(4 * step, 3).reshape(8, 8, 3),
        "one colour": np.full((9, 9, 3), (30, 60, 220), np.uint8),
        "black": np.zeros((1, 1, 3), np.uint8),
    }


def _as_bgr(image: Image, order: int) -> Image:
    """Return the image as a contiguous BGR copy, which every judge takes."""
    return np.ascontiguousarray(image[..., ::-1] if order == ORDERS["rgb"] else image)


def _contenders() -> dict[str, Contender]:
    """Return the native engine with each of its kernels."""

    def native(kernel: str) -> Contender:
        return lambda frame, model: _by_engine(frame, model, "native", kernel)

    return {f"native engine, {kernel} kernel": native(kernel) for kernel in kernels()}


def _judges() -> dict[str, Contender]:
    """Return what there is of OpenCV here; the last is the one to trust most."""
    judges: dict[str, Contender] = {}
    if "opencv" in engines.engines():
        version = loader.load("_opencv").binding_Version()
        judges[f"opencv engine ({version})"] = lambda frame, model: _by_engine(frame, model, "opencv")
    try:
        cv2 = importlib.import_module("cv2")
    except ModuleNotFoundError:
        return judges
    except ImportError as error:  # installed, but without a library that it needs
        raise RuntimeError(f"cv2 cannot be imported: {error}") from error

    def by_cv2(frame: Image, model: Image) -> Result:
        ranges = [0, 180, 0, 256]
        counts = cv2.calcHist([cv2.cvtColor(model, cv2.COLOR_BGR2HSV)], [0, 1], None, [32, 32], ranges)
        values = cv2.normalize(counts, None, 0, 256, cv2.NORM_MINMAX)
        hsv = cv2.cvtColor(frame, cv2.COLOR_BGR2HSV)
        return values, cv2.calcBackProject([hsv], [0, 1], values, ranges, 1)

    judges[f"cv2 {cv2.__version__}"] = by_cv2
    return judges


def _by_engine(frame: Image, model: Image, engine: engines.Engine, kernel: str | None = None) -> Result:
    state = engines.count(DEFAULT, [model], [None], ORDERS["bgr"], 256.0, engine=engine, kernel=kernel)
    out = np.empty(frame.shape[:2], np.uint8)
    engines.project([state], frame, out[np.newaxis], ORDERS["bgr"], engine=engine, kernel=kernel)
    return state.values, out


def _compare(model: str, name: str, got: Result, judge: str, expected: Result) -> Comparison:
    difference = next(_differences(got, expected), None)
    return Comparison(model, name, judge, expected[1].size, difference)


def _differences(got: Result, expected: Result) -> Iterator[str]:
    """Yield what is not the same, to the bit: of the values first, then of the pixels."""
    for hue, saturation in np.argwhere(got[0].view(np.int32) != expected[0].view(np.int32)):
        a, b = got[0][hue, saturation], expected[0][hue, saturation]
        yield f"bin ({hue}, {saturation}) of the histogram is {a!r}, not {b!r}"
    for y, x in np.argwhere(got[1] != expected[1]):
        yield f"pixel ({x}, {y}) is {got[1][y, x]}, not {expected[1][y, x]}"
