"""The one door for pixels: an array, or what holds one, becomes a checked view of memory.

All below takes views: nothing there looks at an array again. Each error names what came and how to mend it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from backproj._validate.fixes import Shape, fix_colour_shape, fix_dtype, fix_type
from backproj._validate.messages import describe_type
from backproj._validate.objects import array_of, colours_of, shape_of
from backproj._validate.ownership import reach, within_owner
from backproj.typing import Image

UINT8 = np.dtype(np.uint8)

# What frames and models of grey histograms may be.
GREY_SHAPES = "(h, w), (n, h, w), (h, w, 3) or (n, h, w, 3)"

# The binding's number of the order of images that have one grey component.
MONO = 4

# The modes that PIL images may have: of planes, and of masks.
_PLANE_MODES = ("L",)
MASK_MODES = ("L", "1")

# Calling View(...) itself takes twice as long; a frame of 64×64 pixels is projected in 2 µs.
_new: Callable[..., Any] = tuple.__new__


class View(NamedTuple):
    """Pixels in memory that is known to be there for as long as the view is.

    Attributes
    ----------
    address : int
        Where the first component of the first pixel lies.
    shape : tuple of int
        (h, w), or (n, h, w) for a batch; without the channels of an image.
    strides : tuple of int
        From one element to the next along each axis, in bytes; of an image, along the channels too, also of
        a grey one.
    low, high : int
        Where the lowest byte lies, and where the highest one ends.
    array : ndarray of uint8
        The same as a plain array, which keeps the memory alive.
    order : int
        The binding's number of the order of an image's channels.
    """

    address: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]
    low: int
    high: int
    array: Image
    order: int = 0


def view_frames(value: object, order: int | None, name: str = "frame", *, grey: bool = False) -> View:
    """Return the view of a colour image or a batch: (h, w, 3), (n, h, w, 3), or with four channels.

    Grey ones may be allowed: (h, w), (n, h, w), or with one channel. Without an order, arrays are BGR, and
    PIL's images are what they say.
    """
    shapes = GREY_SHAPES if grey else "(h, w, 3) or (n, h, w, 3)"
    if type(value) is np.ndarray:
        array = value
    else:
        held, order = colours_of(value, order, name)
        if held is None:
            raise TypeError(_no_array(value, name, shapes))
        array = held
    if array.dtype is not UINT8:  # numpy has nearly always one object for it
        _check_dtype(array, value, name, shapes)
    shape = array.shape
    if len(shape) in (3, 4) and shape[-1] in (3, 4):
        return _view(array, name, shape[:-1], order or 0)
    if not grey:
        raise ValueError(fix_colour_shape(shape, name, value))
    if not 2 <= len(shape) <= 4 or (len(shape) == 4 and shape[-1] != 1):
        raise ValueError(f"{name} must have shape {GREY_SHAPES}, not {shape}")
    if len(shape) == 4 or (len(shape) == 3 and shape[-1] == 1):
        return _view(array, name, shape[:-1], MONO)
    address, _, strides, *rest = _view(array, name, shape, MONO)
    view: View = _new(View, (address, shape, (*strides, 0), *rest))
    return view


def may_be_grey(frame: object, plane: object, plane_name: str) -> bool:
    """Report whether a frame may be grey, given a plane, or several, that are to show the same pixels.

    Only a frame of colours has an axis more than they have.
    """
    shape = shape_of(frame, "frame")
    if not shape:
        return False
    planes = shape_of(plane, plane_name)
    alike = planes is not None and len(shape) == len(planes)
    return alike or len(shape) == 2 or shape[-1] == 1


def view_image(value: object, order: int | None, name: str, *, grey: bool = False) -> View:
    """Return the view of a colour image, (h, w, 3) or (h, w, 4), or of a grey one if that is allowed."""
    view = view_frames(value, order, name, grey=grey)
    if len(view.shape) == 3:
        fix = "give a list of images to count them together" if name == "model" else "take one of them"
        raise ValueError(f"{name} has shape {view.array.shape}, a batch of images; {fix}")
    return view


def view_model(value: object, order: int | None, *, grey: bool = False) -> View:
    """Return the view of an image that has pixels to count."""
    return _with_pixels(view_image(value, order, "model", grey=grey), "model", "count")


def view_scene(value: object, order: int | None, *, grey: bool = False) -> View:
    """Return the view of an image that has pixels to move a window on."""
    return _with_pixels(view_image(value, order, "frame", grey=grey), "frame", "look at")


def view_filled_plane(value: object, name: str) -> View:
    """Return the view of a plane that has pixels to move a window on."""
    return _with_pixels(view_plane(value, name), name, "look at")


def view_models(
    model: object, mask: object, order: int | None, *, grey: bool
) -> tuple[Sequence[View], Sequence[View | None]]:
    """Return the views of the model, or of a list of them, and of their masks."""
    if not isinstance(model, (list, tuple)):
        view = view_model(model, order, grey=grey)
        return (view,), (view_mask(mask, view),)
    if not model:
        raise ValueError("model is an empty list; give at least one image")
    masks = [None] * len(model) if mask is None else mask
    if not isinstance(masks, (list, tuple)) or len(masks) != len(model):
        raise TypeError(
            f"model is a list of {len(model)} images; mask must be a list of as many masks, or None for all"
        )
    views = [view_model(one, order, grey=grey) for one in model]
    return views, [view_mask(where, view) for where, view in zip(masks, views, strict=True)]


def view_mask(mask: object, model: View) -> View | None:
    """Return the view of a mask of uint8 or bool for the model's pixels; None if there is no mask."""
    if mask is None:
        return None
    array, shape = _bytes_or_bool(mask, "mask", "(h, w)"), model.shape
    if array.shape != shape:
        raise ValueError(_wrong_mask(array, shape, "model"))
    return _view(array, "mask", shape)


