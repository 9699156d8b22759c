"""A report as a chart: speeds relative to the fastest cv2, by case and by size, and times of all peers."""

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
from matplotlib.ticker import LogLocator, NullFormatter
from measure import clock
from report import CV2_KINDS, Cell, shown_size, shown_threads
from table import digits, times

from backproj._atomic_write import atomic_write

# Okabe and Ito's colours, which colour-blind people can tell apart, and greys for cv2.
KERNEL_COLOURS = ["#0072B2", "#E69F00", "#009E73", "#CC79A7"]
CV2_COLOURS = ["#444444", "#8C8C8C", "#C4C4C4"]
FASTEST, FASTEST_COLOUR = "the fastest cv2", "#444444"
OTHER_COLOUR, FLOOR_COLOUR = "#D55E00", "#000000"
IMAGE_MARKERS = "o", "s", "^"
STYLE = {
    "axes.axisbelow": True,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 10,
    "axes.titleweight": "bold",
    "font.size": 9,
    "grid.color": "#E5E5E5",
    "legend.frameon": False,
}


def draw(report, path):
    """Write the chart to a PNG file."""
    image, size = report.summary_view()
    threads = report.distinct("threads")
    machine = report.data["machine"]
    with plt.rc_context(STYLE):
        figure = plt.figure(figsize=(11, 12.5), dpi=120, layout="constrained")
        title = f"Back projection on {machine['cpu']}, {machine['cpus']} CPUs, {machine['date']}"
        figure.suptitle(title, x=0.01, ha="left", fontsize=12)
        upper, lower = figure.subfigures(2, 1, height_ratios=[8, 4])
        axes = upper.subplots(1, len(threads), sharex=True, sharey=True, squeeze=False)[0]
        for axis, number in zip(axes, threads, strict=True):
            draw_cases(axis, report, number)
        axes[0].invert_yaxis()
        upper.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=5)
        by_size, by_peer = lower.subplots(1, 2)
        draw_sizes(by_size, report, threads[0])
        draw_times(by_peer, report, Cell(threads[0], report.summary_case(), image, size))
        with atomic_write([path]) as (file,):
            figure.savefig(file, format="png")
        plt.close(figure)


def colours(report):
    """Return the colour of each peer."""
    return {
        **dict.fromkeys(report.peers(["floor"]), FLOOR_COLOUR),
        **dict(zip(report.peers(["cv2"]), CV2_COLOURS, strict=False)),
        **dict(zip(report.peers(["preallocated cv2"]), CV2_COLOURS, strict=False)),
        **dict(zip(report.peers(["backproj"]), KERNEL_COLOURS, strict=False)),
        **dict.fromkeys(report.peers(["other"]), OTHER_COLOUR),
    }


def draw_cases(axis, report, threads):
    """Draw for each case a bar for each kernel, and below them a dot for each cv2."""
    image, size = report.summary_view()
    cells = report.summary_cells(threads)
    kernels = report.peers(["backproj"], threads=threads)
    height = 0.84 / (len(kernels) + 1)
    places = [[y - 0.42 + (i + 0.5) * height for y in range(len(cells))] for i in range(len(kernels) + 1)]
    for kernel, at in zip(kernels, places, strict=False):
        rows = [report.get(cell, kernel) for cell in cells]
        speeds = [row["speed"] for row in rows]
        spreads = [[abs(row["speed"] - row[f"speed_{q}"]) for row in rows] for q in ("q1", "q3")]
        # On a logarithmic axis there is no 0 for a bar to start from.
        beyond = [speed - 1 for speed in speeds]
        axis.barh(at, beyond, 0.92 * height, left=1, color=colours(report)[kernel], label=kernel)
        axis.errorbar(speeds, at, xerr=spreads, fmt="none", ecolor="#222222", elinewidth=0.8, capsize=1.5)
        for y, row in zip(at, rows, strict=True):
            axis.text(row["speed_q3"], y, f" {times(row['speed'])}", va="center", fontsize=7.5)
    for kind, fill in zip(CV2_KINDS, ("full", "none"), strict=True):
        for peer in report.peers([kind], threads=threads):
            speeds = [report.get(cell, peer)["speed"] for cell in cells]
            dots = {"marker": "o", "ms": 3.5, "fillstyle": fill, "ls": "none"}
            axis.plot(speeds, places[-1], color=colours(report)[peer], label=peer, **dots)
    axis.axvline(1, color=FASTEST_COLOUR, lw=1.2, label=FASTEST)
    names = [cell.case if cell.size == size else f"{cell.case}\n{shown_size(cell.size)}" for cell in cells]
    axis.set_yticks(range(len(cells)), names)
    axis.tick_params(axis="y", length=0)
    axis.set_xscale("log")
    axis.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axis.xaxis.set_major_formatter("{x:g}")
    axis.xaxis.set_minor_formatter(NullFormatter())
    axis.grid(axis="x")
    axis.margins(x=0.1, y=0.02)
    axis.set_xlabel(f"speed relative to {FASTEST}, logarithmic: median and quartiles")
    axis.set_title(f"{image}, {shown_size(size)}, {shown_threads(threads)}")


