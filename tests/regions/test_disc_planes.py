"""disc_sum takes planes and batches of any strides, writes to any out, and divides work in any way."""

import itertools

import numpy as np
import pytest

import backproj
from backproj._engine import blocks
from backproj._engine.kernels import forced
from helpers import opencv_chain
from helpers.discs import IRREGULAR, PLANES, disc
from helpers.image_views import STEPS, Subclass

PROB = np.random.default_rng(1).integers(0, 90, (41, 131), np.uint8)
BATCH = np.random.default_rng(2).integers(0, 90, (5, 23, 67), np.uint8)
DISCS = {"5": disc(5), "12×3": opencv_chain.ellipse(12, 3), "31": disc(31), "noise": IRREGULAR["noise"]}


def expected_sums(prob, footprint):
    """Return OpenCV's sums of a plane, or of several."""
    if prob.ndim == 2:
        return opencv_chain.disc_sum(prob, footprint)
    planes = [opencv_chain.disc_sum(plane, footprint) for plane in prob]
    return np.stack(planes) if planes else np.empty(prob.shape, np.uint8)


def views(prob):
    """Yield crops, flips, steps and transposes of a plane, and all their combinations."""
    for crop, rows, columns in itertools.product((False, True), STEPS, STEPS):
        view = (prob[3:-5, 7:-2] if crop else prob)[::rows, ::columns]
        yield view
        yield view.T


@pytest.mark.parametrize("footprint", DISCS.values(), ids=DISCS)
@pytest.mark.parametrize("memory", ["C", "F"])
@pytest.mark.parametrize("writeable", [True, False], ids=["writeable", "read-only"])
def test_views_of_planes(footprint, memory, writeable):
    prob = np.array(PROB, order=memory)
    prob.flags.writeable = writeable
    for view in views(prob):
        np.testing.assert_array_equal(backproj.disc_sum(view, footprint), expected_sums(view, footprint))
    np.testing.assert_array_equal(prob, PROB)


