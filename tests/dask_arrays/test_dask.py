"""Dask arrays give the results of local calls, whatever their chunks and scheduler."""

import json
import pickle
import re
import sys

import cv2
import dask
import dask.array as da
import numpy as np
import pytest
from dask.delayed import Delayed

import backproj
import backproj.dask
from helpers.processes import ROOT, run, run_python


def random(*shape):
    return np.random.default_rng(17).integers(0, 256, shape, np.uint8)


FILM = random(7, 33, 21, 3)
MOSAIC = random(101, 67, 3)
HIST = backproj.Histogram(FILM[0])
HUES = backproj.Histogram(FILM[1, :9], channels="h", bins=16, in_range=((0, 60, 32), (180, 255, 255)))

# (array, its chunks)
ARRAYS = {
    "a film": (FILM, (2, -1, -1, 3)),
    "a film in one chunk": (FILM, -1),
    "a film cut along all axes": (FILM, (3, 20, 8, 3)),
    "a film in uneven chunks": (FILM, ((1, 5, 1), (33,), (20, 1), (3,))),
    "a film with empty chunks": (FILM, ((0, 4, 0, 3), (33,), (0, 21), (3,))),
    "a film with a channel a chunk": (FILM, (2, -1, -1, 1)),
    "a film of four channels": (random(3, 8, 9, 4), (2, 5, 5, 4)),
    "a film of four channels cut in two": (random(3, 8, 9, 4), (2, 5, 5, 2)),
    "a mosaic": (MOSAIC, (40, 30, 3)),
    "a mosaic in one chunk": (MOSAIC, -1),
    "a mosaic in rows": (MOSAIC, (1, -1, 3)),
    "a mosaic with empty chunks": (MOSAIC, ((0, 101), (60, 0, 7), (3,))),
    "a mosaic with a channel a chunk": (MOSAIC, (50, -1, 1)),
}
EMPTY = {
    "no frames": (FILM[:0], -1),
    "frames without rows": (FILM[:, :0], (2, -1, -1, 3)),
    "a mosaic without columns": (MOSAIC[:, :0], -1),
}


GREY = backproj.Histogram(FILM[2, 4:20], channels="gray", bins=20)
OTHERS = {
    "crcb": backproj.Histogram(FILM[3], channels="crcb", bins=20),
    "three spaces": [
        backproj.Histogram(FILM[i], channels=channels, bins=9)
        for i, channels in enumerate(("bgr", "gray", "ycrcb", "sv"))
    ],
}

# Grey ones.
PLANES = {
    "a film": (FILM[..., 0], (2, -1, -1)),
    "a film in one chunk": (FILM[..., 0], -1),
    "a film in chunks as wide as colours": (FILM[..., 0], (3, 20, 3)),
    "a film in uneven chunks": (FILM[..., 0], ((1, 5, 1), (33,), (20, 1))),
    "a film with a last axis": (FILM[..., :1], (2, 20, -1, 1)),
    "a mosaic": (MOSAIC[..., 0], (40, 30)),
    "a mosaic in columns": (MOSAIC[..., 0], (-1, 4)),
    "a mosaic three pixels wide": (MOSAIC[:, :3, 0], (50, 1)),
    "a mosaic with a last axis": (MOSAIC[..., :1], (40, 30, 1)),
    "a film in colour": (FILM, (2, 20, -1, 3)),
}


@pytest.mark.parametrize(("array", "chunks"), PLANES.values(), ids=PLANES)
def test_grey_frames_are_counted_and_projected_as_locally(array, chunks):
    frames = da.from_array(array, chunks=chunks)
    models = array if array.ndim == 2 or array.shape[0] > 7 else list(array)
    fitted = backproj.dask.histogram(frames, channels="gray", bins=(20,), in_range=(20, 230))
    expected = backproj.Histogram(models, channels="gray", bins=20, in_range=(20, 230))
    assert pickle.dumps(fitted.compute()) == pickle.dumps(expected)
    local = backproj.back_project(array, [GREY, expected])
    for hists in ([GREY, expected], [GREY, fitted]):
        probs = backproj.dask.back_project(frames, hists)
        assert (probs.shape, probs.dtype) == (local.shape, local.dtype)
        np.testing.assert_array_equal(probs.compute(), local)


