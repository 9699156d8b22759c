"""Objects that cannot be read as they are raise errors that name the call that mends them."""

import sys
import types

import cv2
import numpy as np
import pytest

import backproj
from backproj._validate.views import view_frames
from helpers.image_objects import CUDA, FRAME, HIST, MODEL, PROB, DLPack, OldDLPack, pil


class Tensor(DLPack):
    """A tensor that looks like one of torch's."""

    def cpu(self):
        return Tensor(self.array)

    def permute(self, *axes):
        return Tensor(self.array.transpose(axes))


class TorchTensor(OldDLPack, Tensor):
    """A tensor that is one of torch's to those who ask its module."""

    def numpy(self):
        return self.array


class TensorForAnotherNumpy(TorchTensor):
    """The same of a torch that was built for numpy 1, with numpy 2."""

    def numpy(self):
        raise RuntimeError("Numpy is not available")


@pytest.fixture
def torch_is_imported(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", types.SimpleNamespace(Tensor=TorchTensor))


@pytest.mark.usefixtures("torch_is_imported")
@pytest.mark.parametrize("kind", [TorchTensor, TensorForAnotherNumpy])
def test_tensors_of_any_torch_are_read_in_place(kind):
    assert np.shares_memory(view_frames(kind(FRAME), None).array, FRAME)


@pytest.mark.usefixtures("torch_is_imported")
def test_tensors_of_torch_are_written_to_though_dlpack_did_not_tell_that_they_may_be():
    out = TorchTensor(np.empty_like(PROB))
    assert HIST.back_project(FRAME, out=out) is out
    np.testing.assert_array_equal(out.array, PROB)


@pytest.mark.usefixtures("torch_is_imported")
@pytest.mark.parametrize(
    ("dtype", "fix"),
    [
        (np.float32, r"; \(frame \* 255\)\.round\(\)\.to\(torch\.uint8\) .* frame\.to\(torch\.uint8\)"),
        (np.int64, r"; frame\.to\(torch\.uint8\) converts"),
    ],
)
def test_errors_about_tensors_of_torch_name_calls_of_torch(dtype, fix):
    with pytest.raises(TypeError, match=rf"dtype {np.dtype(dtype)} .*{fix}"):
        HIST.back_project(TorchTensor(FRAME.astype(dtype)))


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


def test_a_list_of_objects_is_no_batch():
    with pytest.raises(TypeError, match=r"list of length 2; numpy\.stack\(frame\)"):
        HIST.back_project([pil("RGB"), pil("RGB")])
