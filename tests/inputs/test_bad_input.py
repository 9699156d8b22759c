"""Bad input raises a TypeError or ValueError that names the input and says how to fix it."""

import array
from unittest.mock import Mock

import numpy as np
import pytest
from numpy.lib.stride_tricks import as_strided
from PIL import Image

import backproj


def pixels(*shape, dtype=np.uint8):
    return np.zeros(shape, dtype)


FRAME = pixels(6, 8, 3)
MODEL = pixels(4, 5, 3)
STRUCTURED = pixels(6, 8, dtype=[("b", "u1"), ("g", "u1"), ("r", "u1")])


class Opaque:
    """An object that is not an image of any kind."""


# (frame, error, what its message must name, the fix that it must suggest)
BAD_IMAGES = {
    "None": (None, TypeError, "NoneType", "check the path"),
    "set": ({1, 2}, TypeError, "set", "numpy.asarray"),
    "nested iterator": (iter([[[0, 0, 0]]]), TypeError, "list_iterator", "numpy.asarray"),
    "path": ("frame.png", TypeError, "str 'frame.png'", "cv2.imread"),
    "bytes": (b"\0" * 12, TypeError, "bytes of length 12", "numpy.frombuffer"),
    "bytearray": (bytearray(12), TypeError, "bytearray", "numpy.frombuffer"),
    "memoryview": (memoryview(b"\0" * 12), TypeError, "memoryview", "numpy.frombuffer"),
    "array.array": (array.array("B", [0]), TypeError, "array.array", "numpy.asarray"),
    "number": (3, TypeError, "int 3", "numpy.asarray"),
    "object": (Opaque(), TypeError, "Opaque", "numpy.asarray"),
    "class": (np.ndarray, TypeError, "type", "numpy.asarray"),
    "numpy scalar": (np.uint8(3), TypeError, "numpy.uint8", "numpy.asarray"),
    "PIL image": (Image.new("P", (8, 6)), TypeError, "PIL image of mode P", "convert('RGB')"),
    "masked array": (np.ma.masked_equal(FRAME, 0), TypeError, "masked array of shape (6, 8, 3)", ".data"),
    "float64": (pixels(6, 8, 3, dtype=np.float64), TypeError, "float64 and shape (6, 8, 3)", "img_as_ubyte"),
    "float32": (pixels(6, 8, 3, dtype=np.float32), TypeError, "float32", "img_as_ubyte"),
    "uint16": (pixels(6, 8, 3, dtype=np.uint16), TypeError, "uint16", ">> 8"),
    "int8": (pixels(6, 8, 3, dtype=np.int8), TypeError, "int8", "astype(numpy.uint8)"),
    "int64": (pixels(6, 8, 3, dtype=np.int64), TypeError, "int64", "astype(numpy.uint8)"),
    "bool": (pixels(6, 8, 3, dtype=bool), TypeError, "bool", "* 255"),
    "complex": (pixels(6, 8, 3, dtype=complex), TypeError, "complex128", "no array of colours"),
    "objects": (pixels(6, 8, 3, dtype=object), TypeError, "object", "astype(numpy.uint8)"),
    "strings": (np.full((6, 8, 3), "a"), TypeError, "<U1", "no array of colours"),
    "structured": (STRUCTURED, TypeError, "('b', 'u1')", "no array of colours"),
    "dates": (pixels(6, 8, 3, dtype="M8[s]"), TypeError, "datetime64[s]", "no array of colours"),
    "0-D": (pixels(), ValueError, "()", "(h, w, 3)"),
    "1-D": (pixels(12), ValueError, "(12,)", "(h, w, 3)"),
    "grey": (pixels(6, 8), ValueError, "(6, 8)", "numpy.stack(["),
    "5-D": (pixels(1, 1, 6, 8, 3), ValueError, "(1, 1, 6, 8, 3)", "(h, w, 3)"),
    "no channel": (pixels(6, 8, 0), ValueError, "(6, 8, 0)", "(h, w, 3)"),
    "1 channel": (pixels(6, 8, 1), ValueError, "(6, 8, 1)", "[..., 0]] * 3, axis=-1)"),
    "2 channels": (pixels(6, 8, 2), ValueError, "(6, 8, 2)", "(h, w, 3)"),
    "5 channels": (pixels(6, 8, 5), ValueError, "(6, 8, 5)", "takes blue, green and red"),
    "channels first": (pixels(3, 6, 8), ValueError, "(3, 6, 8)", "moveaxis"),
    "big-endian uint16": (pixels(6, 8, 3, dtype=">u2"), TypeError, ">u2", ">> 8"),
    "strides beyond memory": (
        as_strided(FRAME, (6, 8, 3), (2**60, 3, 1)),
        ValueError,
        str(2**60),
        "as_strided",
    ),
    "strides that overflow": (
        as_strided(FRAME, (6, 8, 3), (2**62, 2**62, 1)),
        ValueError,
        str(2**62),
        "as_strided",
    ),
    "strides below memory": (
        as_strided(FRAME, (6, 8, 3), (-(2**62), 3, 1)),
        ValueError,
        str(-(2**62)),
        "as_strided",
    ),
}

