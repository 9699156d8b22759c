"""Images of PIL are read in place where Pillow allows it, and tell the order of their channels."""

import tracemalloc

import numpy as np
import PIL.Image
import pytest

import backproj
from backproj._validate.views import view_frames
from helpers.image_objects import FRAME, GREY_HIST, HIST, MODEL, PROB, pil

BOX = 8, 6, 20, 16


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "RGBX"])
@pytest.mark.parametrize("order", [None, "rgb"])
def test_modes_of_pil_tell_the_order(mode, order):
    np.testing.assert_array_equal(HIST.back_project(pil(mode), order=order), PROB)
    assert backproj.Histogram(pil(mode, MODEL), order=order) == HIST


IS_READ_IN_PLACE = hasattr(PIL.Image.Image, "__arrow_c_array__")


@pytest.mark.skipif(not IS_READ_IN_PLACE, reason="this Pillow has no Arrow")
@pytest.mark.parametrize(("mode", "step"), [("RGB", 4), ("RGBA", 4), ("RGBX", 4), ("L", 1)])
def test_images_of_pil_are_read_in_place(mode, step):
    image = pil(mode, np.zeros((512, 512, 3), np.uint8))
    tracemalloc.start()
    try:
        view = view_frames(image, None, grey=True)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 20_000
    assert view.strides[:2] == (512 * step, step)
    assert not view.array.flags.writeable
    image.putpixel((3, 2), 200)
    assert view.array[2, 3].max() == 200


@pytest.mark.skipif(not IS_READ_IN_PLACE, reason="this Pillow has no Arrow")
def test_the_memory_of_an_image_of_pil_outlives_it():
    view = view_frames(pil("RGB"), None)
    others = [PIL.Image.new("RGB", (FRAME.shape[1], FRAME.shape[0])) for _ in range(100)]
    np.testing.assert_array_equal(view.array[..., ::-1], FRAME)
    assert len(others) == 100


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "RGBX", "L"])
def test_images_of_pil_are_copied_where_pillow_does_not_describe_their_memory(mode, monkeypatch):
    expected = GREY_HIST.back_project(pil(mode))
    with monkeypatch.context() as patch:
        patch.delattr(PIL.Image.Image, "__arrow_c_array__", raising=False)  # as before Pillow 11.3
        np.testing.assert_array_equal(GREY_HIST.back_project(pil(mode)), expected)
    alignment = PIL.Image.core.get_alignment()
    PIL.Image.core.set_alignment(64)  # gaps between rows
    try:
        image = pil(mode)
    finally:
        PIL.Image.core.set_alignment(alignment)
    np.testing.assert_array_equal(GREY_HIST.back_project(image), expected)


@pytest.mark.skipif(not IS_READ_IN_PLACE, reason="this Pillow has no Arrow")
@pytest.mark.parametrize("other", [("F", (53, 37)), ("RGB", (53, 36)), ("L", (53, 37))], ids=str)
def test_memory_that_is_not_what_the_image_is_said_to_be_is_not_read(other, monkeypatch):
    described = PIL.Image.new(*other).__arrow_c_array__()
    monkeypatch.setattr(PIL.Image.Image, "__arrow_c_array__", lambda _: described)
    np.testing.assert_array_equal(HIST.back_project(pil("RGB")), PROB)


def test_an_image_of_pil_without_pixels():
    assert HIST.back_project(PIL.Image.new("RGB", (0, 5))).shape == (5, 0)


def test_a_model_of_pil_and_a_frame_of_numpy_each_have_their_order():
    np.testing.assert_array_equal(backproj.back_project(pil("RGB"), MODEL), PROB)
    np.testing.assert_array_equal(
        backproj.back_project(np.ascontiguousarray(FRAME[..., ::-1]), pil("RGB", MODEL), order="rgb"), PROB
    )


def test_a_picture_file_is_read_without_more_ado(tmp_path):
    pil("RGB").save(tmp_path / "frame.png")
    with PIL.Image.open(tmp_path / "frame.png") as image:
        np.testing.assert_array_equal(HIST.back_project(image), PROB)


def test_a_damaged_picture_file_is_the_error_of_pil(tmp_path):
    pil("RGB").save(tmp_path / "frame.png")
    whole = (tmp_path / "frame.png").read_bytes()
    (tmp_path / "frame.png").write_bytes(whole[: len(whole) // 2])
    with PIL.Image.open(tmp_path / "frame.png") as image, pytest.raises(OSError, match="truncated"):
        HIST.back_project(image)


@pytest.mark.parametrize(
    "call",
    [
        lambda image: HIST.back_project(image, order="bgr"),
        lambda image: backproj.back_project(FRAME, image, order="bgr"),
        lambda image: backproj.Histogram([MODEL, image], order="bgr"),
        lambda image: HIST.cut_out(image, order="bgr"),
        lambda image: HIST.mean_shift(image, BOX, order="bgr"),
        lambda image: backproj.Tracker(order="bgr").init(image, BOX),
        lambda image: backproj.in_range(image, (0, 0, 0), (9, 9, 9), order="bgr"),
        lambda image: backproj.overlay(image, PROB, order="bgr"),
        lambda image: backproj.verify(image, order="bgr"),
    ],
)
def test_another_order_than_that_of_pil_is_an_error(call):
    with pytest.raises(TypeError, match=r"order='bgr' is not .*PIL image of mode RGB; leave order out"):
        call(pil("RGB"))


def test_images_of_pil_are_verified():
    image = pil("RGB", FRAME[:3, :3])
    assert all(comparison.passed for comparison in backproj.verify(image, pil("RGB", MODEL[:2, :2])))


@pytest.mark.parametrize("mode", ["1", "P", "PA", "LA", "CMYK", "YCbCr", "HSV", "LAB"])
def test_other_modes_of_pil_are_errors(mode):
    image = PIL.Image.new(mode, (8, 6))
    for hist in (HIST, GREY_HIST):
        with pytest.raises(TypeError, match=rf"^frame is a PIL image of mode {mode}; .*\.convert\('RGB'\)"):
            hist.back_project(image)
    if mode != "1":
        with pytest.raises(TypeError, match=rf"^mask is a PIL image of mode {mode}; .*\.convert\('L'\)"):
            backproj.Histogram(MODEL, mask=image)


def test_a_grey_image_of_pil_has_no_colours():
    with pytest.raises(ValueError, match=r"grey image has no colours.*frame\.convert\('RGB'\)"):
        HIST.back_project(pil("L"))


@pytest.mark.parametrize(("mode", "dtype"), [("I;16", "uint16"), ("I", "int32"), ("F", "float32")])
def test_deep_images_of_pil_are_errors_that_say_how_to_scale_them(mode, dtype):
    with pytest.raises(TypeError, match=rf"dtype {dtype} .* must be uint8; .*numpy\.asarray\(frame\)"):
        GREY_HIST.back_project(PIL.Image.new(mode, (8, 6)))
