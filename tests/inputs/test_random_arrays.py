"""Whatever numpy describes: the result is that of a copy, or an exception. ``make soak`` tries longer."""

import warnings

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from helpers import strided_arrays

pytestmark = pytest.mark.exhaustive  # hundreds of examples

spec = settings(
    deadline=None,
    derandomize=True,
    max_examples=500,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
hists = st.sampled_from(strided_arrays.HISTS)


@spec
@given(
    strided_arrays.views() | strided_arrays.views(last=(), axes=(2,)), hists, *strided_arrays.OPTIONS.values()
)
def test_a_view_is_read_as_a_copy_of_it(view, hist, order, threads):
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "no pixel passed mask")
        strided_arrays.check_reading(view, hist, order, threads)


@spec
@given(
    strided_arrays.views(last=(), axes=(2, 3)), hists, strided_arrays.OPTIONS["threads"], st.integers(0, 99)
)
def test_a_view_is_written_to_and_nothing_beside_it(out, hist, threads, seed):
    assume(out.array.ndim in (2, 3) and out.array.size < 10**6)
    frame = np.random.default_rng(seed).integers(0, 256, (*out.array.shape, 3), np.uint8)
    strided_arrays.check_writing(out, frame, hist, threads)
