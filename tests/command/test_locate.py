"""The command ``backproj locate``."""

import json
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

import backproj

BOX = ("--box", "120,300,60,60")


def read(path):
    with PIL.Image.open(path) as file:
        return np.asarray(file.convert("RGB"))


@pytest.fixture
def photographs(folder):
    """The photograph, its mirror image, a part of it without the suit, the suit alone, and its histogram."""
    with PIL.Image.open("photograph.jpg") as file:
        file.transpose(PIL.Image.Transpose.FLIP_LEFT_RIGHT).save("mirrored.png", compress_level=1)
        file.crop((300, 0, 500, 100)).save("without.png")
        file.crop((120, 300, 180, 360)).save("suit.png")
    return backproj.Histogram(read("suit.png"), order="rgb")


def best(hist, path, size=(60, 60)):
    return backproj.locate(hist.back_project(read(path), order="rgb"), size)[0]


def as_option(box):
    return ",".join(map(str, box))


def objects(done):
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize("model", [BOX, ("--model", "suit.png")])
def test_it_prints_the_box_that_the_library_finds_and_that_box_takes(photographs, command, model):
    done = command("locate", "photograph.jpg", *model)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == as_option(best(photographs, "photograph.jpg")) + "\n"
    again = command("image", "photograph.jpg", "--box", done.stdout.strip(), "-o", "prob.png")
    assert again.returncode == 0


def test_boxes_of_several_pictures_follow_their_names_and_others_are_left_out(photographs, command):
    files = ("photograph.jpg", "without.png", "mirrored.png")
    done = command("locate", *files, "--model", "suit.png")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        f"{name}: {as_option(best(photographs, name))}" for name in ("photograph.jpg", "mirrored.png")
    ]


def test_a_folder_is_its_pictures(photographs, folder, command):
    (folder / "in").mkdir()
    (folder / "mirrored.png").rename(folder / "in" / "mirrored.png")
    done = command("locate", "in", "--model", "suit.png")
    path = Path("in", "mirrored.png")
    assert done.stdout == f"{path}: {as_option(best(photographs, path))}\n"


# What is given, and what grep's exit codes say of it.
EXIT_CODES = {
    "found in one": (("photograph.jpg",), 0),
    "not found in one": (("without.png",), 1),
    "found in any": (("without.png", "photograph.jpg"), 0),
    "not found in any": (("without.png", "without.png"), 1),
    "found, but not all could be read": (("photograph.jpg", "nowhere.png"), 2),
    "not found, and not all could be read": (("without.png", "nowhere.png"), 2),
    "nothing could be read": (("nowhere.png",), 2),
}


@pytest.mark.parametrize(("files", "code"), EXIT_CODES.values(), ids=EXIT_CODES)
@pytest.mark.parametrize("option", [(), ("--quiet",), ("--json",)], ids=["text", "quiet", "json"])
def test_the_exit_code_is_that_of_grep(photographs, command, files, code, option):
    assert command("locate", *files, "--model", "suit.png", *option).returncode == code


def test_a_file_that_cannot_be_read_gets_a_line_and_stops_no_other(photographs, command):
    done = command("locate", "nowhere.png", "photograph.jpg", "--model", "suit.png")
    assert done.stderr == "backproj: cannot read nowhere.png: No such file or directory\n"
    assert done.stdout.startswith("photograph.jpg: ")


def test_quiet_prints_nothing_but_errors(photographs, command):
    done = command("locate", "nowhere.png", "photograph.jpg", "--model", "suit.png", "-q")
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1


def test_a_picture_is_an_object_of_json(photographs, command):
    done = command("locate", "photograph.jpg", "nowhere.png", "--model", "suit.png", "--json")
    places, error = objects(done)
    assert isinstance(places.pop("min_score"), float)
    assert isinstance(places["boxes"][0].pop("score"), float)
    assert places == {
        "type": "places",
        "input": "photograph.jpg",
        "width": 512,
        "height": 512,
        "found": True,
        "boxes": [{"box": list(best(photographs, "photograph.jpg"))}],
    }
    assert (error["type"], error["input"], done.stderr) == ("error", "nowhere.png", "")


def test_a_score_is_the_mean_of_the_back_projection_in_the_box(photographs, command):
    (found,) = objects(command("locate", "photograph.jpg", "--model", "suit.png", "--json"))
    (place,) = found["boxes"]
    x, y, w, h = place["box"]
    prob = photographs.back_project(read("photograph.jpg"), order="rgb")
    assert place["score"] == pytest.approx(prob[y : y + h, x : x + w].mean() / 255, abs=1e-6)


