"""Regions of dask arrays are those of local calls, also at the borders of chunks."""

import pickle

import dask
import dask.array as da
import numpy as np
import pytest

import backproj
import backproj.dask


def random(*shape):
    return np.random.default_rng(23).integers(0, 256, shape, np.uint8)


FILM = random(3, 34, 27, 3)
MOSAIC = random(61, 47, 4)
HIST = backproj.Histogram(FILM[0], bins=7)

# Sizes and arrays that reach differently far upwards, downwards, and to both sides.
DISCS = {
    "none": None,
    "a pixel": 1,
    "two pixels wide and high": 2,
    "odd": 5,
    "even": 6,
    "wide": (8, 3),
    "high": (1, 9),
    "as large as the image and more": (70, 60),
    "one pixel above and left": np.eye(4)[[0]].T * [1, 0, 0, 0] == 1,
    "one pixel below and right": np.pad([[True]], ((3, 0), (3, 0))),
    "a ring": 1 - np.pad(np.ones((3, 5), int), 1),
}

# Chunks of rows and of columns.
CHUNKS = {
    "one": (-1, -1),
    "rows": (5, -1),
    "columns": (-1, 8),
    "tiles": (11, 10),
    "two halves": (17, 14),
    "small": (3, 4),
    "uneven": ((1, 12, 2, 19), (20, 1, 6)),
    "empty among them": ((0, 20, 0, 14), (3, 0, 24)),
}


@pytest.mark.parametrize("chunks", CHUNKS.values(), ids=CHUNKS)
@pytest.mark.parametrize("disc", DISCS.values(), ids=DISCS)
def test_sums_are_the_local_ones_at_the_borders_of_chunks(disc, chunks):
    prob = FILM[0, ..., 0] >> 3
    sums = backproj.dask.disc_sum(da.from_array(prob, chunks=chunks), disc)
    assert (sums.shape, sums.dtype) == (prob.shape, np.uint8)
    np.testing.assert_array_equal(sums.compute(), backproj.disc_sum(prob, disc))


def test_chunks_of_a_pixel_will_do():
    prob = FILM[0, :9, :9, 0] >> 3
    sums = backproj.dask.disc_sum(da.from_array(prob, chunks=1), 5)
    np.testing.assert_array_equal(sums.compute(), backproj.disc_sum(prob, 5))


REGIONS = {
    "default": {},
    "even disc": {"disc": (4, 6), "threshold": 200},
    "no disc": {"disc": None, "threshold": 0},
    "rgb": {"order": "rgb"},
    "Otsu": {"threshold": "otsu"},
    "Otsu without a disc": {"disc": None, "threshold": "otsu"},
    "Otsu with a flat disc": {"disc": (5, 1), "threshold": "otsu"},
}


@pytest.mark.parametrize("call", ["segment", "cut_out"])
@pytest.mark.parametrize("chunks", CHUNKS.values(), ids=CHUNKS)
@pytest.mark.parametrize("threshold", [90, "otsu"])
def test_regions_of_grey_films_and_mosaics_are_the_local_ones(call, threshold, chunks):
    hist = backproj.Histogram(FILM[0], channels="gray", bins=7)
    for array, all_chunks in (
        (FILM[..., 0], (2, *chunks)),
        (FILM[1, ..., 0], chunks),
        (FILM[..., :1], (2, *chunks, 1)),
    ):
        frames = da.from_array(array, chunks=all_chunks)
        found = getattr(backproj.dask, call)(frames, hist, threshold=threshold)
        expected = getattr(hist, call)(array, threshold=threshold)
        assert (found.shape, found.dtype) == (expected.shape, expected.dtype)
        np.testing.assert_array_equal(found.compute(), expected)


@pytest.mark.parametrize("call", ["segment", "cut_out"])
@pytest.mark.parametrize("chunks", CHUNKS.values(), ids=CHUNKS)
@pytest.mark.parametrize("options", REGIONS.values(), ids=REGIONS)
def test_regions_of_a_film_are_the_local_ones(call, options, chunks):
    frames = da.from_array(FILM, chunks=(2, *chunks, 3))
    lazy = getattr(backproj.dask, call)(frames, HIST, **options)
    expected = getattr(HIST, call)(FILM, **options)
    assert (lazy.shape, lazy.dtype) == (expected.shape, np.uint8)
    np.testing.assert_array_equal(lazy.compute(), expected)


