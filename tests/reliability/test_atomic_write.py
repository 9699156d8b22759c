"""Files are written whole or not at all, and say whose fault it is if not."""

import errno
import os
import stat
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest

import backproj
from backproj import _atomic_write, _npz
from backproj._atomic_write import atomic_write
from helpers.processes import names, run, run_python


def root():
    return hasattr(os, "geteuid") and os.geteuid() == 0


@pytest.fixture(scope="module")
def model():
    return np.random.default_rng(15).integers(0, 256, (50, 60, 3), np.uint8)


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
        with pytest.raises(OSError, match=r"regular file|No such file|Not a directory") as caught:
            hist.save(path)
        assert caught.value.filename == str(path)
        assert "None" not in str(caught.value)
    assert os.listdir(tmp_path) == []


def write(paths, contents):
    with atomic_write(paths) as files:
        for file, content in zip(files, contents, strict=True):
            file.write(content)


def test_the_umask_is_never_changed(monkeypatch, tmp_path):
    # All threads have one: while it is 0, what others make can be written to by anyone.
    monkeypatch.setattr(os, "umask", None)
    write([tmp_path / "new"], [b"new"])
    write([tmp_path / "new"], [b"newer"])


def test_a_new_file_has_the_permissions_of_any_new_file(tmp_path):
    code = (
        "import os, sys; from backproj._atomic_write import atomic_write\n"
        "os.umask(0o027)\n"
        "with atomic_write([sys.argv[1]]) as (file,): pass\n"
        "open(sys.argv[2], 'w').close()"
    )
    run(sys.executable, "-c", code, tmp_path / "ours", tmp_path / "any")
    assert (tmp_path / "ours").stat().st_mode == (tmp_path / "any").stat().st_mode
    assert stat.S_IMODE((tmp_path / "ours").stat().st_mode) == 0o640


def test_a_file_that_replaces_a_private_one_is_never_open_to_others(monkeypatch, tmp_path):
    path = tmp_path / "private"
    path.touch(0o600)
    modes = []
    monkeypatch.setattr(
        os, "fchown", lambda descriptor, *_: modes.append(os.fstat(descriptor).st_mode & 0o777)
    )
    with atomic_write([path]):
        (part,) = tmp_path.glob(".backproj-*.part")
        modes.append(part.stat().st_mode & 0o777)
    assert set(modes) == {0o600}


@pytest.mark.skipif(not root(), reason="only root may give files to others")
def test_root_leaves_a_file_to_its_owner(tmp_path):
    path = tmp_path / "others"
    path.touch()
    os.chown(path, 1234, 5678)
    path.chmod(0o640)
    write([path], [b"new"])
    status = path.stat()
    assert (status.st_uid, status.st_gid, status.st_mode & 0o777) == (1234, 5678, 0o640)


@pytest.mark.skipif(not root(), reason="needs files of two owners")
def test_a_group_that_cannot_be_kept_gets_no_rights_that_the_old_one_had():
    code = (
        "import os, sys; from backproj._atomic_write import atomic_write\n"
        "os.setgroups([]); os.setgid(77); os.setuid(77)\n"
        "with atomic_write([sys.argv[1]]) as (file,): pass"
    )
    with tempfile.TemporaryDirectory() as folder:  # pytest's are for root alone
        os.chmod(folder, 0o777)
        path = Path(folder, "others")
        path.touch()
        os.chown(path, 1234, 5678)
        path.chmod(0o664)
        run(sys.executable, "-c", code, path)
        status = path.stat()
    assert (status.st_uid, status.st_gid, status.st_mode & 0o777) == (77, 77, 0o644)


def test_files_are_on_the_disk_before_they_are_renamed_and_the_folder_after(monkeypatch, tmp_path):
    done = []

    def fsync(descriptor):
        done.append(os.readlink(f"/proc/self/fd/{descriptor}"))

    monkeypatch.setattr(os, "fsync", fsync)
    rename = _atomic_write.system.replace_file
    monkeypatch.setattr(
        _atomic_write.system, "replace_file", lambda part, path: done.append(str(path)) or rename(part, path)
    )
    with atomic_write([tmp_path / "a", tmp_path / "b"]) as files:
        files[0].write(b"content")
    assert all(name.endswith(".part") for name in done[:2])
    assert done[2:] == [str(tmp_path / "a"), str(tmp_path / "b"), str(tmp_path)]


@pytest.mark.parametrize("existing", [True, False])
@pytest.mark.parametrize("links", [True, False])
def test_if_one_of_several_cannot_be_renamed_those_before_it_are_put_back(
    monkeypatch, tmp_path, existing, links
):
    def no_links(*_):
        raise OSError(errno.EOPNOTSUPP, os.strerror(errno.EOPNOTSUPP))

    if not links:
        monkeypatch.setattr(os, "link", no_links)
    first, second, third = (tmp_path / name for name in "abc")
    if existing:
        first.write_bytes(b"old")

    def write_while_the_third_becomes_a_folder():
        with atomic_write([first, second, third]) as files:
            files[0].write(b"new")
            third.mkdir()

    with pytest.raises(IsADirectoryError) as caught:
        write_while_the_third_becomes_a_folder()
    assert caught.value.filename == str(third)
    assert names(tmp_path) == (["a", "c"] if existing else ["c"])
    assert not existing or first.read_bytes() == b"old"


@pytest.mark.parametrize("renamed", [1, 2])
def test_an_interrupt_between_two_renames_leaves_both_old_or_both_new(monkeypatch, tmp_path, renamed):
    paths = [tmp_path / "a", tmp_path / "b"]
    for path in paths:
        path.write_bytes(b"old")
    rename, calls = _atomic_write.system.replace_file, []

    def interrupted(part, path):
        rename(part, path)
        calls.append(path)
        if len(calls) == renamed:
            raise KeyboardInterrupt

    monkeypatch.setattr(_atomic_write.system, "replace_file", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write(paths, [b"new", b"new"])
    assert [path.read_bytes() for path in paths] == [b"old" if renamed == 1 else b"new"] * 2
    assert names(tmp_path) == ["a", "b"]


@pytest.mark.parametrize("existing", [True, False])
def test_a_full_disk_is_an_os_error_that_names_the_file_and_leaves_the_old_one(model, tmp_path, existing):
    path = tmp_path / "hist.npz"
    if existing:
        backproj.Histogram(model).save(path)
    before = path.read_bytes() if existing else b""
    code = (
        "import resource, sys, numpy as np, backproj\n"
        "noise = np.random.default_rng(0).integers(0, 256, (500, 500, 3), np.uint8)\n"
        "hist = backproj.Histogram(noise, bins=(180, 256))\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]),) * 2)\n"
        "try: hist.save(sys.argv[1])\n"
        "except OSError as error: print(error.errno, error.filename, sep='\\n')"
    )
    for limit in ("0", "1000", "20000"):
        done = run_python(code, path, limit)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout == f"{errno.EFBIG}\n{path}\n"
        assert names(tmp_path) == (["hist.npz"] if existing else [])
        assert not existing or path.read_bytes() == before
