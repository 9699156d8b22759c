"""The command ``backproj``."""

import os
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

import backproj
from helpers.processes import names, run_python


def run(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "backproj", *map(str, arguments)], capture_output=True, text=True, timeout=60
    )


def read(path):
    with Image.open(path) as file:
        return np.asarray(file)


def test_image_writes_the_back_projection_of_a_box(folder):
    done = run("image", "photograph.jpg", "--box", "120,300,60,60", "-o", "prob.png")
    assert (done.returncode, done.stderr) == (0, "")
    assert "512×512 pixels in" in done.stdout
    assert f"({backproj.info()['kernel']} kernel)" in done.stdout
    assert "8.2% of them above half" in done.stdout
    frame = read("photograph.jpg")
    np.testing.assert_array_equal(
        read("prob.png"), backproj.back_project(frame, frame[300:360, 120:180], order="rgb")
    )
    assert names(folder) == ["photograph.jpg", "prob.png"]


def test_image_takes_another_picture_as_the_model_and_names_its_output(folder):
    Image.open("photograph.jpg").crop((120, 300, 180, 360)).save("suit.png")
    assert run("image", "photograph.jpg", "--model", "suit.png").returncode == 0
    np.testing.assert_array_equal(
        read("photograph-prob.png"),
        backproj.back_project(read("photograph.jpg"), read("suit.png"), order="rgb"),
    )


def test_image_draws_an_overlay_in_which_the_object_keeps_its_colour(folder):
    assert (
        run(
            "image", "photograph.jpg", "--box", "120,300,60,60", "-o", "prob.png", "--overlay", "overlay.bmp"
        ).returncode
        == 0
    )
    frame, prob, overlay = read("photograph.jpg"), read("prob.png"), read("overlay.bmp")
    np.testing.assert_array_equal(overlay[prob == 255], frame[prob == 255])
    faded = overlay[prob == 0]
    assert (faded == faded[:, :1]).all(), "what does not fit is grey"


BOX = ("--box", "0,0,9,9")

# What is given, and what the line must say.
MISTAKES = {
    "missing file": (("nowhere.png", *BOX), "nowhere.png: No such file"),
    "missing model": (("photograph.jpg", "--model", "nowhere.png"), "nowhere.png: No such file"),
    "folder to nowhere": ((".", *BOX), "need a folder to write to: -o FOLDER"),
    "not a picture": (("text.png", *BOX), "cannot read text.png: it is not a picture in a supported format"),
    "a film": (
        ("film.mp4", *BOX),
        "cannot read film.mp4: it is not a picture in a supported format; films are for",
    ),
    "truncated": (("half.jpg", *BOX), "cannot read half.jpg: image file is truncated"),
    "16 bits": (("deep.png", *BOX), "deep.png has more than 8 bits"),
    "no model": (("photograph.jpg",), "--model IMAGE or --box"),
    "two models": (("photograph.jpg", *BOX, "--model", "photograph.jpg"), "not both"),
    "box too far right": (("photograph.jpg", "--box", "500,0,13,9"), "which is 512×512"),
    "box too low": (("photograph.jpg", "--box", "0,512,1,1"), "not inside photograph.jpg"),
    "box of no width": (("photograph.jpg", "--box", "3,3,0,9"), "not inside"),
    "box from outside": (("photograph.jpg", "--box=-1,0,9,9"), "not inside"),
    "three numbers": (("photograph.jpg", "--box", "1,2,3"), "four whole numbers"),
    "words": (("photograph.jpg", "--box", "a,b,c,d"), "four whole numbers"),
    "unknown format": (("photograph.jpg", *BOX, "-o", "prob.xyz"), "'.xyz'"),
    "unknown overlay format": (("photograph.jpg", *BOX, "-o", "prob.png", "--overlay", "x"), "try .png"),
    "no such folder": (("photograph.jpg", *BOX, "-o", "nowhere/prob.png"), "nowhere/prob.png: No such file"),
    "output over input": (("photograph.jpg", *BOX, "-o", "photograph.jpg"), "would be overwritten"),
    "overlay over output": (
        ("photograph.jpg", *BOX, "-o", "a.png", "--overlay", "./a.png"),
        "two outputs would both be a.png",
    ),
    "cut out over output": (
        ("photograph.jpg", *BOX, "-o", "a.png", "--cut-out", "./a.png"),
        "two outputs would both be a.png",
    ),
    "an option for a name": (
        ("photograph.jpg", *BOX, "--cut-out", "-o", "a.png"),
        "'-o' looks like an option; write ./-o",
    ),
    "unknown option": (("photograph.jpg", "--bax", "1"), "--bax"),
}


