"""Histograms in files: what was saved comes back, whole, or a file is named as none of ours."""

import errno
import os
import zipfile

import numpy as np
import pytest
from test_models import ORIGINS, assert_same

import backproj
from backproj import _npz


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


def assert_named(caught, path):
    text = str(caught.value)
    assert str(path) in text
    assert "holds no histogram of backproj, or is broken" in text
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


def test_saving_replaces_and_keeps_permissions(model, tmp_path):
    path = tmp_path / "hist.npz"
    one, two = backproj.Histogram(model), backproj.Histogram(model, bins=9)
    one.save(path)
    umask = os.umask(0)
    os.umask(umask)
    assert path.stat().st_mode & 0o777 == 0o666 & ~umask
    path.chmod(0o604)
    two.save(path)
    assert path.stat().st_mode & 0o777 == 0o604
    assert backproj.Histogram.load(path) == two


def test_a_symbolic_link_stays_one(model, tmp_path):
    link, target = tmp_path / "link", tmp_path / "target"
    link.symlink_to(target.name)
    hist = backproj.Histogram(model)
    hist.save(link)
    assert link.is_symlink()
    assert backproj.Histogram.load(target) == backproj.Histogram.load(link) == hist


class FullDisk:
    """Fail in the middle, as a disk does that has no room left."""

    def __call__(self, file, **arrays):
        file.write(b"PK half of it")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


class Interrupted:
    def __call__(self, file, **arrays):
        file.write(b"PK half of it")
        raise KeyboardInterrupt


@pytest.mark.parametrize(("fault", "error"), [(FullDisk(), OSError), (Interrupted(), KeyboardInterrupt)])
def test_a_save_that_fails_leaves_what_was_there(monkeypatch, model, tmp_path, fault, error):
    path = tmp_path / "hist.npz"
    hist = backproj.Histogram(model)
    hist.save(path)
    before = path.read_bytes()
    monkeypatch.setattr(_npz.np, "savez_compressed", fault)
    for target in (path, tmp_path / "new"):
        with pytest.raises(error):
            backproj.Histogram(model, bins=9).save(target)
    assert os.listdir(tmp_path) == ["hist.npz"]
    assert path.read_bytes() == before


def test_places_that_cannot_be_written_to(model, tmp_path):
    hist = backproj.Histogram(model)
    for path in (tmp_path, tmp_path / "missing" / "hist.npz", "/dev/null/hist.npz"):
        with pytest.raises(OSError, match=r"regular file|No such file|Not a directory"):
            hist.save(path)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    "call", [backproj.Histogram.load, backproj.Histogram(np.zeros((1, 1, 3), np.uint8)).save]
)
@pytest.mark.parametrize("path", [None, 3.5, ["hist.npz"]])
def test_what_is_no_path_is_a_type_error(call, path):
    with pytest.raises(TypeError):
        call(path)


def test_a_missing_file_is_an_os_error(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere"):
        backproj.Histogram.load(tmp_path / "nowhere.npz")
    with pytest.raises(IsADirectoryError):
        backproj.Histogram.load(tmp_path)


# What the arrays of a file may be instead of what they are.
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
    "values of doubles": {"values": np.ones(16)},
    "values of other bytes": {"values": np.ones(16, ">f4")},
    "values of two axes": {"values": np.ones((4, 4), np.float32)},
    "no value": {"values": np.ones(0, np.float32)},
    "too many values": {"values": np.ones(300, np.float32)},
    "values that are none": {"values": np.full(16, np.nan, np.float32)},
    "infinite values": {"values": np.full(16, np.inf, np.float32)},
    "counts of doubles": {"counts": np.ones(16)},
    "too few counts": {"counts": np.ones(15, np.int64)},
    "negative counts": {"counts": np.full(16, -1, np.int64)},
    "ranges the wrong way": {"ranges": np.array([180.0, 0])},
    "too many ranges": {"ranges": np.array([0.0, 180, 0, 256])},
    "texts as ranges": {"ranges": np.array(["a", "b"])},
    "bounds of two channels": {"in_range": np.zeros((2, 2), np.int64)},
    "bounds the wrong way": {"in_range": np.array([[0, 9, 0], [0, 8, 0]])},
    "a text as scale": {"scale": np.array("two")},
    "several scales": {"scale": np.ones(3)},
    "an infinite scale": {"scale": np.array(np.inf)},
    "a text as peak": {"peak": np.array("two")},
    "a negative peak": {"peak": np.array(-1.0)},
    "a peak that is none": {"peak": np.array(np.nan)},
    "objects": {"values": np.array([{}, None], object)},
}


@pytest.mark.parametrize("changed", FOREIGN.values(), ids=FOREIGN)
def test_other_arrays_than_ours_are_named(saved, tmp_path, changed):
    path = rewritten(saved, tmp_path / "foreign.npz", **changed)
    with pytest.raises(ValueError, match="foreign") as caught:
        backproj.Histogram.load(path)
    assert_named(caught, path)


def test_a_file_with_more_in_it_is_still_one_of_ours(saved, tmp_path):
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
def test_other_files_are_named(tmp_path, content):
    path = tmp_path / "other.npz"
    path.write_bytes(content)
    with pytest.raises(ValueError, match="other") as caught:
        backproj.Histogram.load(path)
    assert_named(caught, path)


def test_other_files_of_numpy_are_named(tmp_path):
    np.save(tmp_path / "array.npy", np.ones((32, 32), np.float32))
    np.savez(tmp_path / "arrays.npz", np.ones((32, 32), np.float32))
    with zipfile.ZipFile(tmp_path / "texts.zip", "w") as archive:
        archive.writestr("format", "backproj.Histogram 1")
    for name in ("array.npy", "arrays.npz", "texts.zip"):
        with pytest.raises(ValueError, match=name) as caught:
            backproj.Histogram.load(tmp_path / name)
        assert_named(caught, tmp_path / name)


def test_a_file_cut_short_anywhere_is_named(saved, tmp_path):
    whole = saved.read_bytes()
    path = tmp_path / "short.npz"
    for length in range(0, len(whole), 7):
        path.write_bytes(whole[:length])
        with pytest.raises(ValueError, match="short") as caught:
            backproj.Histogram.load(path)
        assert_named(caught, path)


def test_a_file_damaged_anywhere_is_named_or_harmless(saved, tmp_path):
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
