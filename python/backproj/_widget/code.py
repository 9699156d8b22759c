"""The lines of Python that compute what the widget shows."""

from __future__ import annotations

from backproj._widget.settings import Settings, Source


def write_code(source: Source, settings: Settings) -> str:
    """Return the code, for a frame of the name ``frame``. Options that have their defaults are left out."""
    x, y, w, h = settings.box
    order = "" if source.order == "bgr" else f', order="{source.order}"'
    options = "" if source.channels == "hs" else f', channels="{source.channels}"'
    options += f", bins={settings.bins if len(settings.bins) > 1 else settings.bins[0]}"
    gate = source.needed_gate(settings.in_range)
    if gate:
        lo, hi = gate
        options += f", in_range={(lo, hi) if len(lo) > 1 else (lo[0], hi[0])}"
    level = '"otsu"' if settings.threshold == "otsu" else settings.threshold
    start = ["import backproj", ""]
    if not source.is_array:
        start = ["import backproj", "import numpy as np", "", "frame = np.asarray(frame)"]
    return "\n".join(
        [
            *start,
            f"x, y, w, h = {x}, {y}, {w}, {h}",
            f"hist = backproj.Histogram(frame[y : y + h, x : x + w]{options}{order})",
            f"prob = hist.back_project(frame{order})",
            f"mask = backproj.segment(prob, disc={settings.disc}, threshold={level})",
            "cut = backproj.cut_out(frame, mask)",
        ]
    )
