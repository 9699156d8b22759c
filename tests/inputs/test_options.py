"""Errors name bad options, and options may be written as cv2 scripts write them."""

from typing import get_args

import numpy as np
import pytest

import backproj
from backproj._validate.channels import CHANNELS
from backproj._validate.channels import SPACES as COLOUR_SPACES
from backproj.typing import Channels, Space

MODEL = np.random.default_rng(16).integers(0, 256, (9, 9, 3), np.uint8)
GOOD = (0, 0, 0), (180, 255, 255)

SPACES = {"hs": "hsv", "crcb": "ycrcb", "ycrcb": "ycrcb", "ab": "lab", "bgr": "bgr", "gray": "gray"}

# (options, error, what its message must contain)
BAD = {
    "no channels": ({"channels": None}, TypeError, "'ab' or 'lab', not None"),
    "channels of cv2": ({"channels": [0, 1]}, TypeError, "'ab' or 'lab', not [0, 1]"),
    "an array of channels": ({"channels": np.array(["h", "s"])}, TypeError, "channels must be"),
    "other channels": ({"channels": "rgb"}, ValueError, "not 'rgb'"),
    "channels in upper case": ({"channels": "HS"}, ValueError, "not 'HS'"),
    "channels in another order": ({"channels": "sh"}, ValueError, "not 'sh'"),
    "no name of channels": ({"channels": ""}, ValueError, "not ''"),
    "no bins": ({"bins": None}, TypeError, "bins must be a whole number or one a channel of 'hs', not None"),
    "a float as bins": ({"bins": 32.0}, TypeError, "not 32.0"),
    "fractional bins": ({"bins": (32.5, 32)}, TypeError, "not (32.5, 32)"),
    "infinite bins": ({"bins": (float("inf"), 32)}, TypeError, "not (inf, 32)"),
    "nan as bins": ({"bins": (float("nan"), 32)}, TypeError, "not (nan, 32)"),
    "a text as bins": ({"bins": "32"}, TypeError, "not '32'"),
    "texts as bins": ({"bins": ("32", "32")}, TypeError, "not ('32', '32')"),
    "a bool as bins": ({"bins": True}, TypeError, "not True"),
    "0 bins": ({"bins": 0}, ValueError, "bins must be from 1 to 256, not 0"),
    "0 bins of a channel": ({"bins": (32, 0)}, ValueError, "not (32, 0)"),
    "negative bins": ({"bins": -5}, ValueError, "not -5"),
    "257 bins": ({"bins": (257, 2)}, ValueError, "not (257, 2)"),
    "very many bins": ({"bins": 2**70}, ValueError, "from 1 to 256"),
    "bins of one channel": ({"bins": [32]}, ValueError, "bins has 1 numbers, but channels='hs' has 2"),
    "bins of three channels": ({"bins": (8, 8, 8)}, ValueError, "bins has 3 numbers"),
    "bins of two channels for one": ({"bins": (8, 8), "channels": "h"}, ValueError, "channels='h' has 1"),
    "an array of three bins": ({"bins": np.array([8, 8, 8])}, ValueError, "bins has 3 numbers"),
    "too many bins in all": (
        {"bins": 102, "channels": "hsv"},
        ValueError,
        "1061208 in all, more than 1048576",
    ),
    "a number as ranges": ({"ranges": 180}, TypeError, "ranges must be a flat list of numbers"),
    "pairs as ranges": ({"ranges": [[0, 180], [0, 256]]}, TypeError, "not [[0, 180], [0, 256]]"),
    "a text as ranges": ({"ranges": "0918"}, TypeError, "not '0918'"),
    "words as ranges": ({"ranges": ["low", "high", 0, 9]}, TypeError, "not ['low', 'high', 0, 9]"),
    "ranges of one channel": ({"ranges": [0, 180]}, ValueError, "2 numbers, but channels='hs' needs 4"),
    "no numbers as ranges": ({"ranges": []}, ValueError, "0 numbers, but channels='hs' needs 4"),
    "ranges of two channels for one": ({"ranges": [0, 9, 0, 9], "channels": "h"}, ValueError, "needs 2"),
    "a range the wrong way": ({"ranges": [0, 180, 256, 0]}, ValueError, "ranges has 256 to 0"),
    "an empty range": ({"ranges": [20, 20, 0, 256]}, ValueError, "ranges has 20 to 20"),
    "a range that is empty as float32": ({"ranges": [1, 1 + 1e-9, 0, 256]}, ValueError, "1 to 1"),
    "nan in a range": ({"ranges": [0, float("nan"), 0, 256]}, ValueError, "0 to nan"),
    "an infinite range": ({"ranges": [0, 180, 0, float("inf")]}, ValueError, "0 to inf"),
    "a range beyond float32": ({"ranges": [0, 180, 0, 1e300]}, ValueError, "0 to inf"),
    "a range beyond float64": ({"ranges": [0, 180, 0, 10**400]}, TypeError, "ranges must be"),
    "one bound": ({"in_range": (0, 60, 32)}, TypeError, "in_range must be (lo, hi), two triples"),
    "a number as bounds": ({"in_range": 5}, TypeError, "not 5"),
    "no upper bound": (
        {"in_range": (GOOD[0], None)},
        TypeError,
        "upper bound of in_range must be three numbers",
    ),
    "two numbers as bounds": (
        {"in_range": (0, 255)},
        TypeError,
        "lower bound of in_range must be three numbers",
    ),
    "a text as a bound": ({"in_range": ("000", "999")}, TypeError, "not '000'"),
    "bounds of two channels": ({"in_range": ((0, 0), (9, 9))}, ValueError, "has 2 numbers, not three"),
    "a scalar of cv2": ({"in_range": ((0, 0, 0, 0), GOOD[1])}, ValueError, "has 4 numbers, not three"),
    "a fractional bound": (
        {"in_range": ((0, 0.5, 0), GOOD[1])},
        ValueError,
        "as pixels have, not (0, 0.5, 0)",
    ),
    "nan in a bound": ({"in_range": (GOOD[0], (180, float("nan"), 255))}, ValueError, "whole numbers"),
    "an infinite bound": ({"in_range": (GOOD[0], (float("inf"), 255, 255))}, ValueError, "whole numbers"),
    "a bound beyond float64": (
        {"in_range": (GOOD[0], (10**400, 255, 255))},
        TypeError,
        "upper bound of in_range",
    ),
    "saturation the wrong way": (
        {"in_range": ((0, 9, 0), (9, 8, 9))},
        ValueError,
        "goes from 9 to 8 in saturation",
    ),
    "value the wrong way": (
        {"in_range": ((0, 0, 300), (9, 9, 256))},
        ValueError,
        "goes from 300 to 256 in value",
    ),
    "a Cr the wrong way": (
        {"channels": "crcb", "in_range": ((0, 173, 77), (255, 133, 127))},
        ValueError,
        "goes from 173 to 133 in Cr, which contains nothing; only hue wraps around",
    ),
    "a blue beyond all": (
        {"channels": "bgr", "in_range": ((300, 0, 0), (400, 9, 9))},
        ValueError,
        "goes from 300 to 400 in blue, which contains nothing; components are from 0 to 255",
    ),
    "a red below all": (
        {"channels": "bgr", "in_range": ((0, 0, -9), (9, 9, -1))},
        ValueError,
        "goes from -9 to -1 in red",
    ),
    "an a the wrong way": (
        {"channels": "ab", "in_range": ((0, 150, 0), (255, 140, 255))},
        ValueError,
        "goes from 150 to 140 in a, which contains nothing; only hue wraps around",
    ),
    "one bound of Lab": (
        {"channels": "lab", "in_range": (20, 140, 120)},
        TypeError,
        "must be (lo, hi), two triples such as ((0, 140, 120), (255, 180, 160)), not (20, 140, 120)",
    ),
    "three numbers and none of Lab": (
        {"channels": "ab", "in_range": ((20, 140, 120), ())},
        ValueError,
        "the upper bound of in_range has 0 numbers, not three for L, a and b",
    ),
    "two numbers as bounds of YCrCb": (
        {"channels": "ycrcb", "in_range": ((133, 77), (173, 127))},
        ValueError,
        "has 2 numbers, not three for Y, Cr and Cb",
    ),
    "triples as bounds of grey": (
        {"channels": "gray", "in_range": GOOD},
        ValueError,
        "the lower bound of in_range has 3 numbers, not a number for grey",
    ),
    "one number as bounds of grey": (
        {"channels": "gray", "in_range": 20},
        TypeError,
        "in_range must be (lo, hi), two numbers such as (20, 230), not 20",
    ),
    "a text as a bound of grey": (
        {"channels": "gray", "in_range": (0, "9")},
        TypeError,
        "the upper bound of in_range must be a number for grey, not '9'",
    ),
    "bins of two channels for grey": ({"channels": "gray", "bins": (8, 8)}, ValueError, "'gray' has 1"),
    "ranges of hue and value for three": (
        {"channels": "bgr", "ranges": [0, 180, 0, 256]},
        ValueError,
        "4 numbers, but channels='bgr' needs 6",
    ),
    "a text as peak": (
        {"peak": "255"},
        TypeError,
        "peak must be a number, or None for raw counts, not '255'",
    ),
    "a bool as peak": ({"peak": True}, TypeError, "not True"),
    "peaks": ({"peak": [255, 255]}, TypeError, "not [255, 255]"),
    "an array of peaks": ({"peak": np.array([255, 255])}, TypeError, "peak must be a number"),
    "a complex peak": ({"peak": 1j}, TypeError, "not 1j"),
    "a peak of 0": ({"peak": 0}, ValueError, "not 0; None leaves the counts"),
    "a negative peak": ({"peak": -255}, ValueError, "not -255"),
    "nan as peak": ({"peak": float("nan")}, ValueError, "not nan"),
    "an infinite peak": ({"peak": float("inf")}, ValueError, "not inf"),
    "a peak beyond int32": ({"peak": 2**31}, ValueError, "not 2147483648"),
}

