"""Other programs, run to the end."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def run(*command, **options):
    """Return what a command prints; it must not fail."""
    done = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, timeout=600, **options
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def venv(folder, python, *packages):
    """Return the interpreter of a new virtual environment that has the packages."""
    run(python, "-m", "venv", folder)
    fresh = folder / "bin" / "python"
    run(fresh, "-m", "pip", "install", "-q", *packages)
    return fresh