@pytest.mark.parametrize(("arguments", "says"), MISTAKES.values(), ids=MISTAKES.keys())
def test_mistakes_are_one_line_and_exit_code_2_and_nothing_is_written(folder, arguments, says):
    for name in ("text.png", "film.mp4"):
        (folder / name).write_text("not a picture")
    (folder / "half.jpg").write_bytes((folder / "photograph.jpg").read_bytes()[:20_000])
    Image.fromarray(np.zeros((9, 9), np.uint16)).save("deep.png")
    before = names(folder)
    done = run("image", *arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("backproj: ")
    assert says in done.stderr
    assert done.stderr.count("\n") == 1
    assert names(folder) == before


def test_info_prints_version_kernel_threads_and_engines():
    lines = dict(line.split(maxsplit=1) for line in run("info").stdout.splitlines())
    assert lines.keys() == {"version", "kernel", "kernels", "threads", "engines"}
    assert lines["version"] == backproj.__version__
    assert lines["kernel"] == "{kernel}, {kernel_reason}".format_map(backproj.info())
    assert lines["engines"] == ", ".join(backproj.engines())


@pytest.mark.parametrize("name", ["BACKPROJ_KERNEL", "BACKPROJ_NUM_THREADS"])
def test_an_environment_that_asks_for_what_is_not_is_one_line_and_exit_code_2(folder, monkeypatch, name):
    monkeypatch.setenv(name, "many")
    done = run("image", "photograph.jpg", "--box", "0,0,9,9", "-o", "prob.png")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert f"{name} must be" in done.stderr
    assert names(folder) == ["photograph.jpg"]


def test_names_that_standard_output_cannot_show_are_escaped(folder):
    os.rename("photograph.jpg", "写真.jpg")
    command = [sys.executable, "-m", "backproj", "image", "写真.jpg", "--box", "120,300,60,60"]
    done = subprocess.run(
        command, capture_output=True, timeout=60, env=os.environ | {"PYTHONIOENCODING": "cp1252"}
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.strip().endswith(rb"\u5199\u771f-prob.png")


def test_help_names_every_command_and_option():
    assert {"image", "video", "bench", "info", "verify"} <= set(run("--help").stdout.split())
    text = run("image", "--help").stdout
    for option in ("--model", "--box X,Y,W,H", "--output", "--overlay", "--cut-out"):
        assert option in text
    assert backproj.__version__ in run("--version").stdout


@pytest.mark.parametrize(
    ("missing", "arguments"),
    [
        ("click", "--help"),
        ("PIL", "image photograph.jpg --box 0,0,9,9 -o prob.png"),
        ("PIL", "verify photograph.jpg --box 0,0,9,9"),
        ("av", "video film.mp4 --box 0,0,9,9 -o out.mp4"),
    ],
)
def test_without_the_libraries_of_the_extra_it_says_what_to_install(folder, missing, arguments):
    code = (
        f"import runpy, sys; sys.modules[{missing!r}] = None; "
        f"sys.argv[1:] = {arguments.split()!r}; "
        "runpy.run_module('backproj', run_name='__main__')"
    )
    done = run_python(code)
    assert done.returncode == 2
    assert done.stderr == f"backproj: the command needs {missing}: pip install 'backproj[cli]'\n"
    assert names(folder) == ["photograph.jpg"]


def test_commands_import_only_the_libraries_that_they_need(folder):
    code = (
        "import sys; loaded = {'click', 'PIL', 'av', 'cv2', 'matplotlib'}\n"
        "import backproj._cli\n"
        "print(sorted(loaded & set(sys.modules)))"
    )
    done = run_python(code)
    assert (done.stdout, done.stderr) == ("['click']\n", "")


@pytest.mark.exhaustive
def test_verify_compares_a_picture(folder):
    done = run("verify", "photograph.jpg", "--box", "120,300,60,60")
    assert (done.returncode, done.stderr) == (0, "")
    assert " against cv2 " in done.stdout
    assert " and OpenCV's formulas, hs 32×32, the model: no difference" in done.stdout
    assert "the model: no difference in 262,144 pixels" in done.stdout


@pytest.mark.slow
def test_verify_compares_every_colour(folder):
    done = run("verify")
    assert done.returncode == 0
    assert "noise: no difference in 16,777,216 pixels" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--box", "0,0,9,9"), "--model and --box need a FRAME"),
        (("photograph.jpg", "--box", "0,0,9,9", "--model", "photograph.jpg"), "not both"),
        (("nowhere.png", "--box", "0,0,9,9"), "nowhere.png: No such file"),
    ],
)
def test_mistakes_of_verify_are_one_line_and_exit_code_2(folder, arguments, says):
    done = run("verify", *arguments)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert says in done.stderr


