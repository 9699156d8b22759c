"""Views of an image, and a subclass of arrays."""

import itertools

import numpy as np


class Subclass(np.ndarray):
    """A subclass that changes nothing, as many libraries have one."""


STEPS = [1, 2, -1, -2]


def views(image):
    """Yield the crops, flips, steps and transposes of an image and all their combinations."""
    for crop, rows, columns, transposed in itertools.product((False, True), STEPS, STEPS, (False, True)):
        view = image[3:-5, 7:-2] if crop else image
        view = view[::rows, ::columns]
        yield view.transpose(1, 0, 2) if transposed else view