# (options as scripts write them, the same options in their plain form)
SAME = {
    "bins as numpy numbers": ({"bins": np.int64(16)}, {"bins": 16}),
    "bins as an array": ({"bins": np.array([16, 8])}, {"bins": (16, 8)}),
    "bins as floats with whole values": ({"bins": [16.0, 8.0]}, {"bins": (16, 8)}),
    "bins one a channel": ({"bins": [32, 32]}, {}),
    "an array of the default bins": ({"bins": np.array([32, 32])}, {}),
    "whole ranges": ({"ranges": [0, 180, 0, 256]}, {}),
    "ranges as an array": ({"ranges": np.array([0, 180, 0, 256.0])}, {}),
    "ranges as a tuple of float32": (
        {"ranges": tuple(np.float32([0, 99.7, 0, 9]))},
        {"ranges": [0, 99.7, 0, 9]},
    ),
    "bounds as lists": (
        {"in_range": [[0, 60, 32], [180, 255, 255]]},
        {"in_range": ((0, 60, 32), (180, 255, 255))},
    ),
    "bounds as arrays": (
        {"in_range": (np.array((0.0, 60.0, 32.0)), np.array((180.0, 255.0, 255.0)))},
        {"in_range": ((0, 60, 32), (180, 255, 255))},
    ),
    "bounds as one array": ({"in_range": np.array(GOOD)}, {"in_range": GOOD}),
    "bounds beyond": (
        {"in_range": ((-9, -9, -9), (999, 999, 999))},
        {"in_range": ((0, 0, 0), (255, 255, 255))},
    ),
    "the peak as a float": ({"peak": 256.0}, {"peak": 256}),
    "the peak as a numpy number": ({"peak": np.float32(255)}, {"peak": 255}),
}