def test_a_difference_is_exit_code_1(folder):
    code = (
        "import sys; from backproj import __main__; from backproj._verify import verify\n"
        "verify._differences = lambda got, expected: iter(['pixel (0, 0) is 1, not 2'])\n"
        "sys.argv = ['backproj', 'verify', 'photograph.jpg', '--model', 'photograph.jpg']\n"
        "__main__.main()"
    )
    done = run_python(code)
    assert done.returncode == 1
    assert "pixel (0, 0) is 1, not 2" in done.stdout
    assert done.stdout.endswith("backproj differs from OpenCV's formulas: please report it\n")


def test_a_difference_of_cv2_alone_is_said_and_exit_code_0(folder):
    code = (
        "import sys; from backproj import __main__; from backproj._verify import by_cv2\n"
        "original = by_cv2.converted_by\n"
        "by_cv2.converted_by = lambda cv2, image, space: original(cv2, image, space) ^ 1\n"
        "by_cv2.name_of = lambda cv2: 'cv2 4.13.0 (carotene)'\n"
        "sys.argv = ['backproj', 'verify', 'photograph.jpg', '--model', 'photograph.jpg']\n"
        "__main__.main()"
    )
    done = run_python(code)
    assert done.returncode == 0
    assert "cvtColor to hsv, the frame: 262,144 pixels differ, the first is (0, 0): " in done.stdout
    assert ", where cv2 4.13.0 (carotene) differs from OpenCV's formulas and this does not\n" in done.stdout
    assert done.stdout.endswith(
        "\ncv2 4.13.0 (carotene) differs from OpenCV's formulas; backproj equals these in all comparisons\n"
    )


def project(*options):
    return run("image", "photograph.jpg", *BOX, *options)


def test_all_pictures_are_written_or_none(folder):
    (folder / "folder.png").mkdir()
    done = project("-o", "prob.png", "--overlay", "folder.png")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "cannot write folder.png: it exists and is not a regular file" in done.stderr
    assert names(folder) == ["folder.png", "photograph.jpg"]


def test_a_picture_too_wide_for_its_format_is_one_line(folder):
    Image.new("RGB", (70_000, 2), "red").save("wide.png")
    for name in ("prob.gif", "prob.sgi"):
        done = run("image", "wide.png", *("--box", "0,0,2,2"), "-o", name)
        assert (done.returncode, done.stderr.count("\n")) == (2, 1)
        assert f"cannot write {name}" in done.stderr
    assert names(folder) == ["photograph.jpg", "wide.png"]


def test_webp_is_lossless(folder):
    assert project("-o", "prob.webp").returncode == 0
    frame = read("photograph.jpg")
    with Image.open("prob.webp") as file:
        prob = np.asarray(file.convert("L"))
    np.testing.assert_array_equal(prob, backproj.back_project(frame, frame[:9, :9], order="rgb"))


def test_a_replaced_picture_keeps_its_permissions(folder):
    (folder / "prob.png").write_bytes(b"old")
    (folder / "prob.png").chmod(0o600)
    assert project("-o", "prob.png").returncode == 0
    assert (folder / "prob.png").stat().st_mode & 0o777 == 0o600


def test_a_new_picture_has_those_of_any_new_file(folder):
    (folder / "new").touch()
    assert project("-o", "prob.png").returncode == 0
    assert (folder / "prob.png").stat().st_mode == (folder / "new").stat().st_mode


def test_a_symbolic_link_stays_one(folder):
    (folder / "real.png").touch()
    (folder / "link.png").symlink_to("real.png")
    assert project("-o", "link.png").returncode == 0
    assert (folder / "link.png").is_symlink()
    assert read("real.png").shape == (512, 512)


def test_names_as_long_as_a_file_system_allows(folder):
    name = "n" * 251 + ".png"
    assert project("-o", name).returncode == 0
    assert names(folder) == [name, "photograph.jpg"]


def test_names_with_line_breaks_are_shown_in_one_line(folder):
    done = run("image", "no\nsuch.png", *BOX)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)


def test_a_full_disk_is_one_line():
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "backproj", "info"], stdout=full, stderr=subprocess.PIPE, text=True
        )
    assert done.returncode == 2
    assert done.stderr.startswith("backproj: ")


def test_ctrl_c_is_exit_code_130_and_leaves_nothing(folder):
    code = (
        "import sys, PIL.Image, backproj.__main__ as command\n"
        "def interrupted(*arguments, **options): raise KeyboardInterrupt\n"
        "PIL.Image.Image.save = interrupted\n"
        "sys.argv = ['backproj', 'image', 'photograph.jpg', '--box', '0,0,9,9', '-o', 'prob.png']\n"
        "command.main()"
    )
    done = run_python(code)
    assert (done.returncode, done.stdout, done.stderr.strip()) == (130, "", "")
    assert names(folder) == ["photograph.jpg"]
