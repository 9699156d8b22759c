"""The targets of the Makefile, as ``make -n`` prints them."""

import os

import pytest

from helpers.processes import ROOT, run

STAMPS = {"without the opencv engine": ["created", "built"], "with it": ["created", "built", "built-opencv"]}


@pytest.mark.parametrize("target", ["run", "docs", "notebooks", "test-notebook"])
@pytest.mark.parametrize("stamps", STAMPS.values(), ids=STAMPS)
def test_a_tree_is_built_again_with_the_engines_it_had(stamps, target, tmp_path):
    for name in stamps:
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (0, 0))  # older than any Go file
    recipe = run("make", "-n", "-C", ROOT, f"VENV={tmp_path}", target)
    assert "pip install -q --editable" in recipe
    assert ("BACKPROJ_OPENCV=1" in recipe) == ("built-opencv" in stamps)