@pytest.mark.parametrize("call", ["segment", "cut_out"])
@pytest.mark.parametrize("channels", [1, 2, 4])
@pytest.mark.parametrize("threshold", [90, "otsu"])
def test_channels_may_be_divided_among_chunks(call, channels, threshold):
    lazy = getattr(backproj.dask, call)(
        da.from_array(MOSAIC, chunks=(20, 20, channels)), HIST, threshold=threshold
    )
    np.testing.assert_array_equal(lazy.compute(), getattr(HIST, call)(MOSAIC, threshold=threshold))


def divided(rng, length):
    """Return lengths of chunks that together are that, some of which may be 0."""
    cuts = np.sort(rng.integers(0, length + 1, rng.integers(0, 6)))
    return tuple(np.diff([0, *cuts, length]).tolist())


@pytest.mark.parametrize("seed", range(40))
def test_results_of_random_arguments_are_the_local_ones(seed):
    rng = np.random.default_rng(seed)
    shape = (*rng.integers(1, 4, rng.integers(2)), *rng.integers(1, 40, 2), rng.integers(3, 5))
    array = rng.integers(0, 256, shape, np.uint8)
    chunks = tuple(divided(rng, length) for length in shape)
    hist = backproj.Histogram(random(9, 9, 3), bins=rng.integers(1, 30), peak=rng.integers(1, 257))
    width, height = rng.integers(1, 50, 2)
    disc = [int(width), (int(width), int(height)), rng.random((height, width)) < 0.3][rng.integers(3)]
    if np.ndim(disc) == 2:
        disc[rng.integers(height), rng.integers(width)] = True
    threshold = "otsu" if rng.random() < 0.4 else int(rng.integers(256))
    options = {"disc": disc, "threshold": threshold, "order": str(rng.choice(["bgr", "rgb"]))}

    frames = da.from_array(array, chunks=chunks)
    mask = backproj.dask.segment(frames, hist, **options)
    np.testing.assert_array_equal(mask.compute(), hist.segment(array, **options))
    cut = backproj.dask.cut_out(frames, hist, **options)
    np.testing.assert_array_equal(cut.compute(), hist.cut_out(array, **options))
    sums = backproj.dask.disc_sum(frames[..., 0], disc)
    np.testing.assert_array_equal(sums.compute(), backproj.disc_sum(array[..., 0], disc))


def test_each_divided_frame_has_its_own_level():
    film = np.zeros((3, 20, 20, 3), np.uint8)
    film[..., 2] = 255  # red, and the more green the greater the hue
    film[..., ::2, 1] = np.reshape([0, 80, 160], (3, 1, 1))
    film[..., 1::2, 1] = np.reshape([80, 160, 240], (3, 1, 1))
    hist = backproj.Histogram.from_values(np.arange(180, dtype=np.float32), channels="h")
    mask = backproj.dask.segment(da.from_array(film, chunks=(2, 7, 7, 3)), hist, disc=None, threshold="otsu")
    np.testing.assert_array_equal(mask.compute(), np.tile(np.uint8([0, 255]), (3, 20, 10)))


@pytest.mark.parametrize("call", ["segment", "cut_out"])
def test_chunks_remain_if_they_are_no_smaller_than_half_of_the_disc(call):
    frames = da.from_array(FILM, chunks=(2, (12, 4, 18), (20, 3, 4), 3))
    chunks = getattr(backproj.dask, call)(frames, HIST, disc=(7, 8)).chunks
    assert chunks[:3] == frames.chunks[:3]


def test_smaller_chunks_are_merged_with_their_neighbours():
    frames = da.from_array(FILM, chunks=(2, 2, -1, 3))
    number, rows, columns = backproj.dask.segment(frames, HIST, disc=13).chunks
    assert (number, columns) == ((2, 1), (27,))
    assert min(rows) >= 6
    assert len(rows) > 1


