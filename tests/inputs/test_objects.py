"""Whatever holds an image gives what a numpy array of it gives, and is read in place."""

import tracemalloc

import dask.array as da
import numpy as np
import pytest

import backproj
import backproj.dask
from backproj._validate.views import view_frames, view_masks, view_out, view_planes
from helpers.image_objects import (
    CUDA_HOST,
    FRAME,
    GREY,
    GREY_HIST,
    HIST,
    MODEL,
    PROB,
    DLPack,
    Interface,
    kinds,
    library_kinds,
)

MASK = np.random.default_rng(21).integers(0, 2, MODEL.shape[:2], np.uint8)
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


def test_an_object_is_held_while_its_memory_is_viewed():
    view = view_frames(Interface(np.array(FRAME)), None)
    np.testing.assert_array_equal(view.array, FRAME)
