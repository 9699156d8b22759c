"""Histograms in files: what was saved is loaded again, and anything else is a ValueError."""

import os
import struct
import zipfile

import numpy as np
import pytest

import backproj
from backproj._engine import engines
from helpers.histograms import ORIGINS, assert_same
from helpers.processes import run_python


@pytest.fixture(scope="module")
def model():
    return np.random.default_rng(15).integers(0, 256, (50, 60, 3), np.uint8)


@pytest.fixture(scope="module")
def saved(model, tmp_path_factory):
    path = tmp_path_factory.mktemp("saved") / "hist.npz"
    backproj.Histogram(model, channels="h", bins=16, in_range=((170, 60, 32), (10, 255, 255))).save(path)
    return path


def rewritten(saved, path, **changed):
    """Write a file with some of its arrays changed, or None for left out."""
    with np.load(saved) as archive:
        arrays = {name: archive[name] for name in archive.files} | changed
    np.savez(path, **{name: array for name, array in arrays.items() if array is not None})
    return path


def assert_error_names(caught, path):
    text = str(caught.value)
    assert str(path) in text
    assert "is not a histogram that backproj saved, or is damaged" in text
    assert "\n" not in text
    assert len(text) < 500


@pytest.mark.parametrize("origin", ORIGINS.values(), ids=ORIGINS)
@pytest.mark.parametrize("convert", [str, lambda path: path], ids=["str", "path"])
def test_what_was_saved_comes_back(model, tmp_path, origin, convert):
    hist = origin(model)
    path = convert(tmp_path / "a histogram of mine")
    hist.save(path)
    assert os.listdir(tmp_path) == ["a histogram of mine"], "the name is as given, and nothing else is left"
    assert_same(hist, backproj.Histogram.load(path), model)
    two = backproj.Histogram.load(path)
    if hist.counts is not None:
        assert_same(hist + hist, two + two, model)


@pytest.mark.parametrize(
    "call", [backproj.Histogram.load, backproj.Histogram(np.zeros((1, 1, 3), np.uint8)).save]
)
@pytest.mark.parametrize("path", [None, 3.5, ["hist.npz"]])
def test_a_path_of_another_type_is_a_type_error(call, path):
    with pytest.raises(TypeError):
        call(path)