@pytest.mark.parametrize("chunks", [(2, -1, -1, 3), (2, 10, 8, 3)])
@pytest.mark.parametrize("threshold", [50, "otsu"])
@pytest.mark.parametrize("call", ["segment", "cut_out"])
def test_the_number_of_frames_may_be_unknown(call, threshold, chunks):
    frames = da.from_array(FILM, chunks=chunks)
    where = FILM.mean(axis=(1, 2, 3)) > FILM.mean()
    assert 0 < where.sum() < len(FILM)
    bright = frames[frames.mean(axis=(1, 2, 3)) > FILM.mean()]
    lazy = getattr(backproj.dask, call)(bright, HIST, threshold=threshold)
    np.testing.assert_array_equal(lazy.compute(), getattr(HIST, call)(FILM[where], threshold=threshold))


@pytest.mark.parametrize("call", ["segment", "cut_out"])
@pytest.mark.parametrize("chunks", [(2, -1, -1, 3), (2, 10, 8, 3)])
@pytest.mark.parametrize("threshold", [50, "otsu"])
def test_a_histogram_not_yet_computed_is_searched_for_in_one_graph(call, chunks, threshold):
    frames = da.from_array(FILM, chunks=chunks)
    lazy = getattr(backproj.dask, call)(frames, backproj.dask.histogram(frames), threshold=threshold)
    hist = backproj.Histogram(list(FILM))
    np.testing.assert_array_equal(lazy.compute(), getattr(hist, call)(FILM, threshold=threshold))


# (function, its arguments after the array)
CALLS = {
    "disc_sum": (lambda frames: backproj.dask.disc_sum(frames[..., 0])),
    "segment": (lambda frames: backproj.dask.segment(frames, HIST)),
    "segment by Otsu": (lambda frames: backproj.dask.segment(frames, HIST, threshold="otsu")),
    "cut_out": (lambda frames: backproj.dask.cut_out(frames, HIST)),
    "cut_out by Otsu": (lambda frames: backproj.dask.cut_out(frames, HIST, threshold="otsu")),
}


@pytest.mark.parametrize("chunks", [(2, -1, -1, 3), (2, 10, 8, 1)])
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_nothing_is_computed_before_compute(call, chunks):
    def make():
        raise AssertionError("computed")

    frames = da.from_delayed(dask.delayed(make)(), FILM.shape, np.uint8).rechunk(chunks)
    lazy = call(frames)
    assert isinstance(lazy._meta, np.ndarray)
    assert (lazy._meta.dtype, lazy._meta.ndim) == (np.uint8, lazy.ndim)
    with pytest.raises(AssertionError, match="computed"):
        lazy.compute()


def test_the_disc_is_that_of_the_call_even_if_the_array_changes_later():
    disc, prob = np.ones((3, 3), np.uint8), FILM[0, ..., 0] >> 3
    sums = backproj.dask.disc_sum(da.from_array(prob, chunks=10), disc)
    disc[:] = 0
    np.testing.assert_array_equal(sums.compute(), backproj.disc_sum(prob, np.ones((3, 3), np.uint8)))


def test_the_same_work_has_the_same_name():
    frames = da.from_array(FILM, chunks=(2, 10, 8, 3))
    square = np.ones((3, 3), bool)

    def name(disc=5, **options):
        return backproj.dask.segment(frames, HIST, disc=disc, **options).name

    assert name() == name((5, 5)) == name(np.int64(5))
    assert name(square) == name(square.astype(float))
    assert len({name(), name(6), name((5, 6)), name(None), name(square), name(threshold=51)}) == 6


@pytest.mark.parametrize("chunks", [(1, -1, -1, -1), (1, 5, 5, -1)])
def test_a_graph_holds_an_array_that_is_a_disc_once(chunks):
    disc = np.random.default_rng(1).integers(0, 2, (9, 255), np.uint8)
    frames = da.zeros((30, 9, 9, 3), dtype=np.uint8, chunks=chunks)
    (mask,) = dask.optimize(backproj.dask.segment(frames, HIST, disc=disc))
    held = [task for task in dict(mask.__dask_graph__()).values() if disc.tobytes() in pickle.dumps(task)]
    assert len(held) == 1


FRAMES = da.zeros((4, 6, 8, 3), dtype=np.uint8, chunks=(2, 3, 4, -1))
ROWS = FRAMES[0][FRAMES[0, :, 0, 0] == 0]  # dask does not know how many

