"""What is timed: cases, each as cv2 does it, as backproj does it, and as others do."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from images import Scene
from peers import LIBRARY, Peer, by_numpy, by_opencv_engine, by_pillow, by_skimage, ctypes_route

import backproj

RANGES = [0, 180, 0, 256, 0, 256]
GATE = (0, 60, 32), (180, 255, 255)
BATCH, BATCH_PIXELS = 64, 640 * 480


class Ways(NamedTuple):
    """How a case is done, as functions that return what does it.

    cv2 takes the module, and whether it is given the arrays to write to.
    """

    read: np.ndarray  # the frame, or frames: copying it is the floor
    cv2: Callable[[Any, bool], Callable[[], Any]]
    ours: Callable[[], Callable[[], Any]]
    others: dict[str, Peer]


def prepared(scene):
    ways = projecting_model(scene)
    values = backproj.Histogram(scene.models[0]).values.copy()
    ways.others.update(
        {
            "Pillow": Peer(by_pillow(scene.frame, values), result="approximate", slow=True),
            "scikit-image": Peer(by_skimage(scene.frame, values), result="approximate", slow=True),
            "numpy": Peer(by_numpy(scene.frame, values), slow=True),
        }
    )
    return ways


def one_shot(scene):
    frame, model = scene.frame, scene.models[0]

    def by_cv2(cv2, given):
        hsv, prob = arrays(frame, given)
        count = cv2_counting(cv2, model, given)

        def run():
            values = count()
            image = cv2.cvtColor(frame, cv2.COLOR_BGR2HSV, dst=hsv)
            return cv2.calcBackProject([image], [0, 1], values, RANGES[:4], 1, dst=prob)

        return run

    def ours(engine="native"):
        out = np.zeros(frame.shape[:-1], np.uint8)
        return lambda: backproj.back_project(frame, model, out=out, engine=engine)

    others = by_opencv_engine(ours)
    if LIBRARY.exists():
        others["ctypes, np.fromiter"] = Peer(ctypes_route(frame, model), slow=True)
    return Ways(frame, by_cv2, ours, others)


def tutorial(scene):
    return projecting_model(scene, bins=(180, 256), peak=255)


def camshift(scene):
    return projecting_model(scene, GATE, channels="h", bins=16, peak=255)


def hsv(scene):
    return projecting_model(scene, channels="hsv", bins=16)


def fit(scene):
    frame = scene.frame

    def ours():
        return lambda: backproj.Histogram(frame).values

    return Ways(frame, lambda cv2, given: cv2_counting(cv2, frame, given), ours, {})


def four_models(scene):
    hists = [backproj.Histogram(model) for model in scene.models]

    def by_cv2(cv2, given):
        hsv, _ = arrays(scene.frame, given)
        probs = [arrays(scene.frame, given)[1] for _ in hists]
        values = [hist.values.copy() for hist in hists]

        def run():
            image = cv2.cvtColor(scene.frame, cv2.COLOR_BGR2HSV, dst=hsv)
            return [
                cv2.calcBackProject([image], [0, 1], each, RANGES[:4], 1, dst=prob)
                for each, prob in zip(values, probs, strict=True)
            ]

        return run

    def ours(engine="native"):
        out = np.zeros((len(hists), *scene.frame.shape[:-1]), np.uint8)
        return lambda: backproj.back_project(scene.frame, hists, out=out, engine=engine)

    return Ways(scene.frame, by_cv2, ours, by_opencv_engine(ours))


def batch(scene):
    frames = np.stack([np.roll(scene.frame, 8 * i, axis=1) for i in range(BATCH)])
    hist = backproj.Histogram(scene.models[0])
    values = hist.values.copy()

    def by_cv2(cv2, given):
        hsv, _ = arrays(scene.frame, given)
        probs = np.empty(frames.shape[:-1], np.uint8) if given else [None] * BATCH

        def run():
            return [
                cv2.calcBackProject(
                    [cv2.cvtColor(frame, cv2.COLOR_BGR2HSV, dst=hsv)], [0, 1], values, RANGES[:4], 1, dst=prob
                )
                for frame, prob in zip(frames, probs, strict=True)
            ]

        return run

    ours = our_projecting(frames, hist)
    return Ways(frames, by_cv2, ours, by_opencv_engine(ours))


class Case(NamedTuple):
    """What is done: a function from a scene to the ways, and words for it."""

    make: Callable[[Scene], Ways]
    title: str


CASES = {
    "prepared": Case(prepared, "a histogram made before, hue and saturation, 32×32 bins"),
    "one shot": Case(one_shot, "a model of 100×100 pixels, in 64×64 of 32×32, counted and projected"),
    "180×256": Case(tutorial, "as prepared, 180×256 bins"),
    "CamShift": Case(camshift, "its front end: hue, 16 bins, gated by saturation and value"),
    "hsv": Case(hsv, "as prepared, hue, saturation and value, 16×16×16 bins"),
    "fit": Case(fit, "the frame counted and normalised, 32×32 bins"),
    "four models": Case(four_models, "as prepared, four histograms projected onto one frame"),
    "batch": Case(batch, f"as prepared, {BATCH} frames in one call; cv2 in a loop"),
}


def projecting_model(scene, gate=None, **layout):
    """Return the ways to project a histogram, made before, of the first model."""
    hist = backproj.Histogram(scene.models[0], in_range=gate, **layout)
    ours = our_projecting(scene.frame, hist)
    others = {} if gate or layout else by_opencv_engine(ours)  # which has the default layout only
    return Ways(scene.frame, cv2_projecting(scene.frame, hist.values.copy(), gate), ours, others)


def our_projecting(frames, hist):
    def ours(engine="native"):
        out = np.zeros(frames.shape[:-1], np.uint8)
        return lambda: hist.back_project(frames, out=out, engine=engine)

    return ours


def cv2_projecting(frame, values, gate):
    """Return how cv2 projects values: of hue; of hue and saturation; or of all three."""
    axes, ranges = list(range(values.ndim)), RANGES[: 2 * values.ndim]

    def by_cv2(cv2, given):
        hsv, prob = arrays(frame, given)
        mask = arrays(frame, given)[1] if gate else None
        # A third axis would be taken for the channels of a matrix.
        hist = cv2.Mat(values, wrap_channels=False) if values.ndim == 3 else values

        def run():
            image = cv2.cvtColor(frame, cv2.COLOR_BGR2HSV, dst=hsv)
            result = cv2.calcBackProject([image], axes, hist, ranges, 1, dst=prob)
            if gate:
                result &= cv2.inRange(image, *gate, dst=mask)
            return result

        return run

    return by_cv2


def cv2_counting(cv2, image, given):
    """Return what counts and normalises the colours of an image, into 32×32 bins."""
    hsv, _ = arrays(image, given)
    counts = np.empty((32, 32), np.float32) if given else None

    def run():
        counted = cv2.cvtColor(image, cv2.COLOR_BGR2HSV, dst=hsv)
        values = cv2.calcHist([counted], [0, 1], None, [32, 32], RANGES[:4], hist=counts)
        return cv2.normalize(values, values, 0, 256, cv2.NORM_MINMAX)

    return run


def arrays(frame, given):
    """Return arrays for the HSV image and the back projection, or None for cv2 to make its own."""
    return (np.empty_like(frame), np.empty(frame.shape[:-1], np.uint8)) if given else (None, None)
