"""The option ``--track`` of ``backproj video``: an object is followed, drawn, and written to a table."""

import csv

import cv2
import numpy as np
import PIL.Image
import pytest
from film import film

import backproj
from helpers.film_files import SIZE, START, make_film, moving, places, read_film, turn

METHODS = ("camshift", "meanshift")
RED = (220, 40, 30)
CAMSHIFT = {"channels": "h", "bins": 16, "in_range": ((0, 60, 32), (180, 255, 255)), "peak": 255}


def rows(path="boxes.csv"):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def numbers(row, *columns):
    return [float(row[name]) for name in columns]


def track(command, method, *arguments, source="film.mp4"):
    """Track an object, and return the frames that are written and the rows of the table."""
    done = command(
        "video", source, "--track", method, *arguments, "--boxes", "boxes.csv", "-o", "tracked.mp4"
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "wrote boxes.csv" in done.stdout
    return read_film("tracked.mp4")[1], rows()


def blob_film(path, length):
    """Make a film of the blob of ``film.py``, and return the box around it in the first frame."""
    frames, outlines = zip(*film(length), strict=True)
    make_film(path, (frame[..., ::-1] for frame in frames))
    return cv2.boundingRect(outlines[0])


def box_option(box):
    return "--box", ",".join(map(str, box))


def magenta(frame, least=60):
    """Return where a line is. 4:2:0 spreads its colour over its neighbours, and dulls it."""
    red, green, blue = frame.astype(int).transpose(2, 0, 1)
    return (red + blue) / 2 - green > least


def away(mask):
    """Return how far each pixel is from the nearest one of a mask."""
    return cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)


def drawn_by_cv2(shape, row, method):
    """Return the line that cv2 draws around what a row of the table says."""
    cx, cy, width, height, angle = numbers(row, "cx", "cy", "width", "height", "angle")
    x, y, w, h = (int(row[name]) for name in "xywh")
    plane = np.zeros(shape, np.uint8)
    if method == "camshift":
        # Pixels are points for cv2, and squares here: the first one's middle is at 0.5.
        cv2.ellipse(plane, ((cx - 0.5, cy - 0.5), (width, height), angle), 255)
    else:
        cv2.rectangle(plane, (x, y), (x + w - 1, y + h - 1), 255)
    return plane > 0


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("model", [False, True])
def test_an_object_is_found_in_every_frame_where_it_is(folder, command, method, model):
    make_film("film.mp4", moving(60))
    PIL.Image.new("RGB", (SIZE, SIZE), RED).save("model.png")
    _, table = track(command, method, *(("--model", "model.png") if model else START))
    assert len(table) == 60
    for n, (row, (x, y)) in enumerate(zip(table, places(60), strict=True)):
        assert numbers(row, "frame", "time", "found") == [n, n / 25, 1]
        assert np.abs(np.subtract(numbers(row, "cx", "cy"), (x + SIZE / 2, y + SIZE / 2))).max() <= 2
        assert 0.5 < float(row["score"]) <= 1


def test_mean_shift_keeps_the_size_and_is_upright_and_the_ellipse_of_camshift_turns(folder, command):
    *_, w, h = box = blob_film("film.mp4", 40)
    _, table = track(command, "meanshift", *box_option(box))
    for row in table:
        assert numbers(row, "w", "h", "width", "height", "angle") == [w, h, w, h, 0]
        assert numbers(row, "cx", "cy") == [int(row["x"]) + w / 2, int(row["y"]) + h / 2]
    _, table = track(command, "camshift", *box_option(box))
    sizes = np.array([numbers(row, "width", "height") for row in table])
    assert (np.ptp(sizes, axis=0) > 10).all()
    assert np.ptp([float(row["angle"]) for row in table]) > 20


def test_the_table_has_these_columns_and_no_others(folder, command):
    make_film("film.mp4", moving(1))
    track(command, "camshift", *START)
    head, _ = (folder / "boxes.csv").read_text().splitlines()
    assert head == "frame,time,x,y,w,h,score,found,cx,cy,width,height,angle"


def by_hand(frames, tracker):
    """Yield what the table says about frames if a tracker that has begun in the first one is updated."""
    for n, frame in list(enumerate(frames)):
        found = tracker.update(frame)[0] if n else True
        (cx, cy), (width, height), angle = tracker.rotated_rect
        ellipse = [f"{value:.2f}" for value in (cx, cy, width, height, angle)]
        yield [*map(str, tracker.window), f"{tracker.score:.4f}", str(int(found)), *ellipse]