def test_grey_frames_may_have_a_mask():
    array = FILM[..., 1]
    frames, where = da.from_array(array, chunks=(2, 20, 3)), array > 99
    fitted = backproj.dask.histogram(frames, channels="gray", mask=frames > 99)
    assert fitted.compute() == backproj.Histogram(list(array), channels="gray", mask=list(where))


@pytest.mark.parametrize("hist", OTHERS.values(), ids=OTHERS)
def test_histograms_of_other_spaces_are_projected_as_locally(hist):
    frames = da.from_array(FILM, chunks=(2, 20, -1, 3))
    probs = backproj.dask.back_project(frames, hist, order="rgb")
    np.testing.assert_array_equal(probs.compute(), backproj.back_project(FILM, hist, order="rgb"))


@pytest.mark.parametrize(("array", "chunks"), {**ARRAYS, **EMPTY}.values(), ids=[*ARRAYS, *EMPTY])
@pytest.mark.parametrize("hist", [HIST, HUES, [HIST], [HIST, HUES, HIST]], ids=["hs", "h", "list", "lists"])
def test_a_projection_is_the_local_one_in_the_chunks_of_the_frames(array, chunks, hist):
    frames = da.from_array(array, chunks=chunks)
    probs = backproj.dask.back_project(frames, hist)
    expected = backproj.back_project(array, hist)
    assert probs.chunks[-(array.ndim - 1) :] == frames.chunks[:-1]
    assert (probs.shape, probs.dtype) == (expected.shape, expected.dtype)
    np.testing.assert_array_equal(probs.compute(), expected)


# Options of the local call.
LAYOUTS = {
    "default": {},
    "gated hue": {"channels": "h", "bins": 16, "in_range": ((170, 60, 32), (10, 255, 255)), "peak": 255},
    "hsv, raw counts": {"channels": "hsv", "bins": (6, 5, 4), "peak": None},
    "ranges": {"bins": (180, 7), "ranges": [10, 170, 40, 250]},
    "rgb": {"order": "rgb"},
    "skin": {"channels": "crcb", "in_range": ((0, 133, 77), (255, 173, 127))},
    "grey": {"channels": "gray", "in_range": (20, 230)},
    "bgr of rgb": {"channels": "bgr", "bins": 8, "order": "rgb"},
}


@pytest.mark.parametrize(("array", "chunks"), ARRAYS.values(), ids=ARRAYS)
@pytest.mark.parametrize("options", LAYOUTS.values(), ids=LAYOUTS)
def test_a_histogram_is_the_local_one_of_all_frames(array, chunks, options):
    fitted = backproj.dask.histogram(da.from_array(array, chunks=chunks), **options).compute()
    expected = backproj.Histogram(list(array) if array.ndim == 4 else array, **options)
    assert pickle.dumps(fitted) == pickle.dumps(expected)


@pytest.mark.parametrize(("array", "chunks"), ARRAYS.values(), ids=ARRAYS)
@pytest.mark.parametrize("dtype", [np.uint8, np.bool_])
def test_a_mask_may_have_any_chunks(array, chunks, dtype):
    where = (array[..., 0] > 99).astype(dtype)
    frames = da.from_array(array, chunks=chunks)
    expected = (
        backproj.Histogram(list(array), mask=list(where))
        if array.ndim == 4
        else backproj.Histogram(array, mask=where)
    )
    for mask in (where, da.from_array(where, chunks=5), frames[..., 0] > 99):
        assert pickle.dumps(backproj.dask.histogram(frames, mask=mask).compute()) == pickle.dumps(expected)


