"""Models how fast the loops for arm64 are, since there may be no such machine: ``make mca``.

llvm-mca predicts how many cycles a CPU takes for each turn of a loop, if all loads hit the first cache and
all branches are predicted. The loops are those of the Go library as it is built for arm64, of the NEON kernel
and of the generic one, and sketches of OpenCV's (cv2_arm64.s).
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = "github.com/backproj/backproj/backproj."

#: LLVM's names of CPUs, and how many instructions they issue in a cycle; LLVM has 3 for N1 and 6 for V2.
CPUS = {"neoverse-n1": 4, "neoverse-n2": 5, "neoverse-v1": 8, "neoverse-v2": 8}

#: The first version of LLVM that knows how these CPUs work.
OLDEST_LLVM = 17


@dataclass(frozen=True)
class Loop:
    """A loop of the library, or of cv2_arm64.s."""

    name: str
    pixels: int = 0  #: of a turn; 0 if each of its stores is one
    taken: tuple[str, ...] = ()  #: registers for which CBNZ branches
    is_sketch: bool = False


HSV = Loop("hsv", 8, is_sketch=True)
GENERIC = Loop("projectHueSaturation")
GENERIC_GATED = Loop("projectGated")

#: For each case, the loops of each side that follow one another for a pixel.
CASES: dict[str, dict[str, list[Loop]]] = {
    "hue and saturation": {
        "neon": [Loop("projectHueSaturationNEON.abi0", 16)],
        "generic": [GENERIC],
        "cv2": [HSV, Loop("back_project", 1, is_sketch=True)],
    },
    "the same, gated by value": {
        "neon": [Loop("projectHueSaturationNEON.abi0", 16, ("x7",))],
        "generic": [GENERIC_GATED],
    },
    "hue alone": {"neon": [Loop("projectHueNEON.abi0", 16)], "generic": [Loop("projectHue")]},
    "hue, gated by saturation and value": {
        "neon": [Loop("projectHueNEON.abi0", 16, ("x7", "x25"))],
        "generic": [GENERIC_GATED],
    },
    "counting hue and saturation": {
        "neon": [Loop("countHueSaturationNEON.abi0", 16)],
        "generic": [Loop("convertHueSaturation"), Loop("countConverted")],
        "cv2": [HSV, Loop("count", 1, is_sketch=True)],
    },
    "Cr and Cb": {
        "neon": [Loop("projectCrCbNEON.abi0", 16)],
        "generic": [Loop("projectCrCb", 8)],
    },
    "grey": {
        "neon": [Loop("projectGreyCodesNEON.abi0", 16)],
        "generic": [Loop("projectGrey", 8)],
    },
}


def tool(name: str) -> str | None:
    """Return the newest of LLVM's programs of that name which knows the CPUs, or None."""
    for candidate in [f"{name}-{version}" for version in range(40, OLDEST_LLVM - 1, -1)] + [name]:
        path = shutil.which(candidate)
        if path is None:
            continue
        version = re.search(r"LLVM version (\d+)", output([path, "--version"]))
        if version and int(version[1]) >= OLDEST_LLVM:
            return path
    return None


def output(command: list[str], **environment: str) -> str:
    return subprocess.run(
        command, check=True, capture_output=True, text=True, cwd=ROOT, env=os.environ | environment
    ).stdout


def build(folder: Path) -> Path:
    """Build the library's tests for arm64, since these have all of the library."""
    program = folder / "backproj.test"
    output(
        ["go", "test", "-c", "-o", str(program), "./backproj"],
        GOARCH="arm64",
        GOARM64="v8.0",
        CGO_ENABLED="0",
    )
    return program


def target(instruction: str) -> int | None:
    """Return where an instruction branches to within a function."""
    branch = re.match(r"(?:b|b\.\w+|cbn?z|tbn?z)\s.*?0x([0-9a-f]+)$", instruction)
    return int(branch[1], 16) if branch else None


def paths(code: dict[int, str], taken: tuple[str, ...]) -> list[list[str]]:
    """Return the instructions of each inner loop of a function, as they run if no other CBNZ branches."""
    addresses = list(code)
    found = []
    for at, instruction in code.items():
        start = target(instruction)
        if start is None or start not in code or start >= at:
            continue
        path: list[str] = []
        here = start
        while len(path) < 2000:
            path.append(code[here])
            to = target(code[here])
            if to == start:
                found.append(path)
                break
            if code[here].startswith(("bl ", "blr ")):
                break  # not an inner loop
            if to in code and (
                code[here].startswith("b ") or code[here].startswith(tuple(f"cbnz {r}," for r in taken))
            ):
                here = to
                continue
            following = addresses.index(here) + 1
            if code[here].startswith(("b ", "ret")) or following == len(addresses):
                break
            here = addresses[following]
    return found


