"""A judge: cv2, called as scripts call it."""

from __future__ import annotations

import importlib
import re
from typing import Any

import numpy as np

from backproj._validate.channels import CHANNELS
from backproj._verify.paths import BATCH, THRESHOLD, Path, Result, greens
from backproj.typing import Image, Space

# What cv2's build information calls the libraries that replace OpenCV's own code, and their versions.
_HAL = re.compile(r"^ *Custom HAL: *YES \((?P<libraries>.*)\)$", re.MULTILINE)
_LIBRARY = re.compile(r"(?P<name>[^ ()]+) \(ver [^)]*\)")

# Intel's library leaves the functions that are compared as they are.
_HARMLESS = {"ipp"}


def load() -> Any:
    """Return the module, or None if it is not installed."""
    try:
        return importlib.import_module("cv2")
    except ModuleNotFoundError:
        return None
    except ImportError as error:  # installed, but without a library that it needs
        raise RuntimeError(f"cv2 cannot be imported: {error}") from error


def name_of(cv2: Any) -> str:
    """Return the version and the libraries in place of OpenCV's own code: "cv2 4.13.0 (carotene)"."""
    libraries = [name for name in replacements(cv2.getBuildInformation()) if name not in _HARMLESS]
    return f"cv2 {cv2.__version__}" + (f" ({', '.join(libraries)})" if libraries else "")


def replacements(build_information: str) -> list[str]:
    """Return the libraries that replace OpenCV's own code, its "custom HAL"."""
    found = _HAL.search(build_information)
    return [] if found is None else _LIBRARY.findall(found["libraries"])


def by_cv2(cv2: Any, path: Path, frame: Image, model: Image) -> Result:
    """Return what scripts get."""
    if path.grey:
        frame, model = greens(frame), greens(model)
    result = Result([], [])
    for layout in path.layouts:
        chosen = CHANNELS[layout.channels]
        planes, model_planes = (converted_by(cv2, image, chosen.space) for image in (frame, model))
        channels, ranges = list(chosen.components), list(chosen.ranges)
        gate = None if layout.in_range is None else cv2.inRange(model_planes, *layout.in_range)
        values = cv2.calcHist([model_planes], channels, gate, list(layout.bins), ranges)
        values = values.reshape(layout.bins)  # of one channel, cv2 4 makes (n, 1)
        if layout.peak is not None:
            flat = values.reshape(-1)
            # In place, as scripts do it: cv2 for Windows rounds other values in another way then.
            cv2.normalize(flat, flat, 0, layout.peak, cv2.NORM_MINMAX)
        # cv2 would take the last of three axes for the channels of a matrix.
        table = cv2.Mat(values, wrap_channels=False) if len(layout.bins) == 3 else values
        plane = cv2.calcBackProject([planes], channels, table, ranges, 1)
        if layout.in_range is not None:
            plane &= cv2.inRange(planes, *layout.in_range)
        result.values.append(values)
        if path.disc is not None:
            disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (path.disc, path.disc))
            sums = cv2.filter2D(plane, -1, disc)
            mask = cv2.threshold(sums, THRESHOLD, 255, cv2.THRESH_BINARY)[1]
            cut = cv2.bitwise_and(frame, frame, mask=mask)
            result.planes.extend([sums, mask, *np.moveaxis(cut, -1, 0)])
            continue
        result.planes.extend([plane] * (BATCH if path.batch else 1))
    return result


def converted_by(cv2: Any, image: Image, space: Space) -> Image:
    """Return a BGR image in another colour space. A grey image is one of grey."""
    codes = {
        "hsv": cv2.COLOR_BGR2HSV,
        "ycrcb": cv2.COLOR_BGR2YCrCb,
        "lab": cv2.COLOR_BGR2Lab,
        "gray": cv2.COLOR_BGR2GRAY,
    }
    if space == "bgr" or image.ndim == 2:
        return image
    converted: Image = cv2.cvtColor(image, codes[space])
    return converted
