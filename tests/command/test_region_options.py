"""The options ``--disc``, ``--threshold`` and ``--cut-out`` of ``backproj image`` and ``backproj video``."""

import numpy as np
import PIL.Image
import PIL.ImageOps
import pytest

import backproj
from helpers.film_files import START, make_film, moving, read_film
from helpers.processes import names

BOX = ("--box", "120,300,60,60")


def read(path):
    with PIL.Image.open(path) as file:
        return np.asarray(file)


@pytest.fixture
def photograph(folder):
    return read("photograph.jpg")


@pytest.fixture
def suit(photograph):
    return backproj.Histogram(photograph[300:360, 120:180], order="rgb")


def sums(disc):
    """Return a function of a histogram and a frame that returns the sums over a disc."""
    return lambda hist, frame: backproj.disc_sum(hist.back_project(frame, order="rgb"), disc)


def mask(**options):
    return lambda hist, frame: hist.segment(frame, order="rgb", **options)


def cut(**options):
    return lambda hist, frame: hist.cut_out(frame, order="rgb", **options)


LEVELS = {
    "threshold 0": (("--threshold", "0"), mask(disc=None, threshold=0)),
    "threshold 100": (("--threshold", "100"), mask(disc=None, threshold=100)),
    "threshold 255": (("--threshold", "255"), mask(disc=None, threshold=255)),
    "Otsu": (("--threshold", "otsu"), mask(disc=None, threshold="otsu")),
    "disc": (("--disc", "5"), sums(5)),
    "disc of one pixel": (("--disc", "1"), sums(None)),
    "wide disc": (("--disc", "9x4"), sums((9, 4))),
    "the largest disc": (("--disc", "255x255"), sums(255)),
    "disc, threshold": (("--disc", "7", "--threshold", "90"), mask(disc=7, threshold=90)),
    "disc, Otsu": (("--disc", "3x8", "--threshold", "otsu"), mask(disc=(3, 8), threshold="otsu")),
}

CUT_OUTS = {
    "as the library": ((), cut()),
    "threshold": (("--threshold", "120"), cut(threshold=120)),
    "Otsu": (("--threshold", "otsu"), cut(threshold="otsu")),
    "disc": (("--disc", "11x3"), cut(disc=(11, 3))),
    "disc, threshold": (("--disc", "7", "--threshold", "200"), cut(disc=7, threshold=200)),
    "each pixel alone": (("--disc", "1", "--threshold", "0"), cut(disc=None, threshold=0)),
}


@pytest.mark.parametrize(("options", "meaning"), LEVELS.values(), ids=LEVELS)
def test_a_picture_of_levels_is_that_of_the_library(command, photograph, suit, options, meaning):
    done = command("image", "photograph.jpg", *BOX, *options, "-o", "levels.png")
    assert (done.returncode, done.stderr) == (0, "")
    np.testing.assert_array_equal(read("levels.png"), meaning(suit, photograph))


@pytest.mark.parametrize(("options", "meaning"), LEVELS.values(), ids=LEVELS)
def test_a_film_of_levels_is_that_of_the_library(folder, command, pictures, options, meaning):
    make_film("film.mp4", moving(3))
    assert command("video", "film.mp4", *START, *options, "-o", "levels.mp4").returncode == 0
    _, frames = read_film("film.mp4")
    hist = backproj.Histogram(frames[0, 8:28, 4:24], order="rgb")
    np.testing.assert_array_equal(pictures, [meaning(hist, frame) for frame in frames])


def test_the_region_is_what_is_greater_than_the_threshold(command, photograph, suit):
    prob = suit.back_project(photograph, order="rgb")
    threshold = np.unique(prob)[5]  # a level that there is
    command("image", "photograph.jpg", *BOX, "--threshold", threshold, "-o", "mask.png")
    np.testing.assert_array_equal(read("mask.png"), np.where(prob > threshold, 255, 0))