READ_ONLY = pixels(6, 8)
READ_ONLY.flags.writeable = False

BAD_OUTS = {
    "list": ([0], TypeError, "list of length 1", "numpy.empty"),
    "path": ("out.png", TypeError, "str", "numpy.empty((6, 8)"),
    "float": (pixels(6, 8, dtype=np.float32), TypeError, "float32", "numpy.empty"),
    "bool": (pixels(6, 8, dtype=bool), TypeError, "bool", "numpy.empty"),
    "int8": (pixels(6, 8, dtype=np.int8), TypeError, "int8", "numpy.empty"),
    "masked array": (np.ma.zeros((6, 8), np.uint8), TypeError, "masked", "out.data"),
    "transposed": (pixels(8, 6), ValueError, "(8, 6)", "(6, 8)"),
    "three channels": (pixels(6, 8, 3), ValueError, "(6, 8, 3)", "(6, 8)"),
    "flat": (pixels(48), ValueError, "(48,)", "(6, 8)"),
    "read-only": (READ_ONLY, ValueError, "read-only", "copy"),
    "broadcast": (np.broadcast_to(pixels(8), (6, 8)), ValueError, "read-only", "copy"),
    "one row repeated": (as_strided(pixels(8), (6, 8), (0, 1)), ValueError, "strides (0, 1)", "numpy.empty"),
    "rows that overlap": (
        as_strided(pixels(48), (6, 8), (4, 1)),
        ValueError,
        "strides (4, 1)",
        "numpy.empty",
    ),
    "a channel of the frame": (FRAME[..., 0], ValueError, "shares memory", "numpy.empty"),
    "the frame's bytes": (FRAME.reshape(-1)[:48].reshape(6, 8), ValueError, "shares memory", "numpy.empty"),
    "strides beyond memory": (
        as_strided(pixels(6, 8), (6, 8), (2**60, 1)),
        ValueError,
        str(2**60),
        "as_strided",
    ),
}

BAD_MASKS = {
    "number": (1, TypeError, "int 1", "numpy.asarray"),
    "path": ("mask.png", TypeError, "str", "cv2.IMREAD_GRAYSCALE"),
    "PIL image": (Image.new("RGB", (5, 4)), TypeError, "PIL image of mode RGB", "convert('L')"),
    "datetime": (pixels(4, 5, dtype="M8[s]"), TypeError, "datetime64", "or bool"),
    "flat": (pixels(20), ValueError, "(20,)", "reshape(4, 5)"),
    "float": (pixels(4, 5, dtype=float), TypeError, "float64", "bool mask"),
    "int32": (pixels(4, 5, dtype=np.int32), TypeError, "int32", "bool mask"),
    "masked bool": (np.ma.zeros((4, 5), bool), TypeError, "masked", "mask.data"),
    "transposed": (pixels(5, 4), ValueError, "(5, 4)", "(4, 5)"),
    "three channels": (pixels(4, 5, 3), ValueError, "(4, 5, 3)", "mask[..., 0]"),
    "one row": (pixels(5), ValueError, "(5,)", "(4, 5)"),
}