@pytest.mark.parametrize("split_every", [2, 3, 16, 1000])
@pytest.mark.parametrize("chunks", [(1, -1, -1, 3), (2, 5, 5, 3)])
def test_any_tree_of_additions_gives_the_same_histogram(split_every, chunks):
    frames = da.from_array(FILM, chunks=chunks)
    assert backproj.dask.histogram(frames, split_every=split_every).compute() == backproj.Histogram(
        list(FILM)
    )


def test_frames_of_unknown_number_are_projected_and_counted():
    frames = da.from_array(FILM, chunks=(2, -1, -1, 3))
    bright = frames[frames.mean(axis=(1, 2, 3)) > FILM.mean()]
    expected = FILM[FILM.mean(axis=(1, 2, 3)) > FILM.mean()]
    assert 0 < len(expected) < len(FILM)
    np.testing.assert_array_equal(
        backproj.dask.back_project(bright, HIST).compute(), HIST.back_project(expected)
    )
    assert backproj.dask.histogram(bright).compute() == backproj.Histogram(list(expected))


def test_a_histogram_not_yet_computed_is_projected_in_one_graph():
    frames = da.from_array(FILM, chunks=(2, 20, -1, 3))
    fitted = backproj.dask.histogram(frames)
    assert isinstance(fitted, Delayed)
    expected = backproj.back_project(FILM, [backproj.Histogram(list(FILM)), HUES])
    probs = backproj.dask.back_project(frames, [fitted, HUES])
    np.testing.assert_array_equal(probs.compute(), expected)
    np.testing.assert_array_equal(backproj.dask.back_project(frames, fitted).compute(), expected[0])


def test_nothing_is_computed_before_compute():
    def make():
        raise AssertionError("computed")

    frames = da.from_delayed(dask.delayed(make)(), (7, 33, 21, 3), np.uint8).rechunk((2, 20, -1, 1))
    fitted = backproj.dask.histogram(frames, mask=frames[..., 0] > 9)
    probs = backproj.dask.back_project(frames, [fitted, HIST])
    assert isinstance(probs._meta, np.ndarray)
    assert (probs._meta.dtype, probs._meta.ndim) == (np.uint8, 4)
    with pytest.raises(AssertionError, match="computed"):
        probs.compute()


def test_the_same_work_has_the_same_name():
    frames = da.from_array(FILM, chunks=(2, -1, -1, 3))
    again = backproj.Histogram(FILM[0])
    assert backproj.dask.back_project(frames, HIST).name == backproj.dask.back_project(frames, again).name
    assert backproj.dask.back_project(frames, HIST).name != backproj.dask.back_project(frames, HUES).name
    assert (
        backproj.dask.back_project(frames, HIST).name
        != backproj.dask.back_project(frames, HIST, order="rgb").name
    )
    assert backproj.dask.histogram(frames).key == backproj.dask.histogram(frames).key
    assert backproj.dask.histogram(frames).key != backproj.dask.histogram(frames, bins=31).key


def test_a_graph_holds_a_histogram_once():
    large = backproj.Histogram(FILM[0], bins=(180, 256))
    frames = da.zeros((50, 9, 9, 3), dtype=np.uint8, chunks=(1, -1, -1, -1))
    (probs,) = dask.optimize(backproj.dask.back_project(frames, large))
    size = sum(len(pickle.dumps(task)) for task in dict(probs.__dask_graph__()).values())
    assert size < 1.5 * len(pickle.dumps(large))


FRAMES = da.zeros((4, 6, 8, 3), dtype=np.uint8, chunks=(2, -1, -1, -1))