def view_plane(value: object, name: str) -> View:
    """Return the view of one plane, (h, w)."""
    array = _bytes(value, name, "(h, w)")
    if array.ndim != 2:
        raise ValueError(f"{name} must have shape (h, w), not {array.shape}; give one plane of it")
    return _view(array, name, array.shape)


def view_prob(prob: object, frames: View) -> Image:
    """Return a back projection of the frames' pixels; a bool mask becomes one of 0 and 255."""
    given, shape = _plain(prob, "prob", frames.shape, MASK_MODES), frames.shape
    array = _as_bytes(given, prob, "prob", shape)
    if array.shape != shape:
        several = array.shape[1:] == shape
        fix = "prob[0] is the first of several" if several else "prob and frame must show the same pixels"
        raise ValueError(f"prob has shape {array.shape}, but the frame has {shape} pixels; {fix}")
    held = _view(array, "prob", shape).array
    return np.where(held, np.uint8(255), np.uint8(0)) if given.dtype == np.bool_ else held


def view_planes(value: object, name: str) -> View:
    """Return the view of a plane, (h, w), or of several, (n, h, w)."""
    array = _bytes(value, name, "(h, w) or (n, h, w)")
    if array.ndim not in (2, 3):
        raise ValueError(f"{name} must have shape (h, w) or (n, h, w), not {array.shape}")
    return _view(array, name, array.shape)


def view_masks(mask: object, frames: View) -> View:
    """Return the view of masks of uint8 or bool for the frames' pixels."""
    array, shape = _bytes_or_bool(mask, "mask", frames.shape), frames.shape
    if array.shape != shape:
        raise ValueError(_wrong_mask(array, shape, "frame"))
    return _view(array, "mask", shape)


def _wrong_mask(mask: Image, shape: tuple[int, ...], of: str) -> str:
    """Return what is wrong with a mask that does not have the shape of an image's pixels."""
    fix = f"mask and {of} must show the same pixels"
    if mask.ndim == len(shape) + 1 and mask.shape[:-1] == shape:
        fix = "mask[..., 0] is one number a pixel"
    elif mask.shape == shape[1:]:
        fix = f"numpy.broadcast_to(mask, {shape}) is the same mask for all"
    elif mask.size == prod(shape):
        fix = f"mask.reshape{shape} has the same numbers, if they are in that order"
    return f"mask has shape {mask.shape}, but the {of} has {shape} pixels; {fix}"


def plain_array(value: object, name: str, shape: str) -> npt.NDArray[Any]:
    """Return an array of any dtype as a plain one that lies within the memory of its owner."""
    array = _plain(value, name, shape, MASK_MODES)
    if array.base is None:
        return array
    _, low, high = reach(array)
    return within_owner(array, low, high, name)