@pytest.mark.parametrize(("kind", "names"), [(Channels, CHANNELS), (Space, COLOUR_SPACES)])
def test_the_types_for_annotations_have_all_names(kind, names):
    assert set(get_args(kind)) == set(names)


@pytest.mark.parametrize(("options", "error", "says"), BAD.values(), ids=BAD)
def test_bad_options_are_named(options, error, says):
    for call in (
        lambda: backproj.Histogram(MODEL, **options),
        lambda: backproj.back_project(MODEL, MODEL, **options),
    ):
        with pytest.raises(error) as caught:
            call()
        assert says in str(caught.value)
        assert "\n" not in str(caught.value)
        assert len(str(caught.value)) < 300


@pytest.mark.parametrize(
    ("options", "error", "says"),
    [
        bad
        for bad in BAD.values()
        if "in_range" in bad[0] and "must be (lo, hi)" not in bad[2] and "not 5" not in bad[2]
    ],
)
def test_bad_bounds_of_in_range_are_named(options, error, says):
    with pytest.raises(error) as caught:
        backproj.in_range(MODEL, *options["in_range"], space=SPACES[options.get("channels", "hs")])
    assert says.replace("of in_range", "of (lo, hi)") in str(caught.value)


@pytest.mark.parametrize(("options", "plain"), SAME.values(), ids=SAME)
def test_options_may_be_written_as_scripts_write_them(options, plain):
    hist = backproj.Histogram(MODEL, **plain)
    assert backproj.Histogram(MODEL, **options) == hist
    assert hash(backproj.Histogram(MODEL, **options)) == hash(hist)
    np.testing.assert_array_equal(backproj.back_project(MODEL, MODEL, **options), hist.back_project(MODEL))


# Bad options that are equal to good ones, so that a cache could confuse them.
EQUAL_BUT_BAD = {
    "a float that equals the bins": ({"bins": 1}, {"bins": 1.0}),
    "a bool that equals the bins": ({"bins": 1}, {"bins": True}),
    "a bool that equals the peak": ({"peak": 1}, {"peak": True}),
}


