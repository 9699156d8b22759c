"""The command ``backproj image`` on many files, and on the odd ones that cameras and programs write."""

import os
import struct
from pathlib import Path

import av
import cv2
import numpy as np
import PIL.EpsImagePlugin
import PIL.features
import PIL.Image
import pytest

import backproj
from backproj._cli import picture_files
from backproj._validate.channels import CHANNELS
from helpers.processes import names

BOX = ("--box", "120,300,60,60")
SUIT = np.s_[300:360, 120:180]


def read(path):
    with PIL.Image.open(path) as file:
        return np.asarray(file)


@pytest.fixture
def photograph():
    with PIL.Image.open("photograph.jpg") as file:
        return file.copy()


def expected(pixels, model, **options):
    return backproj.back_project(np.asarray(pixels), np.asarray(model), order="rgb", **options)


def test_several_files_become_a_folder_by_one_histogram_of_the_first(folder, photograph, command):
    photograph.transpose(PIL.Image.Transpose.FLIP_TOP_BOTTOM).save("flipped.png")
    done = command("image", "photograph.jpg", "flipped.png", *BOX, "-o", "deep/out")
    assert (done.returncode, done.stderr) == (0, "")
    assert "2 of 2 pictures" in done.stdout
    assert "wrote into deep/out" in done.stdout
    assert names(folder / "deep" / "out") == ["flipped-prob.png", "photograph-prob.png"]
    frame = read("photograph.jpg")
    np.testing.assert_array_equal(
        read("deep/out/flipped-prob.png"), expected(frame[::-1], frame[SUIT]), "not the flipped box"
    )


def test_a_folder_is_its_pictures_in_order_and_neither_folders_in_it_nor_other_files(
    folder, photograph, command
):
    (folder / "in" / "below").mkdir(parents=True)
    for name in ("b.png", "a.JPG", ".hidden.png", "below/c.png"):
        photograph.save(folder / "in" / name)
    (folder / "in" / "notes.txt").write_text("no picture")
    done = command("image", "in", *BOX, "-o", "out", "--overlay", "out")
    assert (done.returncode, done.stderr) == (0, "")
    assert names(folder / "out") == ["a-overlay.png", "a-prob.png", "b-overlay.png", "b-prob.png"]


def test_files_that_cannot_be_used_get_a_line_each_and_the_others_are_done(folder, photograph, command):
    (folder / "text.png").write_text("not a picture")
    (folder / "half.jpg").write_bytes((folder / "photograph.jpg").read_bytes()[:20_000])
    photograph.convert("L").save("grey.png")
    photograph.crop((120, 300, 180, 360)).save("suit.png")
    files = ("text.png", "half.jpg", "photograph.jpg", "grey.png", "nowhere.png")
    done = command("image", *files, "--model", "suit.png", "-o", "out")
    assert done.returncode == 1
    assert "1 of 5 pictures" in done.stdout
    grey = "grey.png is grey (mode L), and grey has no colours; give a picture in colour, or --channels gray"
    assert [line.split(": ")[0:2] for line in done.stderr.splitlines()] == [
        ["backproj", "cannot read text.png"],
        ["backproj", "cannot read half.jpg"],
        ["backproj", grey],
        ["backproj", "cannot read nowhere.png"],
    ]
    np.testing.assert_array_equal(
        read("out/photograph-prob.png"), expected(read("photograph.jpg"), read("suit.png"))
    )


def test_a_picture_without_memory_gets_a_line_and_the_others_are_done(
    folder, photograph, monkeypatch, command
):
    photograph.save("large.png")
    read_as_array = np.asarray

    def asarray(image, *arguments):
        if getattr(image, "size", 0) == (512, 512):
            raise MemoryError
        return read_as_array(image, *arguments)

    photograph.crop((120, 300, 180, 360)).save("small.png")
    monkeypatch.setattr(picture_files.np, "asarray", asarray)
    done = command("image", "small.png", "large.png", "--box", "0,0,9,9", "-o", "out")
    assert done.returncode == 1
    assert done.stderr == "backproj: cannot read large.png: there is not enough memory\n"
    assert names(folder / "out") == ["small-prob.png"]


