"""Comparing the results on this machine with OpenCV's: every kernel and engine, every kind of call."""

from __future__ import annotations

import functools
import importlib
import warnings
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from backproj._engine import opencv
from backproj._engine.engines import engines
from backproj._engine.kernels import forced, kernels
from backproj._histogram.histogram import Histogram
from backproj._projection import back_project
from backproj._region import disc_sum
from backproj._runtime import loader
from backproj._validate.channels import CHANNELS
from backproj._validate.layout import DEFAULT
from backproj._validate.options import ORDERS, check_order
from backproj._validate.threads import ALL_CPUS
from backproj._validate.views import view_image
from backproj.typing import Bounds, Channels, Image, Order, Space

# CamShift's, which leaves out what is too dark or too pale to have a hue.
_GATE = (0, 60, 32), (180, 255, 255)

# The skin of nearly all scripts, in YCrCb; and greys that are neither dark nor bright.
_SKIN = (0, 133, 77), (255, 173, 127)
_GREYS = (20,), (230,)

# How many frames a batch has.
_BATCH = 2

# Of regions.
_THRESHOLD = 50


class Layout(NamedTuple):
    """Options of a histogram; the defaults are those of `Histogram`."""

    channels: Channels = "hs"
    bins: tuple[int, ...] = (32, 32)
    in_range: Bounds | None = None
    peak: float | None = 256


class Path(NamedTuple):
    """A kind of call that a kernel has code of its own for."""

    name: str
    layouts: tuple[Layout, ...] = (Layout(),)
    counts_frame: bool = False  # the frame is the model
    batch: bool = False
    grey: bool = False  # the frame and the model are grey images: the greens of the given ones
    disc: int | None = None  # what is compared is the region by it, and what is cut out


_GATED_HUE = Layout("h", (16,), _GATE, 255)
_THREE_CHANNELS = Layout("hsv", (16, 16, 16))

_GREY = Layout("gray", (256,))
_BGR = Layout("bgr", (8, 8, 8), None, 255)
_COUNTED = (
    Layout("s", (256,), None, None),
    Layout("v", (256,), None, None),
    Layout("hv", (180, 256), None, None),
    Layout("sv", (256, 256), None, None),
    Layout("gray", (256,), None, None),
    Layout("crcb", (256, 256), None, None),
    Layout("ycrcb", (32, 32, 32), None, None),
    Layout("bgr", (7, 6, 5), None, None),
)

PATHS = (
    Path("hs 32×32"),
    Path("h 32", (Layout("h", (32,)),)),
    Path("h 16, gated", (_GATED_HUE,)),
    Path("hs 180×256", (Layout("hs", (180, 256), None, 255),)),
    Path("hsv 16×16×16", (_THREE_CHANNELS,)),
    Path("s 64", (Layout("s", (64,)),)),
    Path("v 64", (Layout("v", (64,)),)),
    Path("hv 180×64", (Layout("hv", (180, 64)),)),
    Path("sv 32×32, gated", (Layout("sv", (32, 32), _GATE),)),
    Path("gray 256", (_GREY,)),
    Path("gray 64, gated", (Layout("gray", (64,), _GREYS, 255),)),
    Path("gray 256 of grey images", (_GREY,), grey=True),
    Path("crcb 32×32", (Layout("crcb"),)),
    Path("crcb 256×256, gated", (Layout("crcb", (256, 256), _SKIN, 255),)),
    Path("ycrcb 16×16×16", (Layout("ycrcb", (16, 16, 16)),)),
    Path("bgr 8×8×8", (_BGR,)),
    Path("bgr 32×32×32, gated", (Layout("bgr", (32, 32, 32), ((16, 0, 8), (235, 240, 255))),)),
    Path("counts of the frame", (Layout(peak=None),), counts_frame=True),
    Path("counts of the frame, gated", (Layout(in_range=_GATE, peak=None),), counts_frame=True),
    Path("counts of the frame, other channels", _COUNTED, counts_frame=True),
    Path("counts of a grey frame", (_GREY._replace(peak=None),), counts_frame=True, grey=True),
    Path("a batch", batch=True),
    Path("three histograms at once", (Layout(), _GATED_HUE, _THREE_CHANNELS)),
    Path("histograms of three spaces at once", (Layout("crcb"), _GREY, _BGR)),
    Path("a region, disc 5", disc=5),
    Path("a region, disc 41", disc=41),
)


class Result(NamedTuple):
    """What a call comes to: the values of each histogram, and the planes of each for each frame.

    Of a region these are the sums, the mask, and each channel of what is cut out.
    """

    values: list[npt.NDArray[np.float32]]
    planes: list[Image]


