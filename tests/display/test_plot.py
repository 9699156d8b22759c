"""`Histogram.plot` draws with matplotlib: each bin in its colour."""

import sys

import cv2
import matplotlib
import numpy as np
import pytest
from matplotlib.figure import Figure

import backproj
from helpers.processes import run_python


@pytest.fixture
def ax():
    return Figure().subplots()


@pytest.fixture
def suit(photograph):
    return photograph[300:360, 120:180]


def test_it_draws_on_the_axes_that_are_given_and_returns_them(ax, suit):
    assert backproj.Histogram(suit).plot(ax=ax) is ax
    assert ax.get_images()


def test_without_axes_it_makes_a_figure(suit, monkeypatch):
    monkeypatch.setenv("MPLBACKEND", "agg")
    import matplotlib.pyplot as plt

    other = plt.figure()
    try:
        ax = backproj.Histogram(suit).plot()
        assert ax.figure is plt.gcf() is not other
    finally:
        plt.close("all")


def test_with_axes_it_leaves_pyplot_and_its_backend_alone():
    script = (
        "import sys, backproj, numpy as np\n"
        "from matplotlib.figure import Figure\n"
        "backproj.Histogram(np.full((4, 4, 3), 9, np.uint8)).plot(ax=Figure().subplots())\n"
        "print('matplotlib.pyplot' in sys.modules)"
    )
    done = run_python(script)
    assert (done.stdout, done.stderr) == ("False\n", "")


def test_hue_goes_to_the_right_and_saturation_up(ax, suit):
    backproj.Histogram(suit, bins=(20, 8), ranges=(0, 90, 40, 256)).plot(ax=ax)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("hue", "saturation")
    assert (ax.get_xlim(), ax.get_ylim()) == ((0, 90), (40, 256))
    (image,) = ax.get_images()
    assert image.get_array().shape == (8, 20, 3)
    assert tuple(image.get_extent()) == (0, 90, 40, 256)
    assert image.origin == "lower"


def test_the_fullest_bin_of_180_by_256_has_its_full_colour(ax):
    orange = np.full((2, 2, 3), (0, 128, 255), np.uint8)
    hue, saturation, _ = cv2.cvtColor(orange, cv2.COLOR_BGR2HSV)[0, 0]
    backproj.Histogram(orange, bins=(180, 256)).plot(ax=ax)
    cells = np.array(ax.get_images()[0].get_array())
    assert tuple(cells[saturation, hue]) == (255, 128, 0)
    cells[saturation, hue] = 0
    assert cells.max() < 50


def test_values_are_summed(ax, suit):
    planes = [Figure().subplots(), ax]
    backproj.Histogram(suit, bins=(16, 16)).plot(ax=planes[0])
    backproj.Histogram(suit, channels="hsv", bins=(16, 16, 16)).plot(ax=planes[1])
    one, other = (plane.get_images()[0].get_array() for plane in planes)
    np.testing.assert_array_equal(one, other)


def test_hue_alone_is_bars_as_high_as_the_counts(ax, suit):
    hist = backproj.Histogram(suit, channels="h", bins=18)
    hist.plot(ax=ax)
    assert [bar.get_height() for bar in ax.patches] == hist.counts.tolist()
    assert [bar.get_x() for bar in ax.patches] == list(range(0, 180, 10))
    assert {bar.get_width() for bar in ax.patches} == {10}
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("hue", "pixels")
    red, _, _, _ = ax.patches[0].get_facecolor()
    _, _, blue, _ = ax.patches[12].get_facecolor()
    assert red == blue == 1


def test_values_from_elsewhere_are_bars_as_high_as_they_are(ax):
    values = np.array([3, -2, 7], np.float32)
    backproj.Histogram.from_values(values, channels="h").plot(ax=ax)
    assert [bar.get_height() for bar in ax.patches] == [3, -2, 7]
    assert ax.get_ylabel() == "value"


@pytest.mark.filterwarnings("ignore:no pixel passed")
@pytest.mark.parametrize("channels", ["h", "hs", "hsv"])
def test_an_empty_histogram_can_be_drawn(channels, ax, suit):
    nothing = np.zeros(suit.shape[:2], bool)
    backproj.Histogram(suit, mask=nothing, channels=channels, bins=8).plot(ax=ax)
    ax.figure.canvas.draw()


@pytest.mark.parametrize("given", [3, "ax", Figure(), matplotlib])
def test_anything_but_axes_is_a_type_error(given, suit):
    with pytest.raises(TypeError, match=r"ax must be a matplotlib Axes, not .*plt\.subplots"):
        backproj.Histogram(suit).plot(ax=given)


@pytest.mark.parametrize("given", [{}, {"ax": None}, {"ax": "axes"}])
def test_without_matplotlib_the_error_says_what_to_install(given, suit, monkeypatch):
    for name in [name for name in sys.modules if name.partition(".")[0] == "matplotlib"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "path", [])
    with pytest.raises(ImportError) as raised:
        backproj.Histogram(suit).plot(**given)
    assert str(raised.value) == "Histogram.plot needs matplotlib: pip install 'backproj[plot]'"
    assert raised.value.__suppress_context__


def test_a_broken_matplotlib_is_not_called_a_missing_one(suit, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    with pytest.raises(ModuleNotFoundError, match=r"matplotlib\.pyplot"):
        backproj.Histogram(suit).plot()
