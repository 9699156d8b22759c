"""Bad discs, thresholds, planes, masks and outs are errors that say what came and how to mend it."""

import itertools

import numpy as np
import pytest
from numpy.lib.stride_tricks import as_strided
from PIL import Image

import backproj

FRAME = np.random.default_rng(2).integers(0, 256, (6, 8, 3), np.uint8)
PROB = np.full((6, 8), 100, np.uint8)
MASK = PROB > 99
HIST = backproj.Histogram(FRAME)

# What takes a disc, and what takes a threshold.
BY_DISC = {
    "disc_sum": lambda disc: backproj.disc_sum(PROB, disc),
    "segment": lambda disc: backproj.segment(PROB, disc=disc),
    "segment in a frame": lambda disc: HIST.segment(FRAME, disc=disc),
    "cut_out of a frame": lambda disc: HIST.cut_out(FRAME, disc=disc),
}
BY_THRESHOLD = {
    "segment": lambda threshold: backproj.segment(PROB, threshold=threshold),
    "segment in a frame": lambda threshold: HIST.segment(FRAME, threshold=threshold),
    "cut_out of a frame": lambda threshold: HIST.cut_out(FRAME, threshold=threshold),
}


def pixels(*shape, dtype=np.uint8):
    return np.zeros(shape, dtype)


def cases(table):
    return pytest.mark.parametrize(("value", "error", "says"), table.values(), ids=table)


def assert_says(call, error, *parts):
    """Fail unless a call raises an error whose message has these parts, on one line."""
    with pytest.raises(error) as caught:
        call()
    text = str(caught.value)
    assert [part for part in parts if part not in text] == [], text
    assert "\n" not in text
    assert len(text) < 350


FORMS = (
    "disc must be a diameter, (width, height), an array of 0 and 1 of shape (h, w), or None for no disc, not "
)
SIZE = "but must have from 1×1 to 255×255; None is no disc"

