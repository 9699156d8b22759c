"""Whatever holds an image gives what a numpy array of it gives, and is read in place."""

import tracemalloc

import cv2
import dask.array as da
import numpy as np
import PIL.Image
import pytest

import backproj
import backproj.dask
from backproj._validate.views import view_frames, view_masks, view_out, view_planes
from helpers.image_objects import CUDA, CUDA_HOST, DLPack, Interface, kinds, library_kinds

RNG = np.random.default_rng(20)
FRAME = RNG.integers(0, 256, (37, 53, 3), np.uint8)
FRAME[8:20, 10:26] = RNG.integers((10, 30, 180), (60, 90, 256), (12, 16, 3), np.uint8)
MODEL = np.ascontiguousarray(FRAME[9:19, 11:25])
MASK = RNG.integers(0, 2, MODEL.shape[:2], np.uint8)
GREY = np.ascontiguousarray(FRAME[..., 1])
HIST = backproj.Histogram(MODEL)
GREY_HIST = backproj.Histogram(MODEL, channels="gray")
PROB = HIST.back_project(FRAME)
DISC = np.array([[0, 1, 0], [1, 1, 1]], np.uint8)
BOX = 8, 6, 20, 16


def track(of):
    tracker = backproj.Tracker(adapt=0.1)
    tracker.init(of(FRAME), BOX)
    return *tracker.update(of(FRAME)), tracker.score


# Every call that takes an array. Each gets a function that makes an object of one.
CALLS = {
    "Histogram": lambda of: backproj.Histogram(of(MODEL)).counts,
    "Histogram, mask": lambda of: backproj.Histogram(of(MODEL), mask=of(MASK)).counts,
    "Histogram, mask of bool": lambda of: backproj.Histogram(of(MODEL), mask=of(MASK != 0)).counts,
    "Histogram, list": lambda of: backproj.Histogram([of(MODEL), MODEL], mask=[None, of(MASK)]).counts,
    "Histogram, grey": lambda of: backproj.Histogram(of(GREY), channels="gray").counts,
    "from_values": lambda of: backproj.Histogram.from_values(of(HIST.values), channels="hs").values,
    "back_project, model": lambda of: backproj.back_project(of(FRAME), of(MODEL), mask=of(MASK)),
    "back_project, model of numpy": lambda of: backproj.back_project(of(FRAME), MODEL),
    "back_project, frame of numpy": lambda of: backproj.back_project(FRAME, of(MODEL)),
    "back_project, histogram": lambda of: backproj.back_project(of(FRAME), HIST),
    "back_project, histograms": lambda of: backproj.back_project(of(FRAME), [HIST, GREY_HIST]),
    "Histogram.back_project": lambda of: HIST.back_project(of(FRAME)),
    "Histogram.back_project, grey": lambda of: GREY_HIST.back_project(of(GREY)),
    "Histogram.segment": lambda of: HIST.segment(of(FRAME), disc=of(DISC)),
    "Histogram.mean_shift": lambda of: HIST.mean_shift(of(FRAME), BOX),
    "Histogram.cam_shift": lambda of: HIST.cam_shift(of(FRAME), BOX),
    "Tracker": track,
    "in_range": lambda of: backproj.in_range(of(FRAME), (0, 0, 60), (30, 255, 255)),
    "in_range, grey": lambda of: backproj.in_range(of(GREY), 30, 90, space="gray"),
    "disc_sum": lambda of: backproj.disc_sum(of(PROB), of(DISC)),
    "disc_sum, disc of bool": lambda of: backproj.disc_sum(PROB, of(DISC != 0)),
    "segment": lambda of: backproj.segment(of(PROB), disc=of(DISC)),
    "cut_out, grey": lambda of: backproj.cut_out(of(GREY), of(PROB)),
    "mean_shift": lambda of: backproj.mean_shift(of(PROB), BOX),
    "cam_shift": lambda of: backproj.cam_shift(of(PROB), BOX),
    "locate": lambda of: backproj.locate(of(PROB), (16, 12)),
    "overlay, grey": lambda of: backproj.overlay(of(GREY), of(PROB)),
    "dask": lambda of: backproj.dask.histogram(da.from_array(MODEL), mask=of(MASK)).compute(
        scheduler="synchronous"
    ),
}

