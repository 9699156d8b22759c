"""Other programs, run to the end, and what they leave."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def run(*command, **options):
    """Return what a command prints; it must not fail."""
    done = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, timeout=600, **options
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def run_python(code, *arguments, timeout=60, **options):
    """Return how a new interpreter ended that ran code, and what it wrote."""
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, timeout=timeout, **options
    )


def venv(folder, python, *packages):
    """Return the interpreter of a new virtual environment that has the packages."""
    run(python, "-m", "venv", folder)
    fresh = folder / "bin" / "python"
    run(fresh, "-m", "pip", "install", "-q", *packages)
    return fresh


def pythons():
    """Return every CPython from 3.10 up on this machine, by its version.

    One of them may be in build, where `scripts/cpython-3.14` puts it.
    """
    folders = os.environ["PATH"].split(os.pathsep)
    folders += [str(ROOT / "build" / "cpython-3.14" / "bin")]
    folders += [str(folder) for folder in Path.home().glob(".pyenv/versions/*/bin")]
    found = {f"{sys.version_info[0]}.{sys.version_info[1]}": sys.executable}
    for minor in range(10, 20):
        for folder in folders:
            python = Path(folder, f"python3.{minor}")
            # A shim answers for versions that it only forwards to.
            if python.is_file() and "shims" not in python.parts:
                found.setdefault(f"3.{minor}", str(python))
    return found


def versions():
    """Return those versions as parameters. All but this CPython need a wheel, which is slow to build."""
    return [
        pytest.param(version, marks=[] if python == sys.executable else pytest.mark.slow)
        for version, python in pythons().items()
    ]


def names(folder):
    """Return the names of what lies in a folder, such as what a command left there."""
    return sorted(path.name for path in folder.iterdir())
