"""Arrays of JAX, which is installed for it: the one library of tensors that is not gigabytes."""

import os
import re
import sys

import pytest

from helpers.processes import ROOT, run


@pytest.mark.slow
def test_arrays_of_jax(tmp_path):
    run(sys.executable, "-m", "pip", "install", "-q", "--target", tmp_path, "jax")
    paths = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
    said = run(
        *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", "JAX"),
        ROOT / "tests" / "inputs" / "test_objects.py",
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": paths},
    )
    assert re.search(r"^\d+ passed, \d+ deselected", said, re.MULTILINE), said