# Those whose results have colours, in the order of the frame.
COLOUR_CALLS = {
    "Histogram.cut_out": lambda of: HIST.cut_out(of(FRAME)),
    "cut_out": lambda of: backproj.cut_out(of(FRAME), of(PROB)),
    "overlay": lambda of: backproj.overlay(of(FRAME), of(PROB)),
    "overlay, prob of bool": lambda of: backproj.overlay(of(FRAME), of(PROB > 99)),
}

# Images of PIL's have no axis for these.
BATCH = np.stack([FRAME, FRAME[::-1]])
BATCH_CALLS = {
    "Histogram.back_project": lambda of: HIST.back_project(of(BATCH)),
    "Histogram.back_project, grey": lambda of: GREY_HIST.back_project(of(BATCH[..., 0])),
    "back_project": lambda of: backproj.back_project(of(BATCH), of(MODEL)),
    "Histogram.cut_out": lambda of: HIST.cut_out(of(BATCH)),
    "segment": lambda of: backproj.segment(of(HIST.back_project(BATCH))),
    "cut_out": lambda of: backproj.cut_out(of(BATCH), of(HIST.back_project(BATCH) > 99)),
    "in_range": lambda of: backproj.in_range(of(BATCH), (0, 0, 60), (30, 255, 255)),
    "from_values": lambda of: (
        backproj.Histogram.from_values(of(np.ones((3, 4, 5), np.float32)), channels="hsv").values
    ),
}


def rows(table):
    return pytest.mark.parametrize("call", table.values(), ids=table)


def contiguous(make):
    """Return what makes an object of a contiguous copy, as some kinds need it."""
    return lambda array: make(np.array(array, order="C"))


@kinds()
@rows(CALLS)
def test_an_object_gives_what_an_array_gives(kind, call):
    result, expected = call(contiguous(kind.make)), call(np.asarray)
    assert type(result) is type(expected)
    np.testing.assert_equal(result, expected)


@kinds()
@rows(COLOUR_CALLS)
def test_colours_come_in_the_order_of_the_object(kind, call):
    result, expected = call(contiguous(kind.make)), call(np.asarray)
    assert type(result) is np.ndarray
    np.testing.assert_array_equal(result, expected[..., ::-1] if kind.is_rgb else expected)


@kinds(is_rgb=False)
@rows(BATCH_CALLS)
def test_batches(kind, call):
    np.testing.assert_array_equal(call(contiguous(kind.make)), call(np.asarray))


# The same frame in memory of other strides.
STRIDED = {
    "a crop": lambda: np.pad(FRAME, ((2, 3), (4, 5), (0, 0)))[2:-3, 4:-5],
    "planar": lambda: np.moveaxis(np.ascontiguousarray(np.moveaxis(FRAME, -1, 0)), 0, -1),
    "upside down": lambda: np.ascontiguousarray(FRAME[::-1])[::-1],
    "mirrored": lambda: np.ascontiguousarray(FRAME[:, ::-1])[:, ::-1],
    "three of four channels": lambda: np.dstack([FRAME, GREY])[..., :3],
    "read-only": lambda: np.frombuffer(FRAME.tobytes(), np.uint8).reshape(FRAME.shape),
}


@kinds(in_place=True)
@pytest.mark.parametrize("strided", STRIDED.values(), ids=STRIDED)
def test_memory_of_any_strides_is_read_in_place(kind, strided):
    array = strided()
    if kind.make.__name__ == "OldDLPack" and not array.flags.writeable:
        pytest.skip("without versions, DLPack has no way to hand out what is read-only")
    view = view_frames(kind.make(array), None)
    assert view.strides == array.strides
    assert view.address == array.__array_interface__["data"][0]
    np.testing.assert_array_equal(HIST.back_project(kind.make(array)), PROB)


@pytest.mark.parametrize("kind", library_kinds())
def test_tensors_are_read_in_place(kind):
    tensor = kind.make(FRAME)
    assert np.shares_memory(view_frames(tensor, None).array, np.from_dlpack(tensor))


def test_a_permuted_tensor_of_torch_is_read_in_place():
    torch = pytest.importorskip("torch")
    planar = torch.from_numpy(np.ascontiguousarray(np.moveaxis(FRAME, -1, 0)))
    view = view_frames(planar.permute(1, 2, 0), None)
    assert view.strides == (53, 1, 37 * 53)
    assert view.address == planar.data_ptr()
    batch = torch.stack([planar, planar]).to(memory_format=torch.channels_last)
    assert view_frames(batch.permute(0, 2, 3, 1), None).strides == (3 * 37 * 53, 3 * 53, 3, 1)


