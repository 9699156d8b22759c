"""Bad windows, criteria, frames and planes are errors that say what came and how to mend it."""

import numpy as np
import pytest
from numpy.lib.stride_tricks import as_strided
from PIL import Image

import backproj
from helpers.shift_judge import shifts

FRAME = np.random.default_rng(2).integers(0, 256, (6, 8, 3), np.uint8)
PROB = np.full((6, 8), 100, np.uint8)
HIST = backproj.Histogram(FRAME)
WINDOW = 1, 1, 4, 3


def cases(table):
    return pytest.mark.parametrize(("value", "error", "says"), table.values(), ids=table)


def assert_both_say(shift, error, says, *arguments):
    """Fail unless a shift in a frame and one on a plane are the same error."""
    said = []
    for by, array in ((HIST, FRAME), (backproj, PROB)):
        with pytest.raises(error, match=says) as caught:
            getattr(by, shift)(array, *arguments)
        said.append(str(caught.value))
        assert "\n" not in said[-1]
        assert len(said[-1]) < 300
    assert said[0] == said[1]


FOUR = r"window must be \(x, y, width, height\), four whole numbers, not "

BAD_WINDOWS = {
    "nothing": (None, TypeError, FOUR + "None"),
    "one number": (5, TypeError, FOUR + "5"),
    "text": ("1234", TypeError, FOUR + "'1234'"),
    "three": ((1, 2, 3), TypeError, FOUR + r"\(1, 2, 3\)"),
    "five": ((1, 2, 3, 4, 5), TypeError, FOUR + r"\(1, 2, 3, 4, 5\)"),
    "none": ((), TypeError, FOUR + r"\(\)"),
    "floats": ((1.0, 2.0, 3.0, 4.0), TypeError, FOUR + r"\(1.0, 2.0, 3.0, 4.0\)"),
    "one float": ((1, 2, 3, 4.5), TypeError, FOUR + r"\(1, 2, 3, 4.5\)"),
    "an array of floats": (np.ones(4), TypeError, FOUR + r"array\(\[1"),
    "an array of rows": (np.ones((4, 1)), TypeError, FOUR + r"array\(\[\[1"),
    "what mean_shift returns": ((3, (1, 2, 3, 4)), TypeError, FOUR + r"\(3, \(1, 2, 3, 4\)\)"),
    "a rotated rectangle": (((1.0, 2.0), (3.0, 4.0), 5.0), TypeError, FOUR + r"\(\(1.0, 2.0\)"),
    "no width": ((1, 2, 0, 4), ValueError, "0×4"),
    "no height": ((1, 2, 3, 0), ValueError, "3×0"),
    "a negative width": ((1, 2, -3, 4), ValueError, "-3×4"),
    "a negative height": ((1, 2, 3, -4), ValueError, "3×-4"),
    "x beyond int32": ((2**31, 0, 1, 1), ValueError, "beyond 32 bits.*2147483648"),
    "y below int32": ((0, -(2**31) - 1, 1, 1), ValueError, "beyond 32 bits.*-2147483649"),
    "a right edge beyond int32": ((2**31 - 10, 0, 10, 1), ValueError, "beyond 32 bits.*2147483638"),
    "a lower edge beyond int32": ((0, 1, 1, 2**31 - 1), ValueError, "beyond 32 bits.*2147483647"),
    "a width beyond int32": ((0, 0, 2**31, 1), ValueError, "beyond 32 bits.*2147483648"),
    "a height beyond int64": ((0, 0, 1, 2**70), ValueError, f"beyond 32 bits.*{2**70}"),
}


@shifts
@cases(BAD_WINDOWS)
def test_bad_windows(value, error, says, shift):
    assert_both_say(shift, error, says, value)


THREE = r"criteria must be \(type, max_count, epsilon\).*, not "

BAD_CRITERIA = {
    "nothing": (None, TypeError, THREE + "None"),
    "one number": (3, TypeError, THREE + "3"),
    "text": ("abc", TypeError, THREE + "'abc'"),
    "two numbers": ((3, 10), TypeError, THREE + r"\(3, 10\)"),
    "four numbers": ((3, 10, 1, 0), TypeError, THREE + r"\(3, 10, 1, 0\)"),
    "a type in words": (("both", 10, 1), TypeError, "'both'"),
    "a type that is a float": ((3.0, 10, 1), TypeError, "3.0"),
    "a count that is a float": ((3, 10.0, 1), TypeError, "10.0"),
    "a count that is text": ((3, "10", 1), TypeError, "'10'"),
    "an epsilon that is text": ((3, 10, "1"), TypeError, "'1'"),
    "no epsilon": ((3, 10, None), TypeError, "None"),
    "a complex epsilon": ((3, 10, 1j), TypeError, "1j"),
    "type 0": ((0, 10, 1), ValueError, "0"),
    "type 4": ((4, 10, 1), ValueError, "4"),
    "type -1": ((-1, 10, 1), ValueError, "-1"),
    "type 2^70": ((2**70, 10, 1), ValueError, "11805916"),
    "an epsilon that is no number": ((3, 10, float("nan")), ValueError, "nan"),
}


@shifts
@cases(BAD_CRITERIA)
def test_bad_criteria(value, error, says, shift):
    getattr(backproj, shift)(PROB, WINDOW, (3, 10, 1))  # which equals some of these
    assert_both_say(shift, error, "criteria", WINDOW, value)
    assert_both_say(shift, error, says, WINDOW, value)


