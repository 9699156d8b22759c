"""What shells complete, by the protocol of click's scripts for them, and in a real shell."""

import os
import shutil
import subprocess
import sys
from typing import get_args

import pytest

from backproj.typing import Channels, TrackingMethod

# A shell asks for a word that may be empty or begun, after the words before it.
COMPLETIONS = {
    "commands": ("", "", {"image", "locate", "video", "bench", "verify", "info"}),
    "a command that is begun": ("", "lo", {"locate"}),
    "options": (
        "locate photograph.jpg",
        "--m",
        {"--model", "--min-score", "--max-count"},
    ),
    "an option in the middle": ("image --js", "--js", {"--json"}),
    "presets": ("image --preset", "", {"find_it", "camshift", "segmentation"}),
    "a preset that is begun": ("video film.mp4 --preset", "c", {"camshift"}),
    "channels": ("locate --channels", "", set(get_args(Channels))),
    "tracking": ("video film.mp4 --track", "", set(get_args(TrackingMethod))),
    "Otsu": ("image --threshold", "", {"otsu"}),
    "a number": ("image --threshold", "1", set()),
    "a box": ("image --box", "", set()),
    "a size": ("locate --size", "", set()),
}

# Where the shell itself completes the names of files.
FILES = {
    "a picture": ("image", ""),
    "a picture that is begun": ("image", "ph"),
    "another picture": ("image a.jpg b.jpg", ""),
    "a picture to look in": ("locate --box 1,2,3,4", ""),
    "a film": ("video", "fi"),
    "a model": ("image --model", ""),
    "a picture to write": ("image a.jpg -o", ""),
    "an overlay": ("image a.jpg --overlay", "ov"),
    "what is cut out": ("image a.jpg --cut-out", ""),
    "a film to write": ("video film.mp4 --output", ""),
    "a table": ("video film.mp4 --boxes", ""),
    "a chart": ("bench --plot", ""),
    "a picture to verify": ("verify", ""),
}


@pytest.fixture(params=["bash", "zsh", "fish"])
def complete(request, command, monkeypatch):
    """Return what the command tells a shell: the kind and the value of each completion."""

    def ask(before, word):
        shell, words = request.param, ["backproj", *before.split()]
        typed = " ".join([*words, word])
        monkeypatch.setenv("_BACKPROJ_COMPLETE", f"{shell}_complete")
        monkeypatch.setenv("COMP_WORDS", typed)
        monkeypatch.setenv("COMP_CWORD", word if shell == "fish" else str(len(words)))
        done = command()
        assert (done.returncode, done.stderr) == (0, "")
        lines = done.stdout.splitlines()
        if shell == "zsh":  # kind, value and description, a line each
            return list(zip(lines[::3], lines[1::3], strict=True)) if lines != [""] else []
        pairs = (line.split("\t")[0].partition(",") for line in lines if line)
        return [(kind, value) for kind, _, value in pairs]

    return ask


@pytest.mark.parametrize(("before", "word", "values"), COMPLETIONS.values(), ids=COMPLETIONS)
def test_words_are_completed(complete, before, word, values):
    completed = complete(before, word)
    assert {kind for kind, _ in completed} <= {"plain"}
    assert {value for _, value in completed} == values


@pytest.mark.parametrize(("before", "word"), FILES.values(), ids=FILES)
def test_names_of_files_are_left_to_the_shell(complete, before, word):
    assert complete(before, word) == [("file", word)]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_there_is_a_script_for_each_shell(command, monkeypatch, shell):
    monkeypatch.setenv("_BACKPROJ_COMPLETE", f"{shell}_source")
    done = command()
    assert (done.returncode, done.stderr) == (0, "")
    assert f"_BACKPROJ_COMPLETE={shell}_complete" in done.stdout


@pytest.mark.skipif(os.name == "nt" or shutil.which("bash") is None, reason="there is no bash here")
def test_bash_completes_what_is_typed(folder):
    # As bash does when a key is pressed: it sets these variables, and calls the function with the command,
    # the word and the word before it.
    (folder / "backproj").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m backproj "$@"\n')
    (folder / "backproj").chmod(0o755)
    script = """
        eval "$(_BACKPROJ_COMPLETE=bash_source backproj)"
        function=$(complete -p backproj | sed 's/.*-F \\([^ ]*\\) .*/\\1/')
        compopt() { printf '%s\\n' "compopt $1 $2"; }
        COMP_WORDS=(backproj video film.mp4 --track me) COMP_CWORD=4
        "$function" backproj me --track
        echo "${COMPREPLY[@]}"
        COMPREPLY=()
        COMP_WORDS=(backproj image --model ph) COMP_CWORD=3
        "$function" backproj ph --model
        echo "${COMPREPLY[@]}"
    """
    path = os.pathsep.join([str(folder), os.environ["PATH"]])
    done = subprocess.run(
        ["bash", "--norc", "-c", script],
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == ["meanshift", "compopt -o default", ""]
