"""Checks of the arrays that users give: all is known to be right before an address leaves Python.

Each error names what came and how to mend it.
"""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

Order: TypeAlias = Literal["bgr", "rgb"]
Image: TypeAlias = npt.NDArray[np.uint8]
Mask: TypeAlias = npt.NDArray[np.uint8 | np.bool_]

ORDERS = {"bgr": 0, "rgb": 1}

_UINT8 = np.dtype(np.uint8)

# No process has memory beyond 2^56 bytes: an array that would is a mistake, or as_strided's.
_MEMORY_LIMIT = 2**56


def address(array: npt.NDArray[Any]) -> int:
    """Return where the array's first element lies."""
    return int(array.__array_interface__["data"][0])


def check_order(order: object) -> int:
    """Return the binding's number of a colour order."""
    if not isinstance(order, str):
        raise TypeError(f"order must be 'bgr' or 'rgb', not {_described(order)}")
    try:
        return ORDERS[order]
    except KeyError:
        raise ValueError(
            f"order must be 'bgr' (cv2) or 'rgb' (PIL, imageio, skimage), not {order!r}"
        ) from None


def check_image(image: object, name: str) -> Image:
    """Return the image without its fourth channel, if it is one of (h, w, 3 | 4) uint8."""
    array = _check_bytes(image, name, "(h, w, 3)")
    if array.ndim == 2:
        raise ValueError(
            f"{name} has shape {array.shape}: a grey image has no hue; give a colour image (h, w, 3), "
            "or cv2.cvtColor(image, cv2.COLOR_GRAY2BGR) if all its pixels should count as colourless"
        )
    if array.ndim == 4:
        raise ValueError(f"{name} has shape {array.shape}: for a batch of images, call once an image")
    if array.ndim != 3:
        raise ValueError(f"{name} must have shape (h, w, 3) or (h, w, 4), not {array.shape}")
    if array.shape[2] not in (3, 4):
        fix = "slice the three colour channels out of it"
        if array.shape[0] in (3, 4):
            fix = f"numpy.moveaxis({name}, 0, -1) moves channels from the front to the end"
        raise ValueError(f"{name} must have shape (h, w, 3) or (h, w, 4), not {array.shape}; {fix}")
    return array[..., :3] if array.shape[2] == 4 else array


def check_mask(mask: object, shape: tuple[int, ...]) -> Image:
    """Return the mask as uint8, if it is one of that shape, uint8 or bool."""
    if isinstance(mask, np.ndarray) and mask.dtype == np.bool_ and not isinstance(mask, np.ma.MaskedArray):
        mask = mask.view(np.uint8)
    array = _check_bytes(mask, "mask", "(h, w)", "mask != 0 makes a bool mask of numbers")
    if array.shape != shape:
        fix = "give one number a pixel, such as mask[..., 0]" if array.ndim == 3 else "crop both alike"
        raise ValueError(f"mask has shape {array.shape}, but the model has {shape} pixels; {fix}")
    return array


def check_out(out: object, frame: Image) -> Image:
    """Return ``out`` if a back projection of the frame can be written to it."""
    shape = frame.shape[:2]
    array = _check_bytes(out, "out", f"{shape}", f"numpy.empty({shape}, numpy.uint8) makes one")
    if array.shape != shape:
        raise ValueError(
            f"out has shape {array.shape}, but the frame has {shape} pixels; "
            f"numpy.empty({shape}, numpy.uint8) makes a fitting one"
        )
    if not array.flags.writeable:
        raise ValueError(
            f"out of shape {shape} is read-only; give an array that owns its data, or a copy of it"
        )
    if _overlaps_itself(array):
        raise ValueError(
            f"out has strides {array.strides}: several of its pixels are the same byte; "
            f"give numpy.empty({shape}, numpy.uint8)"
        )
    if _share_memory(array, frame):
        raise ValueError(
            f"out of shape {shape} shares memory with the frame, which is read while out is written; "
            f"give numpy.empty({shape}, numpy.uint8)"
        )
    return array


def _check_bytes(value: object, name: str, shape: str, fix: str | None = None) -> Image:
    """Return the value if it is a plain uint8 array whose elements can all lie in memory."""
    if not isinstance(value, np.ndarray):
        raise TypeError(
            f"{name} must be a numpy array of shape {shape} and dtype uint8, "
            f"not {_described(value)}{_fix_of_type(value, name, fix)}"
        )
    if isinstance(value, np.ma.MaskedArray):
        raise TypeError(
            f"{name} is a masked array of shape {value.shape} and dtype {value.dtype}, whose mask "
            f"would be lost; give {name}.data, and for a model mask=~numpy.ma.getmaskarray(...)[..., 0]"
        )
    if value.dtype != _UINT8:
        raise TypeError(
            f"{name} has dtype {value.dtype} and shape {value.shape}, but must be uint8; "
            f"{fix or _fix_of_dtype(value.dtype, name)}"
        )
    if not value.flags.c_contiguous:
        _check_reach(value, name)
    return value


def _check_reach(array: Image, name: str) -> None:
    first = last = address(array)
    for n, stride in zip(array.shape, array.strides, strict=True):
        first += min(0, (n - 1) * stride)
        last += max(0, (n - 1) * stride)
    if array.size and (first < 0 or last >= _MEMORY_LIMIT):
        raise ValueError(
            f"{name} of shape {array.shape} has strides {array.strides}, which reach beyond all "
            f"memory; numpy.ascontiguousarray of the array that it is a view of has none such"
        )


def _overlaps_itself(array: Image) -> bool:
    """Report whether two elements of a 2-D array may be the same byte."""
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


def _described(value: object) -> str:
    kind = type(value)
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    if isinstance(value, (str, int, float)):
        return f"{name} {value!r:.60}"
    try:
        return f"{name} of length {len(value)}"  # type: ignore[arg-type]
    except TypeError:
        return name


def _fix_of_type(value: object, name: str, fix: str | None) -> str:
    if value is None and name in ("frame", "model"):
        return ": cv2.imread returns None for a file that it cannot read, so check the path"
    if name != "out" and (isinstance(value, str) or hasattr(value, "__fspath__")):
        return "; read the file first, as by cv2.imread(path)"
    if type(value).__module__.startswith("PIL."):
        return f"; give numpy.asarray({name}.convert('RGB')) and order='rgb'"
    return "; " + (
        fix or f"numpy.asarray({name}, dtype=numpy.uint8) makes one of whole numbers from 0 to 255"
    )


def _fix_of_dtype(dtype: np.dtype[Any], name: str) -> str:
    if dtype.kind == "f":
        return f"skimage.util.img_as_ubyte({name}) converts values from 0 to 1"
    if dtype.kind == "b":
        return f"{name}.astype(numpy.uint8) * 255 makes black and white of it"
    if dtype == np.uint16:
        return f"({name} >> 8).astype(numpy.uint8) keeps the upper 8 of 16 bits"
    if dtype.kind in "iu":
        return f"{name}.astype(numpy.uint8) converts whole numbers from 0 to 255"
    return f"numpy.asarray({name}.tolist(), dtype=numpy.uint8) converts whole numbers from 0 to 255"


def geometry(image: Image, order: int) -> tuple[int, ...]:
    """Return how the binding takes an image: address, height, width, three strides, order."""
    height, width, _ = image.shape
    return address(image), height, width, *image.strides, order