MISTAKES = {
    "no folder to write to": (("photograph.jpg", "other.jpg", *BOX), "-o FOLDER"),
    "an empty folder": (("empty", *BOX, "-o", "out"), "there are no pictures in the folder empty"),
    "a file for a folder": (("full", *BOX, "-o", "photograph.jpg"), "cannot make the folder photograph.jpg"),
    "out over in": (("full", *BOX, "-o", "full"), "pictures are read from full"),
    "overlay over in": (("full", *BOX, "-o", "out", "--overlay", "full"), "pictures are read from full"),
    "cut out over in": (("full", *BOX, "--cut-out", "full"), "pictures are read from full"),
    "one name twice": (
        ("photograph.jpg", "full", *BOX, "-o", "out"),
        "would both be out/photograph-prob.png",
    ),
    "the first is needed": (("nowhere.png", "photograph.jpg", *BOX, "-o", "out"), "cannot read nowhere.png"),
    "unknown preset": (("photograph.jpg", *BOX, "--preset", "best"), "'best'"),
    "too few bins": (("photograph.jpg", *BOX, "--bins", "3,4,5"), "bins has 3 numbers"),
    "bins in words": (("photograph.jpg", *BOX, "--bins", "many"), "'many' is not a whole number"),
    "half a range": (("photograph.jpg", *BOX, "--in-range", "0,60,32"), "is not LOWEST:HIGHEST"),
    "bounds of another space": (
        ("photograph.jpg", *BOX, "--channels", "gray", "--in-range", "0,60,32:180,255,255"),
        "the lower bound of in_range has 3 numbers, not a number for grey",
    ),
    "a bound of grey for colours": (
        ("photograph.jpg", *BOX, "--channels", "crcb", "--in-range", "20:230"),
        "the lower bound of in_range has 1 numbers, not three for Y, Cr and Cb",
    ),
    "a hue that wraps in BGR": (
        ("photograph.jpg", *BOX, "--channels", "bgr", "--in-range", "200,0,0:100,255,255"),
        "in_range goes from 200 to 100 in blue",
    ),
    "channels that there are not": (("photograph.jpg", *BOX, "--channels", "yuv"), "'yuv' is not one of 'h'"),
    "bins of a preset that do not fit": (
        ("photograph.jpg", *BOX, "--preset", "segmentation", "--channels", "gray"),
        "bins has 2 numbers",
    ),
    "nothing in range": (
        ("photograph.jpg", *BOX, "--in-range", "90,255,255:91,255,255"),
        "nothing would be found",
    ),
}


@pytest.mark.parametrize(("arguments", "says"), MISTAKES.values(), ids=MISTAKES.keys())
def test_mistakes_are_one_line_and_exit_code_2_and_nothing_is_written(folder, command, arguments, says):
    (folder / "empty").mkdir()
    (folder / "full").mkdir()
    (folder / "full" / "photograph.jpg").write_bytes((folder / "photograph.jpg").read_bytes())
    done = command("image", *arguments)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert says in done.stderr
    assert names(folder) == ["empty", "full", "photograph.jpg"]
    assert names(folder / "full") == ["photograph.jpg"]


GATE = (0, 60, 32), (180, 255, 255)
LAYOUTS = {
    "find_it": (("--preset", "find_it"), {}),
    "camshift": (("--preset", "camshift"), {"channels": "h", "bins": 16, "in_range": GATE, "peak": 255}),
    "segmentation": (("--preset", "segmentation"), {"bins": (180, 256), "peak": 255}),
    "bins of a preset's own": (
        ("--preset", "camshift", "--bins", "180"),
        {"channels": "h", "bins": 180, "in_range": GATE, "peak": 255},
    ),
    "all of one's own": (
        ("--channels", "hsv", "--bins", "16,8,4", "--in-range", "170,60,32:20,255,255"),
        {"channels": "hsv", "bins": (16, 8, 4), "in_range": ((170, 60, 32), (20, 255, 255))},
    ),
    "saturation and value within a preset's range": (
        ("--preset", "camshift", "--channels", "sv"),
        {"channels": "sv", "bins": 16, "in_range": GATE, "peak": 255},
    ),
    "skin": (
        ("--channels", "crcb", "--in-range", "0,133,77:255,173,127"),
        {"channels": "crcb", "in_range": ((0, 133, 77), (255, 173, 127))},
    ),
    "another space than the preset's range": (
        ("--preset", "camshift", "--channels", "ycrcb"),
        {"channels": "ycrcb", "bins": 16, "peak": 255},
    ),
    "grey": (
        ("--channels", "gray", "--bins", "64", "--in-range", "20:230"),
        {"channels": "gray", "bins": 64, "in_range": (20, 230)},
    ),
    "blue, green and red": (
        ("--channels", "bgr", "--bins", "8", "--in-range", "0,0,60:255,255,255"),
        {"channels": "bgr", "bins": 8, "in_range": ((0, 0, 60), (255, 255, 255))},
    ),
}


@pytest.mark.parametrize(("options", "meaning"), LAYOUTS.values(), ids=LAYOUTS.keys())
def test_presets_and_options_are_the_layouts_of_the_library(folder, command, options, meaning):
    assert command("image", "photograph.jpg", *BOX, *options, "-o", "prob.png").returncode == 0
    frame = read("photograph.jpg")
    np.testing.assert_array_equal(read("prob.png"), expected(frame, frame[SUIT], **meaning))


