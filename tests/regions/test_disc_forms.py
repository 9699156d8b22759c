"""A disc is a diameter, a size, an array of 0 and 1, or None; the result is the same for the same pixels."""

import numpy as np
import pytest
import skimage.morphology

import backproj
from backproj._engine.region import disc_of
from backproj._validate.regions import check_disc
from helpers import formula, opencv_chain
from helpers.discs import IRREGULAR, PLANES, disc
from helpers.image_views import Subclass

PROB = np.random.default_rng(1).integers(0, 90, (70, 131), np.uint8)


def ellipse(of):
    """Return the pixels that a diameter or a size stands for."""
    return disc_of(check_disc(of)).array


@pytest.mark.exhaustive
@pytest.mark.parametrize("least", range(1, 256, 15))
def test_sizes_are_opencvs_ellipses(least):
    different = [
        (width, height)
        for width in range(least, least + 15)
        for height in range(1, 256)
        if ellipse((width, height)).tobytes() != opencv_chain.ellipse(width, height).tobytes()
    ]
    assert different == []


def test_diameters_are_opencvs_ellipses():
    for diameter in range(1, 256):
        np.testing.assert_array_equal(ellipse(diameter), disc(diameter), str(diameter))


SIZES = {
    "an int": (7, (7, 7)),
    "numpy's int": (np.uint8(7), (7, 7)),
    "an array of no axes": (np.array(7), (7, 7)),
    "a tuple": ((9, 4), (9, 4)),
    "a list": ([9, 4], (9, 4)),
    "numpy's ints": ((np.int16(9), np.uint64(4)), (9, 4)),
    "an array": (np.array([9, 4]), (9, 4)),
    "a row of one": ((40, 1), (40, 1)),
    "a pixel": (1, (1, 1)),
}


@pytest.mark.parametrize(("size", "means"), SIZES.values(), ids=SIZES)
def test_sizes_are_numbers_of_columns_and_rows(size, means):
    expected = opencv_chain.disc_sum(PROB, opencv_chain.ellipse(*means))
    np.testing.assert_array_equal(backproj.disc_sum(PROB, size), expected)


def test_without_a_disc_it_is_a_circle_of_5_pixels():
    expected = opencv_chain.disc_sum(PROB, disc(5))
    np.testing.assert_array_equal(backproj.disc_sum(PROB), expected)
    np.testing.assert_array_equal(backproj.disc_sum(PROB, disc=5), expected)


def test_none_is_each_pixel_alone():
    np.testing.assert_array_equal(backproj.disc_sum(PROB, None), PROB)


@pytest.mark.parametrize("footprint", IRREGULAR.values(), ids=IRREGULAR)
def test_arrays_with_holes_and_gaps(footprint):
    random = np.random.default_rng(2)
    for kind in ("noise", "dim", "sparse"):
        for shape in ((1, 1), (9, 30), (70, 31), (40, 600)):
            prob = PLANES[kind](random, shape)
            found = backproj.disc_sum(prob, footprint)
            np.testing.assert_array_equal(found, formula.disc_sum(prob, footprint))
            np.testing.assert_array_equal(found, opencv_chain.disc_sum(prob, footprint))


FOOTPRINTS = {
    "disk": skimage.morphology.disk(7),
    "a disk of one pixel": skimage.morphology.disk(0),
    "diamond": skimage.morphology.diamond(5),
    "star": skimage.morphology.star(4),
    "octagon": skimage.morphology.octagon(5, 3),
    "ellipse": skimage.morphology.ellipse(9, 4),
    "rectangle": skimage.morphology.footprint_rectangle((3, 8)),
}


@pytest.mark.parametrize("footprint", FOOTPRINTS.values(), ids=FOOTPRINTS)
def test_footprints_of_scikit_image(footprint):
    expected = opencv_chain.disc_sum(PROB, footprint)
    np.testing.assert_array_equal(backproj.disc_sum(PROB, footprint), expected)


TYPES = ["bool", "u1", "i1", "<u2", ">u2", "i4", ">i8", "u8", "f2", "f4", ">f4", "f8", "g"]


@pytest.mark.parametrize("dtype", TYPES)
def test_arrays_of_any_numbers_that_are_0_or_1(dtype):
    footprint = IRREGULAR["noise"]
    np.testing.assert_array_equal(
        backproj.disc_sum(PROB, footprint.astype(dtype)), opencv_chain.disc_sum(PROB, footprint)
    )


def test_minus_0_is_0():
    footprint = -1.0 * np.array([[0, -1, 0], [-1, -1, 0]])
    np.testing.assert_array_equal(
        backproj.disc_sum(PROB, footprint), opencv_chain.disc_sum(PROB, footprint == 1)
    )


def read_only(array):
    array = array.copy()
    array.flags.writeable = False
    return array


ARRAY_VIEWS = {
    "Fortran": np.asfortranarray,
    "transposed": lambda array: array.T,
    "upside down": lambda array: array[::-1],
    "mirrored": lambda array: array[:, ::-1],
    "every other pixel": lambda array: array[1::2, ::2],
    "a part": lambda array: array[2:-3, 4:],
    "read-only": read_only,
    "one row, repeated": lambda array: np.broadcast_to(array[4], array.shape),
    "a subclass": lambda array: array.view(Subclass),
    "a matrix": lambda array: array.view(np.matrix),
}


@pytest.mark.parametrize("view", ARRAY_VIEWS.values(), ids=ARRAY_VIEWS)
@pytest.mark.filterwarnings("ignore:the matrix subclass")
def test_views_of_arrays(view):
    footprint = view(IRREGULAR["noise"])
    expected = opencv_chain.disc_sum(PROB, np.array(footprint, subok=False))
    np.testing.assert_array_equal(backproj.disc_sum(PROB, footprint), expected)


def test_an_array_that_changes_later_is_another_disc():
    footprint = disc(9)
    before = backproj.disc_sum(PROB, footprint)
    footprint[:, :4] = 0
    np.testing.assert_array_equal(backproj.disc_sum(PROB, footprint), opencv_chain.disc_sum(PROB, footprint))
    footprint[:, :4] = disc(9)[:, :4]
    np.testing.assert_array_equal(backproj.disc_sum(PROB, footprint), before)


def test_many_discs_in_turn():
    discs = [*IRREGULAR.values()] * 2
    for footprint in discs:
        np.testing.assert_array_equal(
            backproj.disc_sum(PROB, footprint), opencv_chain.disc_sum(PROB, footprint)
        )


def test_a_disc_is_not_written_to():
    footprint = IRREGULAR["noise"].astype(float)
    before = footprint.copy()
    backproj.disc_sum(PROB, footprint)
    np.testing.assert_array_equal(footprint, before)
