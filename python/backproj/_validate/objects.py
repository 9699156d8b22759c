"""What holds pixels without being a numpy array: tensors, PIL images, buffers. Each becomes an array.

None of the libraries that make them is imported here: a value of theirs can only come where they are.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from backproj._validate.arrow import bytes_in_place
from backproj._validate.fixes import fix_gpu
from backproj._validate.messages import describe_type
from backproj._validate.options import ORDERS

# Devices, by DLPack's numbers, whose memory the CPU reads as its own: its own, and what CUDA and ROCm pin.
_HOST_DEVICES = (1, 3, 11)

# Modes of PIL with red, green and blue, and a fourth byte that is left out or is not there.
_COLOUR_MODES = ("RGB", "RGBA", "RGBX")

# Modes of more than 8 bits; also "I;16". As arrays they have another dtype, and an error says what to do.
_DEEP_MODES = ("I", "F")

# numpy 1.22 has it under another name.
_from_dlpack: Callable[[Any], npt.NDArray[Any]] = getattr(np, "from_dlpack", None) or np._from_dlpack  # type: ignore[attr-defined]


def holds_array(value: object) -> bool:
    """Report whether a value holds an array, wherever its memory is."""
    kind = type(value)
    if issubclass(kind, (np.generic, type)):
        return False
    return (
        issubclass(kind, np.ndarray)
        or is_pil(value)
        or _has_dlpack(kind)
        or _has_interface(value)
        or _has_only_gpu_memory(kind)
        or _buffer_axes(value) > 1
    )


def array_of(value: object, name: str, modes: tuple[str, ...] = ()) -> npt.NDArray[Any] | None:
    """Return the array that a value holds, as a plain one, or None if it holds none.

    It is a view of the value's memory, or of a copy where PIL gives out nothing else. The modes are those
    that a PIL image may have.

    Raises
    ------
    TypeError
        If the value holds an array that the CPU cannot read, or whose meaning would be lost.
    """
    kind = type(value)
    if issubclass(kind, np.ndarray):  # isinstance asks the value, and a mock may say yes
        return _of_subclass(value, name)  # type: ignore[arg-type]
    if is_pil(value):
        return _of_pil(value, name, modes)
    if not holds_array(value):
        return None
    try:
        array = None if _is_on_gpu(value) else _in_place(value)
    except MemoryError:
        raise
    except Exception as error:  # each library has its own
        raise _unreadable(value, name, " ".join(str(error).split())) from error
    if array is None:
        raise TypeError(
            f"{name} is a {describe_type(value)}, whose memory is that of a GPU, or may be; "
            f"{fix_gpu(value, name)} copies it to the CPU's"
        )
    if array.dtype.kind == "O":  # numpy found no memory after all
        raise _unreadable(value, name, "numpy makes an array of objects of it")
    return array


def colours_of(value: object, order: int | None, name: str) -> tuple[npt.NDArray[Any] | None, int | None]:
    """Return the array that an image holds, or None, and the number of its order, which PIL's images tell."""
    array = array_of(value, name, (*_COLOUR_MODES, "L"))
    if not is_pil(value) or value.mode not in _COLOUR_MODES:  # type: ignore[attr-defined]
        return array, order
    if order == ORDERS["bgr"]:
        raise TypeError(
            f"order='bgr' is not that of {name}, a PIL image of mode {value.mode}; "  # type: ignore[attr-defined]
            "leave order out: PIL's images tell theirs, and without it arrays are taken for BGR"
        )
    return array, ORDERS["rgb"]


def shape_of(value: object, name: str) -> tuple[int, ...] | None:
    """Return the shape of the array that a value holds, or None, without copying it."""
    if type(value) is np.ndarray:
        shape: tuple[int, ...] = value.shape
        return shape
    if is_pil(value):
        width, height = value.size  # type: ignore[attr-defined]
        return (height, width) if value.mode in ("1", "L") else (height, width, 3)  # type: ignore[attr-defined]
    array = array_of(value, name)
    return None if array is None else array.shape


