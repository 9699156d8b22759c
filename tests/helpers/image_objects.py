"""Objects that hold an image, of what libraries define, and of libraries, where these are installed."""

import importlib
import importlib.util
import warnings
from typing import NamedTuple

import numpy as np
import PIL.Image
import pytest

import backproj

# A frame with something in it that the model is a part of, and what projects that onto it.
RNG = np.random.default_rng(20)
FRAME = RNG.integers(0, 256, (37, 53, 3), np.uint8)
FRAME[8:20, 10:26] = RNG.integers((10, 30, 180), (60, 90, 256), (12, 16, 3), np.uint8)
MODEL = np.ascontiguousarray(FRAME[9:19, 11:25])
GREY = np.ascontiguousarray(FRAME[..., 1])
HIST = backproj.Histogram(MODEL)
GREY_HIST = backproj.Histogram(MODEL, channels="gray")
PROB = HIST.back_project(FRAME)

CPU, CUDA, CUDA_HOST = 1, 2, 3


def pil(mode, image=FRAME):
    """Return an image of PIL's of a mode, of an array of BGR."""
    return of_pil(image).convert(mode)


class DLPack:
    """What has DLPack and nothing else, such as a tensor, in the memory of an array."""

    def __init__(self, array, device=CPU):
        self.array = array
        self.device = device

    def __dlpack__(self, **options):
        return self.array.__dlpack__(**options)

    def __dlpack_device__(self):
        return self.device, 0


class OldDLPack(DLPack):
    """The same as DLPack was before it had versions: it cannot tell that memory may be written."""

    def __dlpack__(self, stream=None):
        return self.array.__dlpack__()


class Interface:
    """What describes an array by ``__array_interface__``, such as an image of Qt's or of Skia's."""

    def __init__(self, array):
        self.__array_interface__ = array.__array_interface__
        self.array = array


class Struct:
    """What describes an array by ``__array_struct__``."""

    def __init__(self, array):
        self.array = array

    @property
    def __array_struct__(self):
        return self.array.__array_struct__


def of_ctypes(array):
    """Return an array of ctypes."""
    kind = np.ctypeslib.as_ctypes_type(array.dtype)
    for length in reversed(array.shape):
        kind *= length
    return kind.from_buffer_copy(array.tobytes())


def of_pil(array):
    """Return an image of PIL's of an array of BGR, or of one plane."""
    return PIL.Image.fromarray(np.ascontiguousarray(array[..., ::-1]) if array.ndim == 3 else array)


class Kind(NamedTuple):
    """A kind of objects: how one is made of an array of BGR, and what it lacks or changes."""

    make: object
    in_place: bool = True  # the object is in the memory of the array
    writeable: bool = True
    is_rgb: bool = False


KINDS = {
    "DLPack": Kind(DLPack),
    "DLPack without versions": Kind(OldDLPack, writeable=False),
    "array interface": Kind(Interface),
    "array struct": Kind(Struct),
    "memoryview": Kind(memoryview),
    "ctypes": Kind(of_ctypes, in_place=False),
    "PIL": Kind(of_pil, in_place=False, writeable=False, is_rgb=True),
}

# What is too large for all who test: `pip install torch` brings gigabytes.
LIBRARIES = {
    "torch": Kind(lambda array: _imported("torch").from_numpy(np.array(array))[...], in_place=False),
    "JAX": Kind(lambda array: _imported("jax.numpy").asarray(array), in_place=False, writeable=False),
    "TensorFlow": Kind(
        lambda array: _imported("tensorflow").constant(array), in_place=False, writeable=False
    ),
}


def _imported(name):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return importlib.import_module(name)


def kinds(**has):
    """Return a mark for tests of each kind of objects, or of those that have something."""
    found = [pytest.param(kind, id=name) for name, kind in KINDS.items() if _has(kind, has)]
    return pytest.mark.parametrize("kind", [*found, *library_kinds(**has)])


def library_kinds(**has):
    """Return parameters: each kind of a library's, or of those that have something. Some will be skipped."""
    found = []
    for name, kind in LIBRARIES.items():
        if _has(kind, has):
            missing = importlib.util.find_spec(name.lower()) is None
            marks = pytest.mark.skipif(missing, reason=f"{name} is not installed")
            found.append(pytest.param(kind, id=name, marks=marks))
    return found


def _has(kind, wanted):
    return all(getattr(kind, name) == value for name, value in wanted.items())