BAD_DISCS = {
    "0": (0, ValueError, ["disc has 0×0 pixels", SIZE]),
    "a negative one": (-3, ValueError, ["-3×-3", SIZE]),
    "256": (256, ValueError, ["256×256", SIZE]),
    "10^40": (10**40, ValueError, ["1000000000", SIZE]),
    "a width of 0": ((0, 5), ValueError, ["0×5", SIZE]),
    "a height of 0": ((5, 0), ValueError, ["5×0", SIZE]),
    "a negative height": ((5, -1), ValueError, ["5×-1", SIZE]),
    "too wide": ((256, 1), ValueError, ["256×1", SIZE]),
    "too high": ((1, 256), ValueError, ["1×256", SIZE]),
    "a float": (5.0, TypeError, [FORMS, "5.0"]),
    "NaN": (float("nan"), TypeError, [FORMS, "nan"]),
    "True": (True, TypeError, [FORMS, "True"]),
    "numpy's True": (np.True_, TypeError, [FORMS, "True"]),
    "a size of bools": ((True, 5), TypeError, [FORMS, "(True, 5)"]),
    "a size of floats": ((5.0, 5.0), TypeError, [FORMS, "(5.0, 5.0)"]),
    "three numbers": ((5, 5, 1), TypeError, [FORMS, "(5, 5, 1)"]),
    "one number": ((5,), TypeError, [FORMS, "(5,)"]),
    "no numbers": ((), TypeError, [FORMS, "()"]),
    "a set": ({3, 5}, TypeError, [FORMS, "{3, 5}"]),
    "a dict": ({"width": 3, "height": 5}, TypeError, [FORMS, "{'width'"]),
    "a text of a number": ("5", TypeError, [FORMS, "'5'"]),
    "a text of two letters": ("55", TypeError, [FORMS, "'55'"]),
    "a word": ("ellipse", TypeError, [FORMS, "'ellipse'"]),
    "bytes": (b"\5\5", TypeError, [FORMS, "b'"]),
    "a list of rows": ([[0, 1, 0], [1, 1, 1]], TypeError, [FORMS, "numpy.array(disc)"]),
    "two rows of two": ([[1, 1], [1, 1]], TypeError, [FORMS, "numpy.array(disc)"]),
    "an array of two floats": (np.ones(2), TypeError, [FORMS, "1."]),
    "an array of two bools": (np.ones(2, bool), TypeError, [FORMS, "True"]),
    "a float without axes": (np.array(5.0), TypeError, [FORMS, "5."]),
    "an array of three numbers": (pixels(3), ValueError, ["disc has shape (3,)", "(h, w)"]),
    "an array with channels": (
        pixels(5, 4, 3),
        ValueError,
        ["disc has shape (5, 4, 3)", "one of its channels"],
    ),
    "a 4-D array": (pixels(1, 1, 5, 5), ValueError, ["disc has shape (1, 1, 5, 5)", "(h, w)"]),
    "a high array": (np.ones((256, 2)), ValueError, ["2×256", SIZE]),
    "a wide array": (np.ones((2, 256)), ValueError, ["256×2", SIZE]),
    "a vast array": (np.broadcast_to(True, (2**30, 2**30)), ValueError, [f"{2**30}×{2**30}", SIZE]),
    "an array without rows": (pixels(0, 5), ValueError, ["5×0", SIZE]),
    "an array without columns": (pixels(5, 0), ValueError, ["0×5", SIZE]),
    "all 0": (pixels(4, 5), ValueError, ["disc has no pixels", "5×4", "None is no disc"]),
    "0 and 255": (np.eye(3, dtype=np.uint8) * 255, ValueError, ["such as 255", "disc != 0"]),
    "a 2": (np.eye(3) * 2, ValueError, ["other than 0 and 1", "such as 2.0", "disc != 0", "filter2D"]),
    "a -1": (np.eye(3, dtype=np.int8) * -1, ValueError, ["such as -1", "disc != 0"]),
    "weights": (np.full((3, 3), 1 / 9), ValueError, ["such as 0.1111", "filter2D"]),
    "a NaN": (np.array([[1, np.nan]]), ValueError, ["such as nan", "disc != 0"]),
    "an infinity": (np.array([[1, np.inf]]), ValueError, ["such as inf", "disc != 0"]),
    "complex": (np.eye(3, dtype=complex), TypeError, ["complex128", "disc != 0"]),
    "objects": (np.eye(3, dtype=object), TypeError, ["object", "disc != 0"]),
    "strings": (np.full((3, 3), "1"), TypeError, ["<U1", "disc != 0"]),
    "masked": (np.ma.masked_equal(np.eye(3), 0), TypeError, ["masked array", "disc.data"]),
    "beyond memory": (as_strided(np.ones(9), (200, 200)), ValueError, ["disc of shape (200, 200)", "beyond"]),
    "far beyond memory": (as_strided(np.eye(3), (3, 3), (2**60, 8)), ValueError, [str(2**60), "beyond"]),
    "two numbers beyond memory": (as_strided(np.ones(1, int), (2,), (2**60,)), ValueError, [str(2**60)]),
}


@cases(BAD_DISCS)
@pytest.mark.parametrize("call", BY_DISC.values(), ids=BY_DISC)
def test_bad_discs(value, error, says, call):
    assert_says(lambda: call(value), error, *says)


WHOLE = "threshold must be a whole number from 0 to 255, or 'otsu', not "
GREATER = "a pixel is in the region if its sum is greater"

