"""How much memory a process keeps of its calls."""

import json
import sys

from helpers.processes import ROOT, run

MEGABYTE = 1 << 20


def growth_in_a_process(call, calls):
    """Return how much memory grows in each of four rounds of calls: see memory_growth.py."""
    return json.loads(run(sys.executable, ROOT / "tests" / "programs" / "memory_growth.py", call, calls))
