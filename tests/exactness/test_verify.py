"""``verify`` reports a difference if and only if there is one, and says whose it is."""

import sys
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

import backproj
from backproj._verify import by_cv2, engines, formulas, paths, verify
from helpers import formula, opencv_chain

JUDGE = f"cv2 {cv2.__version__}"


@pytest.mark.exhaustive
def test_without_arguments_it_compares_every_colour_by_every_kernel_and_engine_on_every_path():
    comparisons = backproj.verify()
    kernels = {f"native engine, {kernel} kernel" for kernel in backproj.info()["kernels"]}
    engine = {c.name for c in comparisons if c.name.startswith("opencv engine")}
    assert {c.name for c in comparisons} == {JUDGE} | kernels | engine
    assert bool(engine) == ("opencv" in backproj.engines())
    assert {c.judge for c in comparisons} == {JUDGE, verify.FORMULAS}
    assert min(c.pixels for c in comparisons) == 1 << 24
    for judge in (JUDGE, verify.FORMULAS):
        for name in kernels:
            compared = {c.path for c in comparisons if (c.name, c.judge) == (name, judge)}
            assert compared == {path.name for path in paths.PATHS}
        for name in engine:
            compared = {c.path for c in comparisons if (c.name, c.judge) == (name, judge)}
            assert compared == {"hs 32×32", "a batch"}
    models = {c.model for c in comparisons if c.path == "hs 32×32"}
    assert models == {*paths.synthetic_models()}
    assert [c for c in comparisons if c.difference or c.fault or not c.passed] == []


def test_its_paths_cover_all_code_of_the_kernels():
    layouts = {layout for path in paths.PATHS for layout in path.layouts}
    assert {layout.channels for layout in layouts} == {*opencv_chain.CHANNELS}
    assert {layout.in_range is None for layout in layouts if layout.channels == "h"} == {True, False}
    assert {(32, 32), (180, 256)} <= {layout.bins for layout in layouts}
    for option in ("batch", "counts_frame", "grey"):
        assert any(getattr(path, option) for path in paths.PATHS), option
    assert any(len(path.layouts) > 1 for path in paths.PATHS)
    # Sums over small discs are made to grow, those over large ones are put together.
    assert {path.disc for path in paths.PATHS} == {None, 5, 41}


def test_its_default_frame_holds_every_colour_once():
    frame = paths.every_colour().reshape(-1, 3).astype(np.uint32)
    assert np.bincount(frame[:, 0] | frame[:, 1] << 8 | frame[:, 2] << 16).tolist() == [1] * (1 << 24)


@pytest.mark.parametrize("order", ["bgr", "rgb"])
def test_it_compares_on_given_images(photograph, order):
    comparisons = backproj.verify(photograph[:, ::2], photograph[300:360, 120:180], order=order)
    assert {c.model for c in comparisons} == {"the model", "the frame"}
    of_frames = ("counts", "cvtColor")
    assert {c.model for c in comparisons if not c.path.startswith(of_frames)} == {"the model"}
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
        return paths.Result(values, planes)

    return result


def spoil_kernels(monkeypatch, part):
    honest = engines.native_engine()
    monkeypatch.setattr(
        verify, "native_engine", lambda: {name: spoilt(one, part) for name, one in honest.items()}
    )


def spoil_cv2(monkeypatch, part):
    honest = by_cv2.by_cv2
    monkeypatch.setattr(
        by_cv2, "by_cv2", lambda cv2, *image: spoilt(lambda *a: honest(cv2, *a), part)(*image)
    )


PARTS = [("values", " of the histogram is"), ("prob", "pixel (2, 4) is")]


@pytest.mark.parametrize("path", paths.PATHS, ids=[path.name for path in paths.PATHS])
@pytest.mark.parametrize(("part", "says"), PARTS)
def test_it_names_the_first_difference(monkeypatch, noise, path, part, says):
    spoil_kernels(monkeypatch, part)
    monkeypatch.setattr(verify, "PATHS", (path,))
    native = [c for c in backproj.verify(noise) if c.name.startswith("native")]
    for comparison in native:
        assert says in comparison.difference
        assert str(comparison).endswith(comparison.difference)
        assert f", {path.name}, the frame: " in str(comparison)
        assert (comparison.fault, comparison.passed) == (comparison.name, False)


@pytest.mark.parametrize(("part", "says"), PARTS)
def test_a_difference_is_cv2s_where_the_formulas_say_so(monkeypatch, noise, part, says):
    spoil_cv2(monkeypatch, part)
    monkeypatch.setattr(verify, "PATHS", paths.PATHS[:1])
    for comparison in backproj.verify(noise):
        if JUDGE not in (comparison.name, comparison.judge) or comparison.path.startswith("cvtColor"):
            assert (comparison.difference, comparison.fault) == (None, None)
            continue
        assert says in comparison.difference
        assert (comparison.fault, comparison.passed) == (JUDGE, True)
        excuse = f", where {JUDGE} differs from OpenCV's formulas and this does not"
        assert str(comparison).endswith(excuse) == (comparison.judge == JUDGE)


@pytest.mark.parametrize(("part", "says"), PARTS)
def test_equal_to_a_wrong_cv2_is_wrong(monkeypatch, noise, part, says):
    spoil_cv2(monkeypatch, part)
    spoil_kernels(monkeypatch, part)
    monkeypatch.setattr(verify, "PATHS", paths.PATHS[:1])
    native = [c for c in backproj.verify(noise) if c.name.startswith("native")]
    assert {c.judge for c in native if c.passed} == {JUDGE}
    assert {c.fault for c in native if not c.passed} == {c.name for c in native}
    assert all(says in c.difference for c in native if not c.passed)


