"""What to suggest where an array is not what is needed: the second half of an error message."""

from __future__ import annotations

from typing import Any

import numpy as np

Shape = str | tuple[int, ...]


def fix_type(value: object, name: str, shape: Shape) -> str:
    """Return how to make an array of a value that is none."""
    image = name in ("frame", "model")
    if name == "out":
        return f"; numpy.empty({shape}, numpy.uint8) makes one"
    if value is None and image:
        return (
            ": cv2.imread returns None for a file that it cannot read, so check the path; VideoCapture.read "
            "does at the end of a film"
        )
    if name == "frame" and isinstance(value, (list, tuple)) and value and isinstance(value[0], np.ndarray):
        return "; numpy.stack(frame) makes a batch of frames of one size"
    if isinstance(value, str) or hasattr(type(value), "__fspath__"):
        return f"; read the file first, as by cv2.imread(path{'' if image else ', cv2.IMREAD_GRAYSCALE'})"
    if type(value).__module__.startswith("PIL."):
        if image:
            return f"; give numpy.asarray({name}.convert('RGB')) and order='rgb'"
        return f"; give numpy.asarray({name}.convert('L'))"
    if type(value).__module__.partition(".")[0] == "backproj":
        return "; the frame comes first, and then the model" if image else ""
    if type(value).__module__.startswith("dask."):
        if name == "prob":
            return "; prob.compute() makes one, and backproj.dask.disc_sum takes dask arrays"
        if image:
            return (
                "; backproj.dask.back_project, segment and cut_out take dask arrays, and "
                "backproj.dask.histogram counts them"
            )
    if isinstance(value, (bytes, bytearray, memoryview)):
        also = "; back_project_bytes takes raw BGR bytes" if image else ""
        return (
            f"; numpy.frombuffer({name}, numpy.uint8).reshape(...) makes one, with its height and width{also}"
        )
    if not image:
        return f"; numpy.asarray({name}, numpy.uint8) makes one of numbers from 0 to 255"
    return f"; numpy.asarray({name}, dtype=numpy.uint8) makes one of whole numbers from 0 to 255"


def fix_dtype(dtype: np.dtype[Any], name: str, shape: Shape) -> str:
    """Return how to convert an array of another dtype to uint8."""
    if name == "out":
        return f"; numpy.empty({shape}, numpy.uint8) makes one"
    if name == "mask":
        return "; mask != 0 makes a bool mask of numbers" if dtype.kind in "iufc" else " or bool"
    if dtype == np.float32 and name == "model":
        return (
            "; if it is a histogram that cv2 made, Histogram.from_values(model, channels=...) takes it, "
            "if an image from 0 to 1, skimage.util.img_as_ubyte(model) converts it"
        )
    if dtype.kind == "f":
        return (
            f"; skimage.util.img_as_ubyte({name}) converts values from 0 to 1, "
            f"{name}.astype(numpy.uint8) values from 0 to 255"
        )
    if dtype.kind == "b":
        return f"; {name}.astype(numpy.uint8) * 255 makes black and white of it"
    if dtype.kind == "u" and dtype.itemsize == 2:
        return f"; ({name} >> 8).astype(numpy.uint8) keeps the upper 8 of 16 bits"
    if dtype.kind in "iu" or dtype.kind == "O":
        return f"; {name}.astype(numpy.uint8) converts whole numbers from 0 to 255"
    return f": {name} is no array of colours"


def fix_colour_shape(shape: tuple[int, ...], name: str) -> str:
    """Return what is wrong with a shape that is not that of a colour image, and how to mend it."""
    ndim = len(shape)
    if ndim == 2 or (ndim == 3 and shape[2] == 1):
        plane = name if ndim == 2 else f"{name}[..., 0]"
        takes = "space='gray' takes" if name == "image" else "only histograms of channels='gray' take"
        return (
            f"{name} has shape {shape}: a grey image has no colours, and {takes} it; give a colour image "
            f"(h, w, 3), or numpy.stack([{plane}] * 3, axis=-1) if all its pixels should count as colourless"
        )
    needed = f"{name} must have shape (h, w, 3) or (h, w, 4), not {shape}"
    if ndim not in (3, 4):
        return needed
    if shape[-3] in (3, 4):
        return f"{needed}; numpy.moveaxis({name}, -3, -1) moves the channels to the end"
    if shape[-1] > 4:
        return f"{needed}; {name}[..., [i, j, k]] takes blue, green and red out of it"
    return f"{needed}; give three colours a pixel"
