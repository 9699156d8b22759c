"""What is kept of the benchmark from commit to commit."""

import json
import os
import shutil

import history
import pytest

from helpers.processes import ROOT, names, run


def report(ms, *, cpu="A CPU"):
    """Return a report in which cv2 takes 10 ms at best, and backproj at best the given time."""
    cell = {"case": "prepared", "size": [64, 48], "image": "noise", "threads": 1}
    times = [
        ("copying", "floor", 0.1),
        ("cv2 4.13", "cv2", 12),
        ("cv2 4.13, dst=", "preallocated cv2", 10),
        ("backproj, avx2", "backproj", ms),
        ("backproj, generic", "backproj", 2 * ms),
    ]
    return {
        "machine": {"cpu": cpu, "date": "2026-01-02"},
        "results": [cell | {"peer": peer, "kind": kind, "ms": time} for peer, kind, time in times],
    }


CELL = "prepared, 64×48, noise, threads: 1"


def test_an_entry_has_the_fastest_kernel_and_the_fastest_cv2(tmp_path):
    history.add(report(2), tmp_path, "abc")
    (line,) = (tmp_path / "history.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(line) == {
        "commit": "abc",
        "date": "2026-01-02",
        "cpu": "A CPU",
        "cells": {CELL: {"cv2": 10, "backproj": 2}},
    }


def test_the_newest_commit_is_on_top_of_the_table_and_a_repeated_one_is_there_once(tmp_path):
    for commit, ms in ("one", 2), ("other", 4), ("one", 5):
        history.add(report(ms), tmp_path, commit)
    assert (tmp_path / "README.md").read_text(encoding="utf-8").splitlines()[2:] == [
        f"| commit | date | CPU | {CELL} |",
        "| --- | --- | --- | --- |",
        "| one | 2026-01-02 | A CPU | 2.0 |",
        "| other | 2026-01-02 | A CPU | 2.5 |",
    ]


@pytest.mark.parametrize(
    ("before", "ms", "cpu", "warned"),
    [
        (5, 2.1, "A CPU", False),
        (5, 3, "A CPU", True),
        (4, 3, "A CPU", False),  # too few to compare with
        (5, 3, "Another CPU", False),
    ],
)
def test_a_warning_is_given_where_it_became_slower_on_such_a_machine(
    before, ms, cpu, warned, tmp_path, capsys
):
    for number in range(before):
        history.add(report(2), tmp_path, str(number))
    assert capsys.readouterr().out == ""
    history.add(report(ms, cpu=cpu), tmp_path, "new")
    expected = f"::warning::{CELL}: 3.3 times cv2's speed, was 5.0\n" if warned else ""
    assert capsys.readouterr().out == expected


def test_reports_are_pushed_to_a_branch_of_their_own(tmp_path):
    clone = tmp_path / "clone"
    run("git", "init", "-q", "--bare", "-b", "main", tmp_path / "origin.git")
    run("git", "init", "-q", "-b", "main", clone)
    run("git", "remote", "add", "origin", tmp_path / "origin.git", cwd=clone)
    (clone / "benchmarks").mkdir()
    shutil.copy(ROOT / "benchmarks" / "history.py", clone / "benchmarks")
    (clone / "bench.json").write_text(json.dumps(report(2)))
    who = {f"GIT_{role}_{part}": "bench" for role in ("AUTHOR", "COMMITTER") for part in ("NAME", "EMAIL")}
    before = names(clone)
    for commit in "one", "other":
        run(ROOT / "scripts" / "keep-bench", "bench.json", commit, cwd=clone, env=os.environ | who)
    assert names(clone) == before
    kept = run("git", "show", "bench-history:history.jsonl", cwd=tmp_path / "origin.git")
    assert [json.loads(line)["commit"] for line in kept.splitlines()] == ["one", "other"]
    listed = run("git", "ls-tree", "--name-only", "bench-history", cwd=tmp_path / "origin.git")
    assert listed.split() == ["README.md", "history.jsonl"]
