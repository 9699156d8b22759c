"""Keep what `make bench` measured of one commit after another, and show how it went.

A commit is a line of history.jsonl: the machine, and for each cell the milliseconds of the fastest kernel and
of the fastest cv2. README.md beside it has a table of the last commits. Machines differ from run to run, so
the table has how many times as fast as cv2 backproj was in the same minute.
"""

import argparse
import json
import statistics
from pathlib import Path

SHOWN = 40  # commits in the table

# A speed relative to cv2 that is that much below the median of the last ones is worth a look.
SLOWER, COMPARED, ENOUGH = 0.85, 20, 5


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("report", type=Path, help="the JSON file that bench.py wrote")
    parser.add_argument("folder", type=Path, help="where history.jsonl and README.md are")
    parser.add_argument("--commit", required=True, help="what was measured")
    options = parser.parse_args()
    add(json.loads(options.report.read_text(encoding="utf-8")), options.folder, options.commit)


def add(report, folder, commit):
    """Add a report's figures to the history, in place of this commit's. Print what became slower."""
    path = folder / "history.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    before = [entry for entry in map(json.loads, lines) if entry["commit"] != commit]
    entry = {"commit": commit, "date": report["machine"]["date"], "cpu": report["machine"]["cpu"]}
    entry["cells"] = cells(report)
    folder.mkdir(parents=True, exist_ok=True)
    texts = [json.dumps(each, ensure_ascii=False) + "\n" for each in [*before, entry]]
    path.write_text("".join(texts), encoding="utf-8")
    (folder / "README.md").write_text(markdown([*before, entry]), encoding="utf-8")
    for line in slower(before, entry):
        print(f"::warning::{line}")  # which GitHub shows with the run


def cells(report):
    """Return the milliseconds of backproj's fastest kernel and of the fastest cv2, by the name of a cell."""
    found = {}
    for row in report["results"]:
        name = f"{row['case']}, {'×'.join(map(str, row['size']))}, {row['image']}, threads: {row['threads']}"
        kind = {"preallocated cv2": "cv2"}.get(row["kind"], row["kind"])
        if kind in ("backproj", "cv2"):
            times = found.setdefault(name, {})
            times[kind] = min(row["ms"], times.get(kind, row["ms"]))
    return {name: times for name, times in found.items() if len(times) == 2}


def speed(entry, cell):
    """Return how many times as fast as cv2 backproj was, or None."""
    times = entry["cells"].get(cell)
    return times and times["cv2"] / times["backproj"]


def slower(before, entry):
    """Return a line for each cell whose speed is far below that of the last commits on such a machine."""
    lines = []
    for cell in entry["cells"]:
        speeds = [speed(other, cell) for other in before if other["cpu"] == entry["cpu"]]
        last = [known for known in speeds if known][-COMPARED:]
        if len(last) >= ENOUGH and speed(entry, cell) < SLOWER * statistics.median(last):
            lines.append(
                f"{cell}: {speed(entry, cell):.1f} times cv2's speed, was {statistics.median(last):.1f}"
            )
    return lines


def markdown(entries):
    names = list(dict.fromkeys(cell for entry in entries[-SHOWN:] for cell in entry["cells"]))
    head = ["commit", "date", "CPU", *names]
    rows = [head, ["---"] * len(head)]
    for entry in reversed(entries[-SHOWN:]):
        speeds = [speed(entry, cell) for cell in names]
        shown = ["–" if known is None else f"{known:.1f}" for known in speeds]
        rows.append([entry["commit"][:9], entry["date"], entry["cpu"], *shown])
    table = "".join(f"| {' | '.join(row)} |\n" for row in rows)
    return f"# How many times as fast as the fastest cv2, by commit\n\n{table}"


if __name__ == "__main__":
    main()
