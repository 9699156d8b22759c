"""A widget for notebooks, in which one tries out what to look for in a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backproj.typing import Bins, Bounds, Box, Channels, ImageLike, Order, Threshold

if TYPE_CHECKING:
    from backproj._widget.view import Widget


def widget(
    frame: ImageLike,
    *,
    box: Box | None = None,
    order: Order | None = None,
    channels: Channels = "hs",
    bins: Bins = 32,
    in_range: Bounds | None = None,
    disc: int = 5,
    threshold: Threshold = 50,
) -> Widget:
    """Return a notebook widget: drag a box on the frame, and see what looks like the pixels in it.

    It shows the back projection of the colours in the box, the mask and what is cut out, and the lines of
    Python that compute them. They change while the box is dragged and while sliders are moved.

    Parameters
    ----------
    frame : ndarray of uint8, shape (h, w, 3) or (h, w, 4)
        The picture. With ``channels="gray"`` it may be grey: of shape (h, w), or (h, w, 1).
    box : (x, y, width, height), optional
        The box to begin with. Default: the middle of the frame.
    order : {"bgr", "rgb"}, optional
        The order of the frame's channels. Default: "bgr"; PIL's images are RGB, and need none.
    channels : str, default "hs"
        The channels of the histogram, as for `Histogram`.
    bins : int or sequence of int, default 32
        The number of bins to begin with, 1 to 256, of every channel or of each; of three channels, up to 100
        of each.
    in_range : (lo, hi), optional
        The gate to begin with, as for `Histogram`. Default: all pixels.
    disc : int, default 5
        The diameter of the disc to begin with, 1 to 255, as for `segment`. With 1, each pixel is alone.
    threshold : int or "otsu", default 50
        The threshold to begin with, as for `segment`.

    Returns
    -------
    anywidget.AnyWidget
        The widget. A notebook shows it if it is the last value of a cell. Its attributes ``box``, ``bins``,
        ``in_range``, ``disc`` and ``threshold`` are what is chosen at the moment; they can be assigned to.
        ``histogram``, ``prob``, ``mask`` and ``cut_out`` are the results, at the size of the frame, and
        ``code`` is the text of the lines that compute them. Results are new arrays each time.

    Raises
    ------
    ImportError
        If anywidget or Pillow is not installed. ``pip install 'backproj[notebook]'`` installs both.
    TypeError
        If an argument has the wrong type.
    ValueError
        If the frame has the wrong shape or no pixels, the box does not lie in it, or an option has an invalid
        value.

    See Also
    --------
    Histogram.segment : The mask, in one pass with the back projection.
    Histogram.cut_out : What is cut out, in one pass with the back projection.

    Examples
    --------
    >>> import backproj
    >>> import numpy as np
    >>> frame = np.zeros((48, 64, 3), np.uint8)
    >>> frame[10:20, 30:40] = 30, 60, 220
    >>> picker = backproj.widget(frame, box=(32, 12, 6, 6))     # shown if it is the last line of a cell
    >>> print(picker.code)
    import backproj
    <BLANKLINE>
    x, y, w, h = 32, 12, 6, 6
    hist = backproj.Histogram(frame[y : y + h, x : x + w], bins=(32, 32))
    prob = hist.back_project(frame)
    mask = backproj.segment(prob, disc=5, threshold=50)
    cut = backproj.cut_out(frame, mask)
    >>> picker.disc = 1
    >>> int((picker.mask == 255).sum())
    100
    """
    try:
        import anywidget  # noqa: F401
        import PIL.Image  # noqa: F401
    except ImportError as error:
        raise ImportError(
            f"backproj.widget needs anywidget and Pillow ({' '.join(str(error).split())}): "
            "pip install 'backproj[notebook]'"
        ) from None
    from backproj._widget.settings import check_settings
    from backproj._widget.view import Widget

    source, settings = check_settings(frame, order, channels, box, bins, in_range, disc, threshold)
    return Widget(source, settings)
