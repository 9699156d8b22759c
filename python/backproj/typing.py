"""Types for annotating code that calls backproj.

>>> from backproj.typing import Image
>>> def largest(prob: Image) -> int:
...     return int(prob.max())
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

__all__ = ["Bins", "Bounds", "Box", "Channels", "Engine", "Image", "Mask", "Numbers", "Order", "Ranges"]

Image: TypeAlias = npt.NDArray[np.uint8]
"""A colour image, a batch of images, or a back projection."""

Mask: TypeAlias = npt.NDArray[np.uint8 | np.bool_]
"""Which pixels count: those that are not zero."""

Order: TypeAlias = Literal["bgr", "rgb"]
"""The order of an image's channels."""

Channels: TypeAlias = Literal["h", "hs", "hsv"]
"""The channels that a histogram is over."""

Numbers: TypeAlias = Sequence[float] | npt.NDArray[Any]
"""A few numbers, in a sequence or an array."""

Bins: TypeAlias = int | Sequence[int] | npt.NDArray[np.integer[Any]]
"""The number of bins of every channel, or of each."""

Ranges: TypeAlias = Numbers
"""The bounds of each channel's bins, flat as cv2 takes them."""

Bounds: TypeAlias = tuple[Numbers, Numbers]
"""The lowest and the highest hue, saturation and value."""

Engine: TypeAlias = Literal["native", "opencv"]
"""What does the work."""

Box: TypeAlias = tuple[int, int, int, int]
"""A rectangle (x, y, width, height), as cv2 has it."""
