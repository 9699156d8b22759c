"""The page "The command line" shows what its commands print when they run in order in one folder."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from helpers.processes import ROOT, run

pytestmark = pytest.mark.exhaustive  # each command is a process, and some work on whole films

PAGE = (ROOT / "docs" / "command_line.md").read_text(encoding="utf-8")


def steps():
    """Return each command with what the page says it prints."""
    blocks = re.findall(r"^```console\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    return [
        tuple(step.partition("\n")[::2])
        for block in blocks
        for step in re.split(r"^\$ ", block, flags=re.M)[1:]
    ]


def lasting(command, text):
    """Return a text without what differs between machines and versions of libraries."""
    if "--help" in command:
        return text.split()  # wherever the lines break
    lines = text.splitlines()
    if command == "backproj info":
        return [line.split()[0] for line in lines]
    text = re.sub(r"\b(avx512|avx2|generic)\b", "KERNEL", text)
    text = re.sub(r"\d+(\.\d+)?(?= m?s\b| frames/s)|cv2 [\d.]+", "N", text)
    if "bench" in command:
        text = re.sub(r" +\d+\.\d\d", " N", text)
    text = re.sub(r'("(?:seconds|share|score|min_score)"): [\d.]+', r"\1: N", text)
    # Films and pictures are not decoded to the same bits everywhere.
    text = re.sub(r'("(?:box|rotated_rect)"): \[[][\d., ]+\]', r"\1: B", text)
    row = r"^(\d+,\d\.\d{6})(?:,\d+){4},0\.\d{4}(,[01])(?:,\d+\.\d\d){5}$"
    text = re.sub(row, r"\1\2", text, flags=re.MULTILINE)
    text = re.sub(r" \(\d+ bytes not processed\)", "", text)
    # As many engines and kernels as there are, each once.
    return list(
        dict.fromkeys(line for line in text.splitlines() if not line.lstrip().startswith("opencv engine"))
    )


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("page")
    (folder / "astronaut.jpg").write_bytes((ROOT / "examples" / "astronaut.jpg").read_bytes())
    run(sys.executable, ROOT / "examples" / "sample_video.py", "-n", "100", folder / "blob.mp4")
    return folder


def test_the_page_has_every_command():
    shown = {command.split()[1] for command, _ in steps() if command.startswith("backproj")}
    assert shown == {"image", "locate", "video", "bench", "info", "verify"}


@pytest.mark.parametrize(("command", "printed"), steps(), ids=[command for command, _ in steps()])
def test_a_command_prints_what_the_page_shows(place, command, printed):
    assert lasting(command, execute(place, command)) == lasting(command, printed)


def execute(folder, command):
    """Return what a command of the page prints, on stdout and stderr."""
    environment = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    done = subprocess.run(
        command,
        shell=True,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
    )
    return done.stdout