@pytest.mark.parametrize(("good", "bad"), EQUAL_BUT_BAD.values(), ids=EQUAL_BUT_BAD)
def test_a_bad_option_is_an_error_after_an_equal_good_one(good, bad):
    backproj.Histogram(MODEL, **good)
    with pytest.raises(TypeError, match=f"not {next(iter(bad.values()))!r}"):
        backproj.Histogram(MODEL, **bad)


class Sliders:
    """A sequence whose numbers can change."""

    def __init__(self, *numbers):
        self.numbers = numbers

    def __iter__(self):
        return iter(self.numbers)

    def __len__(self):
        return len(self.numbers)


PIXEL = np.zeros((1, 1, 3), np.uint8)
ENDLESS = 10**5000  # more digits than Python writes

ENDLESS_NUMBERS = {
    "a window": (lambda: backproj.locate(PIXEL[..., 0], (ENDLESS, 1)), "a window of"),
    "a negative window": (lambda: backproj.locate(PIXEL[..., 0], (1, -ENDLESS)), "a window of"),
    "threads": (lambda: backproj.in_range(PIXEL, [0] * 3, [1] * 3, threads=-ENDLESS), "threads must be"),
    "a peak": (lambda: backproj.Histogram(PIXEL, peak=ENDLESS), "peak must be"),
    "a width": (lambda: backproj.back_project_bytes(b"", ENDLESS, 1, b"bgr", 1, 1), "frame has 0 bytes"),
    "a negative height": (lambda: backproj.back_project_bytes(b"", 0, -ENDLESS, b"bgr", 1, 1), "h must not"),
}


@pytest.mark.parametrize(("call", "says"), ENDLESS_NUMBERS.values(), ids=ENDLESS_NUMBERS)
def test_an_error_about_a_number_too_long_to_write_names_the_argument(call, says):
    with pytest.raises(ValueError, match=says):
        call()


class NoIndex:
    """Its __index__ does not return a whole number."""

    def __index__(self):
        return "3"


@pytest.mark.parametrize("number", [NoIndex(), np.array([2, 3])], ids=["text", "array"])
def test_what_only_looks_like_a_whole_number_is_an_error_that_names_the_argument(number):
    with pytest.raises(TypeError, match="threads must be a whole number"):
        backproj.Histogram(PIXEL, threads=number)
    with pytest.raises(TypeError, match="size must be"):
        backproj.locate(PIXEL[..., 0], (number, 1))


def test_options_that_were_changed_in_place_are_checked_again():
    bins, ranges, lo, hi = Sliders(8, 9), Sliders(0, 180, 0, 256), Sliders(0, 60, 32), Sliders(180, 255, 255)
    options = {"bins": bins, "ranges": ranges, "in_range": (lo, hi)}
    before = backproj.Histogram(MODEL, **options)
    mask = backproj.in_range(MODEL, lo, hi)
    bins.numbers, ranges.numbers, lo.numbers = (5, 7), (0, 90, 0, 200), (10, 99, 99)
    after = backproj.Histogram(MODEL, **options)
    assert (before.bins, after.bins) == ((8, 9), (5, 7))
    assert (before.ranges, after.ranges) == ((0, 180, 0, 256), (0, 90, 0, 200))
    assert (before.in_range[0], after.in_range[0]) == ((0, 60, 32), (10, 99, 99))
    again = backproj.in_range(MODEL, lo, hi)
    np.testing.assert_array_equal(again, backproj.in_range(MODEL, (10, 99, 99), (180, 255, 255)))
    assert (again != mask).any()


def nested(depth):
    value = (32,)
    for _ in range(depth):
        value = (value,)
    return value


@pytest.mark.parametrize("name", ["bins", "ranges", "in_range", "channels", "peak"])
def test_a_deeply_nested_option_is_an_error_that_names_it(name):
    with pytest.raises((TypeError, ValueError), match=name):
        backproj.Histogram(MODEL, **{name: nested(100_000)})


@pytest.mark.parametrize(("options", "says"), [(o, next(iter(o))) for o, *_ in BAD.values()], ids=BAD)
def test_options_with_a_histogram_are_errors(options, says):
    with pytest.raises(TypeError, match=rf"{says}.* cannot be given with a Histogram"):
        backproj.back_project(MODEL, backproj.Histogram(MODEL), **options)
    with pytest.raises(TypeError, match="cannot be given with a Histogram"):
        backproj.back_project(MODEL, [backproj.Histogram(MODEL)] * 2, **options)