BAD_ORDERS = {
    "long": ("x" * 100_000, ValueError, "'xxx", "'rgb'"),
    "number": (1, TypeError, "int 1", "'bgr'"),
    "hsv": ("hsv", ValueError, "'hsv'", "'rgb'"),
    "upper case": ("RGB", ValueError, "'RGB'", "'rgb'"),
    "empty": ("", ValueError, "''", "'rgb'"),
}


def cases(table):
    return pytest.mark.parametrize(("value", "error", "named", "fix"), table.values(), ids=table.keys())


def assert_says(caught, argument, named, fix):
    text = str(caught.value)
    assert argument in text
    assert named in text
    assert fix in text
    assert "\n" not in text


@cases(BAD_IMAGES)
def test_bad_frames(value, error, named, fix):
    hist = backproj.Histogram(MODEL)
    for call in (hist.back_project, lambda frame: backproj.back_project(frame, MODEL)):
        with pytest.raises(error) as caught:
            call(value)
        assert_says(caught, "frame", named, fix)


@cases(BAD_IMAGES)
def test_bad_models(value, error, named, fix):
    for call in (backproj.Histogram, lambda model: backproj.back_project(FRAME, model)):
        with pytest.raises(error) as caught:
            call(value)
        assert_says(caught, "model", named, fix)


@pytest.mark.parametrize("shape", [(0, 5, 3), (5, 0, 3), (0, 0, 4)])
def test_models_without_pixels(shape):
    with pytest.raises(ValueError, match="no pixels to count") as caught:
        backproj.Histogram(pixels(*shape))
    assert_says(caught, "model", str(shape[:2])[:-1], "outside the image?")


@cases(BAD_OUTS)
def test_bad_outs(value, error, named, fix):
    for call in (
        backproj.Histogram(MODEL).back_project,
        lambda f, out: backproj.back_project(f, MODEL, out=out),
    ):
        with pytest.raises(error) as caught:
            call(FRAME, out=value)
        assert_says(caught, "out", named, fix)


@cases(BAD_MASKS)
def test_bad_masks(value, error, named, fix):
    for call in (backproj.Histogram, lambda m, mask: backproj.back_project(FRAME, m, mask=mask)):
        with pytest.raises(error) as caught:
            call(MODEL, mask=value)
        assert_says(caught, "mask", named, fix)


@cases(BAD_ORDERS)
def test_bad_orders(value, error, named, fix):
    hist = backproj.Histogram(MODEL)
    for call in (
        lambda order: hist.back_project(FRAME, order=order),
        lambda order: backproj.back_project(FRAME, MODEL, order=order),
        lambda order: backproj.Histogram(MODEL, order=order),
    ):
        with pytest.raises(error) as caught:
            call(value)
        assert_says(caught, "order", named, fix)


def test_a_mask_with_a_histogram_is_an_error():
    with pytest.raises(TypeError, match=r"mask cannot be given with a Histogram; pass it") as caught:
        backproj.back_project(FRAME, backproj.Histogram(MODEL), mask=pixels(4, 5))
    assert "\n" not in str(caught.value)


BAD_CALLS = {
    "no model": (lambda: backproj.back_project(FRAME), "missing 1 required .* 'model'"),
    "no model for a histogram": (lambda: backproj.Histogram(), "missing 1 required .* 'model'"),
    "out by position": (lambda: backproj.back_project(FRAME, MODEL, None), "takes 2 positional arguments"),
    "mask by position": (lambda: backproj.Histogram(MODEL, None), "takes 2 positional arguments"),
    "out by position, of a histogram": (
        lambda: backproj.Histogram(MODEL).back_project(FRAME, None),
        "takes 2 positional arguments",
    ),
}


@pytest.mark.parametrize(("call", "says"), BAD_CALLS.values(), ids=BAD_CALLS)
def test_images_are_required_and_options_are_keywords(call, says):
    with pytest.raises(TypeError, match=says):
        call()


def test_an_error_leaves_out_as_it_was():
    out = np.full((6, 8), 77, np.uint8)
    with pytest.raises(ValueError, match="no pixels"):
        backproj.back_project(FRAME, pixels(0, 0, 3), out=out)
    assert (out == 77).all()


