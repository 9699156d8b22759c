"""A report as text: the table for the terminal, and the tables for the documentation."""

import math

from cases import CASES, DISCS, REGIONS, TRACKING
from measure import clock
from report import CV2_KINDS, Cell, shown_size, shown_threads

SIZE_WIDTH = 23

# If other programs use more than this share of the CPUs, several threads are likely to wait for them.
NOTICEABLE = 0.05


def text(report):
    """Return all results, in a block for each case and number of threads."""
    lines = []
    for threads in report.distinct("threads"):
        lines += [
            f"{shown_threads(threads).upper()}: milliseconds of {clock(threads)[1]} per call: median",
            "± half the interquartile range; speed relative to the fastest cv2: median of the rounds",
        ]
        for case in report.distinct("case", threads=threads):
            lines += ["", *block(report, threads, case), ""]
    lines += [*scaling(report), "", *notes(report)]
    return "\n".join(lines)


def block(report, threads, case):
    """Return the lines of a case: a row for each image and peer, a column for each size."""
    where = {"threads": threads, "case": case}
    images, sizes = report.distinct("image", **where), report.distinct("size", **where)
    peers = report.peers(**where)
    width = max(map(len, [*peers, *images])) + 2
    yield f"{case}: {CASES[case].title}"
    for image in images:
        yield f"{image:{width}}" + "".join(f"{shown_size(size):>{SIZE_WIDTH}}" for size in sizes)
        for peer in peers:
            cells = (figures(report, Cell(threads, case, image, size), peer) for size in sizes)
            yield f"  {peer:{width - 2}}{''.join(f'{cell:>{SIZE_WIDTH}}' for cell in cells)}".rstrip()


def figures(report, cell, peer):
    """Return the figures of a peer in a cell, or a dash."""
    row = report.get(cell, peer)
    if row is None:
        return f"– {'':13}"
    spread = (row["ms_q3"] - row["ms_q1"]) / 2 / row["ms"]
    speed = "" if row["kind"] == "floor" else times(row["speed"])
    return f"{digits(row['ms'])} ±{spread:4.0%} {speed:>7}"


def scaling(report):
    """Return the lines on how peers scale with threads, if several numbers of them were measured."""
    few, many = (choose(report.distinct("threads")) for choose in (min, max))
    image, _ = report.summary_view()
    where = {"case": "prepared", "image": image, "threads": many}
    sizes = report.distinct("size", **where)
    if few == many or not sizes:
        return
    yield f"{many} THREADS: speed relative to {shown_threads(few)}; prepared, {image}"
    yield f"{'':22}" + "".join(f"{shown_size(size):>11}" for size in sizes)
    for peer in report.peers(["floor", *CV2_KINDS, "backproj"], **where):
        cells = (Cell(many, "prepared", image, size) for size in sizes)
        gains = (report.get(c._replace(threads=few), peer)["ms"] / report.get(c, peer)["ms"] for c in cells)
        yield f"  {peer:20}" + "".join(f"{times(gain):>11}" for gain in gains)


def notes(report):
    """Return the lines on how results compare, what was skipped, and the machine."""
    shares = equal_shares(report)
    but = ", except for" if shares else ""
    yield f"Before timing, all results were compared: the same bytes as {report.reference}'s{but}"
    for peer, (least, most) in shares.items():
        yield f"  {peer}: {share(least)} to {share(most)} of the pixels are equal"
    skipped = report.data["skipped"]
    for why in dict.fromkeys(skipped.values()):
        yield f"{'; '.join(peer for peer in skipped if skipped[peer] == why)}: {why}"
    others = report.data["machine"]["used by others"]
    if others > NOTICEABLE and max(report.distinct("threads")) > 1:
        yield "Figures for several threads are unreliable: other programs kept the CPUs busy"
    yield where_and_how(report)


def equal_shares(report):
    """Return the minimum and the maximum share of equal pixels of each peer that is not exact."""
    shares = {}
    for row in report.data["results"]:
        if row["result"] == "approximate":
            shares.setdefault(row["peer"], []).append(row["equal"])
    return {peer: (min(equal), max(equal)) for peer, equal in shares.items()}