def test_a_box_has_a_quarter_of_the_models_own_score_at_least(photographs, command):
    (found,) = objects(command("locate", "without.png", "--model", "suit.png", "--json"))
    own = photographs.back_project(read("suit.png"), order="rgb").mean() / 255
    assert found["min_score"] == pytest.approx(own / 4, abs=1e-6)
    assert (found["found"], found["boxes"]) == (False, [])


def test_another_least_score_may_be_given(photographs, command):
    (found,) = objects(command("locate", "photograph.jpg", "--model", "suit.png", "--json"))
    score = found["boxes"][0]["score"]
    for least, code in ((score - 0.001, 0), (score + 0.001, 1), (0, 0), (1, 1)):
        options = ("--min-score", least)
        assert command("locate", "photograph.jpg", "--model", "suit.png", *options).returncode == code


def test_where_nothing_of_the_model_is_there_is_no_box_even_with_a_least_score_of_0(folder, command):
    for name, colour in (("blue.png", (20, 40, 200)), ("red.png", (200, 40, 20))):
        PIL.Image.new("RGB", (40, 30), colour).save(name)
    assert command("locate", "blue.png", "--model", "red.png", "--min-score", "0").returncode == 1


def test_a_box_has_another_size_if_it_is_given(photographs, command):
    done = command("locate", "photograph.jpg", "--model", "suit.png", "--size", "100x40")
    assert done.stdout == as_option(best(photographs, "photograph.jpg", (100, 40))) + "\n"


def test_a_window_is_at_most_the_whole_picture(photographs, folder, command):
    with PIL.Image.open("suit.png") as file:
        file.crop((0, 0, 20, 60)).save("narrow.png")
    done = command("locate", "narrow.png", "--model", "suit.png", "--size", "50x600")
    assert done.stdout == "0,0,20,60\n"


def test_further_boxes_are_apart_and_no_better(photographs, command):
    options = ("--model", "suit.png", "--max-count", "3", "--json")
    (found,) = objects(command("locate", "photograph.jpg", *options))
    first = found["boxes"][0]
    assert first["box"] == list(best(photographs, "photograph.jpg"))
    scores = [place["score"] for place in found["boxes"]]
    assert len(scores) == 3
    assert scores == sorted(scores, reverse=True)
    prob = photographs.back_project(read("photograph.jpg"), order="rgb").copy()
    for place in found["boxes"]:
        assert place["box"] == list(backproj.locate(prob, (60, 60))[0])
        x, y, w, h = place["box"]
        prob[y : y + h, x : x + w] = 0


def test_no_more_boxes_are_printed_than_there_are(photographs, command):
    done = command("locate", "suit.png", "--model", "suit.png", "-m", "9")
    assert done.stdout == "0,0,60,60\n"


MISTAKES = {
    "no model": (("photograph.jpg",), "--model IMAGE or --box"),
    "no such model": (("photograph.jpg", "--model", "nowhere.png"), "cannot read nowhere.png"),
    "a box outside": (("photograph.jpg", "--box", "500,0,13,9"), "which is 512×512"),
    "an empty folder": (("empty", *BOX), "there are no pictures in the folder empty"),
    "a size of one number": (("photograph.jpg", *BOX, "--size", "50"), "'50' is not a width and a height"),
    "a size of nothing": (("photograph.jpg", *BOX, "--size", "0x9"), "'0x9' is not a width and a height"),
    "a score in words": (("photograph.jpg", *BOX, "--min-score", "high"), "'high' is not a number from 0"),
    "no number": (("photograph.jpg", *BOX, "--min-score", "nan"), "'nan' is not a number from 0"),
    "a score of percents": (
        ("photograph.jpg", *BOX, "--min-score", "50"),
        "'50' is not a number from 0 to 1",
    ),
    "no boxes": (("photograph.jpg", *BOX, "--max-count", "0"), "x>=1"),
}


@pytest.mark.parametrize(("arguments", "says"), MISTAKES.values(), ids=MISTAKES)
def test_mistakes_are_one_line_and_exit_code_2(folder, command, arguments, says):
    (folder / "empty").mkdir()
    done = command("locate", *arguments)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert says in done.stderr
