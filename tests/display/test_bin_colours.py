"""Bins are drawn in the colours that OpenCV converts their levels to, whatever the space."""

import cv2
import numpy as np
import pytest
from matplotlib.figure import Figure

import backproj
from helpers.drawn import facts, parts, patches

# Of planes of two channels: ranges of 60 × 64 values, each of which has a bin of its own; the components of
# the colour with two levels; and OpenCV's conversion of it.
PLANES = {
    "red hues": ("hv", (0, 60, 192, 256), lambda h, v: (h, 255, v), cv2.COLOR_HSV2RGB),
    "dark blue hues": ("hv", (120, 180, 4, 68), lambda h, v: (h, 255, v), cv2.COLOR_HSV2RGB),
    "reds": ("sv", (190, 250, 192, 256), lambda s, v: (0, s, v), cv2.COLOR_HSV2RGB),
    "greys": ("sv", (0, 60, 90, 154), lambda s, v: (0, s, v), cv2.COLOR_HSV2RGB),
    "skin": ("crcb", (133, 193, 77, 141), lambda cr, cb: (160, cr, cb), cv2.COLOR_YCrCb2RGB),
    "pale reds": ("ab", (130, 190, 110, 174), lambda a, b: (166, a, b), cv2.COLOR_Lab2RGB),
    "beyond green": ("crcb", (0, 60, 0, 64), lambda cr, cb: (160, cr, cb), cv2.COLOR_YCrCb2RGB),
}

# The same of channels that are drawn as bars.
BARS = {
    "s": (lambda s: (0, s, 255), cv2.COLOR_HSV2RGB),
    "v": (lambda v: (0, 0, v), cv2.COLOR_HSV2RGB),
    "gray": (lambda grey: (grey, grey, grey), None),
}

# What is to the right and what is upwards, and what the names of all channels are.
AXES = {
    "h": ("hue", None, "hue"),
    "s": ("saturation", None, "saturation"),
    "v": ("value", None, "value"),
    "hs": ("hue", "saturation", "hue, saturation"),
    "hv": ("hue", "value", "hue, value"),
    "sv": ("saturation", "value", "saturation, value"),
    "hsv": ("hue", "saturation", "hue, saturation, value"),
    "gray": ("grey", None, "grey"),
    "crcb": ("Cr", "Cb", "Cr, Cb"),
    "ycrcb": ("Cr", "Cb", "Y, Cr, Cb"),
    "bgr": ("green", "red", "blue, green, red"),
    "ab": ("a", "b", "a, b"),
    "lab": ("a", "b", "L, a, b"),
}


def converted(components, conversion):
    """Return components that broadcast together as an RGB image."""
    image = np.stack(np.broadcast_arrays(*components), axis=-1).astype(np.uint8)
    return image if conversion is None else cv2.cvtColor(np.atleast_3d(image), conversion)


@pytest.mark.parametrize("plane", PLANES)
def test_every_bin_of_a_plane_has_its_colour(plane):
    channels, ranges, colour, conversion = PLANES[plane]
    left, right, bottom, top = ranges
    full = np.ones((right - left, top - bottom), np.float32)
    cells, _ = parts(backproj.Histogram.from_values(full, channels=channels, ranges=ranges))
    across, up = np.arange(left, right), np.arange(bottom, top)[:, np.newaxis]
    np.testing.assert_allclose(cells[::-3, ::6], converted(colour(across, up), conversion), atol=1)


@pytest.mark.parametrize("channels", BARS)
def test_every_bar_has_its_colour(channels):
    colour, conversion = BARS[channels]
    hist = backproj.Histogram.from_values(np.ones(256, np.float32), channels=channels)
    cells, _ = parts(hist)
    np.testing.assert_allclose(cells[:1], converted(colour(np.arange(256)[np.newaxis]), conversion), atol=1)


@pytest.mark.parametrize("channels", ["hsv", "ycrcb", "lab", "bgr"])
def test_the_strip_of_three_channels_has_the_colours_themselves(channels):
    colours = [(200, 120, 90), (30, 60, 20), (90, 90, 200)]
    _, strip = parts(backproj.Histogram(patches(*colours), channels=channels, bins=100, order="rgb"))
    shares = np.split(strip, np.flatnonzero(np.diff(strip.astype(int), axis=0).any(axis=1)) + 1)
    np.testing.assert_allclose([share[0] for share in shares], colours, atol=4)


def test_the_plane_of_ycrcb_is_that_of_crcb(photograph):
    three, two = (
        backproj.Histogram(photograph, channels=channels, bins=32) for channels in ("ycrcb", "crcb")
    )
    np.testing.assert_array_equal(parts(three)[0], parts(two)[0])


def test_a_cell_of_green_and_red_has_the_mean_blue_of_its_pixels():
    model = patches((200, 100, 30), (200, 100, 90))  # RGB: twice as many of the first one
    cells, _ = parts(backproj.Histogram(model, channels="bgr", bins=64, order="rgb"))
    drawn = cells.reshape(-1, 3)[np.argmax(cells[..., 0])]
    np.testing.assert_allclose(drawn, (200, 100, 50), atol=4)


@pytest.mark.parametrize("channels", ["v", "hv", "sv", "gray", "bgr"])
def test_a_full_bin_of_black_differs_from_an_empty_one(channels):
    model = np.zeros((4, 4, 3), np.uint8)
    model[0] = 255
    cells, _ = parts(backproj.Histogram(model, channels=channels, bins=8))
    bottom = cells[-1].astype(int)
    assert bottom[0].max() < 20  # bins of 32 levels: the mean of the first is 15.5
    assert (np.abs(bottom[len(bottom) // 2] - bottom[0]) > 30).any()


@pytest.mark.parametrize("channels", AXES)
def test_the_caption_says_what_is_where(channels, photograph):
    across, up, names = AXES[channels]
    hist = backproj.Histogram(photograph, channels=channels, bins=8)
    where = f"{across} to the right, {up or 'the share of the fullest bin'} upwards"
    assert f"<small>{where}" in hist._repr_html_()
    assert facts(hist)["channels"] == names


@pytest.mark.parametrize("channels", AXES)
def test_the_axes_of_a_plot_have_the_names_of_the_channels(channels, photograph):
    across, up, _ = AXES[channels]
    ax = Figure().subplots()
    backproj.Histogram(photograph, channels=channels, bins=8).plot(ax=ax)
    assert (ax.get_xlabel(), ax.get_ylabel()) == (across, up or "pixels")
    ax.figure.canvas.draw()


def test_the_plot_of_three_channels_has_the_ranges_of_the_two_that_are_drawn(photograph):
    ax = Figure().subplots()
    backproj.Histogram(photograph, channels="ycrcb", bins=8, ranges=(16, 235, 100, 200, 60, 160)).plot(ax=ax)
    assert (ax.get_xlim(), ax.get_ylim()) == ((100, 200), (60, 160))


def test_white_bars_of_a_plot_are_not_on_white(photograph):
    ax = Figure().subplots()
    backproj.Histogram(photograph, channels="gray", bins=256).plot(ax=ax)
    assert ax.patches[255].get_facecolor() == (1, 1, 1, 1)
    assert max(ax.get_facecolor()[:3]) < 0.9


def test_a_bound_of_one_component_is_a_number(photograph):
    assert (
        facts(backproj.Histogram(photograph, channels="gray", in_range=(20, 230)))["in_range"] == "20 to 230"
    )