BAD_THRESHOLDS = {
    "300": (300, ValueError, ["threshold must be from 0 to 255, not 300", GREATER]),
    "256": (256, ValueError, ["not 256", GREATER]),
    "-1": (-1, ValueError, ["not -1", GREATER]),
    "10^40": (10**40, ValueError, ["not 1000000000", GREATER]),
    "1.5": (1.5, TypeError, [WHOLE + "1.5", "cv2 takes 1 "]),
    "50.0": (50.0, TypeError, [WHOLE + "50.0", "cv2 takes 50 "]),
    "numpy's 50.9": (np.float64(50.9), TypeError, [WHOLE, "50.9", "cv2 takes 50 "]),
    "300.0": (300.0, TypeError, [WHOLE + "300.0"]),
    "NaN": (float("nan"), TypeError, [WHOLE + "nan"]),
    "infinity": (float("inf"), TypeError, [WHOLE + "inf"]),
    "ostu": ("ostu", ValueError, [WHOLE + "'ostu'"]),
    "upper case": ("OTSU", ValueError, [WHOLE + "'OTSU'"]),
    "a text of a number": ("50", ValueError, [WHOLE + "'50'"]),
    "an empty text": ("", ValueError, [WHOLE + "''"]),
    "bytes": (b"otsu", TypeError, [WHOLE + "b'otsu'"]),
    "True": (True, TypeError, [WHOLE + "True"]),
    "numpy's True": (np.True_, TypeError, [WHOLE, "True"]),
    "None": (None, TypeError, [WHOLE + "None"]),
    "a list": ([50], TypeError, [WHOLE + "[50]"]),
    "an array": (np.array([50, 60]), TypeError, [WHOLE + "array([50, 60])"]),
    "a complex number": (50j, TypeError, [WHOLE + "50j"]),
}


@cases(BAD_THRESHOLDS)
@pytest.mark.parametrize("call", BY_THRESHOLD.values(), ids=BY_THRESHOLD)
def test_bad_thresholds(value, error, says, call):
    assert_says(lambda: call(value), error, *says)


PLANES_TAKEN = "(h, w) or (n, h, w)"

BAD_PLANES = {
    "None": (None, TypeError, [PLANES_TAKEN, "not NoneType"]),
    "a list": (PROB.tolist(), TypeError, ["not list of length 6", "numpy.asarray"]),
    "a path": ("prob.png", TypeError, ["not str 'prob.png'", "cv2.imread"]),
    "a histogram": (HIST, TypeError, ["not backproj.Histogram"]),
    "a PIL image": (Image.new("RGB", (8, 6)), TypeError, ["PIL image of mode RGB", "convert('L')"]),
    "a masked array": (np.ma.masked_equal(PROB, 0), TypeError, ["masked array", "prob.data"]),
    "floats": (PROB / 255, TypeError, ["float64", "img_as_ubyte(prob)"]),
    "float32": (PROB.astype(np.float32), TypeError, ["float32", "astype"]),
    "uint16": (PROB.astype(np.uint16), TypeError, ["uint16", ">> 8"]),
    "bools": (MASK, TypeError, ["dtype bool", "* 255"]),
    "no axes": (pixels(), ValueError, [PLANES_TAKEN, "not ()"]),
    "one row": (PROB[0], ValueError, [PLANES_TAKEN, "not (8,)"]),
    "a batch of frames": (FRAME[np.newaxis], ValueError, [PLANES_TAKEN, "not (1, 6, 8, 3)"]),
    "beyond memory": (as_strided(PROB, (7, 8), (8, 1)), ValueError, ["prob of shape (7, 8)", "beyond"]),
}


@cases(BAD_PLANES)
@pytest.mark.parametrize("call", [backproj.disc_sum, backproj.segment])
def test_bad_planes(value, error, says, call):
    assert_says(lambda: call(value), error, "prob", *says)


BAD_FRAMES = {
    "None": (None, TypeError, ["not NoneType", "check the path"]),
    "a path": ("frame.png", TypeError, ["not str 'frame.png'", "cv2.imread"]),
    "a list of frames": ([FRAME, FRAME], TypeError, ["list of length 2", "numpy.stack(frame)"]),
    "a PIL image": (Image.new("P", (8, 6)), TypeError, ["PIL image of mode P", "convert('RGB')"]),
    "a masked array": (np.ma.masked_equal(FRAME, 0), TypeError, ["masked array", "frame.data"]),
    "floats": (FRAME / 255, TypeError, ["float64", "img_as_ubyte"]),
    "grey": (PROB, ValueError, ["(6, 8): a grey image has no colours"]),
    "channels first": (FRAME.transpose(2, 0, 1), ValueError, ["not (3, 6, 8)", "moveaxis"]),
    "five channels": (pixels(6, 8, 5), ValueError, ["not (6, 8, 5)"]),
    "beyond memory": (as_strided(FRAME, (7, 8, 3), (24, 3, 1)), ValueError, ["(7, 8, 3)", "beyond"]),
}
BY_FRAME = {
    "segment": HIST.segment,
    "cut_out": HIST.cut_out,
}


