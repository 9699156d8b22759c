"""The attributes, repr and help of a Histogram."""

import pydoc
import re

import numpy as np
import pytest

import backproj
from helpers import formula


def test_its_help_names_no_private_class():
    text = pydoc.plain(pydoc.render_doc(backproj.Histogram))
    assert re.findall(r"\b_\w+\.[A-Z]\w*|inherited from", text.replace("builtins.", "")) == []


def test_values_span_0_to_256_and_counts_sum_to_the_pixels(photograph):
    hist = backproj.Histogram(photograph)
    assert hist.values.shape == hist.counts.shape == (32, 32)
    assert (hist.values.dtype, hist.counts.dtype) == (np.float32, np.int64)
    assert (hist.values.min(), hist.values.max()) == (0, 256)
    assert hist.counts.sum() == photograph.size // 3


@pytest.mark.parametrize("name", ["values", "counts"])
def test_its_arrays_cannot_be_written(noise, name):
    hist = backproj.Histogram(noise)
    with pytest.raises(ValueError, match="read-only"):
        getattr(hist, name)[0, 0] = 1
    with pytest.raises(ValueError, match="cannot set WRITEABLE"):
        getattr(hist, name).flags.writeable = True
    with pytest.raises(AttributeError):
        setattr(hist, name, None)


def test_changing_the_model_later_changes_nothing(noise):
    frame = noise.copy()
    hist = backproj.Histogram(noise)
    before = hist.back_project(frame)
    noise[...] = 0
    np.testing.assert_array_equal(hist.back_project(frame), before)


@pytest.mark.parametrize("call", [backproj.Histogram, lambda m, mask: backproj.back_project(m, m, mask=mask)])
def test_a_mask_that_excludes_all_pixels_warns_at_the_caller_and_gives_zeros(noise, call):
    with pytest.warns(RuntimeWarning, match="no pixel passed mask") as caught:
        result = call(noise, mask=np.zeros(noise.shape[:2], bool))
    assert caught[0].filename == __file__
    assert not (result.values if isinstance(result, backproj.Histogram) else result).any()


def test_a_model_that_fills_all_bins_alike_gives_zeros(all_colours):
    # As in OpenCV, whose NORM_MINMAX maps a constant histogram to zeros.
    colours = all_colours.reshape(-1, 3)[::5]
    _, one_a_cell = np.unique(formula.cells(formula.hsv(colours)), return_index=True)
    hist = backproj.Histogram(colours[np.newaxis, one_a_cell])
    assert (hist.counts == 1).all()
    assert not hist.values.any()


def test_its_repr_says_how_many_pixels_it_counted(noise):
    assert repr(backproj.Histogram(noise)) == "<backproj.Histogram: hs, 32×32 bins, 1961 pixels>"


def test_peak_and_scale_are_those_given(noise):
    hist = backproj.Histogram(noise)
    assert (hist.peak, hist.scale) == (256, 1)
    assert backproj.Histogram(noise, peak=255).peak == 255
    assert backproj.Histogram(noise, peak=None).peak is None
    given = backproj.Histogram.from_values(hist.values, channels="hs", scale=0.5)
    assert (given.peak, given.scale) == (None, 0.5)
    assert hist.ratio(hist).peak is None
    assert type(backproj.Histogram(noise, peak=np.float16(255)).peak) is float


def test_info_names_the_kernel_the_threads_and_the_version():
    info = backproj.info()
    assert info["kernel"] in info["kernels"]
    assert info["threads"] >= 1
    assert info["version"] == backproj.__version__
