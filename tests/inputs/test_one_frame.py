"""One frame of any memory layout gives the result of a contiguous copy in one Go call, or is an error."""

import numpy as np
import pytest
from numpy.lib.stride_tricks import as_strided

import backproj
from backproj._engine import blocks
from helpers.image_views import Subclass

H, W = 37, 53


def pixels(*shape):
    return np.random.default_rng(17).integers(0, 256, shape, np.uint8)


def read_only(array):
    array.flags.writeable = False
    return array


def one_buffer(frame_at, out_at, channels=3):
    """Return a frame and an out that begin at those bytes of one array."""
    buffer = pixels(5 * H * W + 64)
    frame = buffer[frame_at:][: H * W * channels].reshape(H, W, channels)
    return frame, buffer[out_at:][: H * W].reshape(H, W)


# (frame, out) that are arrays, or views of arrays.
GOOD = {
    "three channels": lambda: (pixels(H, W, 3), None),
    "four channels": lambda: (pixels(H, W, 4), None),
    "into out": lambda: (pixels(H, W, 3), pixels(H, W)),
    "four channels into out": lambda: (pixels(H, W, 4), pixels(H, W)),
    "read-only": lambda: (read_only(pixels(H, W, 3)), pixels(H, W)),
    "rows of a larger one": lambda: (pixels(2 * H, W, 3)[5 : H + 5], pixels(2 * H, W)[3 : H + 3]),
    "a frame of a batch": lambda: (pixels(3, H, W, 3)[1], pixels(2, H, W)[1]),
    "one pixel": lambda: (pixels(1, 1, 3), pixels(1, 1)),
    "one row": lambda: (pixels(1, W, 4), pixels(1, W)),
    "one column": lambda: (pixels(H, 1, 3), pixels(H, 1)),
    "a crop": lambda: (pixels(2 * H, 2 * W, 3)[3 : 3 + H, 5 : 5 + W], None),
    "a crop of four channels": lambda: (pixels(2 * H, 2 * W, 4)[3 : 3 + H, 5 : 5 + W], None),
    "three channels of four": lambda: (pixels(H, W, 4)[..., :3], None),
    "upside down": lambda: (pixels(H, W, 3)[::-1], None),
    "Fortran": lambda: (np.asfortranarray(pixels(H, W, 3)), None),
    "two parts of an array": lambda: one_buffer(0, 3 * H * W),
    "two parts the other way": lambda: one_buffer(H * W, 0),
    "two parts of four channels": lambda: one_buffer(0, 4 * H * W, 4),
    "broadcast, but of its own shape": lambda: (np.broadcast_arrays(pixels(H, W, 3), 0)[0], None),
    "with a dtype of its own": lambda: (pixels(H, W, 3).view(np.dtype("u1", metadata={"of": "me"})), None),
    "a batch": lambda: (pixels(3, H, W, 3), pixels(3, H, W)),
    "no rows": lambda: (pixels(0, W, 3), None),
    "no columns": lambda: (pixels(H, 0, 3), pixels(H, 0)),
    "a subclass": lambda: (pixels(H, W, 3).view(Subclass), pixels(H, W)),
    "out of a subclass": lambda: (pixels(H, W, 3), pixels(H, W).view(Subclass)),
    "out with gaps": lambda: (pixels(H, W, 3), pixels(H, 2 * W)[:, ::2]),
    "out transposed": lambda: (pixels(H, W, 3), pixels(W, H).T),
    "the fourth channel": lambda: (lambda frame: (frame, frame[..., 3]))(pixels(H, W, 4)),
    "out from the last fourth channel": lambda: one_buffer(0, 4 * H * W - 1, 4),
}