# (frames, error, what its message must name, the fix that it must suggest)
BAD_FRAMES = {
    "a numpy array": (FILM, TypeError, "numpy.ndarray", "backproj.back_project takes those"),
    "None": (None, TypeError, "NoneType", "dask.array.from_array"),
    "a Delayed": (dask.delayed(FILM), TypeError, "Delayed", "dask.array.from_array"),
    "floats": (
        FRAMES / 255,
        TypeError,
        "float64 and shape (4, 6, 8, 3)",
        "map_blocks(skimage.util.img_as_ubyte",
    ),
    "int64": (FRAMES.astype(int), TypeError, "int64", "frames.astype('uint8')"),
    "bool": (FRAMES > 0, TypeError, "bool", "frames.astype('uint8')"),
    "grey": (FRAMES[0, ..., 0], ValueError, "(6, 8)", "numpy.stack([frames] * 3, axis=-1)"),
    "5-D": (FRAMES[np.newaxis], ValueError, "(1, 4, 6, 8, 3)", "(h, w, 3)"),
    "2 channels": (FRAMES[..., :2], ValueError, "(4, 6, 8, 2)", "three colours"),
    "channels first": (
        da.moveaxis(FRAMES, -1, 1),
        ValueError,
        "(4, 3, 6, 8)",
        "numpy.moveaxis(frames, -3, -1)",
    ),
}


@pytest.mark.parametrize("shape", [(8,), (2, 3, 6, 2), (1, 2, 3, 6, 8)])
def test_frames_of_no_grey_shape_are_refused_before_anything_is_computed(shape):
    frames = da.zeros(shape, dtype=np.uint8)
    for call in (
        lambda: backproj.dask.back_project(frames, GREY),
        lambda: backproj.dask.histogram(frames, channels="gray"),
    ):
        with pytest.raises(ValueError, match=r"frames must have shape \(h, w\), \(n, h, w\).*not \("):
            call()


@pytest.mark.parametrize(
    "hist", [dask.delayed(HIST), [GREY, dask.delayed(HIST)]], ids=["one", "among others"]
)
def test_grey_frames_for_a_delayed_histogram_of_colours_are_refused_in_the_task(hist):
    with pytest.raises(ValueError, match=r"must have shape \(h, w, 3\).*not \(2, 6, 8, 1\)"):
        backproj.dask.back_project(FRAMES[..., 0], hist).compute()


@pytest.mark.parametrize(("frames", "error", "names", "fix"), BAD_FRAMES.values(), ids=BAD_FRAMES)
@pytest.mark.parametrize(
    "call",
    [lambda frames: backproj.dask.back_project(frames, HIST), backproj.dask.histogram],
    ids=["back_project", "histogram"],
)
def test_wrong_frames_are_refused_before_anything_is_computed(call, frames, error, names, fix):
    with pytest.raises(error) as caught:
        call(frames)
    assert "\n" not in str(caught.value)
    assert names in str(caught.value)
    assert fix in str(caught.value)


def test_the_fix_suggested_for_grey_frames_works():
    grey = FRAMES[..., 0] + np.uint8(7)
    frames = np.stack([grey] * 3, axis=-1)
    assert isinstance(frames, da.Array)
    assert backproj.dask.back_project(frames, HIST).compute().shape == grey.shape