@pytest.mark.parametrize("channels", CHANNELS)
def test_all_channels_are_an_option(folder, command, channels):
    assert command("image", "photograph.jpg", *BOX, "--channels", channels, "-o", "prob.png").returncode == 0
    frame = read("photograph.jpg")
    np.testing.assert_array_equal(read("prob.png"), expected(frame, frame[SUIT], channels=channels))


@pytest.mark.parametrize("mode", ["L", "LA", "1"])
def test_grey_channels_take_grey_pictures(folder, photograph, command, mode):
    photograph.convert("L").convert(mode).save("grey.png")
    options = "--channels", "gray", "-o", "prob.png", "--cut-out", "cut.png"
    assert command("image", "grey.png", *BOX, *options).returncode == 0
    with PIL.Image.open("grey.png") as file:
        grey = np.asarray(file.convert("L"))
    hist = backproj.Histogram(grey[SUIT], channels="gray")
    np.testing.assert_array_equal(read("prob.png"), hist.back_project(grey))
    np.testing.assert_array_equal(read("cut.png")[..., 0], hist.cut_out(grey))


def turned(picture):
    exif = PIL.Image.Exif()
    exif[0x0112] = 6  # Orientation: turn clockwise by 90° to see it upright
    picture.save("odd.png", exif=exif)
    return picture.transpose(PIL.Image.Transpose.ROTATE_270)


def palette(picture):
    picture = picture.quantize(64)
    picture.save("odd.png")
    return picture.convert("RGB")


def cmyk(picture):
    picture.convert("CMYK").save("odd.tif")
    return picture.convert("CMYK").convert("RGB")


def transparent(picture):
    picture.putalpha(0)
    picture.save("odd.png")
    return picture.convert("RGB")


def transparent_palette(picture):
    picture = picture.quantize(64)
    picture.save("odd.png", transparency=bytes(range(0, 256, 4)))
    return picture.convert("RGB")


def pages(picture):
    picture.save("odd.tif", save_all=True, append_images=[picture.rotate(180)])
    return picture


def odd_size(picture):
    picture = picture.crop((0, 0, 511, 377))
    picture.save("odd.bmp")
    return picture


def narrow(picture):
    picture = picture.resize((3, 400))
    picture.save("odd.png")
    return picture


def packed(picture):
    """Write a BMP of 16 bits a pixel: 5 for red, 6 for green, 5 for blue."""
    pixels = np.asarray(picture)[::-1].astype(np.uint16)
    words = pixels[..., 0] >> 3 << 11 | pixels[..., 1] >> 2 << 5 | pixels[..., 2] >> 3
    size, masks = words.shape[::-1], (0xF800, 0x07E0, 0x001F)
    header = struct.pack("<IiiHHIIiiIIIII", 40, *size, 1, 16, 3, words.nbytes, 0, 0, 0, 0, *masks)
    start = 14 + len(header)
    begin = struct.pack("<2sIII", b"BM", start + words.nbytes, 0, start)
    Path("odd.bmp").write_bytes(begin + header + words.tobytes())
    return PIL.Image.fromarray(read("odd.bmp"))


def maximum_of_15(picture):
    """Write a PPM of 4 bits a channel."""
    pixels = np.asarray(picture) >> 4
    Path("odd.ppm").write_bytes(b"P6 512 512 15\n" + pixels.tobytes())
    return PIL.Image.fromarray(pixels * np.uint8(17))


def jpeg_2000(picture):
    picture.save("odd.jp2")
    return picture


@pytest.mark.parametrize(
    "make",
    [
        turned,
        palette,
        cmyk,
        transparent,
        transparent_palette,
        pages,
        odd_size,
        narrow,
        packed,
        maximum_of_15,
        jpeg_2000,
    ],
)
def test_odd_pictures_are_converted_as_documented(folder, photograph, command, make):
    upright = np.asarray(make(photograph.copy()))
    (path,) = folder.glob("odd.*")
    done = command("image", path, "--box", "1,200,2,99", "-o", "prob.png")
    assert (done.returncode, done.stderr) == (0, "")
    np.testing.assert_array_equal(read("prob.png"), expected(upright, upright[200:299, 1:3]))


def deep(channels, ending, compression=None):
    pixels = np.random.default_rng(0).integers(0, 65536, (40, 50, channels), np.uint16)
    path = f"odd.{ending}"
    cv2.imwrite(path, pixels, [] if compression is None else [cv2.IMWRITE_TIFF_COMPRESSION, compression])
    return path


def plain_ppm(maximum):
    """Write the text form of PPM, whose channels are from 0 to a maximum."""
    Path("odd.ppm").write_text(f"P3 40 50 {maximum}\n" + f"{maximum} 0 0\n" * 2000)
    return "odd.ppm"


