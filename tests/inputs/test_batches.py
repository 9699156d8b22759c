"""Projecting a batch gives the results of its frames one by one, for one histogram or several."""

import signal

import numpy as np
import pytest
from numpy.lib.stride_tricks import as_strided

import backproj
from backproj._engine import blocks

N, H, W = 6, 11, 17

# Views of an array (N, H, W, channels).
VIEWS = {
    "contiguous": lambda batch: batch,
    "cropped": lambda batch: batch[:, 2:-3, 4:-1],
    "every other frame": lambda batch: batch[::2],
    "every other frame, reversed": lambda batch: batch[::-2],
    "reversed": lambda batch: batch[::-1],
    "frames upside down": lambda batch: batch[:, ::-1],
    "all upside down": lambda batch: batch[::-1, ::-1],
    "mirrored": lambda batch: batch[:, :, ::-1],
    "every third row": lambda batch: batch[:, ::3],
    "every other pixel": lambda batch: batch[:, :, ::2],
    "rows as frames": lambda batch: batch.transpose(1, 0, 2, 3),
    "columns as frames": lambda batch: batch.transpose(2, 1, 0, 3),
    "frames transposed": lambda batch: batch.transpose(0, 2, 1, 3),
    "a column of frames": lambda batch: batch[:, :, 3:4],
    "a row of frames": lambda batch: batch[:, 3:4],
    "one frame": lambda batch: batch[2:3],
    "one frame, repeated": lambda batch: np.broadcast_to(batch[2], batch.shape),
    "one pixel, repeated": lambda batch: np.broadcast_to(batch[2, 3, 4], batch.shape),
    "frames that overlap": lambda batch: as_strided(
        batch,
        (2 * N, H // 2, W, batch.shape[3]),
        (batch.strides[0] // 2, *batch.strides[1:]),
        writeable=False,
    )[: 2 * N - 1],
    "channels swapped": lambda batch: batch[..., 2::-1],
    "planar": lambda batch: np.ascontiguousarray(np.moveaxis(batch, -1, 1)).transpose(0, 2, 3, 1),
    "Fortran": np.asfortranarray,
}

# Where (k, n, h, w) bytes may be written: views of larger or other arrays.
OUTS = {
    "contiguous": lambda shape: np.empty(shape, np.uint8),
    "inside a larger array": lambda shape: np.empty([n + 2 for n in shape], np.uint8)[
        tuple(slice(1, 1 + n) for n in shape)
    ],
    "every other pixel": lambda shape: np.empty((*shape[:-1], 2 * shape[-1]), np.uint8)[..., ::2],
    "every other frame": lambda shape: np.empty((shape[0], 2 * shape[1], *shape[2:]), np.uint8)[:, ::2],
    "reversed": lambda shape: np.empty(shape, np.uint8)[::-1, ::-1, ::-1, ::-1],
    "interleaved": lambda shape: np.empty((*shape[1:], shape[0]), np.uint8).transpose(3, 0, 1, 2),
    "Fortran": lambda shape: np.empty(shape, np.uint8, order="F"),
}


@pytest.fixture(params=[3, 4], ids="{} channels".format)
def batch(request):
    return np.random.default_rng(9).integers(0, 256, (N, H, W, request.param), np.uint8)


@pytest.fixture(scope="module")
def hists():
    """Histograms of different layouts."""
    model = np.random.default_rng(10).integers(0, 256, (40, 40, 3), np.uint8)
    return [
        backproj.Histogram(model),
        backproj.Histogram(model, channels="h", bins=16, in_range=((0, 60, 32), (180, 255, 255)), peak=255),
        backproj.Histogram(model, channels="hsv", bins=8),
        backproj.Histogram(model, bins=(180, 256), in_range=((170, 0, 0), (20, 255, 255))),
    ]


def one_by_one(frames, hist):
    planes = [hist.back_project(np.ascontiguousarray(frame)) for frame in frames]
    return np.stack(planes) if planes else np.empty(frames.shape[:3], np.uint8)


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
def test_any_view_is_projected_frame_by_frame(batch, hists, view):
    frames = view(batch)
    for hist in hists:
        np.testing.assert_array_equal(hist.back_project(frames), one_by_one(frames, hist))
    np.testing.assert_array_equal(
        backproj.back_project(frames, batch[0]), one_by_one(frames, backproj.Histogram(batch[0]))
    )


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
@pytest.mark.parametrize("make", OUTS.values(), ids=OUTS)
def test_several_histograms_write_into_any_out(batch, hists, view, make):
    frames = view(batch)
    out = make((len(hists), *frames.shape[:3]))
    if out.base is not None:
        out.base[...] = 99
    assert backproj.back_project(frames, hists, out=out) is out
    for plane, hist in zip(out, hists, strict=True):
        np.testing.assert_array_equal(plane, one_by_one(frames, hist))
        again = np.empty_like(plane)
        assert hist.back_project(frames, out=plane) is plane
        np.testing.assert_array_equal(plane, hist.back_project(frames, out=again))
    if out.base is not None:
        out[...] = 99
        assert (out.base == 99).all(), "bytes outside out were written"


def test_several_histograms_of_one_frame(batch, hists):
    frame = batch[0]
    probs = backproj.back_project(frame, hists)
    assert probs.shape == (len(hists), H, W)
    np.testing.assert_array_equal(probs, np.stack([hist.back_project(frame) for hist in hists]))
    np.testing.assert_array_equal(backproj.back_project(frame, tuple(hists)), probs)
    np.testing.assert_array_equal(backproj.back_project(frame, [hists[1]] * 3), probs[[1, 1, 1]])
    np.testing.assert_array_equal(
        backproj.back_project(frame, hists[:1])[0], backproj.back_project(frame, hists[0])
    )


@pytest.mark.parametrize(
    ("frames", "number", "shape"),
    [
        ((0, 5, 4, 3), None, (0, 5, 4)),
        ((2, 0, 4, 3), None, (2, 0, 4)),
        ((2, 5, 0, 4), None, (2, 5, 0)),
        ((0, 0, 0, 3), None, (0, 0, 0)),
        ((0, 5, 4, 3), 2, (2, 0, 5, 4)),
        ((5, 0, 3), 2, (2, 5, 0)),
        ((5, 4, 3), 0, (0, 5, 4)),
        ((2, 5, 4, 3), 0, (0, 2, 5, 4)),
    ],
)
def test_empty_input_gives_an_empty_result(hists, frames, number, shape):
    model = hists[0] if number is None else hists[:number]
    assert backproj.back_project(np.empty(frames, np.uint8), model).shape == shape
    out = np.empty(shape, np.uint8)
    assert backproj.back_project(np.empty(frames, np.uint8), model, out=out) is out


@pytest.mark.parametrize(
    ("shape", "number", "says"),
    [
        ((N, H, W + 1), None, rf"\({N}, {H}, {W}\)"),
        ((H, W), None, rf"\({N}, {H}, {W}\)"),
        ((N, H, W), 2, rf"\(2, {N}, {H}, {W}\)"),
        ((N, 2, H, W), 2, rf"\(2, {N}, {H}, {W}\)"),
    ],
)
def test_an_out_of_the_wrong_shape_is_an_error(batch, hists, shape, number, says):
    with pytest.raises(ValueError, match=says):
        backproj.back_project(
            batch, hists[0] if number is None else hists[:number], out=np.empty(shape, np.uint8)
        )


def test_an_out_that_several_planes_share_is_an_error(batch, hists):
    plane = np.empty((1, N, H, W), np.uint8)
    with pytest.raises(ValueError, match="may be the same byte"):
        backproj.back_project(batch, hists, out=as_strided(plane, (4, N, H, W), (0, *plane.strides[1:])))
    with pytest.raises(ValueError, match="shares memory"):
        hists[0].back_project(batch, out=batch[..., 1])


def chunked(monkeypatch, pixels):
    """Limit each Go call to so many pixels."""
    monkeypatch.setattr(blocks, "PIXELS_PER_CALL", pixels)
    monkeypatch.setattr(blocks, "_MAX_PIXELS_PER_CALL", pixels)
    monkeypatch.setattr(blocks, "_SECONDS_PER_CALL", 1e9)


@pytest.mark.parametrize("pixels", [1, W // 2, W, W + 1, 5 * W, H * W, 3 * H * W, 1 << 24])
@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
def test_chunks_of_any_size_give_the_same(monkeypatch, batch, hists, view, pixels):
    frames = view(batch)
    expected = backproj.back_project(frames, hists)
    chunked(monkeypatch, pixels)
    np.testing.assert_array_equal(backproj.back_project(frames, hists), expected)
    out = OUTS["interleaved"](expected.shape)
    np.testing.assert_array_equal(backproj.back_project(frames, hists, out=out), expected)


def test_a_batch_that_is_not_contiguous_takes_one_go_call_unless_it_has_many_frames(
    monkeypatch, watch_go, batch, hists
):
    frames = batch[::-1]
    expected = one_by_one(frames, hists[0])
    seen = watch_go("Project")
    np.testing.assert_array_equal(hists[0].back_project(frames), expected)
    assert len(seen) == 1
    monkeypatch.setattr(blocks, "_FRAMES_PER_CALL", N - 1)
    np.testing.assert_array_equal(hists[0].back_project(frames), expected)
    assert len(seen) == 3


@pytest.mark.parametrize(
    ("pixels", "function", "number"),
    [
        (1, "Add", H * W),
        (W // 2, "Add", 2 * H + 2),
        (W, "Add", H),
        (5 * W, "Add", 3),
        (1 << 24, "Fit", 1),
    ],
)
def test_large_models_are_counted_in_chunks(monkeypatch, watch_go, batch, pixels, function, number):
    mask = np.random.default_rng(2).integers(0, 2, (H, W), np.uint8)
    halves = batch[0, ::-1, ::2], mask[::-1, ::2]
    expected = backproj.Histogram(batch[0]), backproj.Histogram(halves[0], mask=halves[1])
    chunked(monkeypatch, pixels)
    seen = watch_go(function)
    assert backproj.Histogram(batch[0]) == expected[0]
    assert len(seen) == number
    assert backproj.Histogram(halves[0], mask=halves[1]) == expected[1]


def test_a_contiguous_batch_takes_one_go_call_and_huge_frames_take_several(monkeypatch, watch_go, hists):
    seen = watch_go("Project")
    frames = np.zeros((4, 8, 10, 3), np.uint8)
    hists[0].back_project(frames)
    assert len(seen) == 1
    chunked(monkeypatch, 40)
    seen.clear()
    hists[0].back_project(frames[0])
    assert len(seen) == 2
    seen.clear()
    backproj.back_project(frames[0], hists)
    assert len(seen) == 8


def test_a_memory_map_larger_than_a_chunk(monkeypatch, tmp_path, hists):
    shape = (9, 120, 160, 3)
    mapped = np.memmap(tmp_path / "frames", np.uint8, "w+", shape=shape)
    mapped[...] = np.random.default_rng(11).integers(0, 256, shape, np.uint8)
    mapped.flush()
    frames = np.memmap(tmp_path / "frames", np.uint8, "r", shape=shape)
    out = np.memmap(tmp_path / "probs", np.uint8, "w+", shape=shape[:3])
    chunked(monkeypatch, 2 * 120 * 160)
    assert hists[0].back_project(frames, out=out) is out
    np.testing.assert_array_equal(out, one_by_one(frames, hists[0]))
    np.testing.assert_array_equal(np.fromfile(tmp_path / "probs", np.uint8), out.reshape(-1))


def interrupt_third_call(watch_go, function):
    """Press Ctrl-C during the third call of a function of Go's; return the list of its calls."""

    def interrupt():
        if len(calls) == 3:
            signal.raise_signal(signal.SIGINT)

    calls = watch_go(function, after=interrupt)
    return calls


@pytest.mark.parametrize("view", ["one tall frame", "several frames"])
def test_an_interrupt_is_seen_between_chunks_and_leaves_a_part_of_out(
    monkeypatch, watch_go, batch, hists, view
):
    frames = batch.reshape(N * H, W, -1) if view == "one tall frame" else batch[::-1]
    expected = hists[0].back_project(frames)
    chunked(monkeypatch, H * W)
    seen = interrupt_third_call(watch_go, "Project")
    out = expected ^ 255
    with pytest.raises(KeyboardInterrupt):
        hists[0].back_project(frames, out=out)
    assert len(seen) == 3
    done = len(out) * 3 // N
    np.testing.assert_array_equal(out[:done], expected[:done])
    np.testing.assert_array_equal(out[done:], expected[done:] ^ 255)


def test_an_interrupt_is_seen_while_a_model_is_counted(monkeypatch, watch_go, batch):
    chunked(monkeypatch, H * W)
    seen = interrupt_third_call(watch_go, "Add")
    with pytest.raises(KeyboardInterrupt):
        backproj.Histogram(batch.reshape(N * H, W, -1))
    assert len(seen) == 3


def test_an_interrupt_ends_a_long_batch():
    frame = np.full((1024, 1024, 3), (30, 60, 220), np.uint8)
    hist = backproj.Histogram(frame[:1, :1])
    out = np.zeros((1024, 1024, 1024), np.uint8)  # takes memory only where it is written

    def call():
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        hist.back_project(np.broadcast_to(frame, (*out.shape, 3)), out=out, threads=1)

    previous = signal.signal(signal.SIGALRM, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            call()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)
    assert not out[-1].any()
