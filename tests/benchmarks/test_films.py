"""The films that the benchmark tracks objects in: what is in them, and how results are compared."""

import cv2
import numpy as np
import peers
import pytest
import worker
from cases import CASES, TRACKING
from films import FRAMES, DecodedFilm, Film
from images import IMAGES, scene
from report import Report
from table import by_size

SIZES = [(64, 64), (640, 480), (480, 900), (1920, 1080)]
GRIDS = [(1, 1), (5, 4)]


def frames_of(film):
    """Return the boxes and a copy of each frame, from the current one on."""
    for _ in range(FRAMES):
        yield film.boxes(film.number), film.frame.copy()
        film.advance()


@pytest.mark.parametrize("grid", GRIDS, ids="{0[0]}x{0[1]}".format)
@pytest.mark.parametrize("size", SIZES, ids="{0[0]}x{0[1]}".format)
def test_only_objects_move(size, grid):
    searched = scene("astronaut", *size)
    film = Film(searched, grid)
    for boxes, frame in frames_of(film):
        outside = np.ones(frame.shape[:2], bool)
        for x, y, w, h in boxes:
            assert 0 <= x < x + w <= size[0]
            assert 0 <= y < y + h <= size[1]
            outside[y : y + h, x : x + w] = False
        assert (frame[outside] == searched.frame[outside]).all()


@pytest.mark.parametrize(
    "kind", [Film, lambda searched: DecodedFilm(Film(searched))], ids=["Film", "decoded"]
)
def test_each_frame_is_another_and_then_they_begin_again(kind):
    film = kind(scene("coffee", 640, 480))
    first, second = ([frame.tobytes() for _, frame in frames_of(film)] for _ in range(2))
    assert first == second
    assert len(set(first)) == FRAMES


def test_decoded_frames_show_what_was_encoded():
    film = Film(scene("astronaut", 640, 480))
    for (boxes, frame), (decoded_boxes, decoded) in zip(
        frames_of(film), frames_of(DecodedFilm(film)), strict=True
    ):
        assert boxes == decoded_boxes
        assert np.abs(frame.astype(int) - decoded).mean() < 8


def test_objects_have_one_size_from_640x480_on():
    sizes = {box[2:] for size in SIZES[1:] for box in Film(scene("noise", *size)).boxes(0)}
    assert sizes == {(110, 84)}


def test_models_are_the_objects_in_the_first_frame():
    film = Film(scene("noise", 640, 480), GRIDS[1])
    boxes, frame = next(frames_of(film))
    assert len({model.tobytes() for model in film.models}) == 20
    for (x, y, w, h), model in zip(boxes, film.models, strict=True):
        assert (frame[y : y + h, x : x + w] == model).all()


@pytest.mark.parametrize("image", IMAGES)
def test_windows_have_to_move_in_each_frame_and_follow_the_object(image):
    film = Film(scene(image, 640, 480))
    made = CASES["mean shift"].make(scene(image, 640, 480))
    run = made.cv2(cv2, False)
    for number in range(1, FRAMES + 1):
        made.before()
        iterations, (x, y, _, _) = run()
        (true_x, true_y, _, _) = film.boxes(number)[0]
        assert iterations >= 1
        assert max(abs(x - true_x), abs(y - true_y)) < 16


def test_all_frames_of_a_film_are_compared():
    made = CASES["mean shift"].make(scene("astronaut", 64, 64))
    found, number = made.cv2(cv2, False), 0

    def wrong_in_the_last_frame():
        nonlocal number
        number += 1
        iterations, window = found()
        return iterations + (number == FRAMES), window

    compared = {
        peers.REFERENCE: peers.Peer(found, before=made.before),
        "other": peers.Peer(wrong_in_the_last_frame, before=made.before),
    }
    with pytest.raises(ValueError, match=r"here: other: 2\.50% of the result differs"):
        worker.compare(compared, "here", made.calls)


def shifted(x=0, centre=0.0):
    """Return what CamShift returns, for a window and a rectangle that may be off."""
    return ((4.5 + centre, 7.5), (6.25, 8.5), 12.5), (x, 3, 9, 9)


@pytest.mark.parametrize("off", [{"x": 1}, {"centre": 1e-3}], ids=str)
def test_another_window_or_rectangle_than_cv2s_is_not_timed(off):
    compared = {peers.REFERENCE: peers.Peer(shifted), "other": peers.Peer(lambda: shifted(**off))}
    with pytest.raises(ValueError, match=r"here: other: 11\.11% of the result differs"):
        worker.compare(compared, "here")


def test_a_rectangle_may_be_rounded_in_another_way():
    compared = {peers.REFERENCE: peers.Peer(shifted), "other": peers.Peer(lambda: shifted(centre=1e-6))}
    assert worker.compare(compared, "here")["other"] == 1


def test_the_table_of_tracking_names_the_fastest_cv2_in_each_size():
    timed = {
        "copying": ("floor", 0.5),
        "cv2 1": ("cv2", 9.0),
        "cv2 2": ("cv2", 7.0),
        "cv2 1, dst=": ("preallocated cv2", 6.0),
        "cv2 2, dst=": ("preallocated cv2", 8.0),
        "backproj, fast": ("backproj", 0.125),
    }
    where = {"threads": 1, "image": "noise", "size": [64, 64]}
    results = [
        {**where, "case": case, "peer": peer, "kind": kind, "ms": ms, "speed": 6 / ms}
        for case in TRACKING
        for peer, (kind, ms) in timed.items()
    ]
    _, _, *lines = by_size(Report({"results": results}), 1, TRACKING).splitlines()
    assert lines == [f"| {case}, 64×64 | 0.500 | 7.00 (2) | 6.00 (1) | 0.125 (48×) |" for case in TRACKING]
