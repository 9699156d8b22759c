"""disc_sum is OpenCV's filter2D by ellipses, rectangles and crosses, on planes of any size."""

import cv2
import numpy as np
import pytest
import skimage.data

import backproj
from backproj._engine.kernels import forced
from helpers import formula, opencv_chain
from helpers.discs import PLANES, SHAPES, disc, shapes

MAKERS = list(PLANES.values())


def check(prob, footprint, expected=None, **options):
    """Fail unless the sums are OpenCV's."""
    found = backproj.disc_sum(prob, footprint, **options)
    if expected is None:
        expected = opencv_chain.disc_sum(prob, footprint)
    np.testing.assert_array_equal(found, expected, f"{footprint.shape} on {prob.shape}")


def plane(random, height=None, width=None):
    """Return a plane of a random kind, and if it has no size yet of a random one."""
    shape = [int(random.integers(1, 71)) if length is None else length for length in (height, width)]
    return MAKERS[random.integers(len(MAKERS))](random, tuple(shape))


@pytest.mark.parametrize("size", range(1, 42))
def test_squares_wide_and_high_discs(size):
    random = np.random.default_rng(size)
    for width, height in {(size, size), (size, 1), (1, size), (size, 5), (6, size), (size, 41)}:
        for footprint in shapes(width, height):
            check(plane(random), footprint)


@pytest.mark.exhaustive
@pytest.mark.parametrize("height", range(1, 42))
def test_every_size(height):
    random = np.random.default_rng(height)
    for width in range(1, 42):
        for footprint in shapes(width, height):
            check(plane(random), footprint)


SMALL = [(1, 1), (2, 2), (3, 3), (5, 5), (4, 9), (31, 31), (41, 6), (1, 40)]


@pytest.mark.parametrize("height", range(1, 71))
def test_planes_of_every_size_even_if_the_disc_is_larger(height):
    random = np.random.default_rng(height)
    for width in range(1, 71):
        size = SMALL[(width + height) % len(SMALL)]
        check(plane(random, height, width), shapes(*size)[width % 3])


@pytest.mark.parametrize("size", [41, 100, 255])
def test_planes_far_smaller_than_the_disc(size):
    random = np.random.default_rng(size)
    for shape in ((1, 1), (1, 2), (2, 1), (2, 3), (3, 40), (50, 2), (1, 300), (300, 1), (7, 9)):
        for footprint in shapes(size, size):
            prob = np.uint8(random.random(shape) < 0.3)
            check(prob, footprint, formula.disc_sum(prob, footprint))


WIDTHS = [n + more for n in (64, 128, 256, 512, 1024, 2000) for more in (-2, -1, 0, 1, 2)]


@pytest.mark.parametrize("width", WIDTHS)
def test_widths_around_those_of_strips_and_vectors(width):
    random = np.random.default_rng(width)
    for height, size in ((1, (5, 5)), (3, (11, 11)), (8, (1, 7)), (13, (6, 3)), (40, (31, 31))):
        prob = plane(random, height, width)
        for footprint in shapes(*size):
            check(prob, footprint)


PICTURES = {name: getattr(skimage.data, name)()[..., ::-1] for name in ("astronaut", "chelsea", "coffee")}
SIZES = [(2, 2), (3, 3), (5, 5), (11, 11), (12, 8), (31, 31), (41, 41)]


@pytest.fixture(scope="module", params=PICTURES.values(), ids=PICTURES)
def probs(request):
    """The back projections of several models onto a photograph."""
    height, width = request.param.shape[:2]
    models = [request.param[y : y + 40, x : x + 40] for y in (50, height - 90) for x in (60, width // 2)]
    return [
        backproj.back_project(request.param, model, bins=bins, peak=255)
        for model, bins in zip(models, (32, 8, (180, 256), (30, 32)), strict=True)
    ]


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_photographs(size, probs):
    for prob, footprint in zip(probs, [*shapes(*size), shapes(*size)[0]], strict=True):
        check(prob, footprint)


@pytest.mark.parametrize("kind", PLANES.values(), ids=PLANES)
def test_contents(kind):
    random = np.random.default_rng(3)
    for size in SIZES:
        for footprint in shapes(*size):
            check(kind(random, (60, 203)), footprint)


@pytest.mark.parametrize("size", [50, 51, 64, 100, 127, 128, 200, 254, 255])
@pytest.mark.parametrize("shape", SHAPES)
def test_discs_of_up_to_255_pixels_a_side(size, shape):
    random = np.random.default_rng(size)
    for other in {size, 255, size // 3}:
        footprint = cv2.getStructuringElement(SHAPES[shape], (size, other))
        # Where most sums are less than 255.
        prob = np.uint8(random.random((140, 300)) < 150 / footprint.sum())
        check(prob, footprint, formula.disc_sum(prob, footprint))


def test_sums_beside_far_larger_ones_are_exact():
    # OpenCV's, by a Fourier transform in single precision, are off by up to 5.
    footprint = np.ones((255, 255), np.uint8)
    prob = np.uint8(np.random.default_rng(0).random((300, 600)) < 100 / footprint.size)
    prob[:, :300] = 255
    check(prob, footprint, formula.disc_sum(prob, footprint))


@pytest.mark.parametrize("kernel", backproj.info()["kernels"])
def test_each_kernel(kernel):
    random = np.random.default_rng(5)
    with forced(kernel):
        for size in SIZES:
            for width in (1, 7, 63, 64, 65, 130, 300):
                check(plane(random, 23, width), shapes(*size)[width % 3])


@pytest.mark.parametrize("size", [5, 31])
@pytest.mark.parametrize("shape", [(4000, 5000), (60, 50_000), (50_000, 61)], ids=str)
def test_large_planes(size, shape):
    tile = plane(np.random.default_rng(7), 97, 203)
    prob = np.resize(tile, shape)
    check(prob, disc(size))
