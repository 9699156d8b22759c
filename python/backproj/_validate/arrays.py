"""Checks of the arrays that users give: all is known to be right before an address leaves Python.

Each error names what came and how to mend it.
"""

from __future__ import annotations

import sys
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from backproj._validate.ownership import address, within_owner

Order: TypeAlias = Literal["bgr", "rgb"]
Image: TypeAlias = npt.NDArray[np.uint8]
Mask: TypeAlias = npt.NDArray[np.uint8 | np.bool_]

# How the binding takes an image: address, height, width and three strides.
Geometry: TypeAlias = tuple[int, int, int, int, int, int]

ORDERS = {"bgr": 0, "rgb": 1}

UINT8 = np.dtype(np.uint8)


def geometry(image: Image) -> Geometry:
    """Return how the binding takes an image."""
    height, width, _ = image.shape
    down, across, channel = image.strides
    return address(image), height, width, down, across, channel


def check_order(order: object) -> int:
    """Return the binding's number of a colour order."""
    if not isinstance(order, str):
        raise TypeError(f"order must be 'bgr' or 'rgb', not {described(order)}")
    try:
        return ORDERS[order]
    except KeyError:
        raise ValueError(
            f"order must be 'bgr' (cv2) or 'rgb' (PIL, imageio, skimage), not {shown(order)}"
        ) from None


def check_image(image: object, name: str) -> Image:
    """Return the image without its fourth channel, if it is one of (h, w, 3 | 4) uint8."""
    array = _check_bytes(image, name, "(h, w, 3)")
    if array.ndim == 4:
        fix = "give a list of images to count them together" if name == "model" else "take one of them"
        raise ValueError(f"{name} has shape {array.shape}, a batch of images; {fix}")
    return _check_channels(array, name)


def check_frames(frames: object, name: str = "frame") -> Image:
    """Return the frame or the batch of frames without the fourth channel."""
    return _check_channels(_check_bytes(frames, name, "(h, w, 3) or (n, h, w, 3)"), name)


def _check_channels(array: Image, name: str) -> Image:
    check_shape(array.shape, name)
    return array if array.shape[-1] == 3 else array[..., :3]


def check_shape(shape: tuple[int, ...], name: str) -> None:
    """Raise ValueError unless it is the shape of a colour image, or of a batch."""
    ndim = len(shape)
    if ndim in (3, 4) and shape[-1] in (3, 4):
        return
    if ndim == 2 or (ndim == 3 and shape[2] == 1):
        plane = name if ndim == 2 else f"{name}[..., 0]"
        raise ValueError(
            f"{name} has shape {shape}: a grey image has no hue; give a colour image (h, w, 3), or "
            f"numpy.stack([{plane}] * 3, axis=-1) if all its pixels should count as colourless"
        )
    if ndim not in (3, 4):
        raise ValueError(f"{name} must have shape (h, w, 3) or (h, w, 4), not {shape}")
    fix = "give three colours a pixel"
    if shape[-3] in (3, 4):
        fix = f"numpy.moveaxis({name}, -3, -1) moves the channels to the end"
    elif shape[-1] > 4:
        fix = f"{name}[..., [i, j, k]] takes blue, green and red out of it"
    raise ValueError(f"{name} must have shape (h, w, 3) or (h, w, 4), not {shape}; {fix}")


def check_mask(mask: object, shape: tuple[int, ...]) -> Image:
    """Return the mask as uint8, if it is one of that shape, uint8 or bool."""
    array = _check_bytes(_bool_as_bytes(mask), "mask", "(h, w)")
    if array.shape != shape:
        fix = "mask and model must show the same pixels"
        if array.ndim == 3 and array.shape[:2] == shape:
            fix = "mask[..., 0] is one number a pixel"
        elif array.size == shape[0] * shape[1]:
            fix = f"mask.reshape{shape} has the same numbers, if they are in that order"
        raise ValueError(f"mask has shape {array.shape}, but the model has {shape} pixels; {fix}")
    return array


def _is_bool(value: object) -> bool:
    """Report whether a value is an array of bool that is not masked."""
    return isinstance(value, np.ndarray) and not is_masked(value) and np.asarray(value).dtype == np.bool_


def _bool_as_bytes(value: object) -> object:
    """Return an array of bool as uint8, without a copy, and anything else as it is."""
    return np.asarray(value).view(np.uint8) if _is_bool(value) else value


def check_plane(plane: object, name: str) -> Image:
    """Return the plane if it is one of (h, w) uint8."""
    array = _check_bytes(plane, name, "(h, w)")
    if array.ndim != 2:
        raise ValueError(f"{name} must have shape (h, w), not {array.shape}; give one plane of it")
    return array


def check_prob(prob: object, shape: tuple[int, ...]) -> Image:
    """Return prob as uint8 if it has that shape. A bool mask becomes 0 and 255."""
    array = _check_bytes(_bool_as_bytes(prob), "prob", shape)
    if array.shape != shape:
        several = array.shape[1:] == shape
        fix = "prob[0] is the first of several" if several else "prob and frame must show the same pixels"
        raise ValueError(f"prob has shape {array.shape}, but the frame has {shape} pixels; {fix}")
    return np.where(array, np.uint8(255), np.uint8(0)) if _is_bool(prob) else array