OPTIONS = {
    "as it is": ((), {}),
    "camshift's histogram": (("--preset", "camshift"), CAMSHIFT),
    "another layout": (("--channels", "hsv", "--bins", "8,8,4"), {"channels": "hsv", "bins": (8, 8, 4)}),
    "Cr and Cb": (("--channels", "crcb", "--bins", "64"), {"channels": "crcb", "bins": 64}),
    "a range of another space": (
        ("--channels", "bgr", "--bins", "8", "--in-range", "0,0,40:255,255,255"),
        {"channels": "bgr", "bins": 8, "in_range": ((0, 0, 40), (255, 255, 255))},
    ),
    "a model that adapts": (("--adapt", "0.1"), {"adapt": 0.1}),
    "pictures with a threshold": (("--threshold", "100"), {}),
    "pictures that are cut out": (("--cut-out", "--disc", "9"), {}),
}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("arguments", "options"), OPTIONS.values(), ids=OPTIONS.keys())
def test_the_table_is_what_a_tracker_says_about_the_decoded_frames(
    folder, command, method, arguments, options
):
    box = blob_film("film.mp4", 12)
    _, table = track(command, method, *box_option(box), *arguments)
    _, frames = read_film("film.mp4")
    tracker = backproj.Tracker(method=method, order="rgb", **options)
    tracker.init(frames[0], box)
    assert [list(row.values())[2:] for row in table] == list(by_hand(frames, tracker))


@pytest.mark.parametrize("method", METHODS)
def test_a_model_is_tracked_from_the_best_place_of_its_size_in_the_first_frame(folder, command, method):
    x, y, w, h = blob_film("film.mp4", 12)
    _, frames = read_film("film.mp4")
    model = np.ascontiguousarray(frames[5, y : y + h, x : x + w])
    PIL.Image.fromarray(model).save("model.png")
    _, table = track(command, method, "--model", "model.png")
    hist = backproj.Histogram(model, order="rgb")
    place, _ = backproj.locate(hist.back_project(frames[0], order="rgb"), (w, h))
    tracker = backproj.Tracker(method=method, order="rgb")
    tracker.init(frames[0], place, histogram=hist)
    assert [list(row.values())[2:] for row in table] == list(by_hand(frames, tracker))


def test_a_model_larger_than_the_film_is_looked_for_in_the_whole_frame(folder, command):
    make_film("film.mp4", moving(3))
    PIL.Image.new("RGB", (500, 500), RED).save("model.png")
    _, (row, *_) = track(command, "meanshift", "--model", "model.png")
    assert numbers(row, *"xywh", "found") == [0, 0, 128, 96, 1]


def test_every_nth_frame_is_tracked_and_keeps_its_number_and_time(folder, command):
    make_film("film.mp4", moving(10))
    _, table = track(command, "meanshift", *START, "--every", "4")
    assert [(row["frame"], row["time"]) for row in table] == [
        ("0", "0.000000"),
        ("4", "0.160000"),
        ("8", "0.320000"),
    ]


@pytest.mark.parametrize("method", METHODS)
def test_the_line_is_where_cv2_would_draw_it(folder, command, method):
    box = blob_film("film.mp4", 15)
    frames, table = track(command, method, *box_option(box), "--preset", "camshift")
    for frame, row in zip(frames, table, strict=True):
        line = drawn_by_cv2(frame.shape[:2], row, method)
        assert away(line)[magenta(frame, 110)].max() < 4, "there is nothing else"
        assert away(magenta(frame))[line].max() < 2.5, "the line has no gaps"


def greening(number):
    """Yield frames of a red square of 25 parts, of which one more is green in each frame."""
    order = np.random.default_rng(0).permutation(25)
    for n, (frame, (x, y)) in enumerate(zip(moving(number), places(number), strict=True)):
        parts = np.isin(np.arange(25).reshape(5, 5), order[:n])
        frame[y : y + SIZE, x : x + SIZE][np.kron(parts, np.ones((4, 4), bool))] = 40, 200, 30
        yield frame


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("adapt", [0, 0.5])
def test_a_picture_is_the_back_projection_in_which_the_object_is_looked_for(
    folder, command, pictures, method, adapt
):
    make_film("film.mp4", greening(8))
    (x, y), *_ = places(1)
    box = x - 4, y - 4, SIZE + 8, SIZE + 8  # with some of what is behind the object
    track(command, method, *box_option(box), "--adapt", adapt)

    _, frames = read_film("film.mp4")
    tracker = backproj.Tracker(method=method, adapt=adapt, order="rgb")
    tracker.init(frames[0], box)
    first = tracker.histogram
    assert first == backproj.Histogram(frames[0, y + 3 : y + 17, x + 3 : x + 17], order="rgb"), "the middle"
    for n, (frame, picture) in enumerate(zip(frames, pictures, strict=True)):
        prob = tracker.histogram.back_project(frame, order="rgb")
        if n:
            tracker.update(frame)
        grey = np.ptp(picture, axis=-1) == 0
        assert grey.mean() > 0.95
        np.testing.assert_array_equal(picture[..., 1][grey], prob[grey])
    assert (tracker.histogram == first) == (adapt == 0)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("adapt", [0, 0.5])
