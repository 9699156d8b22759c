"""What Windows needs, as far as other systems can show it."""

import os

import pytest

from backproj._runtime import windows


@pytest.fixture
def files(tmp_path):
    part, target = tmp_path / "new.part", tmp_path / "old"
    part.write_bytes(b"new")
    target.write_bytes(b"old")
    return part, target


def test_a_file_that_is_open_elsewhere_is_an_error_that_names_it_and_the_mend(monkeypatch, files):
    def refuse(part, target):
        raise PermissionError(13, "Access is denied", part, 5, target)

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(PermissionError, match="Access is denied: close it if another program") as raised:
        windows.replace_file(*files)
    assert raised.value.filename == files[1]


def test_a_file_that_nobody_has_open_is_replaced(files):
    part, target = files
    windows.replace_file(part, target)
    assert target.read_bytes() == b"new"
    assert not part.exists()


def test_a_file_is_loaded_itself_even_if_it_was_imported_by_its_name():
    assert windows.load_file("_native.pyd", True, lambda path: path) == "_native.pyd"