def destination(out: Image | None, shape: tuple[int, ...], frame: Image) -> tuple[Image, Image]:
    """Return what a call gives back, ``out`` or a new array, and the same as a plain array to write to."""
    if out is None:
        new = np.empty(shape, UINT8)
        return new, new
    return out, _check_out(out, shape, frame)


def _check_out(out: object, shape: tuple[int, ...], frame: Image) -> Image:
    array = _check_bytes(out, "out", shape)
    if array.shape != shape:
        raise ValueError(
            f"out has shape {array.shape}, but the result has {shape}; numpy.empty({shape}, numpy.uint8) "
            "makes a fitting one"
        )
    flags = array.flags
    if not flags.writeable:
        raise ValueError(
            f"out of shape {shape} is read-only; give an array that owns its data, or a copy of it"
        )
    if array.size == 0:
        return array
    if not flags.c_contiguous and _overlaps_itself(array):
        raise ValueError(
            f"out has strides {array.strides}: several of its pixels may be the same byte; "
            f"give numpy.empty({shape}, numpy.uint8)"
        )
    if _share_memory(array, frame):
        raise ValueError(
            f"out of shape {shape} shares memory with the frame, which is read while out is written; "
            f"give numpy.empty({shape}, numpy.uint8)"
        )
    return array


def _check_bytes(value: object, name: str, shape: str | tuple[int, ...]) -> Image:
    """Return the value as a plain array if it is one of uint8 whose elements all lie in its memory."""
    array = value if type(value) is np.ndarray else _plain(value, name, shape)
    if array.dtype != UINT8:
        raise TypeError(
            f"{name} has dtype {array.dtype} and shape {array.shape}, but must be uint8"
            f"{_fix_of_dtype(array.dtype, name, shape)}"
        )
    return array if array.base is None else within_owner(array, name)


def _plain(value: object, name: str, shape: str | tuple[int, ...]) -> npt.NDArray[Any]:
    """Return an array of a subclass as what it is beneath."""
    if not isinstance(value, np.ndarray):
        raise TypeError(
            f"{name} must be a numpy array of shape {shape} and dtype uint8, "
            f"not {described(value)}{_fix_of_type(value, name, shape)}"
        )
    if is_masked(value):
        also = ", and mask=~numpy.ma.getmaskarray(model)[..., 0]" if name == "model" else ""
        raise TypeError(
            f"{name} is a masked array of shape {value.shape} and dtype {value.dtype}, whose mask would be "
            f"lost; give {name}.data{also}"
        )
    # What a subclass says of its shape, strides and flags may not be so; the array itself is asked.
    return np.asarray(value)


def is_masked(array: npt.NDArray[Any]) -> bool:
    """Report whether numpy's functions would leave some elements of the array out."""
    # numpy.ma is imported by the first who says its name. That takes time, and a lock that a process
    # forked by another thread at that moment would wait for in vain.
    ma = sys.modules.get("numpy.ma")
    return ma is not None and isinstance(array, ma.MaskedArray)


def _overlaps_itself(array: Image) -> bool:
    """Report whether two elements of the array may be the same byte."""
    steps = sorted((abs(stride), n) for n, stride in zip(array.shape, array.strides, strict=True) if n > 1)
    taken = 0  # bytes from the first to the last element along the axes so far
    for stride, n in steps:
        if stride <= taken:
            return True
        taken += (n - 1) * stride
    return False


def _share_memory(one: Image, other: Image) -> bool:
    """Report whether two arrays have a byte in common; a doubt that is hard to settle counts as yes."""
    if not np.may_share_memory(one, other):
        return False
    try:
        return np.shares_memory(one, other, max_work=100_000)  # type: ignore[arg-type]
    except RuntimeError:  # TooHardError
        return True


def shown(value: object) -> str:
    """Return a value as an error shows it: in one line, and not too long."""
    try:
        text = " ".join(repr(value).split())
    except Exception:  # whatever the repr of a stranger's class raises
        text = f"a {type(value).__qualname__}"
    return text if len(text) <= 60 else f"{text[:57]}..."


def described(value: object) -> str:
    """Return a value's type as an error names it, with the value or its length if that is short."""
    kind = type(value)
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    if isinstance(value, (str, int, float)):
        return f"{name} {shown(value)}"
    if isinstance(value, (list, tuple, bytes, bytearray)):
        return f"{name} of length {len(value)}"
    return name


def _fix_of_type(value: object, name: str, shape: str | tuple[int, ...]) -> str:
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
    if type(value).__module__.startswith("backproj."):
        return "; the frame comes first, and then the model" if image else ""
    if image and type(value).__module__.startswith("dask."):
        return "; backproj.dask.back_project takes dask arrays, and backproj.dask.histogram counts them"
    if isinstance(value, (bytes, bytearray, memoryview)):
        return f"; numpy.frombuffer({name}, numpy.uint8).reshape(...) makes one, with its height and width"
    if not image:
        return f"; numpy.asarray({name}, numpy.uint8) makes one of numbers from 0 to 255"
    return f"; numpy.asarray({name}, dtype=numpy.uint8) makes one of whole numbers from 0 to 255"


def _fix_of_dtype(dtype: np.dtype[Any], name: str, shape: str | tuple[int, ...]) -> str:
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