@kinds(in_place=True)
def test_masks_and_planes_are_read_in_place(kind):
    frames = view_frames(FRAME, None)
    for array, view in (
        (PROB, view_planes(kind.make(PROB), "prob")),
        (PROB > 9, view_masks(kind.make(PROB > 9), frames)),
    ):
        np.testing.assert_array_equal(view.array, array)
    assert np.shares_memory(view_planes(kind.make(PROB), "prob").array, PROB)


@kinds(in_place=True)
def test_a_call_allocates_no_copy(kind):
    frame = np.zeros((512, 512, 3), np.uint8)
    image, out = kind.make(frame), np.empty(frame.shape[:2], np.uint8)
    HIST.back_project(image, out=out)
    tracemalloc.start()
    try:
        HIST.back_project(image, out=out)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < frame.nbytes / 20


@kinds(writeable=True)
def test_a_result_is_written_to_an_object(kind):
    for call, expected in {
        lambda out: HIST.back_project(FRAME, out=out): PROB,
        lambda out: backproj.back_project(FRAME, MODEL, out=out): PROB,
        lambda out: HIST.segment(FRAME, out=out): HIST.segment(FRAME),
        lambda out: HIST.cut_out(FRAME, out=out): HIST.cut_out(FRAME),
        lambda out: backproj.disc_sum(PROB, out=out): backproj.disc_sum(PROB),
        lambda out: backproj.segment(PROB, out=out): backproj.segment(PROB),
        lambda out: backproj.cut_out(FRAME, PROB, out=out): backproj.cut_out(FRAME, PROB),
        lambda out: backproj.in_range(FRAME, (0, 0, 0), (99, 99, 99), out=out): backproj.in_range(
            FRAME, (0, 0, 0), (99, 99, 99)
        ),
    }.items():
        out = kind.make(np.full_like(expected, 77))
        assert call(out) is out
        np.testing.assert_array_equal(view_planes_or_frames(out), expected)


def view_planes_or_frames(value):
    source = view_frames(FRAME, None)
    shape = FRAME.shape if len(np.shape(memory_of(value))) == 3 else PROB.shape
    return view_out(value, shape, source).array


def memory_of(value):
    return value.array if hasattr(value, "array") else value


@kinds(writeable=True)
def test_a_plane_may_be_written_to_itself(kind):
    plane = kind.make(np.array(PROB))
    assert backproj.disc_sum(plane, 3, out=plane) is plane
    np.testing.assert_array_equal(view_planes(plane, "prob").array, backproj.disc_sum(PROB, 3))


@kinds(writeable=False)
def test_what_cannot_be_written_is_no_out(kind):
    with pytest.raises((TypeError, ValueError), match=r"^out (must be|of shape .* is read-only)"):
        HIST.back_project(FRAME, out=kind.make(np.array(PROB)))


def test_an_object_that_shares_memory_with_the_frame_is_no_out():
    frame = np.array(FRAME)
    with pytest.raises(ValueError, match="shares memory with the frame"):
        HIST.back_project(DLPack(frame), out=DLPack(frame[..., 0]))


def test_memory_that_a_gpu_pinned_is_the_cpus():
    np.testing.assert_array_equal(HIST.back_project(DLPack(FRAME, CUDA_HOST)), PROB)


def pil(mode, image=FRAME):
    return PIL.Image.fromarray(np.ascontiguousarray(image[..., ::-1])).convert(mode)


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


class Tensor(DLPack):
    """A tensor that looks like one of torch's."""

    def cpu(self):
        return Tensor(self.array)

    def permute(self, *axes):
        return Tensor(self.array.transpose(axes))


class CuPyArray(DLPack):
    def get(self):
        return self.array


class NumbaArray:
    __cuda_array_interface__ = property(lambda self: {"shape": (6, 8, 3), "version": 3})

    def copy_to_host(self):
        return FRAME


class WithoutDevice(DLPack):
    def __dlpack_device__(self):
        raise ValueError("Unknown device type meta")


class WithGradient(DLPack):
    def __dlpack__(self, **options):
        raise BufferError("Can't export tensors that require gradient, use tensor.detach()")


