"""The command ``backproj video``."""

from fractions import Fraction

import av
import numpy as np
import PIL.Image
import pytest

import backproj
from helpers.film_files import START, cut_off, make_film, moving, read_film, turn
from helpers.processes import names


def expected(frames, box, **options):
    x, y, w, h = box
    hist = backproj.Histogram(frames[0, y : y + h, x : x + w], order="rgb", **options)
    return hist.back_project(frames, order="rgb")


def assert_shows(path, planes):
    """Assert that a film is these grey images, but for the loss of H.264."""
    _, frames = read_film(path)
    assert frames.shape == (*planes.shape, 3)
    away = np.abs(frames.astype(int) - planes[..., np.newaxis])
    assert away.mean() < 4
    assert (away > 60).mean() < 0.01


def test_a_film_becomes_that_of_its_back_projections(folder, command):
    make_film("film.mp4", moving(30))
    done = command("video", "film.mp4", *START, "-o", "prob.mp4")
    assert (done.returncode, done.stderr) == (0, "")
    assert "30 frames of 128×96 pixels in" in done.stdout
    assert "wrote prob.mp4" in done.stdout
    _, frames = read_film("film.mp4")
    assert_shows("prob.mp4", expected(frames, (4, 8, 20, 20)))
    assert names(folder) == ["film.mp4", "photograph.jpg", "prob.mp4"]


def test_presets_thresholds_and_models_are_those_of_pictures(folder, command):
    make_film("film.mp4", moving(5))
    _, frames = read_film("film.mp4")
    PIL.Image.fromarray(frames[0, 8:28, 4:24]).save("model.png")
    options = ("--preset", "camshift", "--threshold", "100")
    assert command("video", "film.mp4", "--model", "model.png", *options, "-o", "mask.mkv").returncode == 0
    gate = (0, 60, 32), (180, 255, 255)
    prob = expected(frames, (4, 8, 20, 20), channels="h", bins=16, in_range=gate, peak=255)
    assert_shows("mask.mkv", np.where(prob > 100, np.uint8(255), np.uint8(0)))


def test_an_overlay_keeps_the_colour_of_the_object_and_fades_the_rest(folder, command):
    make_film("film.mp4", moving(3))
    assert command("video", "film.mp4", *START, "--overlay", "-o", "overlay.mp4").returncode == 0
    _, ((first, *_)) = read_film("overlay.mp4")
    assert np.abs(first[14:22, 10:18].astype(int) - (220, 40, 30)).mean() < 12
    assert np.ptp(first[60:, 60:].astype(int), axis=-1).mean() < 6


@pytest.mark.parametrize("name", ["film.mp4", "film.mkv"])
def test_every_frame_keeps_its_time(folder, command, name):
    times = [0, 40, 55, 200, 210, 1000, 1001]
    make_film(name, moving(7), times=times)
    assert command("video", name, *START, "-o", f"prob-{name}").returncode == 0
    assert read_film(f"prob-{name}")[0] == [Fraction(time, 1000) for time in times]


def test_every_nth_frame_is_taken_at_its_time(folder, command):
    make_film("film.mp4", moving(10))
    done = command("video", "film.mp4", *START, "--every", 4, "-o", "prob.mp4")
    assert "3 frames" in done.stdout
    assert read_film("prob.mp4")[0] == [0, Fraction(4, 25), Fraction(8, 25)]


def test_a_film_that_begins_later_begins_at_once(folder, command):
    make_film("film.mkv", moving(5), times=range(500, 700, 40))
    assert read_film("film.mkv")[0][0] == Fraction(1, 2)
    assert command("video", "film.mkv", *START, "-o", "prob.mp4").returncode == 0
    assert read_film("prob.mp4")[0] == [Fraction(n, 25) for n in range(5)]


def test_odd_sizes_are_padded_by_repeating_the_edge_and_that_is_said(folder, command):
    make_film("film.mkv", moving(3, (95, 127)), codec="ffv1")
    done = command("video", "film.mkv", *START, "-o", "prob.mp4")
    assert "127×95" in done.stdout
    assert "padded to 128×96 pixels: H.264 needs even sizes" in done.stdout
    _, frames = read_film("film.mkv")
    prob = expected(frames, (4, 8, 20, 20))
    assert_shows("prob.mp4", np.pad(prob, ((0, 0), (0, 1), (0, 1)), mode="edge"))


def test_sound_is_left_out_and_that_is_said(folder, command):
    make_film("film.mp4", moving(3), sound=True)
    assert "left out the sound" in command("video", "film.mp4", *START, "-o", "prob.mp4").stdout