@cases(BAD_FRAMES)
@pytest.mark.parametrize("call", BY_FRAME.values(), ids=BY_FRAME)
def test_bad_frames(value, error, says, call):
    assert_says(lambda: call(value), error, "frame", *says)


@cases({name: case for name, case in BAD_FRAMES.items() if name != "grey"})  # a mask cuts out of those too
def test_bad_frames_of_a_mask(value, error, says):
    assert_says(lambda: backproj.cut_out(value, MASK), error, "frame", *says)


BAD_MASKS = {
    "None": (None, TypeError, ["not NoneType"]),
    "a number": (1, TypeError, ["not int 1", "numpy.asarray"]),
    "a list": (MASK.tolist(), TypeError, ["not list of length 6", "numpy.asarray"]),
    "a histogram": (HIST, TypeError, ["not backproj.Histogram"]),
    "a masked array": (np.ma.masked_equal(PROB, 0), TypeError, ["masked array", "mask.data"]),
    "floats": (pixels(6, 8, dtype=float), TypeError, ["float64", "mask != 0"]),
    "int32": (pixels(6, 8, dtype=np.int32), TypeError, ["int32", "mask != 0"]),
    "transposed": (pixels(8, 6), ValueError, ["(8, 6)", "(6, 8)", "mask.reshape(6, 8)"]),
    "three channels": (pixels(6, 8, 3), ValueError, ["(6, 8, 3)", "mask[..., 0]"]),
    "another size": (pixels(6, 7), ValueError, ["(6, 7)", "(6, 8)", "the same pixels"]),
    "one row": (pixels(8), ValueError, ["(8,)", "numpy.broadcast_to(mask, (6, 8))"]),
    "a batch of one": (pixels(1, 6, 8), ValueError, ["(1, 6, 8)", "mask.reshape(6, 8)"]),
    "beyond memory": (as_strided(PROB, (6, 8), (2**60, 1)), ValueError, [str(2**60), "beyond"]),
}


@cases(BAD_MASKS)
def test_bad_masks(value, error, says):
    assert_says(lambda: backproj.cut_out(FRAME, value), error, "mask", *says)


def test_a_mask_for_one_frame_of_a_batch():
    batch = np.stack([FRAME] * 2)
    assert_says(lambda: backproj.cut_out(batch, MASK), ValueError, "numpy.broadcast_to(mask, (2, 6, 8))")
    np.testing.assert_array_equal(backproj.cut_out(batch, np.broadcast_to(MASK, (2, 6, 8))), batch)


# What writes to out, and the shape of that.
WRITING = {
    "disc_sum": (lambda out: backproj.disc_sum(PROB, out=out), (6, 8)),
    "segment": (lambda out: backproj.segment(PROB, out=out), (6, 8)),
    "segment by Otsu": (lambda out: backproj.segment(PROB, threshold="otsu", out=out), (6, 8)),
    "segment in a frame": (lambda out: HIST.segment(FRAME, out=out), (6, 8)),
    "segment in a frame by Otsu": (lambda out: HIST.segment(FRAME, threshold="otsu", out=out), (6, 8)),
    "cut_out of a frame": (lambda out: HIST.cut_out(FRAME, out=out), (6, 8, 3)),
    "cut_out by a mask": (lambda out: backproj.cut_out(FRAME, MASK, out=out), (6, 8, 3)),
}
writing = pytest.mark.parametrize(("call", "shape"), WRITING.values(), ids=WRITING)