# Given a path, a BGR frame and a BGR model; returns None for a path that it does not have.
Contender: TypeAlias = Callable[[Path, Image, Image], Result | None]


class Comparison(NamedTuple):
    """One result compared with OpenCV's.

    Attributes
    ----------
    model : str
        Which model was projected.
    path : str
        By what kind of call, such as "hs 32×32" or "a batch".
    name : str
        What computed it, such as "native engine, generic kernel".
    judge : str
        What it was compared with, such as "cv2 4.13.0".
    pixels : int
        How many pixels were compared, besides all values of the histograms.
    difference : str or None
        The first difference, or None if the two are the same.
    """

    model: str
    path: str
    name: str
    judge: str
    pixels: int
    difference: str | None

    def __str__(self) -> str:
        verdict = self.difference or f"no difference in {self.pixels:,} pixels"
        return f"{self.name} against {self.judge}, {self.path}, {self.model}: {verdict}"


def verify(
    frame: Image | None = None, model: Image | None = None, *, order: Order = "bgr"
) -> list[Comparison]:
    """Compare every kernel and every engine of this machine with OpenCV, byte for byte.

    Each is compared by each kind of call that kernels have code of their own for: hue, hue gated by
    saturation and value, hue and saturation in few bins and in many, all other channels, gated and not, grey
    images, counting, a batch, several histograms at once, also of different spaces, and regions by a small
    disc and a large one. All kernels take part, whichever ``BACKPROJ_KERNEL`` forces on other calls.

    Parameters
    ----------
    frame : ndarray of uint8, shape (h, w, 3) or (h, w, 4), optional
        The image to project onto. Default: an image of 4096×4096 pixels that holds each of the 2^24 colours.
    model : ndarray of uint8, shape (h, w, 3) or (h, w, 4), optional
        What to look for. Default: the frame, or, without one, several models made for it.
    order : {"bgr", "rgb"}, default "bgr"
        The order of the channels of both.

    Returns
    -------
    list of Comparison
        For each kind of call, each model, and each kernel and engine that has it, whether there is a
        difference.

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
        pixels, models = every_colour(), synthetic_models()
    else:
        pixels = _as_bgr(frame, number, "frame")
        models = {"the frame": pixels}
        if model is not None:
            models = {"the model": _as_bgr(model, number, "model")}
    judges, contenders = _judges(), _contenders()
    if not judges:
        raise RuntimeError(
            "no OpenCV to compare with; 'pip install opencv-python-headless', or build the opencv engine"
        )
    judge, expectation = judges.popitem()
    return [
        comparison
        for path in PATHS
        for label, patch in _models_of(path, pixels, models).items()
        for comparison in _compare(path, label, pixels, patch, judge, expectation, contenders | judges)
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


def _models_of(path: Path, frame: Image, models: dict[str, Image]) -> dict[str, Image]:
    """Return what to count: all models for the first path, the first one for the others."""
    if path.counts_frame:
        return {"the frame": frame}
    return models if path is PATHS[0] else dict([next(iter(models.items()))])


def _as_bgr(image: object, order: int, name: str) -> Image:
    """Return an image as a contiguous BGR copy, which every judge takes."""
    view = view_image(image, order, name)
    if view.low == view.high:
        raise ValueError(f"{name} has shape {view.array.shape}, no pixels to compare")
    colours = view.array[..., :3]
    return np.array(colours[..., ::-1] if order == ORDERS["rgb"] else colours, order="C")


def _contenders() -> dict[str, Contender]:
    """Return the native engine with each of its kernels."""
    return {f"native engine, {kernel} kernel": functools.partial(_by_kernel, kernel) for kernel in kernels()}


def _by_kernel(kernel: str, path: Path, frame: Image, model: Image) -> Result:
    if path.grey:
        frame, model = _greens(frame), _greens(model)
    frames = np.broadcast_to(frame, (_BATCH, *frame.shape)) if path.batch else frame
    with forced(kernel), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a gate may let no pixel of a model pass
        hists = [Histogram(model, **layout._asdict()) for layout in path.layouts]
        if path.disc is not None:
            (hist,) = hists
            sums = disc_sum(hist.back_project(frame), path.disc)
            mask, cut = (
                find(frame, disc=path.disc, threshold=_THRESHOLD) for find in (hist.segment, hist.cut_out)
            )
            return Result([hist.values], [sums, mask, *np.moveaxis(cut, -1, 0)])
        probs = back_project(frames, hists)
    return Result([hist.values for hist in hists], [*probs.reshape(-1, *frame.shape[:2])])


def _greens(image: Image) -> Image:
    """Return one channel of an image, as a grey one."""
    return np.ascontiguousarray(image[..., 1])


def _judges() -> dict[str, Contender]:
    """Return what there is of OpenCV here; the last is the one to trust most."""
    judges: dict[str, Contender] = {}
    if "opencv" in engines():
        judges[f"opencv engine ({loader.load('_opencv').binding_Version()})"] = _by_opencv_engine
    try:
        cv2 = importlib.import_module("cv2")
    except ModuleNotFoundError:
        return judges
    except ImportError as error:  # installed, but without a library that it needs
        raise RuntimeError(f"cv2 cannot be imported: {error}") from error
    judges[f"cv2 {cv2.__version__}"] = functools.partial(_by_cv2, cv2)
    return judges


def _by_opencv_engine(path: Path, frame: Image, model: Image) -> Result | None:
    if path.layouts != (Layout(),) or path.disc is not None:
        return None
    view = view_image(model, ORDERS["bgr"], "model")
    hist = Histogram._of(opencv.count(DEFAULT, [view], [None], Layout().peak, ALL_CPUS))
    frames = np.broadcast_to(frame, (_BATCH, *frame.shape)) if path.batch else frame
    probs = hist.back_project(frames, engine="opencv")
    return Result([hist.values], [*probs.reshape(-1, *frame.shape[:2])])


def _by_cv2(cv2: Any, path: Path, frame: Image, model: Image) -> Result:
    if path.grey:
        frame, model = _greens(frame), _greens(model)
    result = Result([], [])
    for layout in path.layouts:
        chosen = CHANNELS[layout.channels]
        planes, model_planes = (_by_cvt_color(cv2, image, chosen.space) for image in (frame, model))
        channels, ranges = list(chosen.components), list(chosen.ranges)
        gate = None if layout.in_range is None else cv2.inRange(model_planes, *layout.in_range)
        values = cv2.calcHist([model_planes], channels, gate, list(layout.bins), ranges)
        values = values.reshape(layout.bins)  # of one channel, cv2 4 makes (n, 1)
        if layout.peak is not None:
            flat = cv2.normalize(values.reshape(-1), None, 0, layout.peak, cv2.NORM_MINMAX)
            values = flat.reshape(layout.bins)
        # cv2 would take the last of three axes for the channels of a matrix.
        table = cv2.Mat(values, wrap_channels=False) if len(layout.bins) == 3 else values
        plane = cv2.calcBackProject([planes], channels, table, ranges, 1)
        if layout.in_range is not None:
            plane &= cv2.inRange(planes, *layout.in_range)
        result.values.append(values)
        if path.disc is not None:
            disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (path.disc, path.disc))
            sums = cv2.filter2D(plane, -1, disc)
            mask = cv2.threshold(sums, _THRESHOLD, 255, cv2.THRESH_BINARY)[1]
            cut = cv2.bitwise_and(frame, frame, mask=mask)
            result.planes.extend([sums, mask, *np.moveaxis(cut, -1, 0)])
            continue
        result.planes.extend([plane] * (_BATCH if path.batch else 1))
    return result


def _by_cvt_color(cv2: Any, image: Image, space: Space) -> Image:
    """Return a BGR image in another colour space. A grey image is one of grey."""
    codes = {"hsv": cv2.COLOR_BGR2HSV, "ycrcb": cv2.COLOR_BGR2YCrCb, "gray": cv2.COLOR_BGR2GRAY}
    if space == "bgr" or image.ndim == 2:
        return image
    converted: Image = cv2.cvtColor(image, codes[space])
    return converted


def _compare(
    path: Path,
    label: str,
    frame: Image,
    model: Image,
    judge: str,
    expectation: Contender,
    contenders: dict[str, Contender],
) -> Iterator[Comparison]:
    """Yield a comparison for each contender that has the path."""
    expected = expectation(path, frame, model)
    if expected is None:
        return
    pixels = sum(plane.size for plane in expected.planes)
    for name, contender in contenders.items():
        result = contender(path, frame, model)
        if result is not None:
            difference = next(_differences(result, expected), None)
            yield Comparison(label, path.name, name, judge, pixels, difference)


def _differences(result: Result, expected: Result) -> Iterator[str]:
    """Yield what is not the same, to the bit: of the values first, then of the pixels."""
    for got, want in zip(result.values, expected.values, strict=True):
        for bin_number in np.argwhere(got.view(np.int32) != want.view(np.int32)):
            at = tuple(bin_number.tolist())
            yield f"bin {at} of the histogram is {got[at]!r}, not {want[at]!r}"
    for plane, right in zip(result.planes, expected.planes, strict=True):
        for y, x in np.argwhere(plane != right):
            yield f"pixel ({x}, {y}) is {plane[y, x]}, not {right[y, x]}"
