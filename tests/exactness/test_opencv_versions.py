"""Parity with other versions of cv2 than the one the other tests import, each in a venv of its own.

``BACKPROJ_TEST_CV2`` names them, by version and CPython: "4.6.0.66@3.10 5.0.0.93".
"""

import os
import sys

import pytest

from helpers.processes import pythons, run, venv

pytestmark = pytest.mark.slow  # each version is installed beside a wheel that is built

VERSIONS = os.environ.get("BACKPROJ_TEST_CV2", "5.0.0.93").split()

VERIFY = """
import backproj
for comparison in backproj.verify():
    if comparison.judge.startswith("cv2"):
        print(comparison.judge, comparison.difference)
"""


@pytest.mark.parametrize("version", VERSIONS)
def test_every_colour_projects_as_in_this_version(version, wheel, tmp_path):
    number, _, python = version.partition("@")
    # cv2 is built for numpy 2 from 4.10.0.84 on.
    numpy = "numpy" if tuple(map(int, number.split("."))) >= (4, 10, 0, 84) else "numpy<2"
    interpreter = pythons()[python] if python else sys.executable
    python = venv(
        tmp_path / "venv",
        interpreter,
        "--only-binary=:all:",
        wheel,
        numpy,
        f"opencv-python-headless=={number}",
    )
    judge = f"cv2 {number.rpartition('.')[0]} None"
    assert set(run(python, "-c", VERIFY, cwd=tmp_path).splitlines()) == {judge}