def test_a_film_of_a_phone_on_its_side_is_turned(folder, command):
    make_film("film.mp4", moving(3))
    turn(folder / "film.mp4")
    x, y = 96 - 8 - 20, 4  # of the square, after a turn clockwise
    done = command("video", "film.mp4", "--box", f"{x},{y},20,20", "-o", "prob.mp4")
    assert "96×128" in done.stdout
    _, frames = read_film("film.mp4")
    assert_shows("prob.mp4", expected(np.rot90(frames, -1, (1, 2)), (x, y, 20, 20)))


@pytest.mark.parametrize(("turned", "shown"), [(False, Fraction(16, 11)), (True, Fraction(11, 16))])
def test_pixels_that_are_not_square_stay_as_wide(folder, command, turned, shown):
    make_film("film.mp4", moving(3), aspect=Fraction(16, 11))
    if turned:
        turn(folder / "film.mp4")
    assert command("video", "film.mp4", "--box", "4,8,20,20", "-o", "prob.mp4").returncode == 0
    with av.open("prob.mp4") as container:
        assert container.streams.video[0].sample_aspect_ratio == shown


def test_a_stream_without_times_has_its_rate(folder, command):
    make_film("film.h264", moving(5), tick=Fraction(1, 25))
    assert command("video", "film.h264", *START, "-o", "prob.mp4").returncode == 0
    assert read_film("prob.mp4")[0] == [Fraction(n, 25) for n in range(5)]


def test_a_title_that_is_not_utf_8_does_no_harm(folder, command):
    make_film("film.mp4", moving(3))
    content = (folder / "film.mp4").read_bytes()
    assert b"VideoHandler" in content
    (folder / "film.mp4").write_bytes(content.replace(b"VideoHandler", "VidéoHandler".encode("latin-1")))
    assert command("video", "film.mp4", *START, "-o", "prob.mp4").returncode == 0


def damage(path):
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 3000] = np.random.default_rng(0).bytes(3000)
    path.write_bytes(data)


def keep(path):
    pass


BROKEN = {
    "no index": ("film.mp4", {}, cut_off, "cannot read film.mp4: it is not a film, or its end is missing"),
    "ends early, MP4": ("film.mp4", {"movflags": "faststart"}, cut_off, "of 2.4 s: "),
    "ends early, Matroska": ("film.mkv", {}, cut_off, "of 2.4 s: it ends there"),
    "damaged": ("film.mp4", {}, damage, "frames, 1.2 of 2.4 s: "),
}


@pytest.mark.parametrize(("name", "options", "harm", "says"), BROKEN.values(), ids=BROKEN.keys())
def test_broken_films_are_one_line_and_nothing_is_written(folder, command, name, options, harm, says):
    noise = np.random.default_rng(0).integers(0, 256, (60, 48, 64, 3), np.uint8)
    make_film(name, noise, options=options)
    harm(folder / name)
    options = ("--track", "meanshift", "--boxes", "boxes.csv")
    done = command("video", name, "--box", "0,0,9,9", *options, "-o", "prob.mp4")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert says in done.stderr
    assert names(folder) == [name, "photograph.jpg"]


def test_grey_channels_take_a_grey_film(folder, command):
    greys = np.stack(list(moving(3)))[..., 0]
    with av.open("grey.mkv", "w") as container:
        stream = container.add_stream("ffv1", rate=25)
        (_, stream.height, stream.width), stream.pix_fmt = greys.shape, "gray"
        for grey in greys:
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(grey), format="gray")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    done = command("video", "grey.mkv", *START, "--channels", "gray", "--bins", "16", "-o", "prob.mp4")
    assert (done.returncode, done.stderr) == (0, "")
    _, frames = read_film("grey.mkv")
    x, y, w, h = map(int, START[1].split(","))
    assert_shows("prob.mp4", expected(frames, (x, y, w, h), channels="gray", bins=16))


