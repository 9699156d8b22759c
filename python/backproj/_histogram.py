"""Histograms of a model's colours."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from backproj import _npz
from backproj._engine import engines
from backproj._engine.engines import Engine, State, check_engine
from backproj._engine.models import check_peak
from backproj._engine.single import fit_model, project_single
from backproj._engine.values import given_values, ratio_values
from backproj._validate.arrays import Image, Mask, Order, check_order
from backproj._validate.layout import Bounds, Channels, Layout, check_layout
from backproj._validate.threads import check_threads

if TYPE_CHECKING:
    import matplotlib.axes


class Histogram:
    """The histogram of a model's colours, made once to be projected onto many frames.

    It never changes, so threads may share it. Two are equal if their layouts and values are. It can
    be pickled, and added to another of the same layout, which adds the counts.

    Parameters
    ----------
    model : ndarray of uint8, shape (h, w, 3) or (h, w, 4), or a list of such
        An image of what is looked for, or the part of one; several are counted together. A fourth
        channel is ignored. Any strides will do; see `back_project` for which are read in place.
    mask : ndarray of uint8 or bool, shape (h, w), or a list of such and None, optional
        Only the model's pixels where it is not zero are counted. A list of models takes a list.
    channels : {"hs", "h", "hsv"}, default "hs"
        What is counted: hue (0 to 179, as in OpenCV's 8-bit HSV), saturation and value (0 to 255).
    bins : int or sequence of int, default 32
        The number of bins, 1 to 256, of each channel; 2^20 in all at most.
    ranges : sequence of float, optional
        For each channel the lower bound and the upper bound, which is outside, in a flat list as
        cv2 takes it. Pixels beyond are not counted, and project to 0. Default: all values.
    in_range : (lo, hi), two triples, optional
        The least and the greatest hue, saturation and value, as ``cv2.inRange`` takes them: pixels
        beyond are not counted, and project to 0. Unlike there, hue wraps around if its lower bound
        is beyond its upper one: red is ``((170, 60, 32), (10, 255, 255))``.
    peak : float or None, default 256
        What the fullest bin becomes. 256 is 255 in a back projection; most scripts of cv2 use 255.
        None leaves the counts as they are.
    order : {"bgr", "rgb"}, default "bgr"
        The order of the model's channels: "bgr" for cv2, "rgb" for PIL, imageio and skimage. It is of
        these images only: `back_project` is told that of its own.

    Raises
    ------
    TypeError
        If an argument is not of a type named above.
    ValueError
        If a shape is another, if a model has no pixels, or if an option has no such value.

    Warns
    -----
    RuntimeWarning
        If the masks, the ranges and in_range leave no pixel to count. All values are 0 then.

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
    """

    __slots__ = ("__weakref__", "_state")

    # Comparisons with numpy arrays are ours, not elementwise ones of theirs.
    __array_ufunc__ = None

    def __init__(
        self,
        model: Image | Sequence[Image],
        *,
        mask: Mask | Sequence[Mask | None] | None = None,
        channels: Channels = "hs",
        bins: int | Sequence[int] = 32,
        ranges: Sequence[float] | None = None,
        in_range: Bounds | None = None,
        peak: float | None = 256.0,
        order: Order = "bgr",
    ) -> None:
        layout = check_layout(channels, bins, ranges, in_range)
        self._state = fit_model(model, mask, layout, check_peak(peak), check_order(order), caller=3)

    @classmethod
    def _of(cls, state: State) -> Histogram:
        hist = cls.__new__(cls)
        hist._state = state
        return hist

    @classmethod
    def from_values(
        cls,
        values: npt.NDArray[np.float32],
        *,
        channels: Channels,
        ranges: Sequence[float] | None = None,
        in_range: Bounds | None = None,
        scale: float = 1.0,
    ) -> Histogram:
        """Return the histogram of values that came from elsewhere, such as ``cv2.calcHist``.

        Parameters
        ----------
        values : ndarray of float32, shape (n,), (n, 1), (n, m) or (n, m, k)
            What a pixel of each bin projects to. It is copied.
        channels : {"h", "hs", "hsv"}
            What the axes are. (n, 1) with "h" is what cv2 4 makes of one channel.
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
            If its shape does not go with the channels, or if a value or its multiple is not finite
            or beyond an int32.

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
        return cls._of(given_values(values, channels, ranges, in_range, scale))

    @property
    def values(self) -> npt.NDArray[np.float32]:
        """The histogram, read-only, an axis a channel: the emptiest bin is 0 and the fullest the peak.

        Equal to cv2's normalised histogram, and fit for ``cv2.calcBackProject``. All 0 if all bins
        hold the same number.
        """
        return self._state.values.view()  # of a base that is read-only, so that it stays so

    @property
    def channels(self) -> Channels:
        """Which channels the axes are: "h", "hs" or "hsv"."""
        return self._state.layout.channels

    @property
    def bins(self) -> tuple[int, ...]:
        """The number of bins of each channel."""
        return self._state.layout.bins

    @property
    def ranges(self) -> tuple[float, ...]:
        """The bounds of each channel's bins, flat as cv2 has them."""
        return self._state.layout.ranges

    @property
    def in_range(self) -> tuple[tuple[int, ...], tuple[int, ...]] | None:
        """The bounds outside of which a pixel does not count, or None."""
        return self._state.layout.in_range

    @property
    def counts(self) -> npt.NDArray[np.int64] | None:
        """How many of the models' pixels fell into each bin, read-only; None after `from_values`."""
        return None if self._state.counts is None else self._state.counts.view()

    def __repr__(self) -> str:
        layout = self._state.layout
        size = "×".join(map(str, layout.bins))
        pixels = "" if self.counts is None else f", {self.counts.sum()} pixels"
        return f"<backproj.Histogram: {layout.channels}, {size} bins{pixels}>"

    def _key(self) -> tuple[Layout, float, bytes]:
        return self._state.layout, self._state.scale, self._state.values.tobytes()

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Histogram) and self._key() == other._key())

    def __hash__(self) -> int:
        return hash(self._key())

    def __add__(self, other: Histogram) -> Histogram:
        """Return the histogram of both models together: the counts are added."""
        if not isinstance(other, Histogram):
            return NotImplemented
        one, two = self._state, other._state
        if one.counts is None or two.counts is None:
            raise ValueError("a histogram made by from_values or ratio has no counts to add")
        if (one.layout, one.peak) != (two.layout, two.peak):
            raise ValueError(
                f"histograms of different layouts or peaks cannot be added: {one.layout}, peak {one.peak:g}; "
                f"{two.layout}, peak {two.peak:g}"
            )
        return self._of(engines.of_counts(one.layout, one.counts + two.counts, one.peak))

    def __radd__(self, other: object) -> Histogram:
        """Return self for 0, with which ``sum`` begins."""
        return self if isinstance(other, int) and other == 0 else NotImplemented

    def __reduce__(self) -> tuple[Any, ...]:
        s = self._state
        return _restored, (type(self), s.layout, s.counts, s.peak, s.values, s.scale)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the histogram to a file, whole or not at all.

        Parameters
        ----------
        path : str or path
            An .npz file, with that name as it is; an existing one is replaced.

        Raises
        ------
        OSError
            If the file cannot be written.

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
            If it is broken, or no file of a histogram.
        """
        return cls._of(_npz.load(path))

    def ratio(self, scene: Histogram) -> Histogram:
        """Return the ratio histogram of this model in a scene.

        Colours that the scene has much of count for less, however common they are in the model. A
        colour that only the model has, elsewhere in the scene too, reaches M/I of 255, not 255.

        Parameters
        ----------
        scene : Histogram
            Of the whole frame, with the same layout.

        Returns
        -------
        Histogram
            Its values are 255·min(M/I, 1), where M and I are the counts of the model and of the
            scene, and 0 where I is 0.

        Raises
        ------
        TypeError
            If the scene is no Histogram.
        ValueError
            If the layouts differ, or one of the two has no counts.

        References
        ----------
        M. J. Swain and D. H. Ballard, "Color Indexing", International Journal of Computer Vision
        7:1 (1991), section 5.

        Examples
        --------
        >>> import backproj
        >>> import numpy as np
        >>> frame = np.zeros((48, 64, 3), np.uint8)
        >>> frame[10:20, 30:40] = 30, 60, 220
        >>> box = backproj.Histogram(frame[8:22, 28:42])   # half of it is background
        >>> prob = box.ratio(backproj.Histogram(frame)).back_project(frame)
        >>> prob[15, 35], prob[0, 0]
        (np.uint8(255), np.uint8(8))
        """
        if not isinstance(scene, Histogram):
            raise TypeError(
                f"scene must be a Histogram, not {type(scene).__name__}; "
                "backproj.Histogram(frame, ...) makes one, with the options of the model's"
            )
        return self._of(ratio_values(self._state, scene._state))

    def back_project(
        self,
        frame: Image,
        *,
        out: Image | None = None,
        order: Order = "bgr",
        threads: int | None = None,
        engine: Engine = "native",
    ) -> Image:
        """Return for each pixel of the frame how well its colour fits the model.

        Parameters
        ----------
        frame : ndarray of uint8, shape (h, w, 3) or (h, w, 4), or a batch, (n, h, w, 3) or (n, h, w, 4)
            Read in place if its pixels are 3 or 4 bytes apart in a row, in either channel order:
            whole images, crops, every n-th row, ``[::-1]``, ``[..., ::-1]``, the first three of four
            channels. Other views (``[:, ::2]``, ``[:, ::-1]``, transposed and planar images) pass
            through a scratch of a few KiB, and are never copied whole.
        out : ndarray of uint8, shape (h, w) or (n, h, w), optional
            Where to write the result. It may be a view, but no part of the frame.
        order : {"bgr", "rgb"}, default "bgr"
            The order of the frame's channels.
        threads : int, optional
            The greatest number of threads. Default: see `set_num_threads`. The result is the same.
        engine : {"native", "opencv"}, default "native"
            Who does it: this package, or OpenCV through gocv where the build has it (see `engines`).
            The results are the same. OpenCV reads in place what the native engine reads in place, if
            the rows go downwards; other frames are copied for it. It takes the default layout only,
            and sees to its threads itself.

        Returns
        -------
        ndarray of uint8, shape (h, w) or (n, h, w)
            The value of the bin each pixel falls into, rounded half to even, from 0 to 255; 0 for a
            pixel in no bin. ``out``, if that was given.

        Raises
        ------
        TypeError
            If the frame or out is not an array of uint8.
        ValueError
            If a shape is another, if the order or the engine is unknown, or if out is read-only or
            shares memory with the frame or itself.
        RuntimeError
            If this build does not have the engine.

        Notes
        -----
        The frame must not be written to, nor out be used, by another thread during the call. Ctrl-C
        is seen within some 100 ms; ``out`` then holds a part of the result.

        References
        ----------
        OpenCV's ``cvtColor`` and ``calcBackProject``.

        Examples
        --------
        >>> import backproj
        >>> import numpy as np
        >>> ramp = np.zeros((1, 4, 3), np.uint8)
        >>> ramp[0, :, 0] = 0, 100, 200, 250    # ever brighter blue, in BGR
        >>> backproj.Histogram(ramp[:, 1:3]).back_project(ramp)
        array([[  0, 255, 255, 255]], dtype=uint8)
        """
        engine, number, threads = check_engine(engine), check_order(order), check_threads(threads)
        return project_single(self._state, frame, out, number, threads, engine)

    def plot(self, *, ax: matplotlib.axes.Axes | None = None) -> matplotlib.axes.Axes:
        """Draw the histogram with matplotlib, each bin in its colour.

        A histogram of hue is drawn as bars. One of hue and saturation is drawn as a plane in which fuller
        bins are brighter; with three channels, each bin of the plane is the sum over all values.

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


def _restored(
    cls: type[Histogram],
    layout: Layout,
    counts: npt.NDArray[np.int64] | None,
    peak: float,
    values: npt.NDArray[np.float32],
    scale: float,
) -> Histogram:
    """Return what was pickled."""
    if counts is not None:
        counts = counts.copy()  # pickle may have made it of a buffer that others may write to
    return cls._of(engines.of_values(layout, values, scale, counts, peak))