def test_a_missing_file_is_an_os_error(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere"):
        backproj.Histogram.load(tmp_path / "nowhere.npz")
    with pytest.raises(IsADirectoryError):
        backproj.Histogram.load(tmp_path)


# Arrays that replace those of a good file.
FOREIGN = {
    "no format": {"format": None},
    "another format": {"format": np.array("something else")},
    "a later version": {"format": np.array("backproj.Histogram 2")},
    "a long format of several lines": {"format": np.array("x\ny\n" * 1000)},
    "a format of numbers": {"format": np.arange(5000)},
    "no values": {"values": None},
    "no counts": {"counts": None},
    "no channels": {"channels": None},
    "other channels": {"channels": np.array("hv")},
    "values of float64": {"values": np.ones(16)},
    "big-endian values": {"values": np.ones(16, ">f4")},
    "values of two axes": {"values": np.ones((4, 4), np.float32)},
    "no value": {"values": np.ones(0, np.float32)},
    "too many values": {"values": np.ones(300, np.float32)},
    "values of NaN": {"values": np.full(16, np.nan, np.float32)},
    "infinite values": {"values": np.full(16, np.inf, np.float32)},
    "counts of float64": {"counts": np.ones(16)},
    "too few counts": {"counts": np.ones(15, np.int64)},
    "negative counts": {"counts": np.full(16, -1, np.int64)},
    "ranges the wrong way round": {"ranges": np.array([180.0, 0])},
    "too many ranges": {"ranges": np.array([0.0, 180, 0, 256])},
    "strings as ranges": {"ranges": np.array(["a", "b"])},
    "in_range of two channels": {"in_range": np.zeros((2, 2), np.int64)},
    "in_range the wrong way round": {"in_range": np.array([[0, 9, 0], [0, 8, 0]])},
    "a string as scale": {"scale": np.array("two")},
    "several scales": {"scale": np.ones(3)},
    "an infinite scale": {"scale": np.array(np.inf)},
    "a string as peak": {"peak": np.array("two")},
    "a negative peak": {"peak": np.array(-1.0)},
    "a peak of NaN": {"peak": np.array(np.nan)},
    "objects": {"values": np.array([{}, None], object)},
    "records": {"values": np.zeros(16, [("a", "<f4")])},
    "complex values": {"values": np.ones(16, np.complex64)},
    "strings as values": {"values": np.array(["a"] * 16)},
    "big-endian counts": {"counts": np.ones(16, ">i8")},
    "unsigned counts": {"counts": np.ones(16, np.uint64)},
    "counts of another shape": {"counts": np.ones((4, 4), np.int64)},
    "counts with too great a sum": {"counts": np.full(16, 2**62, np.int64)},
    "a peak without counts": {"counts": np.array([], np.int64)},
    "ranges of one number": {"ranges": np.array(180.0)},
    "ranges of NaN": {"ranges": np.array([0, np.nan])},
    "in_range of one number": {"in_range": np.array(180)},
    "empty channels": {"channels": np.array("\0")},
    "a format of invalid code points": {"format": np.frombuffer(b"\xff\xff\xff\xff", "<U1").reshape(())},
    "several strings": {"channels": np.array(["h", "s"])},
    "more than a histogram's bins": {"values": np.zeros(2**21, np.float32)},
}


@pytest.mark.parametrize("changed", FOREIGN.values(), ids=FOREIGN)
def test_a_wrong_array_is_a_value_error_that_names_the_file(saved, tmp_path, changed):
    path = rewritten(saved, tmp_path / "foreign.npz", **changed)
    with pytest.raises(ValueError, match="foreign") as caught:
        backproj.Histogram.load(path)
    assert_error_names(caught, path)


def test_a_file_with_additional_arrays_can_be_loaded(saved, tmp_path):
    path = rewritten(saved, tmp_path / "more.npz", note=np.array("mine"))
    assert backproj.Histogram.load(path) == backproj.Histogram.load(saved)


NO_ARCHIVES = {
    "empty": b"",
    "a text": b"a histogram\nof mine\n",
    "zeros": bytes(1000),
    "the beginning of an archive": b"PK\x03\x04",
    "an empty archive": b"PK\x05\x06" + bytes(18),
    "a pickle": b"\x80\x04N.",
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(50),
}


@pytest.mark.parametrize("content", NO_ARCHIVES.values(), ids=NO_ARCHIVES)
def test_another_kind_of_file_is_a_value_error_that_names_it(tmp_path, content):
    path = tmp_path / "other.npz"
    path.write_bytes(content)
    with pytest.raises(ValueError, match="other") as caught:
        backproj.Histogram.load(path)
    assert_error_names(caught, path)


def test_another_file_of_numpy_is_a_value_error_that_names_it(tmp_path):
    np.save(tmp_path / "array.npy", np.ones((32, 32), np.float32))
    np.savez(tmp_path / "arrays.npz", np.ones((32, 32), np.float32))
    with zipfile.ZipFile(tmp_path / "texts.zip", "w") as archive:
        archive.writestr("format", "backproj.Histogram 1")
    for name in ("array.npy", "arrays.npz", "texts.zip"):
        with pytest.raises(ValueError, match=name) as caught:
            backproj.Histogram.load(tmp_path / name)
        assert_error_names(caught, tmp_path / name)


def archive(path, saved, change):
    """Write the members of a file again, as a function of their names and contents has them."""
    with zipfile.ZipFile(saved) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.namelist():
            for content in change(member, old.read(member)):
                new.writestr(member, content)
    return path


def twice(name, content):
    return [content, content] if name == "values.npy" else [content]


def empty(name, content):
    return [b"" if name == "values.npy" else content]


def cut_in_the_header(name, content):
    return [content[:50] if name == "values.npy" else content]


def cut_in_the_array(name, content):
    return [content[:-1] if name == "values.npy" else content]


def with_more_behind_it(name, content):
    return [content + b"more" if name == "values.npy" else content]


def with_header(text):
    """Return a change of the header of the values."""
    header = text.encode("latin-1").ljust(117) + b"\n"

    def change(name, content):
        return [content[:10] + header + content[128:] if name == "values.npy" else content]

    return change


# Headers of values that are four floats.
HEADERS = {
    "no literal": "{'descr': ",
    "a great depth": "-" * 100 + "1",
    "no shape": "{'descr': '<f4', 'fortran_order': False}",
    "a negative shape": "{'descr': '<f4', 'fortran_order': False, 'shape': (-16,), }",
    "a shape of two unknowns": "{'descr': '<f4', 'fortran_order': False, 'shape': (-1, -1), }",
    "a greater shape": "{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000000,), }",
    "a shape that overflows": f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({2**62}, 4), }}",
    "an unknown type": "{'descr': '<q9', 'fortran_order': False, 'shape': (16,), }",
    "an unknown order": "{'descr': '<f4', 'fortran_order': None, 'shape': (16,), }",
}