# (function, arguments, error, what its message must contain)
BAD = {
    "a local frame": ("segment", (FILM, HIST), {}, TypeError, r"frames.*numpy\.ndarray.*from_array\(frames"),
    "frames of floats": ("segment", (FRAMES / 255, HIST), {}, TypeError, "frames has dtype float64.*ubyte"),
    "grey frames": ("cut_out", (FRAMES[0, ..., 0], HIST), {}, ValueError, "grey image has no colours"),
    "an image as hist": ("segment", (FRAMES, FILM[0]), {}, TypeError, r"ndarray; .*Histogram\(model"),
    "several hists": ("cut_out", (FRAMES, [HIST, HIST]), {}, TypeError, "a Delayed one, not list.*each"),
    "no hist": ("segment", (FRAMES, None), {}, TypeError, "hist must be .* not NoneType"),
    "a disc of 0": ("segment", (FRAMES, HIST), {"disc": 0}, ValueError, "0×0.*from 1×1 to 255×255"),
    "a disc of text": ("cut_out", (FRAMES, HIST), {"disc": "5"}, TypeError, "disc must be a diameter.*'5'"),
    "a threshold": ("segment", (FRAMES, HIST), {"threshold": 256}, ValueError, "from 0 to 255, not 256"),
    "an order": ("segment", (FRAMES, HIST), {"order": "hsv"}, ValueError, "'bgr'"),
    "threads": ("cut_out", (FRAMES, HIST), {"threads": 0}, ValueError, "at least 1"),
    "unknown rows": ("segment", (ROWS, HIST), {}, ValueError, r"axis 0.*frames\.compute_chunk_sizes"),
    "unknown rows of a whole frame": (
        "segment",
        (ROWS, HIST),
        {"disc": None, "threshold": "otsu"},
        ValueError,
        r"axis 0.*frames\.compute_chunk_sizes",
    ),
    "a local prob": (
        "disc_sum",
        (FILM[0, ..., 0],),
        {},
        TypeError,
        r"backproj\.disc_sum takes those.*\(prob",
    ),
    "a prob of bool": ("disc_sum", (FRAMES[..., 0] > 0,), {}, TypeError, r"bool.*astype\('uint8'\) \* 255"),
    "probs of several histograms": (
        "disc_sum",
        (FRAMES,),
        {},
        ValueError,
        r"\(n, h, w\), not \(4.*prob\[0\]",
    ),
    "a prob of a row": ("disc_sum", (FRAMES[0, 0, :, 0],), {}, ValueError, r"\(h, w\).* not \(8,\)"),
    "a disc of a prob": ("disc_sum", (FRAMES[..., 0], 256), {}, ValueError, "256×256"),
    "threads of a prob": ("disc_sum", (FRAMES[..., 0],), {"threads": 1.5}, TypeError, "whole number"),
    "unknown rows of a prob": ("disc_sum", (ROWS[..., 0],), {}, ValueError, r"prob\.compute_chunk_sizes"),
}


@pytest.mark.parametrize(("call", "arguments", "options", "error", "says"), BAD.values(), ids=BAD)
def test_wrong_arguments_are_refused_before_anything_is_computed(call, arguments, options, error, says):
    with pytest.raises(error, match=says) as caught:
        getattr(backproj.dask, call)(*arguments, **options)
    assert "\n" not in str(caught.value)


def test_rows_of_unknown_number_do_not_matter_to_a_disc_that_reaches_no_others():
    mask = backproj.dask.segment(ROWS, HIST, disc=(5, 1))
    np.testing.assert_array_equal(mask.compute(), HIST.segment(ROWS.compute(), disc=(5, 1)))


@pytest.mark.parametrize("call", ["segment", "cut_out"])
@pytest.mark.parametrize("chunks", [-1, (2, 3, 4, -1)])
def test_a_delayed_value_that_is_not_a_histogram_is_refused(call, chunks):
    lazy = getattr(backproj.dask, call)(FRAMES.rechunk(chunks), dask.delayed(FILM[0]))
    with pytest.raises(TypeError, match=r"hist must be a Histogram.* not numpy\.ndarray"):
        lazy.compute()


def test_the_error_of_the_local_call_names_this_module():
    with pytest.raises(TypeError, match=r"Array; .*backproj\.dask\.disc_sum"):
        backproj.disc_sum(FRAMES[..., 0])
    with pytest.raises(TypeError, match=r"Array; .*segment and cut_out take dask arrays"):
        HIST.segment(FRAMES)
