"""Arrays of any geometry: views of views of memory of any owner, some of which reach beyond it."""

import array
import mmap
from typing import NamedTuple

import numpy as np
from hypothesis import strategies as st
from numpy.lib.stride_tricks import as_strided, sliding_window_view

import backproj
from helpers.image_views import Subclass


class View(NamedTuple):
    """An array, and all the memory that it may reach."""

    array: np.ndarray
    memory: np.ndarray

    @property
    def beyond(self):
        """Whether it reaches any that it may not."""
        low, high = np.lib.array_utils.byte_bounds(self.memory)
        first = last = self.array.__array_interface__["data"][0]
        for n, stride in zip(self.array.shape, self.array.strides, strict=True):
            first += min(0, (n - 1) * stride)
            last += max(0, (n - 1) * stride)
        return self.array.size > 0 and (first < low or last >= high)


def mapped(content):
    memory = mmap.mmap(-1, len(content))
    memory.write(content)
    return memory


# How bytes come to be a flat array. None of the owners gives its memory back.
OWNERS = {
    "numpy": lambda content: np.array(bytearray(content)),
    "bytes": lambda content: np.frombuffer(content, np.uint8),
    "bytearray": lambda content: np.ndarray(len(content), np.uint8, bytearray(content)),
    "array.array": lambda content: np.ndarray(len(content), np.uint8, array.array("B", content)),
    "memoryview": lambda content: np.asarray(memoryview(bytearray(content))),
    "mmap": lambda content: np.ndarray(len(content), np.uint8, mapped(content)),
    "subclass": lambda content: np.array(bytearray(content)).view(Subclass),
}

bounds = st.none() | st.integers(-4, 12)
strides = st.integers(-9, 40) | st.integers(-3, 3).map(lambda n: n * 2**61) | st.sampled_from([1, 3, 4])


def slices(draw, view):
    steps = st.none() | st.sampled_from([1, 2, 3, -1, -2])
    parts = st.builds(slice, bounds, bounds, steps) | st.just(slice(None))
    return view[tuple(draw(parts) for _ in view.shape)]


def transposes(draw, view):
    return view.transpose(draw(st.permutations(range(view.ndim))))


def repeats(draw, view):
    axis = draw(st.integers(0, view.ndim))
    wide = np.expand_dims(view, axis)
    return np.broadcast_to(wide, (*wide.shape[:axis], draw(st.integers(0, 4)), *wide.shape[axis + 1 :]))


def picks(draw, view):
    axis = draw(st.integers(0, view.ndim - 1))
    return view[(slice(None),) * axis + (0, ...)] if view.shape[axis] else view


def windows(draw, view):
    axis = draw(st.integers(0, view.ndim - 1))
    length = min(3, view.shape[axis])
    return sliding_window_view(view, length, axis, subok=True) if length else view


def strides_anew(draw, view):
    shape = [*draw(st.lists(st.integers(0, 9), min_size=1, max_size=3)), draw(st.sampled_from([3, 4]))]
    return as_strided(view, shape, [draw(strides) for _ in shape], subok=draw(st.booleans()))


def other_types(draw, view):
    return view.view(draw(st.sampled_from([np.ndarray, Subclass])))


def read_only(draw, view):
    view = view[...]
    view.flags.writeable = False
    return view


STEPS = [slices, slices, transposes, repeats, picks, windows, strides_anew, other_types, read_only]


@st.composite
def views(draw, last=(3, 4), axes=(3, 4)):
    """Return a View, most often with as many axes, of which the last has such a length."""
    shape = [draw(st.integers(1, 40)) for _ in range(draw(st.sampled_from(axes)) - bool(last))]
    shape += [draw(st.sampled_from(last))] if last else []
    order = draw(st.permutations(range(len(shape))))
    stored = [shape[axis] for axis in order]
    content = np.random.default_rng(draw(st.integers(0, 99))).integers(0, 256, np.prod(stored), np.uint8)
    memory = OWNERS[draw(st.sampled_from(sorted(OWNERS)))](content.tobytes())
    view = memory.reshape(stored).transpose(np.argsort(order))
    for step in draw(st.lists(st.sampled_from(STEPS), max_size=4)):
        view = step(draw, view)
        if view.ndim == 0:
            break
    return View(view, memory)