def is_pil(value: object) -> bool:
    """Report whether a value is an image of PIL's."""
    return _is_a(type(value), "PIL.Image", "Image")


def is_masked(value: object) -> bool:
    """Report whether a value is a masked array, some elements of which numpy's functions would leave out."""
    # The first who says its name imports numpy.ma. That takes time, and a lock that a process forked by
    # another thread at that moment would wait for in vain.
    return _is_a(type(value), "numpy.ma", "MaskedArray")


def _is_a(kind: type, module: str, name: str) -> bool:
    """Report whether a type is a class of a module, or one derived from it, if anyone imported that."""
    known = getattr(sys.modules.get(module), name, None)
    return isinstance(known, type) and issubclass(kind, known)


def _of_subclass(array: npt.NDArray[Any], name: str) -> npt.NDArray[Any]:
    if is_masked(array):
        also = ", and mask=~numpy.ma.getmaskarray(model)[..., 0]" if name == "model" else ""
        raise TypeError(
            f"{name} is a masked array of shape {array.shape} and dtype {array.dtype}, whose mask would be "
            f"lost; give {name}.data{also}"
        )
    # A subclass may override shape, strides and flags; the array itself is asked.
    return np.asarray(array)


def _of_pil(image: Any, name: str, modes: tuple[str, ...]) -> npt.NDArray[Any] | None:
    if name == "out":  # it cannot be written in place
        return None
    if image.mode in modes or image.mode.partition(";")[0] in _DEEP_MODES:
        image.load()  # a damaged file is an error here, which older versions of numpy would hide
        array = bytes_in_place(image) if image.mode in ("L", *_COLOUR_MODES) else None
        if array is None:
            return np.asarray(image)
        return array[..., :3] if image.mode == "RGB" else array  # PIL has RGB in four bytes too
    wanted = next((mode for mode in ("RGB", "L") if mode in modes), None)
    fix = f"numpy.asarray({name})" if wanted is None else f"{name}.convert({wanted!r})"
    raise TypeError(f"{name} is a PIL image of mode {image.mode}; give {fix}")


def _in_place(value: Any) -> npt.NDArray[Any]:
    """Return an array of the memory of a value that holds one."""
    if _is_a(type(value), "torch", "Tensor"):
        try:
            array: npt.NDArray[Any] = value.numpy()  # also of bool, and writeable
            return array
        except (RuntimeError, TypeError):  # for one, a torch that was built for another numpy
            return _from_dlpack(value)
    # These tell whether one may write, which DLPack did not from the beginning.
    if _has_interface(value):
        return np.asarray(value)
    if _buffer_axes(value) > 0:
        return np.asarray(memoryview(value))
    return _from_dlpack(value)


def _has_dlpack(kind: type) -> bool:
    return hasattr(kind, "__dlpack__") and hasattr(kind, "__dlpack_device__")


def _has_interface(value: object) -> bool:
    """Report whether a value describes its memory to numpy."""
    own = getattr(value, "__dict__", ())
    return any(
        hasattr(type(value), name) or name in own for name in ("__array_interface__", "__array_struct__")
    )


def _buffer_axes(value: Any) -> int:
    """Return how many axes the buffer of a value has, or 0 if it has none."""
    try:
        return memoryview(value).ndim
    except TypeError:
        return 0
    except (BufferError, ValueError):  # there is one: to read it will tell what is wrong
        return 2


def _is_on_gpu(value: Any) -> bool:
    if _has_dlpack(type(value)):
        device, _ = value.__dlpack_device__()
        return device not in _HOST_DEVICES
    return _has_only_gpu_memory(type(value))


def _has_only_gpu_memory(kind: type) -> bool:
    """Report whether a type without DLPack is one of arrays on a GPU. OpenCV decides where a UMat is."""
    return (
        hasattr(kind, "__cuda_array_interface__")
        or _is_a(kind, "cv2", "UMat")
        or _is_a(kind, "cv2.cuda", "GpuMat")
    )


def _unreadable(value: object, name: str, why: str) -> TypeError:
    return TypeError(f"{name} is a {describe_type(value)} that cannot be read in place: {why}")
