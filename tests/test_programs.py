"""The programs of tests/programs do nothing when they are imported, as pytest and other tests may do."""

import sys

from helpers.processes import ROOT, run

PROGRAMS = ROOT / "tests" / "programs"


def test_importing_the_programs_runs_none_of_them():
    names = sorted(path.stem for path in PROGRAMS.glob("[!_]*.py"))
    assert "out_of_bounds_read" in names
    assert run(sys.executable, "-c", f"import {', '.join(names)}", cwd=PROGRAMS) == ""
