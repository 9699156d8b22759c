"""Types for annotating code that calls backproj.

- ``Image``: a colour image or a grey one, a batch of them, or a back projection: an array of uint8.
- ``Mask``: which pixels count, those that are not zero: an array of uint8 or bool.
- ``ImageLike``, ``MaskLike``: the same, or an object that holds one.
- ``HoldsArray``: such an object: a tensor on the CPU, an image of PIL, a buffer. It is one of
  ``SupportsDLPack``, ``SupportsArrayInterface`` and ``SupportsBuffer``. None of them has a dtype that a type
  checker could see, and numpy's arrays of any dtype are among them.
- ``Out``: what a result can be written to: an array, or an object that holds one.
- ``Order``: the order of an image's channels, "bgr" or "rgb".
- ``Channels``: the channels of a histogram, such as "hs" or "crcb".
- ``Space``: a colour space, "hsv", "ycrcb", "lab", "bgr" or "gray".
- ``Bins``, ``Ranges``, ``Bounds``: what ``bins``, ``ranges`` and ``in_range`` may be.
- ``Numbers``: a few numbers, in a sequence or an array.
- ``Engine``: what does the work, "native" or "opencv".
- ``Box``: a rectangle ``(x, y, width, height)``, as cv2 has it.
- ``RotatedRect``: ``((x, y), (width, height), angle)``, as cv2 has it: the centre, the size, and degrees.
- ``Disc``: what is added up around a pixel: a diameter, ``(width, height)``, an array of 0 and 1, or None.
- ``Threshold``: a number from 0 to 255, or "otsu".
- ``TrackingMethod``: what moves a tracker's window, "camshift" or "meanshift".
- ``Criteria``: ``(type, max_count, epsilon)``, as cv2 has it: when moving a window ends.

>>> from backproj.typing import Image
>>> def largest(prob: Image) -> int:
...     return int(prob.max())
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, Protocol, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

__all__ = [
    "Bins",
    "Bounds",
    "Box",
    "Channels",
    "Criteria",
    "Disc",
    "Engine",
    "HoldsArray",
    "Image",
    "ImageLike",
    "Mask",
    "MaskLike",
    "Numbers",
    "Order",
    "Out",
    "Ranges",
    "RotatedRect",
    "Space",
    "SupportsArrayInterface",
    "SupportsBuffer",
    "SupportsDLPack",
    "Threshold",
    "TrackingMethod",
]


class SupportsDLPack(Protocol):
    """What exports its memory by DLPack, such as a tensor of torch, JAX or TensorFlow."""

    def __dlpack__(self, *, stream: Any = ...) -> Any:
        """Return a capsule with the memory."""

    def __dlpack_device__(self) -> tuple[Any, int]:
        """Return the kind and the number of the device that the memory is in."""


class SupportsArrayInterface(Protocol):
    """What describes its memory to numpy, such as an image of PIL."""

    @property
    def __array_interface__(self) -> dict[str, Any]:
        """The description."""


class SupportsBuffer(Protocol):
    """What has a buffer, such as a memoryview. It needs the axes of an image."""

    def __buffer__(self, flags: int, /) -> memoryview:
        """Return a view of the buffer."""


HoldsArray: TypeAlias = SupportsDLPack | SupportsArrayInterface | SupportsBuffer
Image: TypeAlias = npt.NDArray[np.uint8]
ImageLike: TypeAlias = Image | HoldsArray
Mask: TypeAlias = npt.NDArray[np.uint8 | np.bool_]
MaskLike: TypeAlias = Mask | HoldsArray
Out = TypeVar("Out", bound=Image | HoldsArray)
Order: TypeAlias = Literal["bgr", "rgb"]
Channels: TypeAlias = Literal[
    "h", "s", "v", "hs", "hv", "sv", "hsv", "gray", "crcb", "ycrcb", "bgr", "ab", "lab"
]
Space: TypeAlias = Literal["hsv", "ycrcb", "lab", "bgr", "gray"]
Numbers: TypeAlias = Sequence[float] | npt.NDArray[Any]
Bins: TypeAlias = int | Sequence[int] | npt.NDArray[np.integer[Any]]
Ranges: TypeAlias = Numbers
Bounds: TypeAlias = tuple[Numbers | int, Numbers | int]
Engine: TypeAlias = Literal["native", "opencv"]
Box: TypeAlias = tuple[int, int, int, int]
RotatedRect: TypeAlias = tuple[tuple[float, float], tuple[float, float], float]
Criteria: TypeAlias = tuple[int, int, float]
TrackingMethod: TypeAlias = Literal["camshift", "meanshift"]
Disc: TypeAlias = int | tuple[int, int] | npt.NDArray[Any] | HoldsArray | None
Threshold: TypeAlias = int | Literal["otsu"]
