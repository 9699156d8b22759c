"""A histogram's mean shift and CamShift in a frame are OpenCV's on its back projection of the frame."""

import itertools

import cv2
import numpy as np
import pytest
import skimage.data

import backproj
from backproj._engine.kernels import forced
from helpers import opencv_chain, planes
from helpers.histograms import HISTS, model_of
from helpers.image_views import views
from helpers.shift_judge import BOTH, check, shifts

pytestmark = [shifts, pytest.mark.usefixtures("opencvs_own_code")]

ALL = backproj.info()["kernels"]


@pytest.fixture(params=["astronaut", "coffee", "chelsea", "rocket"], scope="module")
def picture(request):
    return np.ascontiguousarray(getattr(skimage.data, request.param)()[..., ::-1])


@pytest.fixture(params=[3, 4], ids="{} channels".format, scope="module")
def image(request):
    return np.random.default_rng(5).integers(0, 256, (41, 67, request.param), np.uint8)


@pytest.fixture(scope="module")
def hist(image):
    return backproj.Histogram(np.ascontiguousarray(image[:20, :20, :3]))


def check_windows(shift, hist, frame, number=1, **options):
    """Fail unless windows of all kinds in the frame are shifted as in its back projection."""
    random = np.random.default_rng(number)
    prob = hist.back_project(frame, **options)
    turn = itertools.cycle(planes.CRITERIA.values())
    for _ in range(number):
        for window in planes.windows(random, prob.shape):
            check(shift, prob, window, next(turn), hist=hist, frame=frame, **options)


@pytest.mark.parametrize("make", HISTS.values(), ids=HISTS)
def test_photographs(picture, make, shift):
    check_windows(shift, make(model_of(picture)), picture, 2)


def test_a_photograph_with_opencvs_whole_chain(picture, shift):
    model = model_of(picture)
    values, prob = opencv_chain.camshift(
        opencv_chain.to_hsv(picture), model, (0, 60, 32), (180, 255, 255), 16, channels="h"
    )
    hist = HISTS["CamShift's"](model)
    np.testing.assert_array_equal(hist.values, values)
    for window in planes.windows(np.random.default_rng(9), prob.shape):
        check(shift, prob, window, hist=hist, frame=picture)


@pytest.mark.parametrize("kernel", ALL)
def test_every_kernel(kernel, photograph, shift):
    with forced(kernel):
        for make in HISTS.values():
            check_windows(shift, make(model_of(photograph)), photograph)


@pytest.mark.parametrize("order", ["bgr", "rgb"])
def test_orders(order, photograph, shift):
    hist = backproj.Histogram(model_of(photograph))
    turned = np.ascontiguousarray(photograph[..., ::-1])
    check_windows(shift, hist, photograph if order == "bgr" else turned, order=order)
    for window in planes.windows(np.random.default_rng(4), photograph.shape[:2]):
        call = getattr(hist, shift)
        assert call(photograph, window) == call(turned, window, order="rgb")
        assert call(photograph[..., ::-1], window) == call(photograph, window, order="rgb")


@pytest.mark.parametrize("memory", ["C", "F"])
@pytest.mark.parametrize("order", ["bgr", "rgb"])
@pytest.mark.parametrize("writeable", [True, False], ids=["writeable", "read-only"])
def test_views(image, hist, memory, order, writeable, shift):
    image = np.array(image, order=memory)
    image.flags.writeable = writeable
    for view in views(image):
        check_windows(shift, hist, view, order=order)


SPREAD = {
    "planar": lambda image: np.moveaxis(np.ascontiguousarray(np.moveaxis(image, -1, 0)), 0, -1),
    "the other order": lambda image: image[..., 2::-1],
    "three of four channels": lambda image: np.concatenate([image, image], axis=-1)[..., 1:5],
    "one row": lambda image: np.broadcast_to(image[7], image.shape),
    "one column": lambda image: np.broadcast_to(image[:, 7:8], image.shape),
    "one colour": lambda image: np.broadcast_to(image[7, 7], image.shape),
    "one grey channel": lambda image: np.broadcast_to(image[..., :1], (*image.shape[:2], 3)),
}


@pytest.mark.parametrize("view", SPREAD.values(), ids=SPREAD)
def test_views_that_repeat_or_reorder_memory(image, hist, view, shift):
    check_windows(shift, hist, view(image), 3)


def test_memory_maps(tmp_path, photograph, shift):
    photograph.tofile(tmp_path / "frame")
    mapped = np.memmap(tmp_path / "frame", np.uint8, "r", shape=photograph.shape)
    check_windows(shift, backproj.Histogram(model_of(photograph)), mapped, 2)


