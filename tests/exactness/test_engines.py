"""All engines give the same bytes, and the error for a missing engine says how to build it."""

import importlib.util
import re
import shutil
import sys

import numpy as np
import pytest

import backproj
from helpers import opencv_chain
from helpers.image_views import STEPS, views
from helpers.models import MODELS
from helpers.processes import run, run_python

needs_opencv = pytest.mark.skipif(
    "opencv" not in backproj.engines(), reason="this build has no opencv engine (BACKPROJ_OPENCV=1)"
)


@needs_opencv
@pytest.mark.parametrize("name", MODELS)
def test_gocv_cv2_and_the_native_engine_agree_on_every_colour(all_colours, photograph, name):
    model = np.ascontiguousarray(MODELS[name](photograph))
    expected = opencv_chain.back_project(all_colours, model)
    by_gocv = backproj.back_project(all_colours, model, engine="opencv")
    np.testing.assert_array_equal(by_gocv, expected)
    np.testing.assert_array_equal(backproj.back_project(all_colours, model), by_gocv)


@needs_opencv
@pytest.mark.parametrize("order", ["bgr", "rgb"])
@pytest.mark.parametrize("channels", [3, 4])
def test_the_opencv_engine_takes_any_view(order, channels):
    image = np.random.default_rng(5).integers(0, 256, (41, 67, channels), np.uint8)
    model = np.ascontiguousarray(image[:20, :20])
    hist = backproj.Histogram(model, order=order)
    options = {"order": order, "engine": "opencv"}
    for view in [*views(image), image[..., 2::-1], np.asfortranarray(image)]:
        expected = hist.back_project(view, order=order)
        np.testing.assert_array_equal(hist.back_project(view, **options), expected)
        np.testing.assert_array_equal(backproj.back_project(view, model, **options), expected)


@needs_opencv
@pytest.mark.parametrize("step", STEPS)
def test_the_opencv_engine_writes_into_any_out(noise, step):
    hist = backproj.Histogram(noise)
    expected = hist.back_project(noise)
    h, w = expected.shape
    buffer = np.full((2 * h + 3, 2 * w + 3), 99, np.uint8)
    out = buffer[1 : 1 + 2 * h, 1 : 1 + 2 * w][::2, ::2] if abs(step) == 2 else buffer[1 : 1 + h, 1 : 1 + w]
    out = out[:: step // abs(step), :: step // abs(step)]
    assert hist.back_project(noise, out=out, engine="opencv") is out
    np.testing.assert_array_equal(out, expected)
    out[...] = 99
    assert (buffer == 99).all(), "bytes outside out were written"


@needs_opencv
def test_the_opencv_engine_counts_under_any_mask(noise):
    random = np.random.default_rng(6)
    for mask in (
        random.integers(0, 3, noise.shape[:2], np.uint8),
        random.random(noise.shape[:2]) < 0.5,
        (random.random(noise.shape[1::-1]) < 0.5).T,
    ):
        np.testing.assert_array_equal(
            backproj.back_project(noise, noise, mask=mask, engine="opencv"),
            backproj.back_project(noise, noise, mask=mask),
        )


@needs_opencv
def test_the_opencv_engine_warns_of_a_mask_that_excludes_all_pixels(noise):
    with pytest.warns(RuntimeWarning, match="no pixel passed mask"):
        prob = backproj.back_project(noise, noise, mask=np.zeros(noise.shape[:2], np.uint8), engine="opencv")
    assert not prob.any()


@needs_opencv
@pytest.mark.parametrize("shape", [(0, 5, 3), (5, 0, 3)])
def test_the_opencv_engine_gives_an_empty_result_for_a_frame_without_pixels(noise, shape):
    prob = backproj.back_project(np.empty(shape, np.uint8), noise, engine="opencv")
    assert prob.shape == shape[:2]


# Imports cv2 and backproj in an order, then calls both, in turns and from four threads.
COEXIST = """
import sys
{imports}
import threading
import numpy as np
frame = np.random.default_rng(1).integers(0, 256, (300, 400, 3), np.uint8)
model = frame[:40, :40].copy()
ranges = [0, 180, 0, 256]

def by_cv2():
    counts = cv2.calcHist([cv2.cvtColor(model, cv2.COLOR_BGR2HSV)], [0, 1], None, [32, 32], ranges)
    values = cv2.normalize(counts, None, 0, 256, cv2.NORM_MINMAX)
    return cv2.calcBackProject([cv2.cvtColor(frame, cv2.COLOR_BGR2HSV)], [0, 1], values, ranges, 1)

ways = [by_cv2] + [lambda e=e: backproj.back_project(frame, model, engine=e) for e in backproj.engines()]
{first}
expected = by_cv2()
bad = []

def work():
    for _ in range(50):
        for way in ways:
            if not np.array_equal(way(), expected):
                bad.append(way)

work()
threads = [threading.Thread(target=work) for _ in range(4)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(len(ways), len(bad))
"""


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    ("imports", "first"),
    [
        ("import cv2, backproj", ""),
        ("import backproj, cv2", "backproj.back_project(frame, model, engine=backproj.engines()[-1])"),
        ("import backproj\nbackproj.info()\nimport cv2", ""),
    ],
    ids=["cv2 first", "backproj first", "backproj loaded first"],
)
def test_cv2_and_every_engine_work_in_one_process(imports, first):
    code = COEXIST.format(imports=imports, first=first)
    done = run_python(code, timeout=120)
    assert (done.stdout.split(), done.stderr) == ([str(1 + len(backproj.engines())), "0"], "")