# (frame, out) that are mistakes.
MISTAKES = {
    "a masked array": lambda: (np.ma.asarray(pixels(H, W, 3)), None),
    "another dtype": lambda: (pixels(H, W, 3).astype(np.int8), None),
    "grey": lambda: (pixels(H, W), None),
    "five channels": lambda: (pixels(H, W, 5), None),
    "a list": lambda: ([[[0, 0, 0]]], None),
    "a list as out": lambda: (pixels(H, W, 3), [0]),
    "out of another shape": lambda: (pixels(H, W, 3), pixels(W, H)),
    "out of another dtype": lambda: (pixels(H, W, 3), pixels(H, W).astype(np.int8)),
    "out that is read-only": lambda: (pixels(H, W, 3), read_only(pixels(H, W))),
    "out that is one row": lambda: (pixels(H, W, 3), as_strided(pixels(W), (H, W), (0, 1))),
    "out that is the frame": lambda: one_buffer(0, 0),
    "out from the frame's last byte": lambda: one_buffer(0, 3 * H * W - 1),
    "out up to the frame's first byte": lambda: one_buffer(H * W - 1, 0),
    "out within the frame": lambda: one_buffer(0, H * W),
}


@pytest.fixture(scope="module")
def hists():
    model = np.random.default_rng(18).integers(0, 256, (30, 30, 3), np.uint8)
    return [backproj.Histogram(model), backproj.Histogram(model, channels="hsv", bins=8, peak=255)]


CALLS = {
    "project": lambda hist: lambda frame, out: hist.back_project(frame, out=out),
    "project rgb": lambda hist: lambda f, out: hist.back_project(f, out=out, order="rgb", threads=3),
    "function": lambda hist: lambda frame, out: backproj.back_project(frame, hist, out=out),
    "one shot": lambda _: (
        lambda frame, out: backproj.back_project(frame, pixels(20, 30, 3), out=out, bins=16)
    ),
    "in_range": lambda _: lambda frame, out: backproj.in_range(frame, (170, 30, 0), (90, 255, 250), out=out),
}


@pytest.fixture
def calls_of_go(watch_go):
    return watch_go("Project", "ProjectModel")


@pytest.mark.parametrize("make", GOOD.values(), ids=GOOD)
@pytest.mark.parametrize("kind", CALLS)
def test_any_view_gives_the_result_of_a_copy_in_one_go_call(calls_of_go, hists, make, kind):
    for hist in hists:
        call, (frame, out) = CALLS[kind](hist), make()
        copy = np.array(frame, np.uint8, order="C")
        calls_of_go.clear()
        prob = call(frame, out)
        assert len(calls_of_go) == (1 if frame.size else 0)
        assert out is None or prob is out
        np.testing.assert_array_equal(prob, call(copy, None))


@pytest.mark.parametrize("make", MISTAKES.values(), ids=MISTAKES)
@pytest.mark.parametrize("kind", CALLS)
def test_a_mistake_is_an_error_before_go_is_called(calls_of_go, hists, make, kind):
    frame, out = make()
    with pytest.raises((TypeError, ValueError), match=r"frame|image|out"):
        CALLS[kind](hists[0])(frame, out)
    assert calls_of_go == []


def test_a_frame_too_large_for_one_go_call_takes_several(monkeypatch, calls_of_go, hists):
    expected = hists[0].back_project(pixels(H, W, 3))
    calls_of_go.clear()
    monkeypatch.setattr(blocks, "PIXELS_PER_CALL", H * W - 1)
    np.testing.assert_array_equal(hists[0].back_project(pixels(H, W, 3)), expected)
    assert len(calls_of_go) == 2


@pytest.mark.parametrize("make", GOOD.values(), ids=GOOD)
@pytest.mark.parametrize("masked", [False, True])
def test_projecting_a_model_directly_gives_the_result_of_its_histogram(make, masked):
    frame, (model, _) = pixels(H, W, 3), make()
    mask = pixels(H, W) < 100 if masked and getattr(model, "shape", ())[:2] == (H, W) else None

    def result(call):
        try:
            return call().tolist()
        except (TypeError, ValueError) as error:
            return type(error), str(error)

    options = {"channels": "h", "bins": 16, "in_range": ((0, 60, 32), (180, 255, 255)), "mask": mask}
    once = result(lambda: backproj.back_project(frame, model, **options))
    assert once == result(lambda: backproj.Histogram(model, **options).back_project(frame))


def test_a_model_too_large_for_one_go_call_gives_the_same_result(monkeypatch):
    frame, model = pixels(5, 7, 3), pixels(H, W, 3)
    expected = backproj.back_project(frame, model)
    monkeypatch.setattr(blocks, "PIXELS_PER_CALL", 5 * 7)
    np.testing.assert_array_equal(backproj.back_project(frame, model), expected)
