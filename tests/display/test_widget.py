"""`backproj.widget` shows what its settings mean, and gives the code that computes it."""

import io
import sys

import numpy as np
import PIL.Image
import pytest

import backproj
from helpers.processes import run_python

SUIT = (120, 300, 60, 60)
RED = (170, 60, 32), (10, 255, 255)

# Frames, made of a photograph in BGR; and settings of the widget for them.
CASES = {
    "no settings": (lambda bgr: bgr, {}),
    "RGB": (lambda bgr: np.ascontiguousarray(bgr[..., ::-1]), {"order": "rgb", "box": SUIT}),
    "four channels": (lambda bgr: np.dstack([bgr, bgr[..., 0]]), {"box": SUIT, "disc": 9}),
    "a view with strides": (lambda bgr: bgr[::-2, ::3], {"box": (60, 40, 20, 30), "threshold": 200}),
    "a gate around red": (lambda bgr: bgr, {"box": SUIT, "in_range": RED, "bins": (180, 256)}),
    "a gate that all pass": (lambda bgr: bgr, {"box": SUIT, "in_range": ((0, 0, 0), (180, 255, 255))}),
    "a gate that none pass": (lambda bgr: bgr, {"box": SUIT, "in_range": ((80, 0, 0), (80, 0, 0))}),
    "Otsu's level": (lambda bgr: bgr, {"box": SUIT, "threshold": "otsu", "disc": 1}),
    "one channel": (lambda bgr: bgr, {"box": SUIT, "channels": "h", "bins": 16}),
    "three channels": (lambda bgr: bgr, {"box": SUIT, "channels": "bgr", "bins": (8, 9, 10)}),
    "YCrCb": (lambda bgr: bgr, {"channels": "crcb", "in_range": ((0, 133, 77), (255, 173, 127))}),
    "a grey picture of an RGB frame": (
        lambda bgr: np.ascontiguousarray(bgr[..., ::-1]),
        {"channels": "gray", "order": "rgb", "box": SUIT},
    ),
    "an image of PIL": (lambda bgr: PIL.Image.fromarray(bgr), {"box": SUIT}),
    "a grey image of PIL": (lambda bgr: PIL.Image.fromarray(bgr[..., 1]), {"channels": "gray"}),
    "a memoryview": (lambda bgr: memoryview(bgr.copy()), {"box": SUIT}),
    "a grey frame": (lambda bgr: bgr[..., 1], {"channels": "gray", "in_range": (20, 230), "order": "rgb"}),
    "a grey frame with an axis": (lambda bgr: bgr[..., :1], {"channels": "gray", "box": SUIT}),
    "numbers of numpy": (
        lambda bgr: bgr,
        {"box": np.array(SUIT), "bins": np.array([8, 9]), "disc": np.int64(3)},
    ),
}


@pytest.fixture(params=CASES)
def case(request, photograph):
    make, settings = CASES[request.param]
    return make(photograph), settings


def decoded(picture):
    return np.asarray(PIL.Image.open(io.BytesIO(picture)))


@pytest.mark.filterwarnings("ignore:no pixel passed")
def test_the_code_computes_the_same_bytes(case):
    frame, settings = case
    picker = backproj.widget(frame, **settings)
    names = {"frame": frame}
    exec(picker.code, names)
    np.testing.assert_array_equal(names["prob"], picker.prob)
    np.testing.assert_array_equal(names["mask"], picker.mask)
    np.testing.assert_array_equal(names["cut"], picker.cut_out)
    assert names["hist"] == picker.histogram


def test_the_code_computes_the_same_bytes_after_changes(photograph):
    picker = backproj.widget(photograph)
    changes = {
        "box": SUIT,
        "bins": 16,
        "in_range": RED,
        "disc": 7,
        "threshold": "otsu",
    }
    for name, value in changes.items():
        before = picker.code
        setattr(picker, name, value)
        assert picker.code != before
        names = {"frame": photograph}
        exec(picker.code, names)
        np.testing.assert_array_equal(names["cut"], picker.cut_out)


