"""The wheel on each CPython of this machine, with the oldest numpy for that CPython and the newest."""

import platform
import re
import sys

import pytest

import backproj
from helpers.processes import ROOT, pythons, run, venv

# The first numpy with wheels for that CPython. Later ones have but one to begin with.
OLDEST = {"3.10": "1.22.0", "3.11": "1.23.2", "3.12": "1.26.0", "3.13": "2.1.0", "3.14": "2.3.2"}

# Tests that need only numpy and pytest, and take seconds.
QUICK = [
    "release/test_sample.py",
    "inputs/test_batches.py",
    "reliability/test_loading.py",
    "inputs/test_options.py",
    "inputs/test_one_frame.py",
    "reliability/test_threads.py",
]


@pytest.fixture(scope="module")
def released():
    (wheel,) = (ROOT / "dist").glob(f"backproj-*_{platform.machine()}.whl")
    return wheel


def test_the_oldest_numpy_of_all_is_the_oldest_that_is_promised():
    promised = re.search(r'"numpy>=([\d.]+)"', (ROOT / "pyproject.toml").read_text())
    assert OLDEST["3.10"] == f"{promised[1]}.0"


CASES = [
    (version, numpy) for version in pythons() for numpy in (f"numpy=={OLDEST.get(version, '2.*')}", "numpy")
]


@pytest.mark.parametrize(("version", "numpy"), CASES)
def test_the_installed_wheel_passes_the_quick_tests(version, numpy, released, tmp_path):
    python = venv(tmp_path / "venv", pythons()[version], "--only-binary=:all:", released, numpy, "pytest>=8")
    tests = [ROOT / "tests" / name for name in QUICK]
    run(python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", ROOT, *tests, cwd=tmp_path)


def test_the_wheel_has_the_kernels_of_this_machine(released, tmp_path):
    python = venv(tmp_path / "venv", pythons()["3.10"], "--only-binary=:all:", released)
    kernels = run(python, "-c", "import backproj; print(*backproj.info()['kernels'])").split()
    assert kernels == backproj.info()["kernels"]


def test_the_readmes_six_lines_run_where_there_is_no_go_and_no_compiler(released, tmp_path):
    code = re.search(r"## Six lines\s+```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)[1]
    bare = {"PATH": str(tmp_path / "none"), "HOME": str(tmp_path)}
    run(sys.executable, "-m", "venv", tmp_path / "venv")
    python = tmp_path / "venv" / "bin" / "python"
    packages = ["--only-binary=:all:", released, "opencv-python-headless"]
    run(python, "-m", "pip", "install", "-q", *packages, env=bare)
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    run(python, "-c", code, env=bare, cwd=tmp_path)
    assert (tmp_path / "found.png").stat().st_size > 10_000