def test_a_build_without_the_opencv_engine_says_how_to_get_it(monkeypatch, noise):
    from backproj._runtime import loader

    monkeypatch.setattr(loader, "_modules", {"_native": loader.load("_native")})
    monkeypatch.delitem(loader._process.files, "_opencv", raising=False)
    monkeypatch.setitem(sys.modules, "backproj._opencv", None)
    assert backproj.engines() == ["native"]
    for call in (backproj.Histogram(noise).back_project, lambda f, **k: backproj.back_project(f, f, **k)):
        with pytest.raises(RuntimeError, match=r"BACKPROJ_OPENCV=1 pip install.*libopencv-dev"):
            call(noise, engine="opencv")


@pytest.mark.parametrize(
    ("engine", "error"), [("cuda", ValueError), ("", ValueError), (None, TypeError), (1, TypeError)]
)
def test_unknown_engines_are_named(noise, engine, error):
    for call in (backproj.Histogram(noise).back_project, lambda f, **k: backproj.back_project(f, f, **k)):
        with pytest.raises(error, match=f"engine must be 'native' or 'opencv', not {engine!r}"):
            call(noise, engine=engine)


def test_the_opencv_engine_is_loaded_by_its_first_call_only():
    code = (
        "import sys, numpy as np, backproj; frame = np.zeros((2, 2, 3), np.uint8)\n"
        "backproj.engines(), backproj.back_project(frame, frame)\n"
        "print('backproj._opencv' in sys.modules, 'opencv' in open('/proc/self/maps').read())"
    )
    done = run_python(code)
    assert done.stdout.split() == ["False", "False"]


@needs_opencv
def test_the_opencv_engine_takes_batches_and_several_histograms(photograph):
    batch = np.stack([photograph, photograph[::-1]])
    hists = [backproj.Histogram(photograph[300:360, 120:180]), backproj.Histogram(photograph, peak=99)]
    np.testing.assert_array_equal(
        backproj.back_project(batch, hists, engine="opencv"), backproj.back_project(batch, hists)
    )


@needs_opencv
@pytest.mark.parametrize(
    "options",
    [
        {"channels": "h"},
        {"channels": "crcb"},
        {"channels": "gray"},
        {"bins": 16},
        {"ranges": [0, 90, 0, 256]},
        {"in_range": ((0, 9, 9), (180, 255, 255))},
    ],
    ids=str,
)
def test_the_opencv_engine_names_the_layout_that_it_takes(noise, options):
    with pytest.raises(ValueError, match=r"the opencv engine takes .*channels='hs'.* engine='native'"):
        backproj.back_project(noise, noise, engine="opencv", **options)
    with pytest.raises(ValueError, match=r"the opencv engine takes .*channels='hs'.* engine='native'"):
        backproj.Histogram(noise, **options).back_project(noise, engine="opencv")


@needs_opencv
@pytest.mark.skipif(not shutil.which("readelf"), reason="needs binutils")
def test_the_opencv_module_links_two_libraries_of_opencv_and_no_more():
    module = importlib.util.find_spec("backproj._opencv").origin
    needed = re.findall(r"NEEDED.*\[lib(.*)\.so", run("readelf", "--dynamic", module))
    assert {library for library in needed if library.startswith("opencv")} == {
        "opencv_core",
        "opencv_imgproc",
    }


THREADS = """
import os, signal, numpy as np, backproj
def tasks(): return set(os.listdir("/proc/self/task"))
def blocked(task):
    with open(f"/proc/self/task/{task}/status") as lines:
        (mask,) = (int(line.split()[1], 16) for line in lines if line.startswith("SigBlk"))
    return bool(mask >> signal.SIGTERM - 1 & 1)
before = tasks()
frame = np.zeros((2000, 2000, 3), np.uint8)
for _ in range(5): backproj.back_project(frame, frame, engine="opencv")
print([blocked(task) for task in tasks() - before])
"""


@needs_opencv
def test_opencv_starts_no_threads_of_its_own():
    # A forked child would wait for them, and they would take signals; Go's have all signals blocked.
    assert "False" not in run(sys.executable, "-c", THREADS)