def view_out(
    out: object, shape: tuple[int, ...], source: View, name: str = "frame", channels: int = 3
) -> View:
    """Return the view of ``out``, or of a new array if that is None, to write a result of a shape to.

    The source, whose name that is, is read meanwhile: so many channels of it, if it has channels.
    """
    if out is None:
        new = np.empty(shape, UINT8)
        return _view(new, "out", shape)
    array = _bytes(out, "out", shape)
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
    view = _view(array, "out", shape)
    if not flags.c_contiguous and view.low < view.high and _overlaps_itself(array):
        raise ValueError(
            f"out has strides {array.strides}: several of its pixels may be the same byte; "
            f"give numpy.empty({shape}, numpy.uint8)"
        )
    check_apart(view, source, name, channels)
    return view


def check_apart(out: View, source: View, name: str, channels: int = 3) -> None:
    """Raise ValueError if out shares memory with a source, which is read while out is written.

    So many channels of the source are read, if it has channels.
    """
    if not (out.low < source.high and source.low < out.high):
        return
    read = source.array if len(source.shape) == source.array.ndim else source.array[..., :channels]
    if _share_memory(out.array, read):
        shape = out.array.shape
        raise ValueError(
            f"out of shape {shape} shares memory with the {name}, which is read while out is written; "
            f"give numpy.empty({shape}, numpy.uint8)"
        )


def _with_pixels(view: View, name: str, use: str) -> View:
    if view.low == view.high:
        raise ValueError(
            f"{name} has shape {view.array.shape}, no pixels to {use}; "
            "is the slice that made it outside the image?"
        )
    return view


def _view(array: Image, name: str, shape: tuple[int, ...], order: int = 0) -> View:
    first, low, high = reach(array)
    if array.base is not None:
        array = within_owner(array, low, high, name)
    view: View = _new(View, (first, shape, array.strides, low, high, array, order))
    return view


def _check_dtype(array: npt.NDArray[Any], value: object, name: str, shape: Shape) -> None:
    """Raise TypeError if the array that a value is or holds is not of uint8."""
    if array.dtype != UINT8:
        raise TypeError(
            f"{name} has dtype {array.dtype} and shape {array.shape}, but must be uint8"
            f"{fix_dtype(array.dtype, name, shape, value)}"
        )


def _bytes(value: object, name: str, shape: Shape) -> Image:
    """Return the array of uint8 that a plane, or what is written to, is or holds."""
    array = value if type(value) is np.ndarray else _plain(value, name, shape, _PLANE_MODES)
    if array.dtype is not UINT8:
        _check_dtype(array, value, name, shape)
    return array


def _bytes_or_bool(value: object, name: str, shape: Shape) -> Image:
    """Return the array of uint8 or bool that a mask holds, as one of uint8."""
    array = value if type(value) is np.ndarray else _plain(value, name, shape, MASK_MODES)
    return array if array.dtype is UINT8 else _as_bytes(array, value, name, shape)


def _as_bytes(array: npt.NDArray[Any], value: object, name: str, shape: Shape) -> Image:
    """Return an array of bool as one of uint8, and one of uint8 as it is."""
    if array.dtype == np.bool_:
        return array.view(np.uint8)
    _check_dtype(array, value, name, shape)
    return array


def _plain(value: object, name: str, shape: Shape, modes: tuple[str, ...]) -> npt.NDArray[Any]:
    """Return the array that a value is or holds, of any dtype."""
    array = value if type(value) is np.ndarray else array_of(value, name, modes)
    if array is None:
        raise TypeError(_no_array(value, name, shape))
    return array


def _no_array(value: object, name: str, shape: Shape) -> str:
    return (
        f"{name} must be a numpy array of shape {shape} and dtype uint8, "
        f"not {describe_type(value)}{fix_type(value, name, shape)}"
    )


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
    """Report whether two arrays have a byte in common, or it is too hard to tell."""
    if not np.may_share_memory(one, other):
        return False
    try:
        return np.shares_memory(one, other, max_work=100_000)  # type: ignore[arg-type]
    except RuntimeError:  # TooHardError
        return True
