"""`scripts/release` commits, tags and pushes a version, or leaves all as it was."""

import os
import shutil
import subprocess

import pytest

from helpers.processes import ROOT, run

HEADING = "## 9.8.7, not yet released"
IDENTITY = {
    f"GIT_{role}_{field}": value
    for role in ("AUTHOR", "COMMITTER")
    for field, value in (("NAME", "A. Releaser"), ("EMAIL", "releaser@example.org"))
}


@pytest.fixture
def clone(tmp_path):
    """A repository with what the script reads and writes, and a bare one that it pushes to."""
    run("git", "init", "-q", "--bare", "-b", "main", tmp_path / "origin.git")
    clone = tmp_path / "clone"
    run("git", "init", "-q", "-b", "main", clone)
    (clone / "scripts").mkdir()
    shutil.copy(ROOT / "scripts" / "release", clone / "scripts")
    (clone / "CHANGELOG.md").write_text(f"# Changes\n\n{HEADING}\n\n- All is better.\n")
    (clone / "Makefile").write_text("pass:\n\t@true\nfail:\n\t@false\n")
    (clone / "python" / "backproj").mkdir(parents=True)
    (clone / "python" / "backproj" / "__init__.py").write_text('"""Doc."""\n\n__version__ = "0.0.0"\n')
    git(clone, "remote", "add", "origin", tmp_path / "origin.git")
    git(clone, "add", "--all")
    git(clone, "commit", "-q", "--message", "Begin")
    git(clone, "push", "-q", "origin", "main")
    return clone


def git(clone, *arguments):
    return run("git", *arguments, cwd=clone, env=os.environ | IDENTITY).strip()


def release(clone, version="9.8.7", checks="pass"):
    return subprocess.run(
        ["sh", "scripts/release", version],
        cwd=clone,
        env=os.environ | IDENTITY | {"CHECKS": checks},
        capture_output=True,
        text=True,
        timeout=60,
    )


def state(clone):
    """Return the commit, the tags, and what differs from the commit."""
    return git(clone, "rev-parse", "main"), git(clone, "tag"), git(clone, "status", "--porcelain")


def refuse_pushes(clone):
    hook = clone.parent / "origin.git" / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)


def test_a_release_is_a_commit_and_a_tag_on_both_sides(clone):
    assert release(clone).returncode == 0
    assert "not yet released" not in (clone / "CHANGELOG.md").read_text()
    assert '__version__ = "9.8.7"' in (clone / "python" / "backproj" / "__init__.py").read_text()
    commit, tags, changes = state(clone)
    assert (tags, changes) == ("v9.8.7", "")
    assert git(clone, "log", "-1", "--format=%s") == "Release 9.8.7"
    pushed = git(clone, "ls-remote", "origin", "main", "v9.8.7^{}").split()
    assert pushed[::2] == [commit, commit]


@pytest.mark.parametrize("step", ["push", "checks"])
def test_a_step_that_fails_leaves_all_as_it_was(step, clone):
    before = state(clone)
    if step == "push":
        refuse_pushes(clone)
    done = release(clone, checks="fail" if step == "checks" else "pass")
    assert state(clone) == before
    assert git(clone, "ls-remote", "origin") == "\n".join(
        f"{before[0]}\t{name}" for name in ("HEAD", "refs/heads/main")
    )
    assert done.returncode != 0
    assert done.stderr.endswith("no release: all is as it was\n")


def test_what_is_edited_during_the_checks_is_kept(clone):
    refuse_pushes(clone)
    (clone / "Makefile").write_text("pass:\n\t@echo edited >>Makefile\n")
    git(clone, "commit", "-q", "--all", "--message", "Edit")
    assert release(clone).returncode != 0
    assert (clone / "Makefile").read_text().endswith("edited\n")
    assert git(clone, "status", "--porcelain") == "M Makefile"


MISTAKES = {
    "no version": ("9.8", lambda clone: None, "9.8 is not like 1.2.3"),
    "another branch": ("9.8.7", lambda clone: git(clone, "switch", "-qc", "topic"), "not the branch main"),
    "uncommitted changes": ("9.8.7", lambda clone: (clone / "new").touch(), "changes that are not committed"),
    "an old tag": ("9.8.7", lambda clone: git(clone, "tag", "v9.8.7"), "already a tag v9.8.7"),
    "no heading": ("1.0.0", lambda clone: None, "CHANGELOG.md has no '## 1.0.0, not yet released'"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_stops_it_before_it_changes_anything(mistake, clone):
    version, make, says = MISTAKES[mistake]
    make(clone)
    before = state(clone)
    done = release(clone, version)
    assert done.returncode == 1
    assert says in done.stderr
    assert state(clone) == before
