"""``back_project_bytes`` takes packed BGR bytes and returns the bytes of the back projection."""

import numpy as np
import pytest

import backproj

H, W, MH, MW = 5, 7, 3, 4
FRAME = np.random.default_rng(1).integers(0, 256, (H, W, 3), np.uint8)
MODEL = np.ascontiguousarray(FRAME[:MH, :MW])


def project(frame, model):
    (h, w, _), (mh, mw, _) = frame.shape, model.shape
    return backproj.back_project_bytes(frame.tobytes(), w, h, model.tobytes(), mw, mh)


def test_it_returns_the_same_bytes_as_back_project(photograph):
    model = photograph[300:360, 120:180]
    prob = project(photograph, model)
    assert type(prob) is bytes
    assert prob == backproj.back_project(photograph, model).tobytes()


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview, lambda b: memoryview(bytearray(b))])
def test_it_takes_any_buffer_of_bytes(kind):
    frame, model = kind(FRAME.tobytes()), kind(MODEL.tobytes())
    prob = backproj.back_project_bytes(frame, W, H, model, MW, MH)
    assert prob == backproj.back_project(FRAME, MODEL).tobytes()


def test_it_takes_numpy_integers_as_sizes():
    w, h, mw, mh = np.array([W, H, MW, MH])
    prob = backproj.back_project_bytes(FRAME.tobytes(), w, h, MODEL.tobytes(), mw, mh)
    assert prob == backproj.back_project(FRAME, MODEL).tobytes()


@pytest.mark.parametrize(("w", "h"), [(0, 0), (0, 5), (5, 0)])
def test_a_frame_without_pixels_returns_no_bytes(w, h):
    assert backproj.back_project_bytes(b"", w, h, MODEL.tobytes(), MW, MH) == b""


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"w": W + 1}, ValueError, "frame has 105 bytes, but 8×5 pixels of three colours take 120; w and h"),
        ({"mh": 2}, ValueError, "model has 36 bytes, but 4×2 pixels of three colours take 24; mw and mh"),
        ({"frame": FRAME.tobytes()[:-1]}, ValueError, "frame has 104 bytes"),
        ({"w": -W, "h": -H}, ValueError, "w must not be negative; it is -7"),
        ({"h": 2**70}, ValueError, "frame has 105 bytes, but 7×1180591620717411303424"),
        ({"w": 7.0}, TypeError, "w must be a whole number of pixels, not 7.0"),
        ({"mw": True}, TypeError, "mw must be a whole number of pixels, not True"),
        ({"mh": "3"}, TypeError, "mh must be a whole number of pixels, not '3'"),
        ({"frame": FRAME}, TypeError, "frame must be bytes.*not numpy.ndarray; back_project takes arrays"),
        ({"model": None}, TypeError, "model must be bytes, bytearray or memoryview, not NoneType"),
        ({"model": b"", "mw": 0}, ValueError, "model has 0×3 pixels, none to count"),
    ],
)
def test_wrong_sizes_and_types_are_errors(change, error, says):
    arguments = {"frame": FRAME.tobytes(), "w": W, "h": H, "model": MODEL.tobytes(), "mw": MW, "mh": MH}
    with pytest.raises(error, match=says):
        backproj.back_project_bytes(**arguments | change)