# (function, options, error, what its message must contain)
BAD_OPTIONS = {
    "an image as hist": ("back_project", {"hist": FILM[0]}, TypeError, r"numpy.ndarray; .*Histogram\(model"),
    "None as hist": ("back_project", {"hist": None}, TypeError, "hist must be .* not NoneType"),
    "an image among hists": ("back_project", {"hist": [HIST, FILM[0]]}, TypeError, "numpy.ndarray"),
    "an order": ("back_project", {"hist": HIST, "order": "hsv"}, ValueError, "'bgr'"),
    "threads": ("back_project", {"hist": HIST, "threads": 0}, ValueError, "at least 1"),
    "order of a histogram": ("histogram", {"order": "hsv"}, ValueError, "'bgr'"),
    "threads of a histogram": ("histogram", {"threads": 1.5}, TypeError, "whole number"),
    "channels": ("histogram", {"channels": "vs"}, ValueError, "'hs'"),
    "bins": ("histogram", {"bins": 0}, ValueError, "from 1 to 256"),
    "peak": ("histogram", {"peak": -1}, ValueError, "more than 0"),
    "split_every": ("histogram", {"split_every": 1}, ValueError, "at least 2, not 1"),
    "split_every, no number": ("histogram", {"split_every": "2"}, ValueError, "at least 2, not '2'"),
    "a mask of a list": ("histogram", {"mask": [1]}, TypeError, "not list of length 1"),
    "a mask of floats": ("histogram", {"mask": np.ones((4, 6, 8))}, TypeError, "float64.*mask != 0"),
    "a mask of one frame": (
        "histogram",
        {"mask": np.ones((6, 8), bool)},
        ValueError,
        r"broadcast_to\(mask, \(4,",
    ),
    "a mask of other pixels": (
        "histogram",
        {"mask": np.ones((4, 8, 6), bool)},
        ValueError,
        r"\(4, 8, 6\).*same pixels",
    ),
}


@pytest.mark.parametrize(("function", "options", "error", "says"), BAD_OPTIONS.values(), ids=BAD_OPTIONS)
def test_wrong_options_are_refused_before_anything_is_computed(function, options, error, says):
    with pytest.raises(error, match=says) as caught:
        getattr(backproj.dask, function)(FRAMES, **options)
    assert "\n" not in str(caught.value)


def test_frames_without_pixels_are_refused():
    with pytest.raises(ValueError, match=r"\(0, 33, 21, 3\), no pixels"):
        backproj.dask.histogram(da.from_array(FILM[:0]))


def test_a_mask_with_an_unknown_number_of_frames_is_refused():
    bright = FRAMES[FRAMES.mean(axis=(1, 2, 3)) > 0]
    with pytest.raises(ValueError, match="compute_chunk_sizes"):
        backproj.dask.histogram(bright, mask=np.ones((4, 6, 8), bool))


def test_it_warns_if_no_pixel_was_counted():
    fitted = backproj.dask.histogram(FRAMES, mask=np.zeros((4, 6, 8), bool))
    with pytest.warns(RuntimeWarning, match="no pixel passed mask"):
        assert not fitted.compute().values.any()


def test_a_delayed_value_that_is_not_a_histogram_is_refused():
    with pytest.raises(TypeError, match=r"hist must be a Histogram.* not numpy\.ndarray"):
        backproj.dask.back_project(FRAMES, dask.delayed(FILM[0])).compute()


def test_chunks_that_differ_from_the_metadata_are_refused():
    frames = FRAMES.map_blocks(lambda chunk: chunk / 255, dtype=np.uint8)
    for lazy in (backproj.dask.back_project(frames, HIST), backproj.dask.histogram(frames)):
        with pytest.raises(TypeError, match="dtype float64"):
            lazy.compute()


def test_the_error_of_the_local_call_names_this_module():
    with pytest.raises(
        TypeError, match=r"dask\.array\S*Array; backproj\.dask\.back_project, .* take dask arrays"
    ):
        backproj.back_project(FRAMES, HIST)


@pytest.mark.parametrize("missing", ["dask", "dask.array"])
def test_without_dask_the_error_says_what_to_install(missing):
    code = f"import sys; sys.modules[{missing!r}] = None; import backproj.dask"
    done = run_python(code)
    assert done.returncode == 1
    *_, line = done.stderr.splitlines()
    assert line.startswith("ImportError: backproj.dask needs dask (")
    assert line.endswith("): pip install 'backproj[dask]'")
    assert "another exception" not in done.stderr


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """The results of a film on two processes, one of which was killed."""
    folder = tmp_path_factory.mktemp("workers")
    return json.loads(
        run(sys.executable, "-W", "error", ROOT / "tests" / "programs" / "killed_dask_worker.py", folder)
    )