def test_what_is_cut_out_is_what_looks_like_the_object_and_the_line_is_drawn_on_it(
    folder, command, pictures, method, adapt
):
    make_film("film.mp4", greening(8))
    (x, y), *_ = places(1)
    _, table = track(command, method, *START, "--adapt", adapt, "--cut-out", "--threshold", "30")

    _, frames = read_film("film.mp4")
    tracker = backproj.Tracker(method=method, adapt=adapt, order="rgb")
    tracker.init(frames[0], (x, y, SIZE, SIZE))
    for n, (frame, picture, row) in enumerate(zip(frames, pictures, table, strict=True)):
        found = tracker.histogram.cut_out(frame, threshold=30, order="rgb")
        if n:
            tracker.update(frame)
        line = drawn_by_cv2(frame.shape[:2], row, method)
        assert away(magenta(picture))[line].max() < 2.5
        assert away(line)[(picture != found).any(axis=-1)].max() < 4, "all but the line is what is cut out"


@pytest.mark.parametrize("method", METHODS)
def test_an_object_that_is_gone_stays_dashed_where_it_was_and_is_found_where_it_comes_back(
    folder, command, method
):
    make_film("film.mp4", moving(40, seen=lambda n: not 5 <= n < 25))
    frames, table = track(command, method, *START)
    assert [int(row["found"]) for row in table] == [not 5 <= n < 25 for n in range(40)]
    where = [numbers(row, *"xywh", "cx", "cy", "width", "height", "angle") for row in table]
    assert where[4:25] == [where[4]] * 21
    assert max(float(row["score"]) for row in table[5:25]) < 0.1
    back = np.add(places(40)[25], SIZE / 2)
    assert np.abs(where[24][4:6] - back).max() > SIZE, "no mean shift could see it from there"
    assert np.abs(where[25][4:6] - back).max() <= 2

    # The last frame where it was found, and those without it, show the same line, once whole, once dashed.
    line = drawn_by_cv2(frames[4].shape[:2], table[4], method)
    lengths = [(away(magenta(frame))[line] < 1.5).mean() for frame in frames[4:25]]
    assert lengths[0] > 0.95
    assert all(0.3 < length < 0.9 for length in lengths[1:])


@pytest.mark.parametrize("method", METHODS)
def test_a_model_that_comes_later_is_drawn_from_then_on(folder, command, method):
    make_film("film.mp4", moving(12, seen=lambda n: n >= 5))
    PIL.Image.new("RGB", (SIZE, SIZE), RED).save("model.png")
    frames, table = track(command, method, "--model", "model.png")
    assert [int(row["found"]) for row in table] == [n >= 5 for n in range(12)]
    assert not any(any(map(float, list(row.values())[2:])) for row in table[:5]), "nothing but zeros"
    assert [magenta(frame).any() for frame in frames] == [n >= 5 for n in range(12)]
    assert frames[:5].max() < 12, "the back projection of nothing is black"
    place = np.add(places(12)[11], SIZE / 2)
    assert np.abs(numbers(table[11], "cx", "cy") - place).max() <= 2


@pytest.mark.parametrize("method", METHODS)
def test_an_overlay_has_the_line_too(folder, command, method):
    make_film("film.mp4", moving(5))
    frames, table = track(command, method, *START, "--overlay")
    for frame, row in zip(frames, table, strict=True):
        assert away(magenta(frame))[drawn_by_cv2(frame.shape[:2], row, method)].max() < 2.5
    x, y = places(1)[0]
    assert np.abs(frames[0, y + 6 : y + 14, x + 6 : x + 14].astype(int) - RED).mean() < 12


@pytest.mark.parametrize("method", METHODS)
def test_a_film_of_a_phone_on_its_side_is_tracked_as_it_is_seen(folder, command, method):
    make_film("film.mp4", moving(8))
    turn(folder / "film.mp4")
    box = 96 - 8 - SIZE, 4, SIZE, SIZE  # of the square, after a turn clockwise
    shown, table = track(command, method, *box_option(box))
    _, frames = read_film("film.mp4")
    frames = np.rot90(frames, -1, (1, 2))
    tracker = backproj.Tracker(method=method, order="rgb")
    tracker.init(frames[0], box)
    assert [list(row.values())[2:] for row in table] == list(by_hand(frames, tracker))
    for frame, row in zip(shown, table, strict=True):
        assert away(magenta(frame))[drawn_by_cv2((128, 96), row, method)].max() < 2.5


@pytest.mark.parametrize("method", METHODS)
def test_the_line_is_not_moved_by_the_padding_of_odd_sizes(folder, command, method):
    make_film("film.mkv", moving(6, (95, 127)), codec="ffv1")
    shown, table = track(command, method, *START, source="film.mkv")
    assert shown.shape == (6, 96, 128, 3)
    for frame, row, (x, y) in zip(shown, table, places(6), strict=True):
        assert away(magenta(frame))[drawn_by_cv2((96, 128), row, method)].max() < 2.5
        assert np.abs(np.subtract(numbers(row, "cx", "cy"), (x + SIZE / 2, y + SIZE / 2))).max() <= 2
