"""The command ``backproj bench``."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import backproj
from backproj._atomic_write import atomic_write

if TYPE_CHECKING:
    from backproj._cli.timing import Timing


@click.command()
@click.option(
    "--seconds",
    type=click.FloatRange(0, 600),
    default=3.0,
    show_default=True,
    help="How long to measure, in seconds; at least five rounds.",
)
@click.option(
    "--plot",
    type=click.Path(path_type=Path),
    metavar="PNG",
    help="Also draw the table as a chart, with matplotlib.  [default: no]",
)
def bench(seconds: float, plot: Path | None) -> None:
    """Time some calls on this machine.

    A synthetic frame of 1920×1080 pixels is back-projected with one thread: by each kernel and engine, and by
    cv2 if it is installed. Times are medians, in milliseconds per frame. The results are compared with cv2's
    first.
    """
    from backproj._cli.timing import SHAPE, measure

    draw = _plotter() if plot else None
    timings = measure(seconds)
    click.echo(
        f"{SHAPE[1]}×{SHAPE[0]} pixels, 1 thread, medians; "
        f"the kernel is {backproj.info()['kernel']} unless another one is named"
    )
    for line in table(timings):
        click.echo(line)
    if plot and draw:
        with atomic_write([plot]) as (file,):
            file.write(draw(timings))
        click.echo(f"wrote {plot}")


def table(timings: Sequence[Timing]) -> list[str]:
    """Return the lines of a table: case, implementation, milliseconds, and the ratio of cv2's time to it."""
    cv2 = {timing.case: timing.milliseconds for timing in timings if timing.name.startswith("cv2")}
    wide = [max(len(getattr(timing, field)) for timing in timings) for field in ("case", "name")]
    lines = [f"{'':{wide[0]}}  {'':{wide[1]}}  {'ms':>7}" + f"  {'cv2/this':>8}" * bool(cv2)]
    before = None
    for case, name, milliseconds in timings:
        shown = case if case != before else ""
        ratio = f"  {cv2[case] / milliseconds:8.2f}" if cv2 else ""
        lines.append(f"{shown:{wide[0]}}  {name:{wide[1]}}  {milliseconds:7.2f}{ratio}")
        before = case
    return lines


def _plotter() -> Any:
    """Return a function that draws timings as PNG, or raise ClickException if matplotlib is missing."""
    try:
        from matplotlib.figure import Figure
    except ModuleNotFoundError as error:
        raise click.ClickException("--plot needs matplotlib: pip install 'backproj[plot]'") from error

    def draw(timings: Sequence[Timing]) -> bytes:
        figure = Figure(figsize=(8, 0.4 * len(timings) + 1), layout="constrained")
        axes = figure.add_subplot()
        labels = [f"{timing.case}: {timing.name}" for timing in timings]
        bars = axes.barh(
            labels,
            [timing.milliseconds for timing in timings],
            color=["0.6" if timing.name.startswith("cv2") else "tab:orange" for timing in timings],
        )
        axes.bar_label(bars, fmt="%.2f", padding=3)
        axes.invert_yaxis()
        axes.set_xlabel("ms per frame of 1920×1080, 1 thread, medians")
        axes.spines[["top", "right"]].set_visible(False)
        drawn = io.BytesIO()
        figure.savefig(drawn, format="png", dpi=120)
        return drawn.getvalue()

    return draw
