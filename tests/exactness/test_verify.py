"""``verify`` reports a difference if and only if there is one."""

import sys

import numpy as np
import pytest

import backproj
from backproj import _verify
from backproj._validate.channels import CHANNELS

pytestmark = pytest.mark.exhaustive  # every colour


def test_without_arguments_it_compares_every_colour_by_every_kernel_and_engine_on_every_path():
    comparisons = backproj.verify()
    kernels = {f"native engine, {kernel} kernel" for kernel in backproj.info()["kernels"]}
    engine = {c.name for c in comparisons if c.name.startswith("opencv engine")}
    assert {c.name for c in comparisons} == kernels | engine
    assert bool(engine) == ("opencv" in backproj.engines())
    assert {c.judge.split()[0] for c in comparisons} == {"cv2"}
    assert min(c.pixels for c in comparisons) == 1 << 24
    for name in kernels:
        assert {c.path for c in comparisons if c.name == name} == {path.name for path in _verify.PATHS}
    for name in engine:
        assert {c.path for c in comparisons if c.name == name} == {"hs 32×32", "a batch"}
    models = {c.model for c in comparisons if c.path == "hs 32×32"}
    assert models == {*_verify.synthetic_models()}
    assert [c for c in comparisons if c.difference] == []


def test_its_paths_cover_all_code_of_the_kernels():
    layouts = {layout for path in _verify.PATHS for layout in path.layouts}
    assert {layout.channels for layout in layouts} == {*CHANNELS}
    assert {layout.channels for layout in layouts if layout.in_range} >= {"h", "sv", "gray", "crcb", "bgr"}
    assert {layout.channels for path in _verify.PATHS if path.grey for layout in path.layouts} == {"gray"}
    assert {layout.in_range is None for layout in layouts if layout.channels == "h"} == {True, False}
    assert {(32, 32), (180, 256)} <= {layout.bins for layout in layouts}
    assert any(path.batch for path in _verify.PATHS)
    assert any(path.counts_frame for path in _verify.PATHS)
    assert any(len(path.layouts) > 1 for path in _verify.PATHS)
    counted = [path for path in _verify.PATHS if path.counts_frame]
    assert {layout.channels for path in counted for layout in path.layouts} >= {*CHANNELS} - {"h", "hsv"}
    # Sums over small discs are made to grow, those over large ones are put together.
    assert {path.disc for path in _verify.PATHS} == {None, 5, 41}


def test_its_default_frame_holds_every_colour_once():
    frame = _verify.every_colour().reshape(-1, 3).astype(np.uint32)
    assert np.bincount(frame[:, 0] | frame[:, 1] << 8 | frame[:, 2] << 16).tolist() == [1] * (1 << 24)


@pytest.mark.parametrize("order", ["bgr", "rgb"])
def test_it_compares_on_given_images(photograph, order):
    comparisons = backproj.verify(photograph[:, ::2], photograph[300:360, 120:180], order=order)
    assert {c.model for c in comparisons} == {"the model", "the frame"}
    assert {c.model for c in comparisons if not c.path.startswith("counts")} == {"the model"}
    assert {c.pixels for c in comparisons if c.path == "h 32"} == {512 * 256}
    assert [c for c in comparisons if c.difference] == []
    assert {c.model for c in backproj.verify(photograph)} == {"the frame"}


def spoilt(contender, part):
    """Return a contender that is wrong in one place."""

    def result(path, frame, model):
        values, planes = contender(path, frame, model)
        values, planes = [one.copy() for one in values], [plane.copy() for plane in planes]
        if part == "values":
            values[-1].reshape(-1)[7] = np.nextafter(values[-1].reshape(-1)[7], np.float32(1))
        else:
            planes[-1][4, 2] ^= 1
        return _verify.Result(values, planes)

    return result


@pytest.mark.parametrize("path", _verify.PATHS, ids=[path.name for path in _verify.PATHS])
@pytest.mark.parametrize(("part", "says"), [("values", " of the histogram is"), ("prob", "pixel (2, 4) is")])
def test_it_names_the_first_difference(monkeypatch, noise, path, part, says):
    honest = _verify._contenders()
    monkeypatch.setattr(_verify, "_contenders", lambda: {name: spoilt(c, part) for name, c in honest.items()})
    monkeypatch.setattr(_verify, "PATHS", (path,))
    comparison = backproj.verify(noise)[0]
    assert says in comparison.difference
    assert str(comparison).endswith(comparison.difference)
    assert f", {path.name}, the frame: " in str(comparison)


def test_without_cv2_the_opencv_engine_is_the_judge(monkeypatch, noise):
    monkeypatch.setitem(sys.modules, "cv2", None)
    if "opencv" in backproj.engines():
        assert all(c.judge.startswith("opencv engine") for c in backproj.verify(noise))
    monkeypatch.setattr(_verify, "engines", lambda: ["native"])
    with pytest.raises(RuntimeError, match="no OpenCV to compare with; 'pip install opencv-python-headless'"):
        backproj.verify(noise)


def test_a_model_without_a_frame_is_an_error():
    with pytest.raises(ValueError, match="a model without a frame"):
        backproj.verify(model=np.zeros((2, 2, 3), np.uint8))


def test_bad_images_are_named():
    with pytest.raises(TypeError, match="frame has dtype float64"):
        backproj.verify(np.zeros((2, 2, 3)))
    with pytest.raises(ValueError, match="model has shape"):
        backproj.verify(np.zeros((2, 2, 3), np.uint8), np.zeros((2, 2), np.uint8))
