"""Histograms of a model's colours."""

from __future__ import annotations

import os
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from backproj import _npz
from backproj._engine import native
from backproj._engine.state import State, of_values
from backproj._histogram import combined, projected
from backproj._validate.channels import takes_planes
from backproj._validate.layout import Layout, check_layout
from backproj._validate.messages import short_repr
from backproj._validate.options import check_order, check_peak
from backproj._validate.threads import check_threads
from backproj._validate.values import check_fields, check_values
from backproj._validate.views import view_models
from backproj.typing import Bins, Bounds, Channels, HoldsArray, ImageLike, MaskLike, Order, Ranges

if TYPE_CHECKING:
    import matplotlib.axes

# The version of what pickles hold. A later one must go on reading them.
_PICKLE = 1


class Histogram:
    """The histogram of a model's colours, made once to be projected onto many frames.

    A histogram never changes, so threads may share it. Two compare equal if their layouts, counts, peaks,
    values and scales are equal. Histograms can be pickled. Adding two of the same layout and peak adds their
    counts.

    Parameters
    ----------
    model : ndarray of uint8, shape (h, w, 3) or (h, w, 4), or a list of such
        An image of what to look for, or a part of one. The images of a list are counted together. A fourth
        channel is ignored. With ``channels="gray"`` an image may be grey, of shape (h, w) or (h, w, 1). Any
        strides will do; see `back_project` for which are read in place.
    mask : ndarray of uint8 or bool, shape (h, w), or a list of these or None, optional
        Only the model's pixels where the mask is not zero are counted. With a list of models, a list of as
        many masks; None counts all pixels of a model.
    channels : str, default "hs"
        The channels of the histogram, in this order, as 8-bit images in OpenCV have them:

        - "h", "s", "v", "hs", "hv", "sv", "hsv": hue (0 to 179), saturation and value (0 to 255).
        - "crcb", "ycrcb": Y, Cr and Cb of YCrCb. Cr and Cb tell skin from other colours.
        - "ab", "lab": L, a and b of Lab. a and b tell colours apart that differ little to the eye.
        - "bgr": blue, green and red, whatever the order of the model's channels is.
        - "gray": grey. Models and frames may be grey images too.
    bins : int or sequence of int, default 32
        The number of bins, 1 to 256, of every channel or of each. There may be 2^20 bins in all.
    ranges : sequence of float, optional
        The lower bound (inclusive) and the upper bound (exclusive) of each channel, in a flat list as cv2
        takes it. Pixels outside are not counted, and project to 0. Default: all values.
    in_range : (lo, hi), two triples, or two numbers for grey, optional
        The lowest and the highest of each component of the channels' colour space, both inclusive, as
        ``cv2.inRange`` takes them: hue, saturation and value; Y, Cr and Cb; L, a and b; blue, green and red;
        or grey.
        All apply, whichever the channels are. Pixels outside are not counted, and project to 0. Unlike in
        cv2, hue wraps around if its lower bound is greater than its upper one: red is
        ``((170, 60, 32), (10, 255, 255))``.
    peak : float or None, default 256
        Value of the fullest bin. Results saturate at 255. Most cv2 scripts use 255. None leaves the counts
        as they are.
    order : {"bgr", "rgb"}, optional
        The order of the model's channels: "bgr" for cv2, "rgb" for imageio and skimage. Default: "bgr"; PIL's
        images are RGB, and need none. `back_project` has an ``order`` of its own for the frame.
    threads : int, optional
        The greatest number of threads. Default: see `set_num_threads`. The result does not depend on it.

    Raises
    ------
    TypeError
        If an argument has the wrong type.
    ValueError
        If an array has the wrong shape, if a model has no pixels, or if an option has an invalid value.

    Warns
    -----
    RuntimeWarning
        If no pixel passed mask, ranges and in_range. All values are 0 then.

    References
    ----------
    M. J. Swain and D. H. Ballard, "Color Indexing", International Journal of Computer Vision 7:1
    (1991). OpenCV's ``calcHist``, ``inRange`` and ``normalize``.

    Examples
    --------
    >>> import backproj
    >>> import numpy as np
    >>> frames = np.zeros((3, 48, 64, 3), np.uint8)
    >>> frames[:, 10:20, 30:40] = 30, 60, 220
    >>> hist = backproj.Histogram(frames[0, 12:18, 32:38])
    >>> prob = np.empty((48, 64), np.uint8)
    >>> for frame in frames:
    ...     prob = hist.back_project(frame, out=prob)
    >>> int((prob > 127).sum())
    100

    The histogram of OpenCV's CamShift example:

    >>> gate = (0, 60, 32), (180, 255, 255)
    >>> backproj.Histogram(frames[0, 5:25, 25:45], channels="h", bins=16, in_range=gate, peak=255)
    <backproj.Histogram: h, 16 bins, 100 pixels>

    The skin of a face, in Cr and Cb. Pixels of the model that cannot be skin are not counted:

    >>> skin = (0, 133, 77), (255, 173, 127)
    >>> face = np.array([[[130, 160, 220], [110, 140, 200], [200, 90, 60]]], np.uint8)
    >>> hist = backproj.Histogram(face, channels="crcb", in_range=skin)
    >>> hist
    <backproj.Histogram: crcb, 32×32 bins, 2 pixels>
    >>> hist.back_project(face)
    array([[255, 255,   0]], dtype=uint8)
    """

    __slots__ = ("__weakref__", "_state")

    # Comparisons with numpy arrays are ours, not elementwise ones of theirs.
    __array_ufunc__ = None

    def __init__(
        self,
        model: ImageLike | Sequence[ImageLike],
        *,
        mask: MaskLike | Sequence[MaskLike | None] | None = None,
        channels: Channels = "hs",
        bins: Bins = 32,
        ranges: Ranges | None = None,
        in_range: Bounds | None = None,
        peak: float | None = 256.0,
        order: Order | None = None,
        threads: int | None = None,
    ) -> None:
        layout, checked_peak = check_layout(channels, bins, ranges, in_range), check_peak(peak)
        number, most_threads = check_order(order), check_threads(threads)
        models, masks = view_models(model, mask, number, grey=takes_planes(layout.channels))
        self._state = native.count(layout, models, masks, checked_peak, most_threads)
        if not self._state.filled:
            warn_of_no_pixels(stacklevel=3)

    @classmethod
    def _of(cls, state: State) -> Histogram:
        hist = cls.__new__(cls)
        hist._state = state
        return hist

    @classmethod
    def from_values(
        cls,
        values: npt.NDArray[np.float32] | HoldsArray,
        *,
        channels: Channels,
        ranges: Ranges | None = None,
        in_range: Bounds | None = None,
        scale: float = 1.0,
    ) -> Histogram:
        """Return a histogram with values made elsewhere, such as by ``cv2.calcHist``.

        Parameters
        ----------
        values : ndarray of float32, shape (n,), (n, 1), (n, m) or (n, m, k)
            What a pixel of each bin projects to. It is copied.
        channels : str
            What the axes are; see `Histogram`. (n, 1) is what cv2 4 makes of one channel.
        ranges, in_range
            As for `Histogram`.
        scale : float, default 1
            Multiplies the values, as in ``cv2.calcBackProject``.

        Returns
        -------
        Histogram
            Its `counts` are None.

        Raises
        ------
        TypeError
            If values is not an array of float32.
        ValueError
            If the shape of values does not match the channels, or if a value, or its product with scale, is
            not finite or does not fit an int32.

        Examples
        --------
        >>> import backproj
        >>> import numpy as np
        >>> reds = np.zeros(180, np.float32)
        >>> reds[:8] = reds[-8:] = 200
        >>> frame = np.array([[[0, 0, 255], [0, 255, 0]]], np.uint8)
        >>> backproj.Histogram.from_values(reds, channels="h").back_project(frame)
        array([[200,   0]], dtype=uint8)
        """
        checked, layout, factor = check_values(values, channels, ranges, in_range, scale)
        return cls._of(of_values(layout, checked, factor))

    @property
    def values(self) -> npt.NDArray[np.float32]:
        """The normalised histogram, read-only, with an axis for each channel.

        The emptiest bin is 0 and the fullest is the peak, as in cv2's normalised histogram, and
        ``cv2.calcBackProject`` takes it as it is. All values are 0 if all bins hold the same count.
        """
        return self._state.values.view()  # its base is read-only, so it cannot be made writeable

    @property
    def channels(self) -> Channels:
        """The channels of the axes, such as "hs" or "crcb"."""
        return self._state.layout.channels

    @property
    def bins(self) -> tuple[int, ...]:
        """The number of bins of each channel."""
        return self._state.layout.bins

    @property
    def ranges(self) -> tuple[float, ...]:
        """The bounds of each channel's bins, in a flat tuple as cv2 takes them."""
        return self._state.layout.ranges

    @property
    def in_range(self) -> tuple[tuple[int, ...], tuple[int, ...]] | None:
        """The bounds ``(lo, hi)`` outside of which pixels do not count, or None."""
        return self._state.layout.in_range

    @property
    def counts(self) -> npt.NDArray[np.int64] | None:
        """The number of the models' pixels in each bin, read-only; None after `from_values` and `ratio`."""
        return None if self._state.counts is None else self._state.counts.view()

    @property
    def peak(self) -> float | None:
        """What the counts were scaled to; None for raw counts, and where there are no counts."""
        return self._state.peak

    @property
    def scale(self) -> float:
        """What the values are multiplied by; 1 but for `from_values`."""
        return self._state.scale

    def __repr__(self) -> str:
        layout = self._state.layout
        size = "×".join(map(str, layout.bins))
        pixels = "" if self.counts is None else f", {self.counts.sum()} pixels"
        return f"<backproj.Histogram: {layout.channels}, {size} bins{pixels}>"

    def _key(self) -> tuple[Layout, float | None, float, bytes, bytes | None]:
        s = self._state
        return s.layout, s.peak, s.scale, s.values.tobytes(), None if s.counts is None else s.counts.tobytes()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Histogram):
            return NotImplemented
        return self is other or self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    # Their docstrings are long, so they have files of their own.
    back_project = projected.back_project
    segment = projected.segment
    cut_out = projected.cut_out
    mean_shift = projected.mean_shift
    cam_shift = projected.cam_shift
    __add__ = combined.add
    __radd__ = combined.add_to_0
    ratio = combined.ratio
    blend = combined.blend

    def __getstate__(self) -> dict[str, Any]:
        s = self._state
        return {
            "version": _PICKLE,
            "channels": s.layout.channels,
            "ranges": s.layout.ranges,
            "in_range": s.layout.in_range,
            "values": s.values,
            "scale": s.scale,
            "counts": s.counts,
            "peak": s.peak,
        }

    def __setstate__(self, fields: dict[str, Any]) -> None:
        if not isinstance(fields, dict):
            raise TypeError(f"the state of a Histogram must be a dict, not {short_repr(fields)}")
        if fields.get("version") != _PICKLE:
            raise ValueError(
                f"a pickle of version {fields.get('version')!r} cannot be read by this version of backproj"
            )
        self._state = of_values(*check_fields(fields))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the histogram to a file, whole or not at all.

        Parameters
        ----------
        path : str or path
            An .npz file, with that name as it is; an existing one is replaced.

        Raises
        ------
        OSError
            If the file cannot be written. An existing file is then left as it was.

        See Also
        --------
        load : Reads it again.
        """
        _npz.save(path, self._state)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Histogram:
        """Return the histogram that `save` wrote to a file.

        Parameters
        ----------
        path : str or path
            The file.

        Raises
        ------
        OSError
            If the file cannot be read.
        ValueError
            If the file is damaged, or holds no histogram.
        """
        return cls._of(_npz.load(path))

    def plot(self, *, ax: matplotlib.axes.Axes | None = None) -> matplotlib.axes.Axes:
        """Draw the histogram with matplotlib, each bin in its colour.

        A histogram of one channel is drawn as bars, and one of two as a plane in which fuller bins are
        brighter. If there are bins of black, the plane is blue grey, and fuller bins stand out from it. Of
        three channels two are drawn: not value, Y, L or blue, over which the bins are summed.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Where to draw. Default: the axes of a new figure.

        Returns
        -------
        matplotlib.axes.Axes
            Where it was drawn.

        Raises
        ------
        ImportError
            If matplotlib is not installed. ``pip install 'backproj[plot]'`` installs it.
        TypeError
            If ax is not an Axes.

        Examples
        --------
        >>> import backproj
        >>> import matplotlib.figure
        >>> import numpy as np
        >>> model = np.full((8, 8, 3), (30, 60, 220), np.uint8)
        >>> ax = matplotlib.figure.Figure().subplots()
        >>> backproj.Histogram(model).plot(ax=ax).get_ylabel()
        'saturation'
        """
        from backproj._plot import axes

        return axes.plot(self._state, ax)

    def _repr_html_(self) -> str:
        """Return what a notebook shows: a picture of the bins, and a table of the histogram's properties."""
        from backproj._plot import html

        return html.to_html(self._state)


def warn_of_no_pixels(stacklevel: int) -> None:
    """Warn the caller so many frames up that a histogram is all 0."""
    warnings.warn(
        "no pixel passed mask, ranges and in_range; the histogram is all 0",
        RuntimeWarning,
        stacklevel=stacklevel,
    )
