"""Limits of memory of every size: no process ends by one. See tests/limiting.py."""

import subprocess
import sys

import limiting


def test_no_limit_of_memory_ends_a_process():
    done = subprocess.run(
        [sys.executable, limiting.__file__, "10"], capture_output=True, text=True, timeout=1800
    )
    print(f"\n{done.stdout}", end="")
    assert done.returncode == 0, done.stderr
