"""The options that say what the region is, and the levels of a picture by them."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, NamedTuple

import click
import numpy as np

import backproj
from backproj._engine.region import otsu
from backproj._validate.regions import check_disc, check_threshold
from backproj._validate.views import view_plane
from backproj.typing import Disc, Image, Threshold

# What Histogram.cut_out has.
_DISC, _THRESHOLD = 5, 50

# A level is above half from here on; so is a pixel of a mask that is in the region, and no other.
_HALF = 128

# Of shares. The last one is a pixel of a picture of a megapixel.
_DECIMALS = 6

Command = Callable[..., Any]


class Region(NamedTuple):
    """A disc and a threshold, as `Histogram.segment` takes them, or None where none is given."""

    disc: Disc
    threshold: Threshold | None

    def with_defaults(self) -> Region:
        """Return the region that is cut out, whose disc and threshold have defaults."""
        return Region(
            _DISC if self.disc is None else self.disc,
            _THRESHOLD if self.threshold is None else self.threshold,
        )

    def levels(self, hist: backproj.Histogram, pixels: Image, out: Image | None = None) -> Image:
        """Return what fits in an RGB picture: a mask if there is a threshold, else sums or probabilities."""
        if self.threshold is not None:
            return hist.segment(pixels, disc=self.disc, threshold=self.threshold, out=out, order="rgb")
        prob = hist.back_project(pixels, out=out, order="rgb")
        return prob if self.disc is None else backproj.disc_sum(prob, self.disc, out=prob)

    def cut_out(self, hist: backproj.Histogram, pixels: Image) -> Image:
        """Return an RGB picture, or one with a fourth channel, where it is in the region, and 0 elsewhere."""
        disc, threshold = self.with_defaults()
        assert threshold is not None
        return hist.cut_out(pixels, disc=disc, threshold=threshold, order="rgb")

    def facts(self, hist: backproj.Histogram, pixels: Image, levels: Image) -> dict[str, object]:
        """Return what --json says of a picture's levels: the threshold, and how much is in the region.

        Without a threshold, the share is of the levels that are above half.
        """
        threshold: int | None
        if self.threshold == "otsu":
            sums = self._replace(threshold=None).levels(hist, pixels)
            threshold = otsu(view_plane(sums, "sums"))
        else:
            threshold = self.threshold
        share = round(np.count_nonzero(levels >= _HALF) / levels.size, _DECIMALS)
        return {"disc": self.disc, "threshold": threshold, "share": share}


def region_options(picture: str) -> Callable[[Command], Command]:
    """Return the options --disc and --threshold; the command gets ``region``, a Region of both.

    The help says that Otsu's threshold is of each picture, or whatever it is called.
    """

    def with_options(command: Command) -> Command:
        @click.option(
            "--disc",
            type=parse_disc,
            metavar="N|WxH",
            help="Add up the levels around each pixel, over an ellipse of N×N or W×H pixels, 1 to 255 a "
            "side. Sums are limited to 255.  [default: none; 5 for --cut-out]",
        )
        @click.option(
            "--threshold",
            type=parse_threshold,
            shell_complete=complete_threshold,
            metavar="T|otsu",
            help="Write the region: white where a level, or its sum if there is a --disc, is greater than T, "
            f"from 0 to 255, and black elsewhere. With otsu, T is Otsu's level of each {picture}.  "
            "[default: keep all levels; 50 for --cut-out]",
        )
        @functools.wraps(command)
        def with_region(disc: Disc, threshold: Threshold | None, **others: Any) -> Any:
            return command(region=Region(disc, threshold), **others)

        return with_region

    return with_options


def parse_disc(text: str) -> Disc:
    """Return the diameter or (width, height) that N or WxH means."""
    try:
        sizes = tuple(map(int, text.split("x")))
        disc: Any = sizes if len(sizes) > 1 else sizes[0]
        check_disc(disc)
    except (TypeError, ValueError):
        raise click.BadParameter(
            f"{text!r} is not a diameter N, or WxH, of 1 to 255 pixels, such as 5 or 9x5"
        ) from None
    return disc  # type: ignore[no-any-return]


def parse_threshold(text: str) -> Threshold:
    """Return the threshold that a number or otsu means."""
    try:
        return check_threshold(text if text == "otsu" else int(text))
    except ValueError:
        raise click.BadParameter(f"{text!r} is neither a whole number from 0 to 255 nor otsu") from None


def complete_threshold(_: click.Context, __: click.Parameter, incomplete: str) -> list[str]:
    """Return the only threshold that is a word, for shells, if it begins as what is typed."""
    return ["otsu"] if "otsu".startswith(incomplete) else []
