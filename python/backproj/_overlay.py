"""Overlays, which show where in a frame a back projection is high."""

from __future__ import annotations

import numpy as np

from backproj._validate.options import ORDERS, check_order
from backproj._validate.views import MONO, may_be_grey, view_frames, view_prob
from backproj.typing import Image, ImageLike, MaskLike, Order

# The brightness of pixels that do not match: dark enough for the others to stand out.
_FADED = 0.35

# The weights of red, green and blue in the grey of such a pixel, in units of 1/256. Their luma weights are
# 0.299, 0.587 and 0.114 (ITU-R BT.601). A grey pixel has the sum of them.
_GREY_WEIGHTS = [round(256 * _FADED * weight) for weight in (0.299, 0.587, 0.114)]

# The temporary arrays take about 8 bytes per pixel. Those of 32768 pixels fit into a CPU's L2 cache.
_PIXELS_PER_BLOCK = 1 << 15


def overlay(frame: ImageLike, prob: MaskLike, *, order: Order | None = None) -> Image:
    """Return the frame, faded to dark grey where the back projection is low.

    Parameters
    ----------
    frame : ndarray of uint8, shape (h, w, 3) or (h, w, 4), or a batch, (n, h, w, 3) or (n, h, w, 4)
        The image or images, with any strides. A fourth channel is ignored. They may be grey: of the shape of
        prob, or with a last axis of length 1.
    prob : ndarray of uint8 or bool, shape (h, w) or (n, h, w)
        The back projection of the frame, or any other mask: 255 or True keeps a pixel as it is, 0 or False
        fades it, and values in between fade it in part.
    order : {"bgr", "rgb"}, optional
        The order of the channels, in the frame and in the result. Default: "bgr"; PIL's images are RGB, and
        need none.

    Returns
    -------
    ndarray of uint8, shape (h, w, 3) or (n, h, w, 3), or that of a grey frame
        A new array.

    Raises
    ------
    TypeError
        If the frame is not an array of uint8, or prob not an array of uint8 or bool.
    ValueError
        If their shapes do not match, or if the order is unknown.

    Examples
    --------
    >>> import backproj
    >>> import numpy as np
    >>> frame = np.array([[[30, 60, 220], [200, 200, 200]]], np.uint8)
    >>> backproj.overlay(frame, backproj.back_project(frame, frame[:, :1]))
    array([[[ 30,  60, 220],
            [ 70,  70,  70]]], dtype=uint8)
    """
    view = view_frames(frame, check_order(order), grey=may_be_grey(frame, prob, "prob"))
    keep = view_prob(prob, view)
    pixels, shape = view.array, (*view.shape, 3)
    weights = _GREY_WEIGHTS[::-1] if view.order == ORDERS["bgr"] else _GREY_WEIGHTS
    if view.order == MONO:
        shape, weights = pixels.shape, [sum(_GREY_WEIGHTS)]
        pixels = pixels if pixels.ndim > len(view.shape) else pixels[..., np.newaxis]
    picture = np.empty((*view.shape, len(weights)), np.uint8)
    whole = picture, pixels, keep
    frames = [whole] if len(view.shape) == 2 else zip(*whole, strict=True)
    for out, image, plane in frames:
        rows = max(1, _PIXELS_PER_BLOCK // max(1, image.shape[1]))
        for y in range(0, len(image), rows):
            _blend(out[y : y + rows], image[y : y + rows], plane[y : y + rows], weights)
    return picture.reshape(shape)


def _blend(out: Image, image: Image, plane: Image, weights: list[int]) -> None:
    """Write some rows of an overlay.

    16 bits are enough: the weights of colour and grey add up to 255, so their sum with the
    rounding term is at most 255² + 128, and dividing it by 255 adds at most 254.
    """
    keep = plane.astype(np.uint16)
    grey = np.full(plane.shape, 128, np.uint16)
    for c, weight in enumerate(weights):
        grey += np.multiply(image[..., c], weight, dtype=np.uint16)
    grey >>= 8
    grey *= 255 - keep
    grey += 128
    for c in range(len(weights)):
        mixed = image[..., c] * keep
        mixed += grey
        mixed += mixed >> 8  # with the next line, a division by 255; the 128 in grey rounds it
        mixed >>= 8
        out[..., c] = mixed