MISTAKES = {
    "missing film": (("nowhere.mp4", *START, "-o", "a.mp4"), "cannot read nowhere.mp4: No such file"),
    "a folder": ((".", *START, "-o", "a.mp4"), "cannot read .: Is a directory"),
    "no film": (("text.mp4", *START, "-o", "a.mp4"), "cannot read text.mp4: it is not a film"),
    "an empty file": (("empty.mp4", *START, "-o", "a.mp4"), "cannot read empty.mp4: it is not a film"),
    "sound only": (("sound.mp4", *START, "-o", "a.mp4"), "there is no video in sound.mp4"),
    "grey": (
        ("grey.mkv", *START, "-o", "a.mp4"),
        "grey.mkv is grey (gray), and grey has no colours; give a film in colour, or",
    ),
    "unknown codec": (
        ("codec.mp4", *START, "-o", "a.mp4"),
        "cannot read codec.mp4: its codec is not supported",
    ),
    "a list of films": (
        ("list.mp4", *START, "-o", "a.mp4"),
        "list.mp4: it is not a film in a supported format",
    ),
    "no output": (("film.mp4", *START), "'-o'"),
    "no model": (("film.mp4", "-o", "a.mp4"), "--model IMAGE or --box"),
    "box outside": (
        ("film.mp4", "--box", "120,0,9,9", "-o", "a.mp4"),
        "not inside film.mp4, which is 128×96",
    ),
    "box to track outside": (
        ("film.mp4", "--box", "120,0,9,9", "--track", "camshift", "-o", "a.mp4"),
        "not inside film.mp4, which is 128×96",
    ),
    "nothing to track in the box": (
        ("film.mp4", *START, "--in-range", "90,0,0:120,255,255", "--track", "camshift", "-o", "a.mp4"),
        "no pixel of the middle of the box is within --in-range",
    ),
    "nothing to track in the model": (
        (
            *("film.mp4", "--model", "blue.png", "--in-range", "0,60,32:30,255,255"),
            *("--track", "camshift", "-o", "a.mp4"),
        ),
        "no pixel of the model is within --in-range",
    ),
    "boxes of nothing": (("film.mp4", *START, "--boxes", "b.csv", "-o", "a.mp4"), "--boxes needs --track"),
    "adapting nothing": (("film.mp4", *START, "--adapt", "0.1", "-o", "a.mp4"), "--adapt needs --track"),
    "adapting too fast": (
        ("film.mp4", *START, "--track", "camshift", "--adapt", "1.5", "-o", "a.mp4"),
        "0<=x<=1",
    ),
    "adapting by no number": (
        ("film.mp4", *START, "--track", "camshift", "--adapt", "nan", "-o", "a.mp4"),
        "adapt must be from 0 to 1, not nan",
    ),
    "an overlay and cut out": (
        ("film.mp4", *START, "--overlay", "--cut-out", "-o", "a.mp4"),
        "give --overlay or --cut-out, not both",
    ),
    "unknown tracker": (
        ("film.mp4", *START, "--track", "kalman", "-o", "a.mp4"),
        "'kalman' is not one of 'camshift', 'meanshift'",
    ),
    "unknown format": (
        ("film.mp4", *START, "-o", "a.xyz"),
        "'.xyz' is not a supported film format; try .mp4",
    ),
    "output over input": (("film.mp4", *START, "-o", "film.mp4"), "would be overwritten"),
    "boxes over output": (
        ("film.mp4", *START, "--track", "camshift", "--boxes", "a.mp4", "-o", "a.mp4"),
        "two outputs would both be a.mp4",
    ),
    "no such folder": (("film.mp4", *START, "-o", "nowhere/a.mp4"), "nowhere/a.mp4"),
    "every 0th": (("film.mp4", *START, "--every", "0", "-o", "a.mp4"), "x>=1"),
}


@pytest.fixture(scope="session")
def odd_films(tmp_path_factory):
    folder = tmp_path_factory.mktemp("films")
    make_film(folder / "film.mp4", moving(3))
    PIL.Image.new("RGB", (20, 20), (50, 90, 160)).save(folder / "blue.png")
    (folder / "text.mp4").write_text("no film")
    (folder / "empty.mp4").touch()
    content = (folder / "film.mp4").read_bytes()
    before, _, after = content.rpartition(b"avc1")
    (folder / "codec.mp4").write_bytes(before + b"zzzz" + after)
    (folder / "list.mp4").write_text("ffconcat version 1.0\nfile film.mp4\n")
    with av.open(str(folder / "sound.mp4"), "w") as container:
        stream = container.add_stream("aac", rate=44_100, layout="mono")
        silence = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
        silence.rate = 44_100
        container.mux(stream.encode(silence))
        container.mux(stream.encode(None))
    with av.open(str(folder / "grey.mkv"), "w") as container:
        stream = container.add_stream("ffv1", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "gray"
        container.mux(stream.encode(av.VideoFrame.from_ndarray(np.zeros((48, 64), np.uint8), format="gray")))
        container.mux(stream.encode(None))
    return folder


@pytest.mark.parametrize(("arguments", "says"), MISTAKES.values(), ids=MISTAKES.keys())
def test_mistakes_are_one_line_and_exit_code_2_and_nothing_is_written(
    odd_films, monkeypatch, command, arguments, says
):
    monkeypatch.chdir(odd_films)
    before = names(odd_films)
    done = command("video", *arguments)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert done.stderr.startswith("backproj: ")
    assert says in done.stderr
    assert names(odd_films) == before


def test_a_name_is_a_file_even_if_it_looks_like_a_protocol(folder, command):
    make_film("film.mp4", moving(2))
    (folder / "film.mp4").rename(folder / "pipe:0.mp4")
    assert command("video", "pipe:0.mp4", *START, "-o", "a:b.mp4").returncode == 0
    assert "a:b.mp4" in names(folder)
