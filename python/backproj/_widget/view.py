"""The widget: settings that the browser and Python share, and what they give."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anywidget
import traitlets

from backproj._histogram.histogram import Histogram
from backproj._validate.channels import CHANNELS, SPACES
from backproj._widget.code import write_code
from backproj._widget.pictures import encode
from backproj._widget.results import compute, summary
from backproj._widget.settings import MOST_BINS, Gate, Settings, Source, check_changed
from backproj.typing import Box, Image, Threshold

_FOLDER = Path(__file__).parent

# The widths of the frame and of a result on a screen, in its pixels, until the browser tells them.
_WIDTHS = 640, 320


class Widget(anywidget.AnyWidget):
    """A widget that shows what looks like the pixels in a box of a frame; see `backproj.widget`."""

    _esm = _FOLDER / "view.js"
    _css = _FOLDER / "view.css"

    # What is chosen, by the browser or in Python. _check checks it.
    box: traitlets.TraitType[Box, Any] = traitlets.TraitType(default_value=None).tag(sync=True)
    bins: traitlets.TraitType[tuple[int, ...], Any] = traitlets.TraitType(default_value=None).tag(sync=True)
    in_range: traitlets.TraitType[Gate, Any] = traitlets.TraitType(default_value=None).tag(sync=True)
    disc: traitlets.TraitType[int, Any] = traitlets.TraitType(default_value=None).tag(sync=True)
    threshold: traitlets.TraitType[Threshold, Any] = traitlets.TraitType(default_value=None).tag(sync=True)

    # How many of the screen's pixels the frame and a result are wide, which the browser tells.
    _widths = traitlets.Tuple(traitlets.Int(), traitlets.Int(), default_value=_WIDTHS).tag(sync=True)

    # What the browser shows.
    code = traitlets.Unicode(read_only=True).tag(sync=True)
    _summary = traitlets.Unicode(read_only=True).tag(sync=True)
    _about = traitlets.Dict(read_only=True).tag(sync=True)
    _frame = traitlets.Bytes(read_only=True).tag(sync=True)
    _prob = traitlets.Bytes(read_only=True).tag(sync=True)
    _mask = traitlets.Bytes(read_only=True).tag(sync=True)
    _cut_out = traitlets.Bytes(read_only=True).tag(sync=True)

    def __init__(self, source: Source, settings: Settings) -> None:
        self._source = source
        self._settings = settings
        self._results = compute(source, settings)
        self.set_trait("_about", _about(source))
        with self.hold_trait_notifications():
            for name, value in settings._asdict().items():
                self.set_trait(name, value)
        self._show_frame()
        self._show_results()
        super().__init__()

    @property
    def histogram(self) -> Histogram:
        """The histogram of the pixels in the box."""
        return self._results.histogram

    @property
    def prob(self) -> Image:
        """The back projection of the histogram onto the frame."""
        return self._results.prob

    @property
    def mask(self) -> Image:
        """255 where the sums over the disc are greater than the threshold, and 0 elsewhere."""
        return self._results.mask

    @property
    def cut_out(self) -> Image:
        """The frame in the mask, and 0 elsewhere."""
        return self._results.cut_out

    @traitlets.validate(*Settings._fields)
    def _check(self, proposal: dict[str, Any]) -> object:
        """Return a new value as Settings has it."""
        name = proposal["trait"].name
        changed = {**self._settings._asdict(), name: proposal["value"]}
        return getattr(check_changed(self._source, **changed), name)

    @traitlets.observe(*Settings._fields)
    def _follow(self, _: object) -> None:
        """Compute and show what is now chosen. Of settings that change together, each calls this."""
        settings = Settings(*(getattr(self, name) for name in Settings._fields))
        if settings != self._settings:
            self._settings = settings
            self._results = compute(self._source, settings)
            self._show_results()

    @traitlets.observe("_widths")
    def _resize(self, _: object) -> None:
        self._show_frame()
        self._show_results()

    def _show_frame(self) -> None:
        self.set_trait("_frame", encode(self._source.frame, self._source.order, self._widths[0]))

    def _show_results(self) -> None:
        order, width = self._source.order, self._widths[1]
        results, settings = self._results, self._settings
        with self.hold_sync():  # one message
            self.set_trait("_prob", encode(results.prob, order, width))
            self.set_trait("_mask", encode(results.mask, order, width))
            self.set_trait("_cut_out", encode(results.cut_out, order, width))
            self.set_trait("_summary", summary(settings, results))
            self.set_trait("code", write_code(self._source, settings))


def _about(source: Source) -> dict[str, Any]:
    """Return what the browser needs to know to make sliders."""
    channels = CHANNELS[source.channels]
    space = SPACES[channels.space]
    return {
        "size": source.size,
        "channels": channels.names,
        "most_bins": MOST_BINS[len(channels.names)],
        "components": space.components,
        "most": source.whole_gate[1],
        "wraps": space.wraps,
    }