def where_and_how(report):
    machine, versions = report.data["machine"], report.data["versions"]
    return (
        f"{machine['cpu']}, {machine['cpus']} CPUs, {machine['date']}; "
        + ", ".join(f"{name} {number}" for name, number in versions.items())
        + f"; {report.data['settings']['seconds']:g} s for each case, image, size and number of threads; "
        f"meanwhile other programs used {machine['used by others']:.0%} of the CPUs"
    )


def markdown(report):
    """Return the tables for README.md and docs/performance.md."""
    parts = []
    for threads in report.distinct("threads"):
        parts += [by_case(report, threads), by_image(report, threads)]
        parts += [by_size(report, threads, cases) for cases in (TRACKING, REGIONS | DISCS)]
    parts += [every_peer(report), where_and_how(report)]
    return "\n\n".join(part for part in parts if part)


def by_case(report, threads):
    """Return the table of cases."""
    image, size = report.summary_view()
    rows = {}
    for cell in report.summary_cells(threads):
        other_size = f", {shown_size(cell.size)}" if cell.size != size else ""
        rows[f"{cell.case}{other_size}: {CASES[cell.case].title}"] = cell
    return compared(report, f"{image}, {shown_size(size)}, {shown_threads(threads)}", rows)


def by_image(report, threads):
    """Return the table of sizes and images, for the prepared case."""
    where = {"threads": threads, "case": "prepared"}
    rows = {
        f"{shown_size(size)}, {image}": Cell(threads, "prepared", image, size)
        for size in report.distinct("size", **where)
        for image in report.distinct("image", size=size, **where)
    }
    return compared(report, f"prepared, {shown_threads(threads)}", rows, ["copying"])


def by_size(report, threads, cases):
    """Return the table of some cases and their sizes."""
    image, _ = report.summary_view()
    rows = {
        f"{case}, {shown_size(size)}": Cell(threads, case, image, size)
        for case in cases
        for size in report.distinct("size", threads=threads, case=case, image=image)
    }
    return compared(report, f"{image}, {shown_threads(threads)}", rows, ["copying"])


def compared(report, what, cells, floors=()):
    """Return a table with a row for each cell: the fastest version of cv2, and backproj with each kernel.

    cv2 is called as scripts usually do, and with preallocated arrays. Speeds are relative to the faster of
    the two.
    """
    kernels = report.peers(["backproj"])
    rows = []
    for name, cell in cells.items():
        rows.append([name, *(digits(report.get(cell, floor)["ms"]) for floor in floors)])
        for kind in CV2_KINDS:
            row = report.fastest(cell, [kind])
            version = row["peer"].removeprefix("cv2 ").removesuffix(", dst=")
            rows[-1].append(f"{digits(row['ms'])} ({version})")
        for kernel in kernels:
            row = report.get(cell, kernel)
            rows[-1].append(f"{digits(row['ms'])} ({times(row['speed'])})")
    return grid([f"ms ({what})", *floors, "cv2", "cv2, dst=", *kernels], rows) if rows else ""


def every_peer(report):
    """Return the table of all peers in two cases, compared with a copy of the frame."""
    image, size = report.summary_view()
    threads = min(report.distinct("threads"))
    rows = []
    for case in ("prepared", "one shot"):
        cell = Cell(threads, case, image, size)
        for peer in report.peers(**cell._asdict()):
            row = report.get(cell, peer)
            copies = row["ms"] / report.get(cell, "copying")["ms"]
            rows.append([case, peer, digits(row["ms"]), f"{digits(row['ms_q1'])}–{digits(row['ms_q3'])}"])
            rows[-1] += ["" if row["kind"] == "floor" else times(row["speed"]), digits(copies, 2)]
            rows[-1] += ["" if row["equal"] is None else share(row["equal"])]
    title = f"{image}, {shown_size(size)}, {shown_threads(threads)}"
    head = ["", title, "ms", "quartiles", "speed", "times a copy", "equal pixels"]
    return grid(head, rows) if rows else ""


def grid(head, rows):
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def digits(number, significant=3):
    """Return a number with that many significant digits."""
    decimals = max(0, significant - 1 - math.floor(math.log10(number)))
    return f"{number:.{decimals}f}"


def times(ratio):
    return f"{digits(ratio, 2)}×"


def share(equal):
    """Return a share in per cent, rounded down so that only all is 100%."""
    return "all" if equal == 1 else f"{math.floor(1e4 * equal) / 100:.2f}%"