ARCHIVES = {
    "a member twice": twice,
    "an empty member": empty,
    "a member cut in its header": cut_in_the_header,
    "a member cut in its array": cut_in_the_array,
    "a member with more behind it": with_more_behind_it,
    "an npy of version 3": lambda name, content: [content[:6] + b"\3" + content[7:]],
    **{f"a header with {name}": with_header(text) for name, text in HEADERS.items()},
}


@pytest.mark.parametrize("change", ARCHIVES.values(), ids=ARCHIVES)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_an_archive_that_numpy_would_not_write_is_a_value_error(saved, tmp_path, change):
    path = archive(tmp_path / "odd.npz", saved, change)
    with pytest.raises(ValueError, match="odd") as caught:
        backproj.Histogram.load(path)
    assert_error_names(caught, path)


def patched(saved, path, offset, value):
    """Write a file whose entries in zip's directory have other bytes at an offset."""
    data = saved.read_bytes()
    first, *entries = data.split(b"PK\1\2")
    entries = [entry[: offset - 4] + value + entry[offset - 4 + len(value) :] for entry in entries]
    path.write_bytes(b"PK\1\2".join([first, *entries]))
    return path


ENTRIES = {
    "encrypted": (8, b"\1\0"),
    "compressed by bzip2": (10, struct.pack("<H", zipfile.ZIP_BZIP2)),
    "compressed by LZMA": (10, struct.pack("<H", zipfile.ZIP_LZMA)),
    "compressed by an unknown method": (10, struct.pack("<H", 77)),
    "of a later version of zip": (6, b"\xff\0"),
    "of another checksum": (16, b"\0\0\0\0"),
    "of no bytes compressed": (20, struct.pack("<I", 0)),
    "of no bytes": (24, struct.pack("<I", 0)),
    "of a byte less": (24, struct.pack("<I", 143)),
    "of gigabytes": (24, struct.pack("<I", 2**32 - 2)),
    "of a size that zip64 has and is not there": (24, struct.pack("<I", 2**32 - 1)),
    "somewhere else": (42, struct.pack("<I", 10**6)),
    "all at one place": (42, struct.pack("<I", 0)),
}


@pytest.mark.parametrize(("offset", "value"), ENTRIES.values(), ids=ENTRIES)
def test_a_directory_of_the_archive_that_lies_is_a_value_error(saved, tmp_path, offset, value):
    path = patched(saved, tmp_path / "lie.npz", offset, value)
    with pytest.raises(ValueError, match="lie") as caught:
        backproj.Histogram.load(path)
    assert_error_names(caught, path)


def loading(path, before=""):
    """Load a file in a process of its own; return what is said and how many KiB it took more."""
    # Not getrusage's: that of a process begins with what its parent had.
    code = (
        "import resource, sys, numpy as np, zipfile, backproj, backproj._atomic_write\n"
        "def peak():\n"
        "    return int(open('/proc/self/status').read().split('VmHWM:')[1].split()[0])\n"
        "backproj.back_project(*[np.zeros((1, 1, 3), np.uint8)] * 2)\n"
        f"{before}\n"
        "begin = peak()\n"
        "try: said = repr(backproj.Histogram.load(sys.argv[1]))\n"
        "except Exception as error: said = f'{type(error).__name__}: {error}'\n"
        "print(peak() - begin, said)"
    )
    done = run_python(code, path)
    assert done.returncode == 0, done.stderr
    taken, _, said = done.stdout.strip().partition(" ")
    return said, int(taken)


