"""The options ``--json`` and ``--quiet``: what programs read, and what nobody need read."""

import csv
import json
import os

import numpy as np
import PIL.Image
import pytest

import backproj
from helpers.film_files import SIZE, START, cut_off, make_film, moving, places, read_film
from helpers.opencv_chain import otsu
from helpers.processes import names

BOX = ("--box", "120,300,60,60")
KERNEL = backproj.info()["kernel"]


def read(path):
    with PIL.Image.open(path) as file:
        return np.asarray(file)


def objects(done):
    """Return the objects that a command printed; anything else is no JSON."""
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_picture_is_an_object(folder, command):
    done = command("image", "photograph.jpg", *BOX, "-o", "prob.png", "--overlay", "overlay.png", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    (picture,) = objects(done)
    assert isinstance(picture.pop("seconds"), float)
    assert picture == {
        "type": "picture",
        "input": "photograph.jpg",
        "outputs": {"output": "prob.png", "overlay": "overlay.png"},
        "width": 512,
        "height": 512,
        "disc": None,
        "threshold": None,
        "share": pytest.approx(np.mean(read("prob.png") >= 128), abs=1e-6),
        "kernel": KERNEL,
    }


# Options, and the disc, the threshold and the size of the region that they mean.
REGIONS = {
    "threshold": (("-o", "a.png", "--threshold", "100"), None, 100),
    "disc": (("-o", "a.png", "--disc", "9x5"), (9, 5), None),
    "both": (("-o", "a.png", "--disc", "7", "--threshold", "90"), 7, 90),
    "cut out": (("--cut-out", "b.png"), 5, 50),
    "cut out beside levels": (("-o", "a.png", "--cut-out", "b.png"), 5, 50),
    "cut out by another threshold": (("-o", "a.png", "--cut-out", "b.png", "--threshold", "0"), 5, 0),
    "Otsu": (("-o", "a.png", "--threshold", "otsu"), None, "otsu"),
    "Otsu, disc": (("-o", "a.png", "--disc", "5", "--threshold", "otsu"), 5, "otsu"),
    "Otsu, cut out": (("--cut-out", "b.png", "--threshold", "otsu"), 5, "otsu"),
}


@pytest.mark.parametrize(("options", "disc", "threshold"), REGIONS.values(), ids=REGIONS)
def test_a_picture_says_its_region(folder, command, options, disc, threshold):
    (picture,) = objects(command("image", "photograph.jpg", *BOX, *options, "--json"))
    frame = read("photograph.jpg")
    prob = backproj.back_project(frame, frame[300:360, 120:180], order="rgb")
    sums = prob if disc is None else backproj.disc_sum(prob, disc)
    if threshold == "otsu":
        threshold = otsu(sums)
    share = np.mean(sums > (127 if threshold is None else threshold))
    assert picture["disc"] == (list(disc) if isinstance(disc, tuple) else disc)
    assert picture["threshold"] == threshold
    assert picture["share"] == pytest.approx(share, abs=1e-6)


def test_each_picture_of_a_folder_is_an_object_and_so_is_each_that_fails(folder, command):
    (folder / "in").mkdir()
    photograph = (folder / "photograph.jpg").read_bytes()
    (folder / "in" / "a.jpg").write_bytes(photograph)
    (folder / "in" / "b.jpg").write_bytes(photograph[:20_000])
    (folder / "in" / "c.jpg").write_bytes(photograph)
    done = command("image", "in", *BOX, "-o", "out", "--json")
    assert (done.returncode, done.stderr) == (1, "")
    first, broken, last = objects(done)
    assert (first["outputs"], last["outputs"]) == (
        {"output": os.path.join("out", "a-prob.png")},
        {"output": os.path.join("out", "c-prob.png")},
    )
    assert broken.keys() == {"type", "input", "error"}
    assert (broken["type"], broken["input"]) == ("error", os.path.join("in", "b.jpg"))
    assert broken["error"].startswith(f"cannot read {broken['input']}: image file is truncated")


FAILURES = {
    "the only picture": (("image", "text.png", *BOX, "-o", "a.png"), "text.png"),
    "the model": (("image", "photograph.jpg", "--model", "text.png", "-o", "a.png"), "text.png"),
    "a box outside": (("image", "photograph.jpg", "--box", "500,0,99,9", "-o", "a.png"), "photograph.jpg"),
    "what is written": (("image", "photograph.jpg", *BOX, "-o", "nowhere/a.png"), "photograph.jpg"),
    "a film": (("video", "half.mp4", *START, "-o", "a.mp4"), "half.mp4"),
    "the model of a film": (("video", "half.mp4", "--model", "text.png", "-o", "a.mp4"), "text.png"),
    "where to find it": (("locate", "photograph.jpg", "--model", "text.png"), "text.png"),
}


@pytest.mark.parametrize(("arguments", "file"), FAILURES.values(), ids=FAILURES)
def test_what_ends_the_command_is_an_object_and_a_line(folder, command, arguments, file):
    (folder / "text.png").write_text("no picture")
    make_film("half.mp4", moving(3))
    cut_off(folder / "half.mp4")
    done = command(*arguments, "--json")
    (error,) = objects(done)
    assert done.returncode == 2
    assert (error["type"], error["input"]) == ("error", file)
    assert done.stderr == f"backproj: {error['error']}\n"


def test_options_that_are_wrong_are_a_line_alone(folder, command):
    done = command("image", "photograph.jpg", "--box", "1,2,3", "--json")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
def test_names_in_any_encoding_come_back(folder, command):
    name = os.fsdecode(b"caf\xe9\n.jpg")
    (folder / "photograph.jpg").rename(name)
    (picture,) = objects(command("image", name, *BOX, "-o", "prob.png", "--json"))
    assert picture["input"] == name


def test_frames_and_then_the_film_are_objects(folder, command):
    make_film("film.mkv", moving(4, (95, 127)), codec="ffv1")
    done = command(
        "video", "film.mkv", *START, "--threshold", "otsu", "--every", "2", "-o", "m.mp4", "--json"
    )
    assert (done.returncode, done.stderr) == (0, "")
    *frames, film = objects(done)
    _, pixels = read_film("film.mkv")
    hist = backproj.Histogram(pixels[0, 8:28, 4:24], order="rgb")
    for frame, number in zip(frames, (0, 2), strict=True):
        prob = hist.back_project(pixels[number], order="rgb")
        assert frame == {
            "type": "frame",
            "frame": number,
            "time": pytest.approx(number / 25, abs=1e-6),
            "disc": None,
            "threshold": otsu(prob),
            "share": pytest.approx(np.mean(prob > otsu(prob)), abs=1e-6),
        }
    assert isinstance(film.pop("seconds"), float)
    assert film == {
        "type": "film",
        "input": "film.mkv",
        "outputs": {"output": "m.mp4"},
        "frames": 2,
        "width": 127,
        "height": 95,
        "padded_width": 128,
        "padded_height": 96,
        "sound_left_out": False,
        "kernel": KERNEL,
    }


@pytest.mark.parametrize("shown", [(), ("--overlay",), ("--cut-out",)])
def test_json_changes_nothing_in_a_film(folder, command, pictures, shown):
    make_film("film.mp4", moving(3))
    for option in ((), ("--json",)):
        options = (*shown, "--track", "camshift", "--adapt", "0.5", *option)
        assert command("video", "film.mp4", *START, *options, "-o", "a.mp4").returncode == 0
    np.testing.assert_array_equal(pictures[:3], pictures[3:])


def test_the_share_of_a_frame_is_of_what_is_cut_out(folder, command, pictures):
    make_film("film.mp4", moving(2))
    *frames, _ = objects(command("video", "film.mp4", *START, "--cut-out", "-o", "a.mp4", "--json"))
    for frame, picture in zip(frames, pictures, strict=True):
        assert (frame["disc"], frame["threshold"]) == (5, 50)
        assert frame["share"] == pytest.approx(picture.any(axis=-1).mean(), abs=1e-6)


@pytest.mark.parametrize("method", ["camshift", "meanshift"])
def test_boxes_of_frames_are_those_of_the_table(folder, command, method):
    make_film("film.mp4", moving(12, seen=lambda n: n != 7))
    options = ("--track", method, "--boxes", "boxes.csv", "-o", "a.mp4", "--json")
    *frames, film = objects(command("video", "film.mp4", *START, *options))
    assert film["outputs"] == {"output": "a.mp4", "boxes": "boxes.csv"}
    with open("boxes.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert not frames[7]["found"]
    for frame, row in zip(frames, rows, strict=True):
        assert frame["box"] == [int(row[name]) for name in "xywh"]
        assert frame["found"] == (row["found"] == "1")
        assert frame["score"] == pytest.approx(float(row["score"]), abs=1e-4)
        (cx, cy), (width, height), angle = frame["rotated_rect"]
        given = [float(row[name]) for name in ("cx", "cy", "width", "height", "angle")]
        assert [cx, cy, width, height, angle] == pytest.approx(given, abs=0.01)


def test_a_frame_is_judged_by_the_model_from_before_that_frame(folder, command):
    frames = np.stack(list(moving(4)))
    for frame, (x, y) in zip(frames[1:], places(4)[1:], strict=True):
        frame[y + 1 : y + SIZE : 4, x : x + SIZE] = 30, 200, 40  # green stripes, which the model learns
    make_film("film.mkv", frames, codec="ffv1")
    options = ("--track", "meanshift", "--adapt", "0.6", "--threshold", "50", "-o", "a.mp4", "--json")
    *objects_of_frames, _ = objects(command("video", "film.mkv", *START, *options))
    tracker = backproj.Tracker(
        method="meanshift", channels="hs", bins=32, in_range=None, peak=256, adapt=0.6, order="rgb"
    )
    tracker.init(frames[0], (4, 8, SIZE, SIZE))
    shares = []
    for number, frame in enumerate(frames):
        shares.append(np.mean(tracker.histogram.back_project(frame, order="rgb") > 50))
        if number:
            tracker.update(frame)
    assert shares[1] < shares[2]
    assert [frame["share"] for frame in objects_of_frames] == pytest.approx(shares, abs=1e-6)


def test_until_an_object_is_found_it_has_no_box(folder, command):
    make_film("film.mkv", moving(4, seen=lambda n: n >= 2), codec="ffv1")
    PIL.Image.new("RGB", (SIZE, SIZE), (220, 40, 30)).save("model.png")
    options = ("--track", "camshift", "-o", "a.mp4", "--json")
    *frames, _ = objects(command("video", "film.mkv", "--model", "model.png", *options))
    assert [frame["found"] for frame in frames] == [False, False, True, True]
    for frame in frames[:2]:
        assert (frame["box"], frame["score"], frame["rotated_rect"]) == (None, 0, None)
    assert frames[2]["box"] is not None


def test_info_is_what_the_library_says(command):
    (about,) = objects(command("info", "--json"))
    assert about == {"type": "info", **backproj.info()}


QUIET = {
    "a picture": ("image", "photograph.jpg", *BOX, "-o", "result.png"),
    "pictures": ("image", "photograph.jpg", "other.png", *BOX, "-o", "result"),
    "a film": ("video", "film.mp4", *START, "-o", "result.mp4"),
}


@pytest.mark.parametrize("arguments", QUIET.values(), ids=QUIET)
def test_quiet_prints_nothing_and_does_the_same(folder, command, arguments):
    with PIL.Image.open("photograph.jpg") as file:
        file.rotate(90).save("other.png")
    make_film("film.mp4", moving(2))
    done = command(*arguments, "--quiet")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert any(name.startswith("result") for name in names(folder))


def test_quiet_keeps_errors_and_json(folder, command):
    done = command("image", "photograph.jpg", "nowhere.png", *BOX, "-o", "out", "-q")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    kinds = [each["type"] for each in objects(command("locate", "photograph.jpg", *BOX, "-q", "--json"))]
    assert kinds == ["places"]