@pytest.mark.parametrize(("options", "meaning"), CUT_OUTS.values(), ids=CUT_OUTS)
def test_what_is_cut_out_of_a_picture_is_that_of_the_library(
    folder, command, photograph, suit, options, meaning
):
    done = command("image", "photograph.jpg", *BOX, *options, "--cut-out", "suit.png")
    assert (done.returncode, done.stderr) == (0, "")
    assert "wrote suit.png" in done.stdout
    np.testing.assert_array_equal(read("suit.png"), meaning(suit, photograph))
    assert names(folder) == ["photograph.jpg", "suit.png"], "and nothing else is written"


@pytest.mark.parametrize(("options", "meaning"), CUT_OUTS.values(), ids=CUT_OUTS)
def test_what_is_cut_out_of_a_film_is_that_of_the_library(folder, command, pictures, options, meaning):
    make_film("film.mp4", moving(3))
    assert command("video", "film.mp4", *START, *options, "--cut-out", "-o", "square.mp4").returncode == 0
    _, frames = read_film("film.mp4")
    hist = backproj.Histogram(frames[0, 8:28, 4:24], order="rgb")
    np.testing.assert_array_equal(pictures, [meaning(hist, frame) for frame in frames])
    assert 0 < np.mean(pictures[0].any(axis=-1)) < 1


def test_the_segmentation_preset_is_cut_out_as_in_opencvs_tutorial(command, photograph):
    command("image", "photograph.jpg", *BOX, "--preset", "segmentation", "--cut-out", "suit.png")
    hist = backproj.Histogram(photograph[300:360, 120:180], bins=(180, 256), peak=255, order="rgb")
    np.testing.assert_array_equal(read("suit.png"), hist.cut_out(photograph, order="rgb"))


def test_back_projection_and_overlay_are_the_same_beside_what_is_cut_out(command, photograph, suit):
    outputs = ("-o", "prob.png", "--overlay", "overlay.png", "--cut-out", "suit.png")
    assert command("image", "photograph.jpg", *BOX, *outputs).returncode == 0
    prob = suit.back_project(photograph, order="rgb")
    np.testing.assert_array_equal(read("prob.png"), prob)
    np.testing.assert_array_equal(read("overlay.png"), backproj.overlay(photograph, prob, order="rgb"))
    np.testing.assert_array_equal(read("suit.png"), suit.cut_out(photograph, order="rgb"))


@pytest.mark.parametrize("options", [(), ("--disc", "9")])
def test_a_mask_beside_what_is_cut_out_is_of_the_same_region(command, photograph, options):
    outputs = ("-o", "mask.png", "--cut-out", "suit.png")
    assert command("image", "photograph.jpg", *BOX, *options, "--threshold", "99", *outputs).returncode == 0
    assert set(np.unique(read("mask.png"))) == {0, 255}
    np.testing.assert_array_equal(read("suit.png"), backproj.cut_out(photograph, read("mask.png")))


SHARES = {
    "a back projection": ((), "8.2% of them above half"),
    "a mask": (("--threshold", "otsu"), "% of them in the region"),
    "cut out": (("--cut-out", "suit.png"), "26.6% of them in the region"),
}


@pytest.mark.parametrize(("options", "says"), SHARES.values(), ids=SHARES)
def test_it_says_how_large_the_region_is(folder, command, options, says):
    assert says in command("image", "photograph.jpg", *BOX, *options).stdout


def test_an_overlay_alone_is_all_that_is_written(folder, command):
    assert command("image", "photograph.jpg", *BOX, "--overlay", "overlay.png").returncode == 0
    assert names(folder) == ["overlay.png", "photograph.jpg"]


def test_what_is_cut_out_of_several_pictures_is_a_folder(folder, command, photograph, suit):
    PIL.Image.fromarray(photograph[::-1]).save("flipped.png")
    done = command("image", "photograph.jpg", "flipped.png", *BOX, "--cut-out", "suits")
    assert (done.returncode, done.stderr) == (0, "")
    assert "wrote into suits" in done.stdout
    assert names(folder / "suits") == ["flipped-cut-out.png", "photograph-cut-out.png"]
    np.testing.assert_array_equal(
        read("suits/flipped-cut-out.png"), suit.cut_out(photograph[::-1], order="rgb")
    )


def with_alpha(picture):
    alpha = np.random.default_rng(0).integers(0, 256, picture.size[::-1], np.uint8)
    picture.putalpha(PIL.Image.fromarray(alpha))
    picture.save("clear.png")