@pytest.mark.exhaustive
def test_killing_a_worker_during_the_work_changes_no_result(cluster):
    assert cluster["killed"] == 1
    assert cluster["equal"] == {
        "projection": True,
        "histogram": True,
        "projection of the histogram": True,
        "region of divided frames": True,
    }


@pytest.mark.exhaustive
@pytest.mark.parametrize(("asked", "used"), [("default", 1), ("3", 3), ("None", 2)])
def test_a_task_uses_one_thread_by_default(cluster, asked, used):
    assert cluster["environment"] == 2, "what None means in these workers"
    assert cluster["threads"][asked] == [
        ["binding_Add", used],
        ["binding_Project", used],
        ["binding_Region", used],
        ["binding_RegionOn", used],
    ]


def followed(film):
    """Return where the object is in each frame, as the page does, but in this process."""
    tracker, boxes = backproj.Tracker(), [(120, 300, 60, 60)]
    tracker.init(film[0], boxes[0])
    for frame in film[1:]:
        seen, box = tracker.update(frame)
        boxes.append(box if seen else None)
    return boxes


@pytest.mark.exhaustive
def test_the_blocks_of_the_page_run(photograph, tmp_path):
    page = (ROOT / "docs" / "dask.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    assert len(blocks) == 9
    film = np.stack([np.roll(photograph, 9 * i, axis=1) for i in range(20)])
    (tmp_path / "film").mkdir()
    for i, frame in enumerate(film):
        cv2.imwrite(str(tmp_path / "film" / f"{i:02}.png"), frame)
    for i in range(2):
        (tmp_path / "films" / str(i)).mkdir(parents=True)
        for j, frame in enumerate(film[::-1] if i else film):
            cv2.imwrite(str(tmp_path / "films" / str(i) / f"{j:02}.png"), frame)
    keep = (
        "np.savez('found.npz', areas=areas, best=best, fits=fits, again=again, area=area, found=found,"
        " by_otsu=by_otsu, share=share)\n"
        "import pathlib, pickle\n"
        "pathlib.Path('tracks.pickle').write_bytes(pickle.dumps((tracks, on_cluster)))"
    )
    run(sys.executable, "-W", "error", "-c", "\n".join([*blocks, keep]), cwd=tmp_path)
    hist, corner = backproj.Histogram(film[0, 300:360, 120:180]), backproj.Histogram(film[0, :60, :60])
    areas = (hist.back_project(film) > 127).sum(axis=(1, 2))
    with np.load(tmp_path / "found.npz") as found:
        np.testing.assert_array_equal(found["areas"], areas)
        np.testing.assert_array_equal(found["again"], areas)
        best = backproj.back_project(film[0], [hist, corner]).argmax(axis=0)
        np.testing.assert_array_equal(found["best"], best)
        fits = hist.ratio(backproj.Histogram(list(film))).back_project(film).mean(axis=(1, 2))
        np.testing.assert_allclose(found["fits"], fits)
        mask = hist.segment(film[0])
        assert found["area"] == (mask > 0).sum() > 0
        by_otsu = hist.segment(film[0], disc=(11, 7), threshold="otsu")
        np.testing.assert_array_equal(found["by_otsu"], by_otsu)
        np.testing.assert_array_equal(found["found"], hist.cut_out(film[0], disc=11))
        either = backproj.disc_sum(backproj.back_project(film[0], [hist, corner]).max(axis=0), 5) > 50
        assert found["share"] == either.mean() > 0
        assert areas.any()
        assert best.any()
        assert fits.any()
    tracks, on_cluster = pickle.loads((tmp_path / "tracks.pickle").read_bytes())
    assert list(tracks) == on_cluster == [followed(film), followed(film[::-1])]
    assert on_cluster[0][5] != on_cluster[0][0]