REPEATED = {
    "one row": np.broadcast_to(PROB[7], PROB.shape),
    "one column": np.broadcast_to(PROB[:, 7:8], PROB.shape),
    "one pixel": np.broadcast_to(PROB[7, 8], PROB.shape),
    "a channel": np.stack([PROB, 255 - PROB, PROB // 2], axis=-1)[..., 1],
    "a subclass": PROB.view(Subclass),
    "no rows": PROB[:0],
    "no columns": PROB[:, :0],
}


@pytest.mark.parametrize("view", REPEATED.values(), ids=REPEATED)
def test_views_that_repeat_or_skip_memory(view):
    found = backproj.disc_sum(view, 7)
    assert (type(found), found.shape, found.dtype) == (np.ndarray, view.shape, np.uint8)
    if view.size:
        np.testing.assert_array_equal(found, expected_sums(view, disc(7)))


BATCHES = {
    "contiguous": lambda batch: batch,
    "every other plane": lambda batch: batch[::2],
    "in reverse": lambda batch: batch[::-1],
    "upside down": lambda batch: batch[:, ::-1],
    "mirrored": lambda batch: batch[:, :, ::-2],
    "rows as planes": lambda batch: batch.transpose(1, 0, 2),
    "columns as planes": lambda batch: batch.transpose(2, 1, 0),
    "transposed": lambda batch: batch.transpose(0, 2, 1),
    "one plane": lambda batch: batch[2:3],
    "no planes": lambda batch: batch[:0],
    "one plane, repeated": lambda batch: np.broadcast_to(batch[3], batch.shape),
    "Fortran": np.asfortranarray,
}


@pytest.mark.parametrize("view", BATCHES.values(), ids=BATCHES)
@pytest.mark.parametrize("footprint", DISCS.values(), ids=DISCS)
def test_batches_are_summed_up_plane_by_plane(view, footprint):
    batch = view(BATCH)
    np.testing.assert_array_equal(backproj.disc_sum(batch, footprint), expected_sums(batch, footprint))


# Where a result of some shape may be written.
OUTS = {
    "contiguous": lambda shape: np.empty(shape, np.uint8),
    "inside a larger array": lambda shape: np.empty([n + 2 for n in shape], np.uint8)[
        tuple(slice(1, 1 + n) for n in shape)
    ],
    "every other pixel": lambda shape: np.empty((*shape[:-1], 2 * shape[-1]), np.uint8)[..., ::2],
    "every other row": lambda shape: np.empty((*shape[:-2], 2 * shape[-2], shape[-1]), np.uint8)[..., ::2, :],
    "in reverse": lambda shape: np.empty(shape, np.uint8)[(slice(None, None, -1),) * len(shape)],
    "Fortran": lambda shape: np.empty(shape, np.uint8, order="F"),
    "a channel": lambda shape: np.empty((*shape, 3), np.uint8)[..., 1],
    "a subclass": lambda shape: np.empty(shape, np.uint8).view(Subclass),
}


@pytest.mark.parametrize("make", OUTS.values(), ids=OUTS)
@pytest.mark.parametrize("prob", [PROB, PROB[::-1, ::2], BATCH], ids=["a plane", "a view", "a batch"])
def test_the_result_is_written_to_out_and_nowhere_else(make, prob):
    for footprint in DISCS.values():
        out = make(prob.shape)
        memory = out if out.base is None else out.base
        memory[...] = 99
        assert backproj.disc_sum(prob, footprint, out=out) is out
        np.testing.assert_array_equal(out, expected_sums(prob, footprint))
        if out.base is not None:
            out[...] = 99
            assert (memory == 99).all()


IN_PLACE = {
    "contiguous": lambda array: array,
    "a part": lambda array: array[..., 2:-3, 4:-1],
    "upside down": lambda array: array[..., ::-1, :],
    "every other pixel": lambda array: array[..., ::2],
    "transposed": lambda array: array.swapaxes(-1, -2),
    "a subclass": lambda array: array.view(Subclass),
}


@pytest.mark.parametrize("view", IN_PLACE.values(), ids=IN_PLACE)
@pytest.mark.parametrize("array", [PROB, BATCH], ids=["a plane", "a batch"])
def test_out_may_be_prob(view, array):
    for footprint in [*DISCS.values(), None]:
        prob = view(array.copy())
        expected = prob.copy() if footprint is None else expected_sums(prob, footprint)
        assert backproj.disc_sum(prob, footprint, out=prob) is prob
        np.testing.assert_array_equal(prob, expected)


def test_any_number_of_threads():
    prob = PLANES["masked"](np.random.default_rng(3), (2600, 1001))
    for footprint in (disc(5), disc(31), IRREGULAR["noise"]):
        expected = expected_sums(prob, footprint)
        for kernel, threads in itertools.product(backproj.info()["kernels"], (1, 2, 3, 64)):
            with forced(kernel):
                found = backproj.disc_sum(prob, footprint, threads=threads)
            np.testing.assert_array_equal(found, expected, f"{kernel}, {threads} threads, {footprint.shape}")


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("pixels", [1, 60, 131, 132, 1000])
def test_bands_of_any_size(monkeypatch, watch_go, pixels, threads):
    monkeypatch.setattr(blocks, "PIXELS_PER_CALL", pixels)
    monkeypatch.setattr(blocks, "_MAX_PIXELS_PER_CALL", pixels)
    calls = watch_go("RegionOn")
    for footprint in [*DISCS.values(), disc(1), opencv_chain.ellipse(3, 100)]:
        calls.clear()
        found = backproj.disc_sum(PROB, footprint, threads=threads)
        np.testing.assert_array_equal(found, expected_sums(PROB, footprint))
        rows = [call.arguments[3] for call in calls]
        assert sum(rows) == len(PROB)
        # What rows above and below need is read again by the next band.
        assert all(number >= min(len(footprint), len(PROB)) or len(footprint) == 1 for number in rows[:-1])
    assert len(calls) == 1, "a disc higher than the plane takes one band"