def outcome(call):
    """Return what a call gives, or the type of its error."""
    try:
        return np.asarray(call())
    except (TypeError, ValueError) as error:
        return type(error)


def same(one, other):
    """Report whether two calls came to the same."""
    if isinstance(one, type) or isinstance(other, type):
        return one is other
    return one.shape == other.shape and one.tobytes() == other.tobytes()


MODEL = np.random.default_rng(4).integers(0, 256, (20, 20, 3), np.uint8)
PLANE = MODEL[..., 0].copy()
HISTS = [
    backproj.Histogram(MODEL),
    backproj.Histogram(MODEL, channels="h", bins=16, in_range=((0, 60, 32), (180, 255, 255))),
    backproj.Histogram(MODEL, channels="hsv", bins=(30, 8, 4)),
    backproj.Histogram(MODEL, channels="crcb"),
    backproj.Histogram(MODEL, channels="gray", bins=64),
]
OPTIONS = {"order": st.sampled_from(["bgr", "rgb"]), "threads": st.sampled_from([None, 1, 3])}


def check_reading(view, hist, order, threads):
    """Fail unless all that reads an array makes the same of a view as of a copy, or an error of both."""
    calls = {
        "frame": lambda a: hist.back_project(a, order=order, threads=threads),
        "several": lambda a: backproj.back_project(a, HISTS, order=order, threads=threads),
        "model": lambda a: backproj.Histogram(a, channels=hist.channels, bins=8, order=order).counts,
        "segment": lambda a: hist.segment(a, threshold="otsu", order=order, threads=threads),
        "cut out": lambda a: hist.cut_out(a, disc=3, order=order, threads=threads),
        "image": lambda a: backproj.in_range(a, (170, 9, 9), (20, 255, 200), order=order),
        "mask": lambda a: backproj.Histogram(np.resize(MODEL, (*a.shape, 3)), mask=a, peak=None).counts,
        "plane": lambda a: np.array(backproj.locate(a, (2, 2))[0]),
        "sums": lambda a: backproj.disc_sum(a, (3, 6), threads=threads),
        "disc": lambda a: backproj.disc_sum(PLANE, a),
        "cut out by it": lambda a: backproj.cut_out(np.resize(MODEL, (*a.shape, 3)), a, threads=threads),
        "shift": lambda a: np.array(hist.cam_shift(a, (1, 1, 9, 5), order=order)[0][1]),
        "shift on a plane": lambda a: np.array(backproj.cam_shift(a, (1, 1, 9, 5))[0][1]),
    }
    for name, call in calls.items():
        if name in ("mask", "cut out by it") and view.array.ndim != 2:
            continue
        if view.beyond:
            assert isinstance(outcome(lambda c=call: c(view.array)), type), name
        else:
            copy = np.array(view.array, order="C", subok=False)
            assert same(outcome(lambda c=call: c(view.array)), outcome(lambda c=call, a=copy: c(a))), name


def check_writing(out, frame, hist, threads):
    """Fail unless what is written to a view of ``out``'s memory is the result there, and nothing else."""
    calls = {
        "project": lambda **to: hist.back_project(frame, **to),
        "segment": lambda **to: hist.segment(frame, disc=4, threshold="otsu", **to),
        "sum up": lambda **to: backproj.disc_sum(frame[..., 1], (2, 5), **to),
    }
    for name, call in calls.items():
        before = out.memory.tobytes()
        result = outcome(lambda c=call: c(out=out.array, threads=threads))
        if isinstance(result, type) or out.beyond:
            assert isinstance(result, type), name
            assert out.memory.tobytes() == before, name
            continue
        after = out.memory.tobytes()
        out.array[...] = call()
        assert out.memory.tobytes() == after, name
