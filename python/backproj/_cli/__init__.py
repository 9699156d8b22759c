"""The commands of ``backproj``."""

from __future__ import annotations

import click

import backproj
from backproj._cli.bench import bench
from backproj._cli.image import image
from backproj._cli.locate import locate
from backproj._cli.report import Report
from backproj._cli.verify import verify
from backproj._cli.video import video


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(backproj.__version__, prog_name="backproj")
def commands() -> None:
    """Find the colours of a model in pictures and films."""


for command in (image, locate, video, bench, verify):
    commands.add_command(command)


@commands.command()
@click.option(
    "--json", "as_json", is_flag=True, help="Print it as JSON, an object in one line.  [default: no]"
)
def info(as_json: bool) -> None:
    """Print the version, and which kernels, threads and engines this machine has."""
    about = backproj.info()
    if as_json:
        Report(json=True, quiet=False).emit("info", **about)
        return
    kernel = f"{about['kernel']}, " if about["kernel"] else "none: "
    lines = {**about, "kernel": kernel + about["kernel_reason"]}
    del lines["kernel_reason"]
    for name, value in lines.items():
        click.echo(f"{name:8} {', '.join(value) if isinstance(value, list) else value}")