@pytest.mark.exhaustive
@pytest.mark.parametrize("truthful", [True, False])
def test_a_small_file_that_unpacks_to_gigabytes_is_not_unpacked(saved, tmp_path, truthful):
    def change(name, content):
        header = b"{'descr': '<i8', 'fortran_order': False, 'shape': (8388608,), }".ljust(117) + b"\n"
        return [content[:10] + header + bytes(64 << 20) if name == "counts.npy" else content]

    path = archive(tmp_path / "bomb.npz", saved, change)
    if not truthful:  # of the size of all: then more than that is never taken
        patched(path, path, 24, struct.pack("<I", 8 << 20))
    assert path.stat().st_size < 1 << 20
    said, kib = loading(path)
    assert said.startswith(f"ValueError: {path} is not a histogram that backproj saved, or is damaged")
    assert kib < 40 << 10


def test_a_file_larger_than_any_histogram_is_not_read_to_its_end(tmp_path):
    said, kib = loading("/dev/zero")
    assert "ValueError: /dev/zero is not a histogram that backproj saved" in said
    assert "larger than 16 MiB" in said
    assert kib < 60 << 10


@pytest.mark.exhaustive
def test_the_largest_histogram_can_be_saved_and_loaded(tmp_path):
    noise = np.random.default_rng(0).integers(0, 256, (2000, 2000, 3), np.uint8)
    hist = backproj.Histogram(noise, channels="hsv", bins=(128, 128, 64))
    hist.save(tmp_path / "large.npz")
    assert backproj.Histogram.load(rewritten(tmp_path / "large.npz", tmp_path / "plain.npz")) == hist


def test_a_raw_histogram_has_no_peak_in_its_file(model, tmp_path):
    backproj.Histogram(model, peak=None).save(tmp_path / "raw.npz")
    backproj.Histogram(model, peak=99).save(tmp_path / "scaled.npz")
    with np.load(tmp_path / "raw.npz") as raw, np.load(tmp_path / "scaled.npz") as scaled:
        assert raw["peak"].tolist() == []
        assert scaled["peak"].tolist() == 99


@pytest.mark.parametrize("error", [MemoryError(), RuntimeError("backproj was not built"), OSError(5, "I/O")])
def test_an_error_that_is_not_about_the_file_passes_through(monkeypatch, saved, error):
    def refuse(*arguments):
        raise error

    monkeypatch.setattr(engines.loader, "call", refuse)
    with pytest.raises(type(error)) as caught:
        backproj.Histogram.load(saved)
    assert caught.value is error


def test_a_good_file_without_memory_is_a_memory_error(saved):
    used = "int(open('/proc/self/statm').read().split()[0]) * resource.getpagesize()"
    limit = f"resource.setrlimit(resource.RLIMIT_AS, ({used} + (1 << 16),) * 2)"
    said, _ = loading(saved, limit)
    assert "MemoryError" in said
    assert "histogram" not in said


def test_an_error_while_a_file_is_read_is_an_os_error():
    with pytest.raises(OSError, match="Input/output error"):  # nothing is mapped at its beginning
        backproj.Histogram.load("/proc/self/mem")


def test_a_file_truncated_anywhere_is_a_value_error(saved, tmp_path):
    whole = saved.read_bytes()
    path = tmp_path / "short.npz"
    for length in range(0, len(whole), 7):
        path.write_bytes(whole[:length])
        with pytest.raises(ValueError, match="short") as caught:
            backproj.Histogram.load(path)
        assert_error_names(caught, path)


def test_a_file_damaged_anywhere_is_a_value_error_or_loads_unchanged(saved, tmp_path):
    # zip's checksums cover what the arrays hold, but not all that surrounds them.
    whole = saved.read_bytes()
    expected = backproj.Histogram.load(saved)
    path = tmp_path / "damaged.npz"
    errors = []
    for position in range(0, len(whole), 3):
        damaged = bytearray(whole)
        damaged[position] ^= 0xFF
        path.write_bytes(damaged)
        try:
            assert backproj.Histogram.load(path) == expected
        except ValueError as error:
            errors.append(str(error))
    assert len(errors) > len(whole) / 3 / 2
    assert [text for text in errors if str(path) not in text or "\n" in text] == []


def test_a_file_descriptor_is_no_path(model, tmp_path):
    backproj.Histogram(model).save(tmp_path / "model.npz")
    with open(tmp_path / "model.npz", "rb") as file:
        with pytest.raises(TypeError, match="not int"):
            backproj.Histogram.load(file.fileno())
        assert file.read(2) == b"PK"  # it is still open