def deep_sgi(picture):
    picture.save("odd.sgi")
    data = bytearray(Path("odd.sgi").read_bytes())
    data[3] = 2  # bytes a channel
    Path("odd.sgi").write_bytes(data + data[512:])
    return "odd.sgi"


def deep_avif(picture):
    if not PIL.features.check("avif") or "libsvtav1" not in av.codecs_available:
        pytest.skip("no AVIF here")
    with av.open("odd.avif", "w", format="avif") as container:
        stream = container.add_stream("libsvtav1", rate=1)
        stream.width, stream.height, stream.pix_fmt = 512, 512, "yuv420p10le"
        frame = av.VideoFrame.from_image(picture).reformat(format="yuv420p10le")
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return "odd.avif"


REFUSED = {
    "16-bit RGB": (lambda _: deep(3, "png"), "more than 8 bits a channel (mode RGB)"),
    "16-bit RGB with alpha": (lambda _: deep(4, "png"), "more than 8 bits a channel (mode RGBA)"),
    "16-bit TIFF": (lambda _: deep(3, "tif"), "more than 8 bits a channel"),
    "16-bit plain TIFF": (lambda _: deep(3, "tif", compression=1), "more than 8 bits a channel"),
    "16-bit PPM": (lambda _: deep(3, "ppm"), "more than 8 bits a channel (mode RGB)"),
    "10-bit PPM": (lambda _: plain_ppm(1023), "more than 8 bits a channel (mode RGB)"),
    "16-bit JPEG 2000": (lambda _: deep(3, "jp2"), "more than 8 bits a channel (mode RGB)"),
    "16-bit SGI": (deep_sgi, "more than 8 bits a channel (mode RGB)"),
    "10-bit AVIF": (deep_avif, "more than 8 bits a channel (mode RGB)"),
    "16-bit grey": (lambda _: deep(1, "png"), "more than 8 bits a channel (mode I"),
    "float": (lambda picture: picture.convert("F").save("odd.tif") or "odd.tif", "more than 8 bits"),
    "grey": (lambda picture: picture.convert("L").save("odd.png") or "odd.png", "grey has no colours"),
    "grey with alpha": (
        lambda picture: picture.convert("LA").save("odd.png") or "odd.png",
        "grey has no colours",
    ),
    "bilevel": (lambda picture: picture.convert("1").save("odd.png") or "odd.png", "grey has no colours"),
}


@pytest.mark.parametrize(("make", "says"), REFUSED.values(), ids=REFUSED.keys())
def test_pictures_that_would_give_wrong_results_are_refused_as_frame_and_as_model(
    folder, photograph, command, make, says
):
    path = make(photograph)
    for arguments in ((path, "--box", "0,0,9,9"), ("photograph.jpg", "--model", path)):
        done = command("image", *arguments, "-o", "prob.png")
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
        assert f"{path} " in done.stderr
        assert says in done.stderr


POSTSCRIPT = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 50 50\n%%EndComments\nshowpage\n%%EOF\n"


def iptc(content):
    """Wrap a picture of any format as IPTC data, which Pillow opens in turn."""

    def field(dataset, value):
        return b"\x1c\x03" + bytes([dataset]) + len(value).to_bytes(2, "big") + value

    header = field(60, b"\1\1") + field(20, b"\x32\x00") + field(30, b"\x32\x00")
    header += field(120, b"\x05")
    return header + b"\x1c\x08\x0a" + len(content).to_bytes(2, "big") + content


@pytest.mark.parametrize("content", [POSTSCRIPT, iptc(POSTSCRIPT)], ids=["postscript", "postscript in iptc"])
@pytest.mark.parametrize("name", ["evil.jpg", "evil.eps"])
def test_a_picture_starts_no_program_whatever_it_holds(folder, monkeypatch, command, content, name):
    programs = folder / "programs"
    programs.mkdir()
    (programs / "gs").write_text(f"#!/bin/sh\ntouch {folder}/started\n")
    (programs / "gs").chmod(0o755)
    monkeypatch.setenv("PATH", str(programs), prepend=os.pathsep)
    monkeypatch.setattr(PIL.EpsImagePlugin, "gs_binary", None)  # which Pillow remembers
    (folder / name).write_bytes(content)
    for arguments in ((name, "--box", "0,0,9,9"), ("photograph.jpg", "--model", name)):
        done = command("image", *arguments, "-o", "prob.png")
        assert not (folder / "started").exists()
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
        assert f"cannot read {name}: it is not a picture in a supported format" in done.stderr


@pytest.mark.parametrize("name", ["prob.eps", "prob.pdf", "prob.ico"])
def test_formats_that_are_not_of_plain_pixels_are_not_written_either(folder, command, name):
    done = command("image", "photograph.jpg", *BOX, "-o", name)
    assert (done.returncode, names(folder)) == (2, ["photograph.jpg"])
    assert "is not a supported picture format; try .png" in done.stderr