def test_a_conversion_of_cv2_that_differs_is_counted(monkeypatch, noise):
    honest = by_cv2.converted_by

    def one_more(cv2, image, space):
        converted = honest(cv2, image, space).copy()
        converted[3, 5:7] ^= 1
        return converted

    monkeypatch.setattr(by_cv2, "converted_by", one_more)
    monkeypatch.setattr(verify, "PATHS", ())
    hsv = opencv_chain.to_hsv(noise)[3, 5]
    first, *_ = backproj.verify(noise)
    assert (
        first.difference == f"2 pixels differ, the first is (5, 3): {(hsv ^ 1).tolist()}, not {hsv.tolist()}"
    )
    assert (first.path, first.fault, first.passed) == ("cvtColor to hsv", JUDGE, True)


def test_values_that_cv2_for_windows_rounds_twice_are_seen_and_are_cv2s(monkeypatch, noise):
    honest = cv2.normalize

    def last_values_twice(src, dst, alpha, beta, kind):
        factor = np.float32(beta / (float(src.max()) - float(src.min())))
        twice = src * factor - np.float32(float(src.min()) * float(factor))  # float32 after each step
        honest(src, dst, alpha, beta, kind)
        rest = src.size % 16 if src.ndim == 1 else 0
        if rest:
            dst[-rest:] = twice[-rest:]

    monkeypatch.setattr(cv2, "normalize", last_values_twice)
    # No bin of hue is empty.
    model = np.random.default_rng(5).integers(0, 256, (90, 70, 3), np.uint8)
    found = [c for c in backproj.verify(noise, model) if c.difference]
    assert {(c.path, c.fault, c.passed) for c in found} == {("h 12", JUDGE, True)}


def test_without_cv2_the_formulas_are_the_judge(monkeypatch, noise):
    monkeypatch.setitem(sys.modules, "cv2", None)
    comparisons = backproj.verify(noise)
    assert {c.judge for c in comparisons} == {verify.FORMULAS}
    assert [c for c in comparisons if c.difference] == []


def test_a_model_without_a_frame_is_an_error():
    with pytest.raises(ValueError, match="a model without a frame"):
        backproj.verify(model=np.zeros((2, 2, 3), np.uint8))


def test_bad_images_are_named():
    with pytest.raises(TypeError, match="frame has dtype float64"):
        backproj.verify(np.zeros((2, 2, 3)))
    with pytest.raises(ValueError, match="model has shape"):
        backproj.verify(np.zeros((2, 2, 3), np.uint8), np.zeros((2, 2), np.uint8))


# As cv2's wheels print it; the first for x86-64 under Linux, the others for arm64.
BUILD_INFORMATION = {
    "    Custom HAL:                  YES (ipp (ver 0.0.1))": ["ipp"],
    "    Custom HAL:                  YES (carotene (ver 0.0.1))": ["carotene"],
    "    Custom HAL:                  YES (carotene (ver 0.0.1) KleidiCV (ver 0.7.0))": [
        "carotene",
        "KleidiCV",
    ],
    "    Custom HAL:                  NO": [],
    "  OpenCL:                        YES (no extra features)": [],
}


@pytest.mark.parametrize(("line", "libraries"), BUILD_INFORMATION.items())
def test_libraries_in_place_of_opencvs_code_are_named(line, libraries):
    text = f"General configuration\n  Other third-party libraries:\n{line}\n    Protobuf: build (3.19.1)\n"
    assert by_cv2.replacements(text) == libraries
    module = SimpleNamespace(__version__="4.13.0", getBuildInformation=lambda: text)
    named = [name for name in libraries if name != "ipp"]
    assert by_cv2.name_of(module) == "cv2 4.13.0" + (f" ({', '.join(named)})" if named else "")


@pytest.mark.parametrize("space", ["hsv", "ycrcb", "lab", "gray"])
def test_its_formulas_are_opencvs_for_every_colour(all_colours, space):
    converted = opencv_chain.convert(all_colours, space).reshape(4096, 4096, -1)
    np.testing.assert_array_equal(formulas.Formulas().convert(all_colours, space), converted)


def test_sums_in_its_formulas_are_rounded_once():
    random = np.random.default_rng(2)
    counts = np.concatenate([np.arange(1, 2000), random.integers(1, 1 << 24, 4_000)])
    for peak in (1, 77.7, 255, 256, 1000):
        expected = formula.normalized(counts, peak)
        least, most = float(counts.min()), float(counts.max())
        factor = np.float32(peak * (1 / (most - least)))
        shift = -np.float32(least * np.float64(factor))
        got = formulas._rounded_once(counts * np.float64(factor), np.float64(shift))
        assert got.tobytes() == expected.tobytes()


@pytest.mark.parametrize("size", [2, 3, 4, 5, 8, 11, 40, 41])
def test_discs_in_its_formulas_are_opencvs(noise, size):
    disc = formulas.ellipse(size)
    np.testing.assert_array_equal(disc, opencv_chain.ellipse(size, size))
    np.testing.assert_array_equal(
        formulas.disc_sum(noise[..., 0], disc), formula.disc_sum(noise[..., 0], disc)
    )