@pytest.mark.parametrize(
    ("value", "error", "named", "fix"),
    [
        (pixels(2, 6, 8, 3), ValueError, "(2, 6, 8, 3)", "a list of images"),
        ([], ValueError, "empty list", "at least one"),
        ([MODEL, None], TypeError, "NoneType", "check the path"),
        ([[[0, 0, 0]]], TypeError, "list of length 1", "numpy.asarray"),
    ],
)
def test_bad_lists_of_models(value, error, named, fix):
    with pytest.raises(error) as caught:
        backproj.Histogram(value)
    assert_says(caught, "model", named, fix)


def test_a_list_of_frames_is_not_a_batch():
    with pytest.raises(TypeError, match=r"list of length 2; numpy\.stack\(frame\) makes a batch"):
        backproj.back_project([FRAME, FRAME], FRAME)


def test_a_list_of_images_is_not_a_list_of_histograms():
    with pytest.raises(TypeError, match=r"back_project\(frame, Histogram\(\[image, ...\]\)\)"):
        backproj.back_project(FRAME, [MODEL, MODEL])


def test_frame_and_model_swapped():
    with pytest.raises(TypeError, match="the frame comes first"):
        backproj.back_project(backproj.Histogram(MODEL), FRAME)


class Units(np.ndarray):
    """A subclass with wrong attributes."""

    flags = property(lambda self: type("Flags", (), {"writeable": True, "c_contiguous": True}))
    __array_interface__ = property(lambda self: {"data": (id(object), False)})
    strides = property(lambda self: (1, 1, 1))

    def __getitem__(self, key):
        return np.asarray(self)[key] / 255.0


class Raises(np.ndarray):
    """A subclass whose attributes all raise an error."""

    def __getattribute__(self, name):
        if name == "__class__":  # isinstance does
            return Raises
        raise ZeroDivisionError

    def __array_function__(self, *args, **options):
        raise ZeroDivisionError


@pytest.mark.parametrize("subclass", [Units, Raises])
def test_attributes_that_a_subclass_overrides_are_not_used(subclass):
    image = np.random.default_rng(0).integers(0, 256, (6, 8, 4), np.uint8)
    expected = backproj.back_project(image, image)
    np.testing.assert_array_equal(backproj.back_project(image.view(subclass), image.view(subclass)), expected)
    out = np.empty((6, 8), np.uint8)
    backproj.back_project(image, image, out=out.view(subclass))
    np.testing.assert_array_equal(out, expected)
    with pytest.raises(ValueError, match="read-only"):
        backproj.back_project(image, image, out=READ_ONLY.view(subclass))
    hist = backproj.Histogram(image)
    again = backproj.Histogram.from_values(hist.values.view(subclass), channels="hs")
    np.testing.assert_array_equal(again.values, hist.values)


class Claims:
    """An object whose class claims to be numpy.ndarray."""

    __class__ = np.ndarray


# How each function takes an array, by the argument's name.
TAKES_AN_ARRAY = {
    "frame": lambda a: backproj.Histogram(MODEL).back_project(a),
    "model": backproj.Histogram,
    "out": lambda a: backproj.Histogram(MODEL).back_project(FRAME, out=a),
    "mask": lambda a: backproj.Histogram(MODEL, mask=a),
    "image": lambda a: backproj.in_range(a, (0, 0, 0), (9, 9, 9)),
    "prob": lambda a: backproj.locate(a, (1, 1)),
    "values": lambda a: backproj.Histogram.from_values(a, channels="hs"),
}


@pytest.mark.parametrize(("argument", "call"), TAKES_AN_ARRAY.items(), ids=TAKES_AN_ARRAY)
def test_an_object_that_claims_to_be_an_array_is_an_error(argument, call):
    with pytest.raises(TypeError, match=f"^{argument} must be a numpy array .*Claims"):
        call(Claims())
    with pytest.raises(TypeError, match=f"^{argument} must be a numpy array .*Mock"):
        call(Mock(spec=np.ndarray))
