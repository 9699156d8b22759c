"""The map in CONTRIBUTING.md is of the files that there are."""

import re

import pytest

from helpers.processes import ROOT

PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def tree(top):
    """Return the paths in the tree that begins with a folder; a line may name several, or patterns."""
    block = re.search(rf"```text\n({re.escape(top)}/.*?)```", PAGE, re.DOTALL)[1]
    folders, found = [], []
    for line in block.splitlines():
        depth = (len(line) - len(line.lstrip())) // 4
        names = re.split(r"\s{2,}", line.strip())[0].split(", ")
        for name in names:
            path = "/".join([*folders[:depth], name.rstrip("/")])
            found.append(path)
            if name.endswith("/"):
                folders[depth:] = [path] if depth == 0 else [name.rstrip("/")]
    return found


def test_the_tree_of_the_python_package_has_every_module_and_no_other():
    package = ROOT / "python" / "backproj"
    modules = {
        str(path.relative_to(ROOT))
        for path in package.rglob("*.py")
        # A folder's own file is named where it holds more than a docstring; the hook's folder is one line.
        if "_pyinstaller" not in path.parts and (path.name != "__init__.py" or path.stat().st_size > 300)
    }
    folders = {str(path.relative_to(ROOT)) for path in package.rglob("*") if path.is_dir()}
    folders = {folder for folder in folders if "__pycache__" not in folder} | {"python/backproj"}
    assert sorted(tree("python/backproj")) == sorted(modules | folders)


def test_the_tree_of_the_go_library_names_every_file():
    named = tree("backproj")
    missing = [path for path in named if not list(ROOT.glob(path))]
    assert missing == []
    of_the_package = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "backproj").glob("*.[gs]*")
        if not path.name.endswith("_test.go") and not path.name.startswith("stubs_")
    }
    reached = {str(path.relative_to(ROOT)) for pattern in named for path in ROOT.glob(pattern)}
    assert sorted(of_the_package - reached) == []


@pytest.mark.parametrize("parent", ["tests"])
def test_every_folder_of_tests_has_a_row(parent):
    folders = {path.name for path in (ROOT / parent).iterdir() if path.is_dir() and path.name[0] not in "_."}
    rows = set(re.findall(r"\| `tests/(\w+)` \|", PAGE)) | {"helpers", "programs"}
    assert folders == rows
