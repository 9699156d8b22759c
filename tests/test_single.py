"""One histogram onto one frame: the short way of plain arrays does what all the checks do."""

import numpy as np
import pytest
from numpy.lib.stride_tricks import as_strided

import backproj
from backproj._engine import blocks, engines, single
from backproj._runtime import loader

H, W = 37, 53


def pixels(*shape):
    return np.random.default_rng(17).integers(0, 256, shape, np.uint8)


def read_only(array):
    array.flags.writeable = False
    return array


class Subclass(np.ndarray):
    pass


def one_buffer(frame_at, out_at, channels=3):
    """Return a frame and an out that begin at those bytes of one array."""
    buffer = pixels(5 * H * W + 64)
    frame = buffer[frame_at:][: H * W * channels].reshape(H, W, channels)
    return frame, buffer[out_at:][: H * W].reshape(H, W)


# (frame, out) that are plain: arrays, and views of arrays.
PLAIN = {
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
}

# (frame, out) that need all the checks: stranger views, batches, nothing, and mistakes.
OTHERS = {
    "a batch": lambda: (pixels(3, H, W, 3), pixels(3, H, W)),
    "no rows": lambda: (pixels(0, W, 3), None),
    "no columns": lambda: (pixels(H, 0, 3), pixels(H, 0)),
    "a subclass": lambda: (pixels(H, W, 3).view(Subclass), pixels(H, W)),
    "a masked array": lambda: (np.ma.asarray(pixels(H, W, 3)), None),
    "out of a subclass": lambda: (pixels(H, W, 3), pixels(H, W).view(Subclass)),
    "out with gaps": lambda: (pixels(H, W, 3), pixels(H, 2 * W)[:, ::2]),
    "out transposed": lambda: (pixels(H, W, 3), pixels(W, H).T),
    "the fourth channel": lambda: (lambda frame: (frame, frame[..., 3]))(pixels(H, W, 4)),
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
    "out from the last fourth channel": lambda: one_buffer(0, 4 * H * W - 1, 4),
}


@pytest.fixture(scope="module")
def hists():
    model = np.random.default_rng(18).integers(0, 256, (30, 30, 3), np.uint8)
    return [backproj.Histogram(model), backproj.Histogram(model, channels="hsv", bins=8, peak=255)]


def outcome(monkeypatch, make, call):
    """Return what a call does: its result or its error, and what it asks of Go and of the engines."""
    frame, out = make()
    native = loader.load("_native")
    asked, detours = [], []
    with monkeypatch.context() as patch:
        project, engine = native.binding_Project, engines.project

        def spied(state, number, target, *rest):
            # Where memory lies differs from call to call; the frame is the eighth.
            source = frame.__array_interface__["data"][0]
            given = None if out is None else target - out.__array_interface__["data"][0]
            asked.append((number, given, *rest[:4], rest[4] - source, *rest[5:]))
            return project(state, number, target, *rest)

        patch.setattr(native, "binding_Project", spied)
        patch.setattr(engines, "project", lambda *a, **k: detours.append(a) or engine(*a, **k))
        try:
            prob = call(frame, out)
        except (TypeError, ValueError) as error:
            return (type(error), str(error)), asked, detours
        assert out is None or prob is out
        return prob.tolist(), asked, detours


CALLS = {
    "project": lambda hist: lambda frame, out: hist.back_project(frame, out=out),
    "project rgb": lambda hist: lambda f, out: hist.back_project(f, out=out, order="rgb", threads=3),
    "function": lambda hist: lambda frame, out: backproj.back_project(frame, hist, out=out),
    "one shot": lambda _: (
        lambda frame, out: backproj.back_project(frame, pixels(20, 30, 3), out=out, bins=16)
    ),
    "in_range": lambda _: lambda frame, out: backproj.in_range(frame, (170, 30, 0), (90, 255, 250), out=out),
}


@pytest.mark.parametrize("make", [*PLAIN.values(), *OTHERS.values()], ids=[*PLAIN, *OTHERS])
@pytest.mark.parametrize("kind", CALLS)
def test_the_short_way_asks_go_for_the_same_and_gives_the_same(monkeypatch, hists, make, kind):
    for hist in hists:
        call = CALLS[kind](hist)
        result, asked, _ = outcome(monkeypatch, make, call)
        with monkeypatch.context() as patch:
            patch.setattr(single, "plain", lambda *_: None)
            expected, asked_by_all_checks, _ = outcome(monkeypatch, make, call)
        assert result == expected
        assert asked == asked_by_all_checks


@pytest.mark.parametrize("make", PLAIN.values(), ids=PLAIN)
def test_plain_arrays_take_the_short_way(monkeypatch, hists, make):
    _, asked, detours = outcome(monkeypatch, make, CALLS["project"](hists[0]))
    assert (len(asked), len(detours)) == (1, 0)


@pytest.mark.parametrize("make", OTHERS.values(), ids=OTHERS)
def test_all_else_does_not(monkeypatch, hists, make):
    result, asked, detours = outcome(monkeypatch, make, CALLS["project"](hists[0]))
    if isinstance(result, tuple):
        assert not asked
    else:
        assert len(detours) == 1


def test_a_frame_larger_than_a_call_does_not(monkeypatch, hists):
    expected = hists[0].back_project(pixels(H, W, 3))
    monkeypatch.setattr(blocks, "PIXELS_A_CALL", H * W - 1)
    result, asked, _ = outcome(monkeypatch, PLAIN["three channels"], CALLS["project"](hists[0]))
    assert result == expected.tolist()
    assert len(asked) == 2


MODELS = {name: make for name, make in (PLAIN | OTHERS).items() if name != "a list"}  # of Histograms


@pytest.mark.parametrize("make", MODELS.values(), ids=MODELS)
@pytest.mark.parametrize("masked", [False, True])
def test_a_model_needed_once_gives_what_its_histogram_gives(make, masked):
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


def test_a_model_larger_than_a_call_gives_the_same(monkeypatch):
    frame, model = pixels(5, 7, 3), pixels(H, W, 3)
    expected = backproj.back_project(frame, model)
    monkeypatch.setattr(blocks, "PIXELS_A_CALL", 5 * 7)
    np.testing.assert_array_equal(backproj.back_project(frame, model), expected)
