"""What to suggest where an array is not what is needed: the second half of an error message."""

from __future__ import annotations

import sys
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
    if name == "frame" and isinstance(value, (list, tuple)) and value and _has_shape(value[0]):
        return "; numpy.stack(frame) makes a batch of frames of one size"
    if isinstance(value, str) or hasattr(type(value), "__fspath__"):
        return f"; read the file first, as by cv2.imread(path{'' if image else ', cv2.IMREAD_GRAYSCALE'})"
    if hasattr(type(value), "to_ndarray") and image:
        return f"; {name}.to_ndarray(format='bgr24') makes one of a frame of PyAV"
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


def _has_shape(value: object) -> bool:
    """Report whether a value looks like an array or a picture."""
    return hasattr(type(value), "shape") or hasattr(type(value), "__array_interface__")


def fix_gpu(value: object, name: str) -> str:
    """Return the call that copies an array from a GPU."""
    methods = ("cpu", "get", "copy_to_host", "download")  # of torch, CuPy and UMat, numba, and GpuMat
    method = next((method for method in methods if hasattr(type(value), method)), None)
    return f"numpy.asarray({name})" if method is None else f"{name}.{method}()"


def fix_dtype(dtype: np.dtype[Any], name: str, shape: Shape, value: object) -> str:
    """Return how to convert an array of another dtype, which a value is or holds, to uint8."""
    if name == "out":
        return f"; numpy.empty({shape}, numpy.uint8) makes one"
    if _is_tensor(value) and dtype.kind in "iuf" and name != "mask":
        if dtype.kind != "f":
            return f"; {name}.to(torch.uint8) converts whole numbers from 0 to 255"
        return (
            f"; ({name} * 255).round().to(torch.uint8) converts values from 0 to 1, "
            f"{name}.to(torch.uint8) values from 0 to 255"
        )
    if not isinstance(value, np.ndarray):
        name = f"numpy.asarray({name})" if name != "mask" else name
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


def _is_tensor(value: object) -> bool:
    """Report whether a value is a tensor of torch's."""
    tensor = getattr(sys.modules.get("torch"), "Tensor", None)
    return isinstance(tensor, type) and isinstance(value, tensor)


def fix_colour_shape(shape: tuple[int, ...], name: str, value: object = None) -> str:
    """Return what is wrong with a shape that is not that of a colour image, and how to mend it."""
    ndim = len(shape)
    if ndim == 2 or (ndim == 3 and shape[2] == 1):
        plane = name if ndim == 2 else f"{name}[..., 0]"
        takes = "space='gray' takes" if name == "image" else "only histograms of channels='gray' take"
        is_pil = type(value).__module__.startswith("PIL.")
        colourless = f"{name}.convert('RGB')" if is_pil else f"numpy.stack([{plane}] * 3, axis=-1)"
        return (
            f"{name} has shape {shape}: a grey image has no colours, and {takes} it; give a colour image "
            f"(h, w, 3), or {colourless} if all its pixels should count as colourless"
        )
    needed = f"{name} must have shape (h, w, 3) or (h, w, 4), not {shape}"
    if ndim not in (3, 4):
        return needed
    if shape[-3] in (3, 4):
        if hasattr(type(value), "permute"):
            axes = "1, 2, 0" if ndim == 3 else "0, 2, 3, 1"
            return f"{needed}; {name}.permute({axes}) moves the channels to the end, and copies nothing"
        return f"{needed}; numpy.moveaxis({name}, -3, -1) moves the channels to the end"
    if shape[-1] > 4:
        return f"{needed}; {name}[..., [i, j, k]] takes blue, green and red out of it"
    return f"{needed}; give three colours a pixel"
