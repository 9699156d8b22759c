"""benchmarks/mca.py finds the loops of the library for arm64, and llvm-mca takes them."""

import shutil
import sys

import mca
import pytest

from helpers.processes import ROOT, run

LISTING = {
    0x10: "mov x0, x1",
    0x14: "cbnz x7, 0x30",
    0x18: "b.hs 0x40",
    0x1C: "strb w3, [x0]",
    0x20: "b 0x14",
    0x24: "ret",
    0x30: "add x2, x2, #1",
    0x34: "b 0x18",
    0x40: "ret",
}


def test_a_loop_is_what_runs_if_no_conditional_branch_is_taken():
    assert mca.paths(LISTING, ()) == [["cbnz x7, 0x30", "b.hs 0x40", "strb w3, [x0]", "b 0x14"]]


def test_code_apart_is_part_of_a_loop_that_branches_there():
    path = ["cbnz x7, 0x30", "add x2, x2, #1", "b 0x18", "b.hs 0x40", "strb w3, [x0]", "b 0x14"]
    assert path in mca.paths(LISTING, ("x7",))


def test_a_loop_with_a_call_is_no_inner_loop():
    assert mca.paths({0: "bl 0x100", 4: "b 0x0"}, ()) == []


def test_each_store_of_the_most_frequent_kind_is_a_pixel():
    assert mca.stores(["strb w1, [x0]", "strb w2, [x0, #1]", "strh w3, [x4]", "stp x1, x2, [sp]"]) == 2


@pytest.mark.slow  # compiles the library
@pytest.mark.skipif(not (mca.tool("llvm-mca") and mca.tool("llvm-objdump")), reason="needs LLVM")
@pytest.mark.skipif(shutil.which("go") is None, reason="needs Go")
@pytest.mark.parametrize("case", mca.CASES)
def test_each_case_has_cycles_for_all_cpus(case):
    _header, _rule, *rows = run(sys.executable, ROOT / "benchmarks" / "mca.py", case).splitlines()
    assert len(rows) == len(mca.CASES[case])
    for row in rows:
        instructions, *cycles = row.strip("| ").split(" | ")[2:]
        assert len(cycles) == len(mca.CPUS)
        assert float(instructions) > 1
        assert all(float(cell.split()[0]) > 0.1 for cell in cycles)