def stores(path: list[str]) -> int:
    """Return the number of stores of the most frequent kind."""
    kinds = [match[1] for line in path if (match := re.match(r"(str[bh]?) [wx]", line))]
    return max((kinds.count(kind) for kind in kinds), default=0)


def of_library(loop: Loop, program: Path) -> tuple[list[str], int]:
    """Return the instructions of a loop of the library, and how many pixels they are for."""
    listing = output(
        [
            str(tool("llvm-objdump")),
            "-d",
            "--no-show-raw-insn",
            f"--disassemble-symbols={PACKAGE}{loop.name}",
            str(program),
        ]
    )
    code = {}
    for line in listing.splitlines():
        if match := re.match(r"\s*([0-9a-f]+):\s+(\S.*)", line):
            code[int(match[1], 16)] = re.sub(r"\s*(//|<).*", "", match[2]).replace("\t", " ").strip()
    found = paths(code, loop.taken)
    if not found:
        raise SystemExit(f"mca: {loop.name} has no loop")
    longest = max(found, key=stores) if loop.pixels == 0 else max(found, key=len)
    return longest, loop.pixels or stores(longest)


def of_sketch(loop: Loop) -> tuple[list[str], int]:
    text = (ROOT / "benchmarks" / "cv2_arm64.s").read_text(encoding="utf-8")
    body = re.search(rf"^{loop.name}:\n(.*?b\.ne {loop.name})$", text, re.DOTALL | re.MULTILINE)
    if body is None:
        raise SystemExit(f"mca: there is no sketch {loop.name}")
    return [line.strip() for line in body[1].splitlines() if not line.endswith(":")], loop.pixels


def cycles(path: list[str], cpu: str) -> float:
    """Return the cycles that a CPU takes for a turn of a loop."""
    turns = 300
    text = "\n".join(
        re.sub(r"^((?:b|b\.\w+|cbn?z|tbn?z|adrp)\s(?:.*[, ])?)\S+$", r"\1here", line) for line in path
    )
    with tempfile.NamedTemporaryFile("w", suffix=".s") as file:
        file.write(f"here:\n{text}\n")
        file.flush()
        report = output(
            [
                str(tool("llvm-mca")),
                "-mtriple=aarch64",
                f"-mcpu={cpu}",
                f"-dispatch={CPUS[cpu]}",
                f"-iterations={turns}",
                file.name,
            ]
        )
    total = re.search(r"Total Cycles:\s+(\d+)", report)
    assert total is not None
    return int(total[1]) / turns


def table(cases: dict[str, dict[str, list[Loop]]]) -> list[list[str]]:
    """Return the rows of a table of cycles and instructions a pixel."""
    rows = [["cycles a pixel", "kernel", "instructions", *CPUS]]
    with tempfile.TemporaryDirectory() as folder:
        program = build(Path(folder))
        for case, sides in cases.items():
            for side, loops in sides.items():
                measured = [
                    of_sketch(loop) if loop.is_sketch else of_library(loop, program) for loop in loops
                ]
                each = [sum(cycles(path, cpu) / pixels for path, pixels in measured) for cpu in CPUS]
                if side == "neon":
                    neon, shown = each, [f"{c:.2f}" for c in each]
                else:
                    shown = [f"{c:.2f} ({c / n:.1f}×)" for c, n in zip(each, neon, strict=True)]
                instructions = sum(len(path) / pixels for path, pixels in measured)
                name = "cv2, a sketch" if side == "cv2" else side
                rows.append([case, name, f"{instructions:.1f}", *shown])
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("cases", nargs="*", metavar="CASE", help=f"of {', '.join(map(repr, CASES))}; all")
    names = parser.parse_args().cases or list(CASES)
    if tool("llvm-mca") is None or tool("llvm-objdump") is None:
        sys.exit(f"mca: needs llvm-mca and llvm-objdump, of LLVM {OLDEST_LLVM} or later")
    rows = table({name: CASES[name] for name in names})
    for i, row in enumerate(rows):
        print("| " + " | ".join(row) + " |")
        if i == 0:
            print("|" + " --- |" * len(row))


if __name__ == "__main__":
    main()