MASKED = np.ma.masked_equal(FRAME, 0)

BAD_FRAMES = {
    "None": (None, TypeError, "frame must be a numpy array .* not NoneType.* check the path"),
    "a path": ("frame.png", TypeError, "frame must be .* not str 'frame.png'.*cv2.imread"),
    "a list": (FRAME.tolist(), TypeError, "frame must be .* not list of length 6.*numpy.asarray"),
    "a PIL image": (Image.new("P", (8, 6)), TypeError, r"frame is a PIL image of mode P; .*convert\('RGB'\)"),
    "a masked array": (MASKED, TypeError, "frame is a masked array .*give frame.data"),
    "floats": (FRAME / 255, TypeError, "frame has dtype float64 .*img_as_ubyte"),
    "uint16": (FRAME.astype(np.uint16), TypeError, "frame has dtype uint16 .*>> 8"),
    "grey": (PROB, ValueError, r"frame has shape \(6, 8\): a grey image has no colours"),
    "channels first": (FRAME.transpose(2, 0, 1), ValueError, r"frame .*not \(3, 6, 8\).*moveaxis"),
    "five channels": (np.zeros((6, 8, 5), np.uint8), ValueError, r"frame .*not \(6, 8, 5\)"),
    "a batch": (np.stack([FRAME] * 2), ValueError, r"frame has shape \(2, 6, 8, 3\), a batch .*take one"),
    "a batch of one": (FRAME[np.newaxis], ValueError, r"frame has shape \(1, 6, 8, 3\), a batch .*take one"),
    "no rows": (FRAME[:0], ValueError, r"frame has shape \(0, 8, 3\).*no pixels"),
    "no columns": (FRAME[:, :0], ValueError, r"frame has shape \(6, 0, 3\).*no pixels"),
    "beyond memory": (as_strided(FRAME, (7, 8, 3), (24, 3, 1)), ValueError, "frame .*reach beyond"),
}


@shifts
@cases(BAD_FRAMES)
def test_bad_frames(value, error, says, shift):
    with pytest.raises(error, match=says) as caught:
        getattr(HIST, shift)(value, WINDOW)
    assert "\n" not in str(caught.value)


BAD_PLANES = {
    "None": (None, TypeError, "prob must be .* not NoneType"),
    "a list": (PROB.tolist(), TypeError, "prob must be .* not list of length 6"),
    "a path": ("prob.png", TypeError, "prob must be .* not str 'prob.png'"),
    "a masked array": (np.ma.masked_equal(PROB, 0), TypeError, "prob is a masked array .*give prob.data"),
    "floats": (PROB.astype(np.float32), TypeError, "prob has dtype float32"),
    "bools": (PROB > 0, TypeError, r"prob has dtype bool .*\* 255"),
    "one row": (PROB[0], ValueError, r"prob must have shape \(h, w\), not \(8,\)"),
    "three channels": (FRAME, ValueError, r"prob must have shape \(h, w\), not \(6, 8, 3\)"),
    "one channel": (PROB[..., np.newaxis], ValueError, r"prob must have shape \(h, w\), not \(6, 8, 1\)"),
    "no rows": (PROB[:0], ValueError, r"prob has shape \(0, 8\).*no pixels"),
    "no columns": (PROB[:, :0], ValueError, r"prob has shape \(6, 0\).*no pixels"),
    "beyond memory": (as_strided(PROB, (7, 8), (8, 1)), ValueError, "prob .*reach beyond"),
}


@shifts
@cases(BAD_PLANES)
def test_bad_planes(value, error, says, shift):
    with pytest.raises(error, match=says) as caught:
        getattr(backproj, shift)(value, WINDOW)
    assert "\n" not in str(caught.value)


@shifts
def test_a_window_of_more_pixels_than_memory_holds_is_an_error(shift):
    window = 0, 0, 2**31 - 1, 2**31 - 1
    for by, beyond in (
        (HIST, np.broadcast_to(FRAME[0, 0], (2**24, 2**36, 3))),
        (backproj, np.broadcast_to(PROB[0, 0], (2**24, 2**38))),
    ):
        with pytest.raises(MemoryError):
            getattr(by, shift)(beyond, window)
        # One of a few pixels is none.
        assert getattr(by, shift)(beyond, (9, 9, 20, 20))[1][:2] in {(9, 9), (0, 0)}


BAD_ORDERS = {
    "a number": (1, TypeError, "order must be 'bgr' or 'rgb', not int 1"),
    "hsv": ("hsv", ValueError, "order must be 'bgr' .* or 'rgb' .* not 'hsv'"),
    "upper case": ("RGB", ValueError, "order must be .* not 'RGB'"),
}


@shifts
@cases(BAD_ORDERS)
def test_bad_orders(value, error, says, shift):
    with pytest.raises(error, match=says):
        getattr(HIST, shift)(FRAME, WINDOW, order=value)


@shifts
def test_order_is_a_keyword_and_planes_have_none(shift):
    with pytest.raises(TypeError, match="positional argument"):
        getattr(HIST, shift)(FRAME, WINDOW, (3, 10, 1), "rgb")
    with pytest.raises(TypeError, match="unexpected keyword argument 'order'"):
        getattr(backproj, shift)(PROB, WINDOW, order="rgb")


@shifts
def test_a_window_is_required(shift):
    for by, array in ((HIST, FRAME), (backproj, PROB)):
        with pytest.raises(TypeError, match=r"missing 1 required .* 'window'"):
            getattr(by, shift)(array)
