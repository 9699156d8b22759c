"""``verify`` finds a difference where there is one, and only there."""

import sys

import numpy as np
import pytest

import backproj
from backproj import _verify


def test_without_arguments_it_compares_every_colour_by_every_kernel_and_engine():
    comparisons = backproj.verify()
    names = {c.name for c in comparisons}
    assert {f"native engine, {kernel} kernel" for kernel in backproj.info()["kernels"]} <= names
    assert any(name.startswith("opencv engine") for name in names) == ("opencv" in backproj.engines())
    assert {c.judge.split()[0] for c in comparisons} == {"cv2"}
    assert {c.pixels for c in comparisons} == {1 << 24}
    assert len(comparisons) == len(names) * len(_verify.synthetic_models())
    assert [c for c in comparisons if c.difference] == []


def test_its_default_frame_holds_every_colour_once():
    frame = _verify.every_colour().reshape(-1, 3).astype(np.uint32)
    assert np.bincount(frame[:, 0] | frame[:, 1] << 8 | frame[:, 2] << 16).tolist() == [1] * (1 << 24)


@pytest.mark.parametrize("order", ["bgr", "rgb"])
def test_it_compares_on_given_images(photograph, order):
    comparisons = backproj.verify(photograph[:, ::2], photograph[300:360, 120:180], order=order)
    assert {(c.model, c.pixels, c.difference) for c in comparisons} == {("the model", 512 * 256, None)}
    assert {c.model for c in backproj.verify(photograph)} == {"the frame"}


def spoilt(contender, part):
    """Return a contender that is wrong in one place."""

    def result(frame, model):
        values, prob = (array.copy() for array in contender(frame, model))
        if part == "values":
            values[3, 7] = np.nextafter(values[3, 7], np.float32(1))
        else:
            prob[4, 2] ^= 1
        return values, prob

    return result


@pytest.mark.parametrize(
    ("part", "says"), [("values", "bin (3, 7) of the histogram is"), ("prob", "pixel (2, 4) is")]
)
def test_it_names_the_first_difference(monkeypatch, noise, part, says):
    honest = _verify._contenders()
    monkeypatch.setattr(_verify, "_contenders", lambda: {name: spoilt(c, part) for name, c in honest.items()})
    comparison = backproj.verify(noise)[0]
    assert says in comparison.difference
    assert str(comparison).endswith(comparison.difference)


def test_without_cv2_the_opencv_engine_judges(monkeypatch, noise):
    monkeypatch.setitem(sys.modules, "cv2", None)
    if "opencv" in backproj.engines():
        assert all(c.judge.startswith("opencv engine") for c in backproj.verify(noise))
    monkeypatch.setattr(_verify._engines, "engines", lambda: ["native"])
    with pytest.raises(RuntimeError, match="no OpenCV to compare with; 'pip install opencv-python-headless'"):
        backproj.verify(noise)


def test_a_model_without_a_frame():
    with pytest.raises(ValueError, match="a model without a frame"):
        backproj.verify(model=np.zeros((2, 2, 3), np.uint8))


def test_bad_images_are_named():
    with pytest.raises(TypeError, match="frame has dtype float64"):
        backproj.verify(np.zeros((2, 2, 3)))
    with pytest.raises(ValueError, match="model has shape"):
        backproj.verify(np.zeros((2, 2, 3), np.uint8), np.zeros((2, 2), np.uint8))
