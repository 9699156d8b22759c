"""Limits of memory of every size: no process ends by one. See tests/programs/memory_limits.py."""

import subprocess
import sys

from programs import memory_limits


def test_no_limit_of_memory_ends_a_process():
    done = subprocess.run(
        [sys.executable, memory_limits.__file__, "10"], capture_output=True, text=True, timeout=1800
    )
    print(f"\n{done.stdout}", end="")
    assert done.returncode == 0, done.stderr