class Strange:
    __array_interface__ = property(lambda self: 3)


class Objects(Strange):
    __array_interface__ = property(lambda self: getattr(self, "missing"))  # noqa: B009


def released():
    view = memoryview(np.array(FRAME))
    view.release()
    return view


# (object, what its error says)
UNREADABLE = {
    "torch on a GPU": (Tensor(FRAME, CUDA), r"Tensor, whose memory .* GPU.*; {}\.cpu\(\) copies"),
    "CuPy": (CuPyArray(FRAME, CUDA), r"CuPyArray, whose memory .* GPU.*; {}\.get\(\) copies"),
    "numba": (NumbaArray(), r"NumbaArray, whose memory .* GPU.*; {}\.copy_to_host\(\) copies"),
    "JAX on a GPU": (DLPack(FRAME, CUDA), r"DLPack, whose memory .* GPU.*; numpy\.asarray\({}\) copies"),
    "no device": (
        WithoutDevice(FRAME),
        "WithoutDevice that cannot be read in place: Unknown device",
    ),
    "a gradient": (WithGradient(FRAME), "WithGradient that cannot .*: Can't export .* use tensor.detach"),
    "a strange interface": (Strange(), "Strange that cannot be read in place: .*__array_interface__"),
    "an interface that is not there": (Objects(), "Objects that cannot .*: numpy makes an array of objects"),
    "a released memoryview": (released(), "memoryview that cannot be read in place: .*released"),
    "a UMat": (cv2.UMat(FRAME), r"cv2\.UMat, whose memory .* GPU.*; {}\.get\(\) copies"),
}


@pytest.mark.parametrize(("value", "says"), UNREADABLE.values(), ids=UNREADABLE)
def test_what_cannot_be_read_is_an_error_with_the_mend(value, says):
    calls = {
        "frame": HIST.back_project,
        "model": backproj.Histogram,
        "mask": lambda mask: backproj.Histogram(MODEL, mask=mask),
        "prob": lambda prob: backproj.locate(prob, (2, 2)),
        "image": lambda image: backproj.in_range(image, (0, 0, 0), (9, 9, 9)),
        "frame ": lambda frame: backproj.cut_out(frame, PROB),
        "out": lambda out: HIST.back_project(FRAME, out=out),
        "disc": lambda disc: backproj.disc_sum(PROB, disc),
        "values": lambda values: backproj.Histogram.from_values(values, channels="hsv"),
    }
    for name, call in calls.items():
        with pytest.raises(TypeError, match=f"^{name.strip()} .*{says.format(name.strip())}") as caught:
            call(value)
        assert "\n" not in str(caught.value)


def test_tensors_with_channels_first_are_errors_that_show_how_to_permute():
    planes = np.ascontiguousarray(np.moveaxis(FRAME, -1, 0))
    with pytest.raises(ValueError, match=r"\(3, 37, 53\); frame\.permute\(1, 2, 0\) moves the channels"):
        HIST.back_project(Tensor(planes))
    with pytest.raises(ValueError, match=r"\(1, 3, 37, 53\); frame\.permute\(0, 2, 3, 1\) moves"):
        HIST.back_project(Tensor(planes[np.newaxis]))
    permuted = Tensor(planes).permute(1, 2, 0)
    assert np.shares_memory(view_frames(permuted, None).array, planes)
    np.testing.assert_array_equal(HIST.back_project(permuted), PROB)


@pytest.mark.parametrize(
    ("array", "fix"),
    [
        (FRAME.astype(np.float32), r"img_as_ubyte\(numpy\.asarray\(frame\)\)"),
        (FRAME.astype(np.uint16), r"\(numpy\.asarray\(frame\) >> 8\)"),
    ],
    ids=["float32", "uint16"],
)
def test_objects_of_other_dtypes_are_errors(array, fix):
    with pytest.raises(TypeError, match=rf"dtype {array.dtype} and shape \(37, 53, 3\).*{fix}"):
        HIST.back_project(DLPack(array))


def test_an_object_is_held_while_its_memory_is_viewed():
    view = view_frames(Interface(np.array(FRAME)), None)
    np.testing.assert_array_equal(view.array, FRAME)


def test_a_list_of_objects_is_no_batch():
    with pytest.raises(TypeError, match=r"list of length 2; numpy\.stack\(frame\)"):
        HIST.back_project([pil("RGB"), pil("RGB")])