def test_the_code_leaves_out_what_is_the_default(photograph):
    assert backproj.widget(photograph, box=SUIT).code == (
        "import backproj\n\n"
        "x, y, w, h = 120, 300, 60, 60\n"
        "hist = backproj.Histogram(frame[y : y + h, x : x + w], bins=(32, 32))\n"
        "prob = hist.back_project(frame)\n"
        "mask = backproj.segment(prob, disc=5, threshold=50)\n"
        "cut = backproj.cut_out(frame, mask)"
    )


def test_the_code_names_what_is_not(photograph):
    code = backproj.widget(
        photograph,
        box=SUIT,
        order="rgb",
        channels="ab",
        in_range=((0, 9, 9), (99, 200, 200)),
        threshold="otsu",
    ).code
    for option in (
        'channels="ab"',
        "in_range=((0, 9, 9), (99, 200, 200))",
        'order="rgb")\nprob',
        'frame, order="rgb")\nmask',
        'threshold="otsu"',
    ):
        assert option in code


def test_a_message_of_the_browser_changes_several_settings_at_once(photograph):
    picker = backproj.widget(photograph)
    shown = []
    picker.observe(lambda change: shown.append(change["new"]), "code")
    picker.set_state({"box": list(SUIT), "in_range": [[0, 60, 32], [179, 255, 255]], "disc": 3})
    assert (picker.box, picker.in_range, picker.disc) == (SUIT, ((0, 60, 32), (179, 255, 255)), 3)
    assert len(shown) == 1
    np.testing.assert_array_equal(
        picker.mask,
        backproj.Histogram(photograph[300:360, 120:180], in_range=((0, 60, 32), (179, 255, 255))).segment(
            photograph, disc=3
        ),
    )


def test_a_setting_that_stays_computes_nothing(photograph):
    picker = backproj.widget(photograph, box=SUIT)
    before = picker.prob
    picker.set_state({"box": list(SUIT), "threshold": 50})
    assert picker.prob is before


def test_results_of_before_a_change_keep_their_values(photograph):
    picker = backproj.widget(photograph, box=SUIT)
    mask = picker.mask
    kept = mask.copy()
    picker.threshold = 200
    np.testing.assert_array_equal(mask, kept)


# An argument or an attribute that is not valid, the kind of error, and what it says.
INVALID = {
    "a box outside": ({"box": (500, 0, 13, 9)}, ValueError, "not within the frame of 512×512 pixels"),
    "a box of two corners": ({"box": (9, 9, 0, 0)}, ValueError, "not two corners"),
    "a box of floats": ({"box": (0.5, 1, 2, 3)}, TypeError, "round them"),
    "no bins": ({"bins": 0}, ValueError, "from 1 to 256"),
    "bins of another number of channels": ({"bins": (8, 8, 8)}, ValueError, "give one each"),
    "a gate that is none": ({"in_range": 3}, TypeError, r"in_range must be \(lo, hi\)"),
    "a gate that contains nothing": ({"in_range": ((0, 9, 0), (179, 8, 255))}, ValueError, "saturation"),
    "a disc that is an array": ({"disc": np.ones((3, 3))}, TypeError, "must be a diameter here"),
    "no disc": ({"disc": None}, TypeError, "1 is no disc"),
    "a disc that is too large": ({"disc": 256}, ValueError, "255×255"),
    "a threshold that is too large": ({"threshold": 256}, ValueError, "from 0 to 255"),
    "a threshold of another name": ({"threshold": "triangle"}, ValueError, "'otsu'"),
}


@pytest.mark.parametrize("name", INVALID)
def test_an_invalid_setting_is_an_error_and_changes_nothing(name, photograph):
    setting, error, message = INVALID[name]
    with pytest.raises(error, match=message):
        backproj.widget(photograph, **setting)
    picker = backproj.widget(photograph, box=SUIT)
    code = picker.code
    ((attribute, value),) = setting.items()
    with pytest.raises(error, match=message):
        setattr(picker, attribute, value)
    assert picker.code == code
    picker.disc = 7  # it still works
    assert picker.code == code.replace("disc=5", "disc=7")


def test_three_channels_have_at_most_100_bins_each(photograph):
    with pytest.raises(ValueError, match="bins of 3 channels must be from 1 to 100 each"):
        backproj.widget(photograph, channels="bgr", bins=101)
    assert backproj.widget(photograph, channels="bgr", bins=100).bins == (100, 100, 100)