def read_only(shape):
    out = pixels(*shape)
    out.flags.writeable = False
    return out


def overlapping(shape):
    """Return an array in which the last pixel of each row is the first of the next one."""
    packed = pixels(*shape).strides
    return as_strided(pixels(np.prod(shape)), shape, (packed[0] - packed[1], *packed[1:]))


# Each makes an out for a shape.
BAD_OUTS = {
    "a list": (list, TypeError, ["list of length", "numpy.empty"]),
    "floats": (lambda shape: pixels(*shape, dtype=np.float32), TypeError, ["float32", "numpy.empty"]),
    "bools": (lambda shape: pixels(*shape, dtype=bool), TypeError, ["bool", "numpy.empty"]),
    "a masked array": (lambda shape: np.ma.zeros(shape, np.uint8), TypeError, ["masked", "out.data"]),
    "transposed": (lambda shape: pixels(*shape[::-1]), ValueError, ["out has shape", "numpy.empty"]),
    "another channel": (lambda shape: pixels(*shape[:2], 4), ValueError, ["(6, 8, 4)", "numpy.empty"]),
    "a batch of one": (lambda shape: pixels(1, *shape), ValueError, ["(1, 6, 8", "numpy.empty"]),
    "one row": (lambda shape: pixels(1, *shape[1:]), ValueError, ["(1, 8", "numpy.empty"]),
    "read-only": (read_only, ValueError, ["read-only", "copy"]),
    "broadcast": (lambda shape: np.broadcast_to(np.uint8(0), shape), ValueError, ["read-only", "copy"]),
    "overlapping": (overlapping, ValueError, ["out has strides", "the same byte", "numpy.empty"]),
    "repeated": (lambda shape: as_strided(pixels(9), shape, [0] * len(shape)), ValueError, ["the same byte"]),
    "beyond memory": (lambda shape: as_strided(pixels(9), shape), ValueError, ["out of shape", "beyond"]),
}


@pytest.mark.parametrize(("make", "error", "says"), BAD_OUTS.values(), ids=BAD_OUTS)
@writing
def test_bad_outs(make, error, says, call, shape):
    out = make(shape)
    before = np.array(out) if isinstance(out, np.ndarray) and says[-1] != "beyond" else None
    assert_says(lambda: call(out), error, "out", *says)
    if before is not None:
        np.testing.assert_array_equal(out, before)


SHARED = "shares memory with the {}, which is read while out is written; give numpy.empty("

# Views of (12, 8) pixels, and others that have pixels in common with them.
OVERLAPS = {
    "the row below": (np.s_[:6], np.s_[1:7]),
    "the row above": (np.s_[1:7], np.s_[:6]),
    "upside down": (np.s_[:6], np.s_[5::-1]),
    "mirrored": (np.s_[:], np.s_[:, ::-1]),
    "the last row alone": (np.s_[:6], np.s_[5:11]),
    "the same, another object": (np.s_[:], np.s_[:]),
    "a pixel to the right": (np.s_[:, :7], np.s_[:, 1:]),
}


@pytest.mark.parametrize(("one", "other"), OVERLAPS.values(), ids=OVERLAPS)
@pytest.mark.parametrize("threshold", [50, "otsu"])
def test_an_out_that_shares_memory_with_what_is_read(one, other, threshold):
    memory = np.random.default_rng(1).integers(0, 256, (12, 8, 3), np.uint8)
    before, plane = memory.copy(), memory[..., 1]
    calls = [
        ("prob", lambda: backproj.disc_sum(plane[one], out=plane[other])),
        ("prob", lambda: backproj.segment(plane[one], threshold=threshold, out=plane[other])),
        ("frame", lambda: HIST.segment(memory[one], threshold=threshold, out=plane[other])),
        ("frame", lambda: HIST.cut_out(memory[one], threshold=threshold, out=memory[other])),
        ("frame", lambda: backproj.cut_out(memory[one], pixels(*plane[one].shape), out=memory[other])),
        ("mask", lambda: backproj.cut_out(pixels(*memory[one].shape), plane[one], out=memory[other])),
    ]
    for name, call in calls:
        assert_says(call, ValueError, SHARED.format(name))
    np.testing.assert_array_equal(memory, before)


