"""Random shapes, views, layouts and options give the results of the formula."""

import warnings

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import backproj
from helpers import formula, opencv_chain

pytestmark = pytest.mark.exhaustive  # hundreds of examples

spec = settings(
    deadline=None,
    derandomize=True,
    max_examples=400,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

seeds = st.integers(0, 2**32 - 1)
orders = st.sampled_from(["bgr", "rgb"])
threads = st.sampled_from([None, 1, 2, 3, 64])
steps = st.sampled_from([1, 2, 3, -1, -2])

# Images with many equal, dark or grey pixels, besides those whose pixels all differ.
PALETTES = {
    "noise": lambda random, shape: random.integers(0, 256, shape, np.uint8),
    "dark": lambda random, shape: random.integers(0, 6, shape, np.uint8),
    "few": lambda random, shape: random.choice(np.array([0, 1, 127, 254, 255], np.uint8), shape),
    "reds": lambda random, shape: (
        random.integers(0, 256, shape, np.uint8) // np.uint8([8, 8, 1, 1][: shape[-1]])
    ),
}


@st.composite
def views(draw, lengths, channels=None):
    """Return an array with any strides, whose last axis has the channels if there are any."""
    random = np.random.default_rng(draw(seeds))
    axes = len(lengths)
    taken = [draw(steps) for _ in lengths]
    before = [draw(st.integers(0, 2)) for _ in lengths]
    room = [n * abs(step) + gap for n, step, gap in zip(lengths, taken, before, strict=True)]
    order = draw(st.permutations(range(axes + (channels is not None))))
    sizes = [*room, *([channels] if channels else [])]
    array = PALETTES[draw(st.sampled_from(sorted(PALETTES)))](random, sizes) if channels else None
    if array is None:
        array = random.integers(0, 3, sizes, np.uint8)
    # The same numbers, with the axes in another order in memory.
    array = np.ascontiguousarray(array.transpose(order)).transpose(np.argsort(order))
    for axis, (n, step, gap) in enumerate(zip(lengths, taken, before, strict=True)):
        array = np.moveaxis(np.moveaxis(array, axis, 0)[gap:][::step][:n], 0, axis)
    return array


@st.composite
def images(draw, batch=False):
    """Return an image, or with a batch perhaps several, of 3 or 4 channels."""
    lengths = [draw(st.integers(1, 9)), draw(st.integers(1, 70))]
    if batch and draw(st.booleans()):
        lengths.insert(0, draw(st.integers(0, 4)))
    return draw(views(lengths, draw(st.sampled_from([3, 4]))))


CHANNELS = sorted(formula.CHANNELS)


@st.composite
def layouts(draw, names=CHANNELS):
    """Return the options of a layout of channels, which have one of these names."""
    channels = draw(st.sampled_from(names))
    space, components = formula.CHANNELS[channels]
    most = 256 if len(components) < 3 else 24
    bins = draw(st.integers(1, most) | st.tuples(*[st.integers(1, most)] * len(components)))
    layout = {"channels": channels, "bins": bins}
    bound = st.floats(-20, 280, width=32) | st.integers(0, 256).map(float)
    if draw(st.booleans()):
        pairs = [draw(st.tuples(bound, bound).filter(lambda pair: pair[0] != pair[1])) for _ in components]
        layout["ranges"] = [limit for pair in pairs for limit in sorted(pair)]
    if draw(st.booleans()):
        layout["in_range"] = draw(bounds(space))
    return layout


@st.composite
def bounds(draw, space):
    """Return bounds of a colour space, of which only those of hue may wrap around or contain nothing."""
    if space is formula.hsv:
        values = st.integers(-5, 260)
        hue, saturation, value = (draw(st.tuples(values, values)) for _ in range(3))
        return tuple(zip(hue, sorted(saturation), sorted(value), strict=True))
    low, high = st.integers(-5, 255), st.integers(0, 260)
    pairs = st.tuples(low, high).filter(lambda pair: pair[0] <= pair[1])
    return tuple(zip(*(draw(pairs) for _ in range(1 if space is formula.gray else 3)), strict=True))


peaks = st.none() | st.sampled_from([1, 100, 255, 256.0, 1000]) | st.floats(1e-3, 1e6)


def bgr(image, order):
    return image[..., 2::-1] if order == "rgb" else image[..., :3]


def counted(model, **options):
    """Return the histogram of a model; no pixel may be left to count."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "no pixel passed mask")
        return backproj.Histogram(model, **options)


@spec
@given(st.data(), images(batch=True), images(), layouts(), peaks, orders, orders, threads)
def test_counting_and_projecting_give_the_formulas_results(
    data, frame, model, layout, peak, order, model_order, threads
):
    mask = data.draw(st.none() | views(model.shape[:2]))
    if mask is not None and data.draw(st.booleans()):
        mask = mask != 0
    hist = counted(model, mask=mask, peak=peak, order=model_order, **layout)
    counts = formula.counts(bgr(model, model_order), mask, **layout)
    np.testing.assert_array_equal(hist.counts, counts)
    values = formula.normalized(counts, peak)
    assert hist.values.tobytes() == values.tobytes()
    out = None
    if data.draw(st.booleans()):
        out = data.draw(views(frame.shape[:-1]))
    prob = hist.back_project(frame, out=out, order=order, threads=threads)
    assert out is None or prob is out
    np.testing.assert_array_equal(prob, formula.project(bgr(frame, order), values, **layout))


@st.composite
def grey_images(draw, batch=False):
    """Return a grey image, or with a batch perhaps several, and the same with a last axis of length 1."""
    lengths = [draw(st.integers(1, 9)), draw(st.integers(1, 70))]
    if batch and draw(st.booleans()):
        lengths.insert(0, draw(st.integers(0, 4)))
    grey = draw(views(lengths, 1))
    # Without the axis, a batch that is as narrow as that would be taken for colours.
    narrow = len(lengths) == 3 and lengths[-1] in (1, 3, 4)
    return grey if narrow or draw(st.booleans()) else grey[..., 0], grey


@spec
@given(st.data(), grey_images(batch=True), grey_images(), layouts(["gray"]), peaks, orders, threads)
def test_grey_images_give_the_formulas_results(data, frames, models, layout, peak, order, threads):
    (frame, grey_frame), (model, grey_model) = frames, models
    mask = data.draw(st.none() | views(grey_model.shape[:2]))
    hist = counted(model, mask=mask, peak=peak, order=order, **layout)
    values = formula.normalized(formula.counts(grey_model, mask, **layout), peak)
    assert hist.values.tobytes() == values.tobytes()
    out = data.draw(st.none() | views(grey_frame.shape[:-1]))
    prob = hist.back_project(frame, out=out, order=order, threads=threads)
    np.testing.assert_array_equal(prob, formula.project(grey_frame, values, **layout))
    cut = hist.cut_out(frame, disc=None, threshold=100, order=order, threads=threads)
    np.testing.assert_array_equal(cut, np.where(prob.reshape(frame.shape) > 100, frame, 0))


@st.composite
def discs(draw):
    """Return a disc in some form, and its pixels."""
    if draw(st.booleans()):
        size = draw(st.integers(1, 12)), draw(st.integers(1, 12))
        return size, opencv_chain.ellipse(*size)
    pixels = draw(views([draw(st.integers(1, 12)), draw(st.integers(1, 12))])) > draw(st.integers(0, 1))
    if not pixels.any():
        return None, np.ones((1, 1), bool)
    return pixels, pixels


@spec
@given(st.data(), images(batch=True), layouts(), discs(), orders, threads)
@pytest.mark.usefixtures("opencvs_own_code")
def test_regions_are_where_the_formulas_sums_are_greater(data, frame, layout, disc, order, threads):
    form, pixels = disc
    threshold = data.draw(st.integers(0, 255) | st.just("otsu"))
    bins = layout.pop("bins")
    shape = formula.shape(layout["channels"], bins)
    values = np.random.default_rng(data.draw(seeds)).uniform(-200, data.draw(st.integers(1, 255)), shape)
    hist = backproj.Histogram.from_values(values.astype(np.float32), **layout)
    prob = formula.project(bgr(frame, order), hist.values, bins=bins, **layout)
    planes = prob if prob.ndim == 3 else prob[np.newaxis]
    sums = np.array([formula.disc_sum(plane, pixels) for plane in planes]).reshape(prob.shape)
    masks = [opencv_chain.segment(plane, None, threshold) for plane in sums.reshape(planes.shape)]
    mask = np.array(masks, np.uint8).reshape(prob.shape)
    cut = np.where(mask[..., np.newaxis] != 0, frame, 0)
    options = {"disc": form, "threshold": threshold, "threads": threads}
    np.testing.assert_array_equal(hist.segment(frame, order=order, **options), mask)
    np.testing.assert_array_equal(hist.cut_out(frame, order=order, **options), cut)
    np.testing.assert_array_equal(backproj.disc_sum(prob, form, threads=threads), sums)
    np.testing.assert_array_equal(backproj.segment(prob, **options), mask)
    np.testing.assert_array_equal(backproj.cut_out(frame, mask, threads=threads), cut)


@spec
@given(st.data(), layouts(), images(), st.floats(-1000, 1000, width=32), seeds)
def test_given_values_project_as_the_formula_says(data, layout, frame, scale, seed):
    bins = layout.pop("bins")
    shape = formula.shape(layout["channels"], bins)
    values = np.random.default_rng(seed).uniform(-300, 300, shape).astype(np.float32)
    if data.draw(st.booleans()):
        values = np.rint(values) / 2  # many that are exactly between two numbers
    hist = backproj.Histogram.from_values(values, scale=scale, **layout)
    expected = formula.project(frame, values, scale, bins=bins, **layout)
    np.testing.assert_array_equal(hist.back_project(frame), expected)


@spec
@given(st.data(), images(batch=True), st.lists(st.tuples(images(), layouts()), max_size=4), orders, threads)
def test_several_histograms_give_the_results_of_each(data, frame, models, order, threads):
    hists = [counted(model, **layout) for model, layout in models]
    shape = (len(hists), *frame.shape[:-1])
    out = data.draw(st.none() | views(shape))
    probs = backproj.back_project(frame, hists, out=out, order=order, threads=threads)
    assert probs.shape == shape
    for prob, hist, (_, layout) in zip(probs, hists, models, strict=True):
        np.testing.assert_array_equal(prob, formula.project(bgr(frame, order), hist.values, **layout))


@spec
@given(st.lists(images(), min_size=1, max_size=4), layouts(), st.data())
def test_several_models_count_as_the_sum_of_their_histograms(models, layout, data):
    masks = [data.draw(st.none() | views(model.shape[:2])) for model in models]
    together = counted(models, mask=masks, **layout)
    each = [counted(model, mask=mask, **layout) for model, mask in zip(models, masks, strict=True)]
    added = each[0]
    for hist in each[1:]:
        added = added + hist
    expected = sum(formula.counts(m[..., :3], mask, **layout) for m, mask in zip(models, masks, strict=True))
    for hist in (together, added):
        np.testing.assert_array_equal(hist.counts, expected)
        assert hist.values.tobytes() == formula.normalized(expected).tobytes()


SPACES = {
    "hsv": formula.hsv,
    "ycrcb": formula.ycrcb,
    "lab": formula.lab,
    "bgr": formula.bgr,
    "gray": formula.gray,
}


@spec
@given(st.data(), images(batch=True), st.sampled_from(sorted(SPACES)), orders)
def test_in_range_gives_the_formulas_mask(data, image, space, order):
    lo, hi = data.draw(bounds(SPACES[space]))
    expected = formula.within(SPACES[space](bgr(image, order)), lo, hi) * np.uint8(255)
    np.testing.assert_array_equal(backproj.in_range(image, lo, hi, space=space, order=order), expected)


@spec
@given(st.data(), st.integers(1, 12), st.integers(1, 12))
def test_locate_finds_what_brute_force_finds(data, height, width):
    prob = data.draw(views([height, width]))
    size = data.draw(st.tuples(st.integers(1, width), st.integers(1, height)))
    sums = np.lib.stride_tricks.sliding_window_view(prob, size[::-1]).sum(axis=(2, 3), dtype=np.int64)
    y, x = np.unravel_index(sums.argmax(), sums.shape)
    assert backproj.locate(prob, size) == ((x, y, *size), sums.max())
