"""Scripts of cv2 give the same after their work is backproj's: what they print, and their files.

Each pair of examples/cv2_scripts runs as people run it, in a process of its own. Times go to stderr.
"""

import difflib
import re
import shutil
import sys

import cv2
import peers
import pytest
import skimage.data

from helpers.processes import ROOT, run

pytestmark = pytest.mark.exhaustive  # each script runs twice on a film

SCRIPTS = ROOT / "examples" / "cv2_scripts"
PAGE = (ROOT / "docs" / "from_cv2.md").read_text(encoding="utf-8")

FILM = ["blob.mp4"]
PHOTOGRAPHS = ["astronaut.png", "coffee.png", "chelsea.png", "rocket.png"]

# What a script is given, and what it writes.
RUNS = {
    "camshift": (FILM, {"camshift.avi"}),
    "meanshift": (FILM, {"meanshift.avi"}),
    "tutorial": (FILM, {"tutorial.avi", "tutorial.png"}),
    "hand": (FILM, {"hand.avi", "hand.png"}),
    "skin": (PHOTOGRAPHS, {f"skin-{n + 1}.png" for n in range(len(PHOTOGRAPHS))}),
    "find_it": (FILM, {"find_it.avi", "find_it.png"}),
}


@pytest.fixture(scope="module")
def inputs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("inputs")
    run(sys.executable, ROOT / "examples" / "sample_video.py", "-n", "60", folder / "blob.mp4")
    for name in PHOTOGRAPHS:
        image = getattr(skimage.data, name.removesuffix(".png"))()
        cv2.imwrite(str(folder / name), cv2.cvtColor(image, cv2.COLOR_RGB2BGR))
    return folder


def outcome(script, inputs, folder):
    """Return what a script prints, and the files that it writes."""
    shutil.copytree(inputs, folder)
    given = {path.name for path in folder.iterdir()}
    printed = run(sys.executable, SCRIPTS / f"{script}.py", *RUNS[script.rpartition("_")[0]][0], cwd=folder)
    return printed, {path.name: path.read_bytes() for path in folder.iterdir() if path.name not in given}


def test_every_script_has_its_counterpart():
    assert {path.name for path in SCRIPTS.glob("*.py")} == {
        f"{name}_{side}.py" for name in RUNS for side in ("before", "after")
    }


@pytest.mark.parametrize("name", RUNS)
def test_the_script_before_and_after_print_and_write_the_same(name, inputs, tmp_path):
    if name == "find_it":
        if reason := peers.build_ctypes_route():
            pytest.skip(reason)
        shutil.copy(peers.LIBRARY, tmp_path)
        inputs = shutil.copytree(inputs, tmp_path / "inputs")
        shutil.copy(peers.LIBRARY, inputs)
    printed, files = outcome(f"{name}_before", inputs, tmp_path / "before")
    assert outcome(f"{name}_after", inputs, tmp_path / "after") == (printed, files)
    assert len(printed.splitlines()) >= len(PHOTOGRAPHS)
    assert files.keys() == RUNS[name][1]
    for file in files:
        if file.endswith(".png"):
            assert cv2.imread(str(tmp_path / "before" / file)).std() > 10, "there is nothing to see"


def changes(name):
    """Return the lines that are removed from a script and those that are added."""
    before, after = (
        (SCRIPTS / f"{name}_{side}.py").read_text(encoding="utf-8").splitlines()
        for side in ("before", "after")
    )
    compared = difflib.ndiff(before, after)
    return [line[0] + line[2:] for line in compared if line[0] in "+-" and line[2:].strip()]


@pytest.mark.parametrize("name", RUNS)
def test_the_page_shows_the_lines_that_differ(name):
    (shown,) = re.findall(rf"{name}_before\.py\).*?^```diff\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert sorted(shown.splitlines()) == sorted(changes(name))