@pytest.mark.parametrize("shape", [(1, 1), (1, 2), (2, 1), (1, 50), (50, 1), (3, 7)], ids=str)
def test_frames_of_few_pixels(shape, shift):
    frame = np.random.default_rng(6).integers(0, 256, (*shape, 3), np.uint8)
    check_windows(shift, backproj.Histogram(frame, peak=255), frame, 9)


@pytest.fixture(scope="module")
def large():
    return np.random.default_rng(6).integers(0, 256, (600, 2100, 3), np.uint8)


@pytest.mark.parametrize("height", planes.HEIGHTS)
@pytest.mark.parametrize("kernel", sorted({ALL[0], ALL[-1]}))
def test_windows_of_every_size(large, height, kernel, shift):
    random = np.random.default_rng(height)
    hist = backproj.Histogram(large[:20, :20], channels="h")
    prob = hist.back_project(large)
    with forced(kernel):
        for width in planes.WIDTHS[::4] + planes.WIDTHS[-6:]:
            window = *random.integers(0, (2100 - width, 600 - height)).tolist(), width, height
            check(shift, prob, window, (3, 4, 0), hist=hist, frame=large)


# Sums that are as large as they can be.
FULL = [(258, 1025), (515, 2049), (1100, 33), (9, 40_000), (2500, 9), (600, 1800)]


@pytest.mark.parametrize("shape", FULL, ids=str)
@pytest.mark.parametrize("kernel", ALL)
def test_frames_that_are_all_of_the_models_colour(shape, kernel, shift):
    height, width = shape
    frame = np.broadcast_to(np.array([30, 60, 220], np.uint8), (*shape, 3))
    hist = backproj.Histogram(frame[:5, :5])
    prob = np.full(shape, 255, np.uint8)
    with forced(kernel):
        for window in ((0, 0, width, height), (width // 3, height // 3, width, height)):
            check(shift, prob, window, hist=hist, frame=frame)


LARGE_VIEWS = {
    "in place": lambda frame: frame,
    "backwards": lambda frame: frame[:, ::-1],
    "transposed": lambda frame: frame.transpose(1, 0, 2),
}


@pytest.mark.parametrize("view", LARGE_VIEWS.values(), ids=LARGE_VIEWS)
def test_a_window_of_millions_of_pixels(photograph, view, shift):
    hist = backproj.Histogram(model_of(photograph))
    frame = view(np.tile(photograph, (3, 4, 1)))  # 1536×2048
    prob = hist.back_project(frame)
    height, width = prob.shape
    for window in ((0, 0, width, height), (30, 20, width, height), (-9, 50, width - 30, height)):
        check(shift, prob, window, (3, 5, 0), hist=hist, frame=frame)


def slope(columns, rows):
    """Return a histogram and a frame: what it projects to grows from left to right, hue by hue."""
    hues = np.arange(180, dtype=np.float32)
    hist = backproj.Histogram.from_values(np.float32(255) ** (hues / 180), channels="h")
    hsv = np.full((rows, columns, 3), 255, np.uint8)
    hsv[..., 0] = np.linspace(0, 179.9, columns)
    return hist, cv2.cvtColor(hsv, cv2.COLOR_HSV2BGR)


@pytest.mark.parametrize(("columns", "width"), [(700, 129), (3000, 300)])
def test_a_window_climbs_over_the_whole_frame(columns, width, shift):
    hist, frame = slope(columns, 90)
    for some in (frame, frame[:, ::-1], np.ascontiguousarray(frame.transpose(1, 0, 2))):
        prob = hist.back_project(some)
        rows, along = prob.shape
        for most in (1, 2, 10, 100, 1000):
            for x, y in ((0, 0), (along - 1, 5), (along // 2, rows // 2), (0, rows - 1)):
                window = x - x * width // along, y - y * width // rows, min(width, along), min(width, rows)
                check(shift, prob, window, (3, most, 1), hist=hist, frame=some)
    assert hist.mean_shift(frame, (0, 0, width, 90), (3, 1000, 1))[1][0] > columns // 2


def test_a_window_climbs_farther_than_pixels_are_kept(shift):
    hist, frame = slope(6000, 900)
    for some, window in ((frame, (900, 50, 600, 800)), (frame[::-1, ::-1], (4400, 50, 600, 800))):
        prob = hist.back_project(some)
        check(shift, prob, window, (3, 500, 1), hist=hist, frame=some)
        assert abs(hist.mean_shift(some, window, (3, 500, 1))[1][0] - window[0]) > 4000


def test_a_frame_is_as_it_was(photograph, shift):
    frame = photograph.copy()
    getattr(backproj.Histogram(model_of(frame)), shift)(frame, (9, 9, 300, 300), BOTH)
    np.testing.assert_array_equal(frame, photograph)