def test_the_fourth_channel_is_read_where_it_is_cut_out():
    frame = np.random.default_rng(1).integers(0, 256, (6, 8, 4), np.uint8)
    expected = HIST.segment(frame)
    assert_says(lambda: HIST.cut_out(frame, out=frame[...]), ValueError, SHARED.format("frame"))
    wide = np.concatenate([frame, pixels(6, 8, 3)], axis=-1)
    assert_says(lambda: HIST.cut_out(wide[..., :4], out=wide[..., 3:]), ValueError, SHARED.format("frame"))
    # But not where there is but a mask.
    np.testing.assert_array_equal(HIST.segment(frame, out=frame[..., 3]), expected)


def test_outs_between_what_is_read_are_good():
    memory = np.random.default_rng(1).integers(0, 256, (12, 8, 6), np.uint8)
    frame, between = memory[..., :3], memory[..., 3:]
    prob, mask = frame[::2, :, 0], frame[::2, :, 1]
    assert backproj.disc_sum(prob, out=memory[1::2, :, 0]) is not None
    np.testing.assert_array_equal(HIST.cut_out(frame, out=between), HIST.cut_out(frame))
    expected = backproj.cut_out(frame[::2], mask)
    np.testing.assert_array_equal(backproj.cut_out(frame[::2], mask, out=between[::2]), expected)


BAD_THREADS = {
    "0": (0, ValueError, ["at least 1, not 0"]),
    "negative": (-1, ValueError, ["at least 1, not -1"]),
    "a float": (2.0, TypeError, ["not 2.0"]),
    "a bool": (True, TypeError, ["not True"]),
}


@cases(BAD_THREADS)
def test_bad_threads(value, error, says):
    for call in (
        lambda: backproj.disc_sum(PROB, threads=value),
        lambda: backproj.segment(PROB, threads=value),
        lambda: backproj.cut_out(FRAME, MASK, threads=value),
        lambda: HIST.segment(FRAME, threads=value),
        lambda: HIST.cut_out(FRAME, threads=value),
    ):
        assert_says(call, error, "threads must be", *says)


@pytest.mark.parametrize(
    ("order", "error"), [(b"rgb", TypeError), (1, TypeError), ("hsv", ValueError), ("RGB", ValueError)]
)
def test_bad_orders(order, error):
    for call in (HIST.segment, HIST.cut_out):
        assert_says(lambda call=call: call(FRAME, order=order), error, "order must be 'bgr'", "'rgb'")


def test_options_are_keywords():
    for call in (
        lambda: backproj.disc_sum(PROB, 5, PROB),
        lambda: backproj.segment(PROB, 5),
        lambda: backproj.cut_out(FRAME, MASK, FRAME),
        lambda: HIST.segment(FRAME, 5),
        lambda: HIST.cut_out(FRAME, 5, 50),
    ):
        assert_says(call, TypeError, "positional argument")
    assert_says(lambda: backproj.cut_out(FRAME, MASK, order="rgb"), TypeError, "'order'")


def test_bad_options_are_seen_although_there_are_no_pixels():
    for shape, (call, name) in itertools.product(
        ((0, 8), (6, 0)),
        [
            (lambda shape: backproj.disc_sum(pixels(*shape), 0), "disc"),
            (lambda shape: backproj.segment(pixels(*shape), threshold=300), "threshold"),
            (lambda shape: HIST.segment(pixels(*shape, 3), disc=0), "disc"),
            (lambda shape: HIST.cut_out(pixels(*shape, 3), threshold=300), "threshold"),
        ],
    ):
        assert_says(lambda call=call, shape=shape: call(shape), ValueError, name)