def draw_sizes(axis, report, threads):
    """Draw the speed of each kernel against the size of the frame, with a line for each image."""
    case = report.summary_case()
    where = {"threads": threads, "case": case}
    sizes, images = report.distinct("size", **where), report.distinct("image", **where)
    for kernel in report.peers(["backproj"], **where):
        for image, marker in zip(images, IMAGE_MARKERS, strict=False):
            rows = [report.get(Cell(threads, case, image, size), kernel) for size in sizes]
            points = [(x, row["speed"]) for x, row in enumerate(rows) if row]
            line = {"marker": marker, "ls": "-" if image == images[0] else ":", "ms": 5, "lw": 1.2}
            axis.plot(*zip(*points, strict=True), color=colours(report)[kernel], **line)
            if image == images[0]:
                axis.annotate(
                    kernel.removeprefix("backproj, "),
                    points[-1],
                    (7, -3),
                    textcoords="offset points",
                    fontsize=8,
                )
    for image, marker in zip(images, IMAGE_MARKERS, strict=False):
        axis.plot([], [], color="#444444", marker=marker, ls="-" if image == images[0] else ":", label=image)
    axis.axhline(1, color=FASTEST_COLOUR, lw=1.2)
    axis.set_xticks(range(len(sizes)), [shown_size(size) for size in sizes])
    axis.margins(x=0.1)
    axis.set_xlim(right=len(sizes) - 0.2)  # leave room for the names of the kernels
    axis.set_ylim(bottom=0)
    axis.grid(axis="y")
    axis.set_ylabel(f"speed relative to {FASTEST}")
    axis.set_title(f"{case}, {shown_threads(threads)}: by size and image")
    axis.legend(fontsize=8, loc="best")


def draw_times(axis, report, cell):
    """Draw the time of every peer on a logarithmic axis, with a line at that of a copy of the frame."""
    peers = report.peers(**cell._asdict())
    for y, peer in enumerate(peers):
        row = report.get(cell, peer)
        colour = colours(report)[peer]
        axis.plot([row["ms_q1"], row["ms_q3"]], [y, y], color=colour, lw=2.5)
        axis.plot(row["ms"], y, "o", color=colour, ms=6)
        axis.text(row["ms_q3"], y, f"  {digits(row['ms'])}", va="center", fontsize=8)
    for floor in report.peers(["floor"], **cell._asdict()):
        axis.axvline(report.get(cell, floor)["ms"], color=FLOOR_COLOUR, lw=0.8, ls=":")
    axis.set_xscale("log")
    axis.xaxis.set_major_formatter("{x:g}")
    axis.margins(x=0.15)
    axis.grid(axis="x")
    axis.set_yticks(range(len(peers)), peers)
    axis.tick_params(axis="y", length=0)
    axis.invert_yaxis()
    axis.set_xlabel(f"milliseconds of {clock(cell.threads)[1]}, logarithmic: median and quartiles")
    axis.set_title(f"{cell.case}, {cell.image}, {shown_size(cell.size)}, {shown_threads(cell.threads)}")