@pytest.mark.parametrize(
    ("frame", "error", "message"),
    [
        (np.zeros((2, 8, 8, 3), np.uint8), ValueError, "a batch of images; take one of them"),
        (np.zeros((0, 8, 3), np.uint8), ValueError, "no pixels"),
        (np.zeros((8, 8, 3)), TypeError, "must be uint8"),
        (np.zeros((8, 8), np.uint8), ValueError, "frame"),
    ],
)
def test_an_invalid_frame_is_an_error(frame, error, message):
    with pytest.raises(error, match=message):
        backproj.widget(frame)


def test_the_first_box_is_in_the_middle(photograph):
    assert backproj.widget(photograph).box == (192, 192, 128, 128)
    assert backproj.widget(photograph[:1, :2]).box == (0, 0, 1, 1)


# The frame's shape, how many of the screen's pixels a result has, and how large its picture is.
SIZES = [
    ((1080, 1920, 3), 320, (180, 320)),
    ((1080, 1920, 3), 384, (216, 384)),
    ((1080, 1920, 3), 5000, (1080, 1920)),
    ((1080, 1920, 3), 0, (1, 1)),
    ((300, 1000, 3), 320, (100, 334)),
    ((48, 64, 3), 320, (48, 64)),
]


@pytest.mark.parametrize(("shape", "width", "size"), SIZES)
def test_pictures_are_as_large_as_the_screen_needs_or_up_to_twice(shape, width, size):
    picker = backproj.widget(np.zeros(shape, np.uint8))
    picker.set_state({"_widths": [width, width]})
    for picture in (picker._frame, picker._prob, picker._mask, picker._cut_out):
        assert decoded(picture).shape[:2] == size


def test_pictures_look_like_the_results(case):
    frame, settings = case
    picker = backproj.widget(frame, **settings)
    width = np.asarray(frame).shape[1]
    picker.set_state({"_widths": [width] * 2})
    shown, cut = np.asarray(frame), picker.cut_out
    if shown.ndim == 3 and shown.shape[2] >= 3:
        shown, cut = (image[..., :3] for image in (shown, cut))
        if settings.get("order") != "rgb" and not isinstance(frame, PIL.Image.Image):
            shown, cut = shown[..., ::-1], cut[..., ::-1]
    pairs = (
        (picker._frame, shown),
        (picker._prob, picker.prob),
        (picker._mask, picker.mask),
        (picker._cut_out, cut),
    )
    for picture, expected in pairs:
        got = decoded(picture).astype(int)
        assert np.abs(got - np.asarray(expected).reshape(got.shape)).mean() < 6


def test_pictures_of_small_frames_are_exact():
    frame = np.random.default_rng(1).integers(0, 256, (48, 64, 3), np.uint8)
    picker = backproj.widget(frame)
    np.testing.assert_array_equal(decoded(picker._frame), frame[..., ::-1])
    np.testing.assert_array_equal(decoded(picker._cut_out), picker.cut_out[..., ::-1])


def test_the_line_below_says_how_many_pixels_count(photograph):
    picker = backproj.widget(photograph, box=SUIT)
    assert picker._summary.startswith("Box 120, 300, 60, 60: 3,600 pixels. The mask has ")
    picker.in_range = (80, 0, 0), (80, 0, 0)
    assert picker._summary == (
        "Box 120, 300, 60, 60: 0 of its 3,600 pixels pass the gate. The mask has 0.0% of the frame."
    )


def test_import_backproj_imports_nothing_of_it():
    done = run_python(
        "import sys, backproj\n"
        "print(backproj.widget.__name__, [name for name in sys.modules if name.split('.')[0] in "
        "('anywidget', 'ipywidgets', 'PIL') or name.startswith('backproj._widget')])"
    )
    assert done.stdout == "widget []\n", done.stderr


@pytest.mark.parametrize("name", ["anywidget", "PIL.Image"])
def test_without_its_packages_the_error_says_what_to_install(name, photograph, monkeypatch):
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ImportError) as raised:
        backproj.widget(photograph)
    assert str(raised.value).startswith("backproj.widget needs anywidget and Pillow (")
    assert str(raised.value).endswith("): pip install 'backproj[notebook]'")