def with_alpha_and_turned(picture):
    exif = PIL.Image.Exif()
    exif[0x0112] = 3  # Orientation: turn by 180° to see it upright
    picture.transpose(PIL.Image.Transpose.ROTATE_180).convert("RGBA").save("clear.png", exif=exif)


def with_a_clear_colour(picture):
    picture.save("clear.png", transparency=picture.getpixel((150, 330)))


def with_clear_colours_of_a_palette(picture):
    picture.quantize(64).save("clear.png", transparency=bytes(range(0, 256, 4)))


@pytest.mark.parametrize(
    "make", [with_alpha, with_alpha_and_turned, with_a_clear_colour, with_clear_colours_of_a_palette]
)
def test_transparency_is_cut_out_too_and_all_else_is_transparent(folder, command, make):
    with PIL.Image.open("photograph.jpg") as file:
        make(file.copy())
    with PIL.Image.open("clear.png") as file:
        upright = PIL.ImageOps.exif_transpose(file)
        pixels = np.asarray(upright.convert("RGBA"))
    hist = backproj.Histogram(pixels[300:360, 120:180], order="rgb")
    assert command("image", "clear.png", *BOX, "--cut-out", "suit.png").returncode == 0
    np.testing.assert_array_equal(read("suit.png"), hist.cut_out(pixels, order="rgb"))
    assert (read("suit.png")[hist.segment(pixels, order="rgb") == 0] == 0).all()


def test_webp_keeps_the_colours_of_what_is_transparent(folder, command):
    with PIL.Image.open("photograph.jpg") as file:
        with_alpha(file.copy())
    for name in ("suit.png", "suit.webp"):
        assert command("image", "clear.png", *BOX, "--cut-out", name).returncode == 0
    np.testing.assert_array_equal(read("suit.webp"), read("suit.png"))


@pytest.mark.parametrize("ending", ["bmp", "pcx", "ppm"])
def test_formats_without_transparency_have_the_colours_and_black(folder, command, photograph, suit, ending):
    with PIL.Image.open("photograph.jpg") as file:
        with_alpha(file.copy())
    done = command("image", "clear.png", *BOX, "--cut-out", f"suit.{ending}")
    assert (done.returncode, done.stderr) == (0, "")
    np.testing.assert_array_equal(read(f"suit.{ending}"), suit.cut_out(photograph, order="rgb"))


def test_what_is_cut_out_of_an_opaque_picture_is_opaque(folder, command):
    for name in ("suit.png", "suit.jpg"):
        assert command("image", "photograph.jpg", *BOX, "--cut-out", name).returncode == 0
        with PIL.Image.open(name) as file:
            assert file.mode == "RGB"


MISTAKES = {
    "no disc": (("--disc", "0"), "'0' is not a diameter N, or WxH, of 1 to 255 pixels, such as 5 or 9x5"),
    "a disc too large": (("--disc", "256"), "'256' is not a diameter"),
    "half a size": (("--disc", "5x"), "'5x' is not a diameter"),
    "three sizes": (("--disc", "5x5x5"), "'5x5x5' is not a diameter"),
    "a disc in words": (("--disc", "large"), "'large' is not a diameter"),
    "threshold below 0": (
        ("--threshold=-1",),
        "'-1' is neither a whole number from 0 to 255 nor otsu",
    ),
    "threshold above 255": (("--threshold", "256"), "'256' is neither"),
    "half a threshold": (("--threshold", "0.5"), "'0.5' is neither"),
    "another rule": (("--threshold", "triangle"), "'triangle' is neither"),
}


@pytest.mark.parametrize("source", ["photograph.jpg", "film.mp4"])
@pytest.mark.parametrize(("options", "says"), MISTAKES.values(), ids=MISTAKES)
def test_mistakes_are_one_line_and_exit_code_2_and_nothing_is_written(folder, command, source, options, says):
    make_film("film.mp4", moving(2))
    name = "image" if source == "photograph.jpg" else "video"
    done = command(name, source, *START, *options, "-o", f"out{source[-4:]}")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert says in done.stderr
    assert names(folder) == ["film.mp4", "photograph.jpg"]
