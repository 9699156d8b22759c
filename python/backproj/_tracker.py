"""Following an object from frame to frame."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from backproj._engine import native
from backproj._engine.shift import Shifted, shift, shift_on
from backproj._histogram.histogram import Histogram
from backproj._locate import locate
from backproj._validate.channels import takes_planes
from backproj._validate.layout import Layout, check_layout
from backproj._validate.messages import short_repr
from backproj._validate.options import check_flag, check_method, check_order, check_peak, check_rate
from backproj._validate.threads import check_threads
from backproj._validate.views import View, view_image, view_out, view_scene
from backproj._validate.windows import check_criteria, check_window
from backproj.typing import (
    Bins,
    Bounds,
    Box,
    Channels,
    Criteria,
    ImageLike,
    Order,
    Ranges,
    RotatedRect,
    TrackingMethod,
)

# The version of what pickles hold. A later one must go on reading them.
_PICKLE = 1

# What changes from frame to frame, as pickles name it.
_FIELDS = ("histogram", "first_box", "first_score", "window", "rotated_rect", "score")

# CamShift's window has collapsed, on a few pixels of noise, if its area is less than this part of the first
# box's. In films an object that comes back was missed from 0.2 on, and noise was taken for it up to 0.01.
_LEAST_AREA = 0.05

# The model adapts to what was found if that has at least this part of the first score. When an object leaves
# the frame, what is left of it would make the model one of the background.
_ADAPT_SCORE = 0.5


class Tracker:
    """Follows an object by its colours from frame to frame.

    `init` and `update` are those of cv2's trackers. In each frame CamShift or mean shift moves the window
    from where the object was in the frame before, and only pixels in and around it are read. So a frame takes
    as long as the object is large, and many trackers on one frame take as long as their windows together.

    An object that is lost is looked for in the whole frame, and the window stays where it was seen last.

    Parameters
    ----------
    method : {"camshift", "meanshift"}, default "camshift"
        What moves the window. CamShift follows the object's size and angle too; mean shift keeps the
        window's size. See `Histogram.cam_shift` and `Histogram.mean_shift`.
    criteria : (type, max_count, epsilon), default (3, 10, 1)
        When to end in each frame; see `Histogram.mean_shift`.
    lost : float, default 0.25
        The object is lost if the `score` falls below this part of the first box's score, from 0 to 1. With
        CamShift it is lost also if the window's area falls below 0.05 of the first box's.
    find : bool, default True
        Whether a lost object is looked for in the whole frame, by `locate`, with the size of the first
        box. Otherwise it is found again where it was seen last.
    adapt : float, default 0
        The part of the histogram of what was found that is mixed into the model after each frame, from 0 to
        1; see `Histogram.blend`. 0.05 follows slow changes of the light. It may also take the tracker to
        something similar that comes close. Frames with less than half of the first score are left out.
    channels, bins, ranges, in_range, peak
        How the object's colours are counted; see `Histogram`.
    order : {"bgr", "rgb"}, optional
        The order of the frames' channels. Default: "bgr"; PIL's images are RGB, and need none.
    threads : int, optional
        The greatest number of threads where a whole frame is looked through. Default: see
        `set_num_threads`. The result does not depend on it.

    Raises
    ------
    TypeError
        If an option has the wrong type.
    ValueError
        If an option has an invalid value.

    Notes
    -----
    A tracker changes with each frame, so threads must not share one. Trackers can be pickled. Frames may
    differ in size; the window keeps its coordinates, and is moved into the frame. If it is larger than the
    frame, it is cut; with mean shift it has its size again in a larger one.

    References
    ----------
    G. R. Bradski, "Computer Vision Face Tracking For Use in a Perceptual User Interface", Intel Technology
    Journal Q2 (1998).

    Examples
    --------
    >>> import backproj
    >>> import numpy as np
    >>> frames = np.zeros((5, 48, 64, 3), np.uint8)
    >>> for i, frame in enumerate(frames):
    ...     frame[10:20, 10 + 5 * i : 20 + 5 * i] = 30, 60, 220      # a red square moves to the right
    >>> tracker = backproj.Tracker(method="meanshift")
    >>> tracker.init(frames[0], (9, 9, 12, 12))
    >>> for frame in frames[1:]:
    ...     ok, box = tracker.update(frame)
    >>> ok, box
    (True, (28, 9, 12, 12))
    """

    def __init__(
        self,
        *,
        method: TrackingMethod = "camshift",
        criteria: Criteria = (3, 10, 1),
        lost: float = 0.25,
        find: bool = True,
        adapt: float = 0.0,
        channels: Channels = "hs",
        bins: Bins = 32,
        ranges: Ranges | None = None,
        in_range: Bounds | None = None,
        peak: float | None = 256.0,
        order: Order | None = None,
        threads: int | None = None,
    ) -> None:
        self._fit = check_method(method) == "camshift"
        self._limits = check_criteria(criteria)
        self._lost, self._adapt = check_rate(lost, "lost"), check_rate(adapt, "adapt")
        self._find = check_flag(find, "find")
        self._layout, self._peak = check_layout(channels, bins, ranges, in_range), check_peak(peak)
        self._order = check_order(order)
        self._threads = None if threads is None else check_threads(threads)
        self._options = {
            "method": method,
            "criteria": (3, *self._limits),
            "lost": self._lost,
            "find": self._find,
            "adapt": self._adapt,
            **self._layout._asdict(),
            "peak": self._peak,
            "order": order,
            "threads": self._threads,
        }
        self._histogram: Histogram | None = None
        self._first_box: Box = (0, 0, 0, 0)
        self._first_score = 0.0
        self._window: Box = (0, 0, 0, 0)
        self._rotated_rect: RotatedRect = ((0.0, 0.0), (0.0, 0.0), 0.0)
        self._score = 0.0

    def init(self, frame: ImageLike, box: Box, *, histogram: Histogram | None = None) -> None:
        """Begin with an object in a frame.

        Parameters
        ----------
        frame : ndarray of uint8, shape (h, w, 3) or (h, w, 4)
            The frame. With ``channels="gray"`` it may be grey: (h, w) or (h, w, 1).
        box : (x, y, width, height)
            A box around the object. It may reach beyond the frame.
        histogram : Histogram, optional
            The model. Default: the histogram of the middle of the box, half as wide and half as high, since
            a box around an object shows also what is behind it.

        Raises
        ------
        TypeError
            If the frame is not an array of uint8, the box not four whole numbers, or histogram no Histogram.
        ValueError
            If the frame has the wrong shape, or the box has no pixels within it.

        Warns
        -----
        RuntimeWarning
            If the box does not look like the model at all, for example because no pixel of its middle passed
            ranges and in_range. Nothing will be found then.
        """
        if histogram is not None and not isinstance(histogram, Histogram):
            raise TypeError(
                f"histogram must be a Histogram, not {type(histogram).__name__}; "
                "backproj.Histogram(model, ...) makes one"
            )
        layout = self._layout if histogram is None else histogram._state.layout
        scene = view_scene(frame, self._order, grey=takes_planes(layout.channels))
        first = _within(check_window(box, "box"), scene)
        if histogram is None:
            histogram = self._count(scene, first, layout)
        prob = self._project(histogram, _part(scene, first)).array
        score = _mean(int(prob.sum(dtype=np.int64)), first)
        if score == 0:
            counted = "no pixel of the middle of the box passed ranges and in_range"
            given = "all pixels of the box project to 0"
            is_empty = histogram.counts is not None and not histogram._state.filled
            warnings.warn(
                f"{counted if is_empty else given}, so nothing will be found", RuntimeWarning, stacklevel=2
            )
        self._histogram = histogram
        self._first_box = self._window = first
        self._rotated_rect = _upright(first)
        self._first_score = self._score = score

    def update(self, frame: ImageLike) -> tuple[bool, Box]:
        """Follow the object into the next frame.

        Parameters
        ----------
        frame : ndarray of uint8, shape (h, w, 3) or (h, w, 4)
            The frame, as for `init`.

        Returns
        -------
        ok : bool
            Whether the object was found. False means that it is out of sight, or that the light has changed.
        window : (x, y, width, height)
            Where it is, or was when it was seen last. Plain ints.

        Raises
        ------
        RuntimeError
            If `init` has not been called.
        TypeError
            If the frame is not an array of uint8.
        ValueError
            If the frame has the wrong shape or no pixels.
        """
        if self._histogram is None:
            raise RuntimeError("update before init: call init(frame, box) with a box around the object first")
        grey = takes_planes(self._histogram._state.layout.channels)
        scene = view_scene(frame, self._order, grey=grey)
        found = shift(self._histogram._state, scene, self._begin_at(scene), self._limits, self._fit)
        if self._find and not self._is_object(found):
            found = self._look_for_it(self._histogram, scene) or found
        self._score = _score(found)
        if not self._is_object(found):
            return False, self._window
        self._window = found.window
        self._rotated_rect = found.box if self._fit else _upright(found.window)
        if self._adapt and self._score >= _ADAPT_SCORE * self._first_score:
            counted = self._count(scene, found.window, self._histogram._state.layout)
            self._histogram = self._histogram.blend(counted, self._adapt)
        return True, self._window

    @property
    def window(self) -> Box:
        """Where the object is, or was when it was seen last: (x, y, width, height); all 0 before `init`."""
        return self._window

    @property
    def rotated_rect(self) -> RotatedRect:
        """The same with its angle, as ``cv2.ellipse`` takes it; with mean shift it is upright."""
        return self._rotated_rect

    @property
    def score(self) -> float:
        """The mean of the back projection in the window of the last frame, from 0 to 1, also if lost."""
        return self._score

    @property
    def histogram(self) -> Histogram | None:
        """The model; None before `init`."""
        return self._histogram

    def __repr__(self) -> str:
        method = self._options["method"]
        if self._histogram is None:
            return f"<backproj.Tracker: {method}, before init>"
        return f"<backproj.Tracker: {method}, window {self._window}, score {self._score:.2f}>"

    def __getstate__(self) -> dict[str, Any]:
        own = vars(Tracker(**self._options))
        return {
            "version": _PICKLE,
            "options": self._options,
            **{name: vars(self)[f"_{name}"] for name in _FIELDS},
            "attributes": {name: value for name, value in vars(self).items() if name not in own},
        }

    def __setstate__(self, fields: dict[str, Any]) -> None:
        if not isinstance(fields, dict):
            raise TypeError(f"the state of a Tracker must be a dict, not {short_repr(fields)}")
        if fields.get("version") != _PICKLE:
            raise ValueError(
                f"a pickle of version {fields.get('version')!r} cannot be read by this version of backproj"
            )
        missing = [name for name in ("options", *_FIELDS, "attributes") if name not in fields]
        if missing:
            raise ValueError(f"{missing[0]} is missing")
        histogram = fields["histogram"]
        if histogram is not None:
            if not isinstance(histogram, Histogram):
                raise TypeError(f"histogram must be a Histogram, not {short_repr(histogram)}")
            for name in ("first_box", "window"):
                check_window(fields[name], name)
        Tracker.__init__(self, **fields["options"])  # a subclass may have other options
        vars(self).update(fields["attributes"], **{f"_{name}": fields[name] for name in _FIELDS})

    def _is_object(self, found: Shifted) -> bool:
        """Report whether what was found looks enough like the object, and is no speckle."""
        _, _, width, height = found.window
        _, _, first_width, first_height = self._first_box
        if self._fit and width * height < _LEAST_AREA * first_width * first_height:
            return False
        return self._is_like(_score(found))

    def _is_like(self, score: float) -> bool:
        return score > 0 and self._first_score > 0 and score >= self._lost * self._first_score

    def _begin_at(self, scene: View) -> Box:
        """Return the window of the frame before, moved into this one.

        As in cv2, `shift` would leave a single pixel of a window that is outside.
        """
        x, y, width, height = self._window
        if not self._fit:
            _, _, width, height = self._first_box
        frame_height, frame_width = scene.shape
        width, height = min(width, frame_width), min(height, frame_height)
        return min(x, frame_width - width), min(y, frame_height - height), width, height

    def _look_for_it(self, histogram: Histogram, scene: View) -> Shifted | None:
        """Return what is found from the best place in the whole frame on, if that looks like the object."""
        prob = self._project(histogram, scene)
        height, width = scene.shape
        size = min(self._first_box[2], width), min(self._first_box[3], height)
        box, total = locate(prob.array, size, threads=self._threads)
        # Moved before it is judged, a window would settle on spots that are like the object but smaller.
        if not self._is_like(_mean(total, box)):
            return None
        return shift_on(prob, box, self._limits, self._fit)

    def _project(self, histogram: Histogram, image: View) -> View:
        prob = view_out(None, image.shape, image)
        native.project([histogram._state], image, prob, check_threads(self._threads))
        return prob

    def _count(self, scene: View, box: Box, layout: Layout) -> Histogram:
        """Return the histogram of the middle of a box, a quarter of its area."""
        x, y, width, height = box
        dx, dy = width // 4, height // 4
        middle = _part(scene, (x + dx, y + dy, width - 2 * dx, height - 2 * dy))
        return Histogram._of(native.count(layout, [middle], [None], self._peak, check_threads(self._threads)))


def _part(scene: View, box: Box) -> View:
    x, y, width, height = box
    return view_image(scene.array[y : y + height, x : x + width], scene.order, "frame", grey=True)


def _within(box: Box, scene: View) -> Box:
    """Return the part of a box that is within the frame."""
    x, y, width, height = box
    frame_height, frame_width = scene.shape
    left, top = max(x, 0), max(y, 0)
    right, bottom = min(x + width, frame_width), min(y + height, frame_height)
    if left >= right or top >= bottom:
        raise ValueError(f"box {box} is outside the frame, which has {frame_width}×{frame_height} pixels")
    return left, top, right - left, bottom - top


def _mean(total: int, box: Box) -> float:
    """Return the mean of a box's pixels that add up to a total, from 0 to 1."""
    _, _, width, height = box
    return total / (255 * width * height)


def _score(found: Shifted) -> float:
    return _mean(found.sum, found.window)


def _upright(box: Box) -> RotatedRect:
    x, y, width, height = box
    return (x + width / 2, y + height / 2), (float(width), float(height)), 0.0
