"""The cases that are timed, each implemented with cv2, with backproj, and some with other libraries."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from colours import gray_plane, projecting
from images import Scene
from peers import (
    GATE,
    LIBRARY,
    Implementations,
    Peer,
    arrays,
    by_numpy,
    by_opencv_engine,
    by_pillow,
    by_skimage,
    ctypes_route,
)
from regions import disc_5, disc_11, disc_31, hand, tutorial
from tracking import (
    OBJECTS,
    cam_shift,
    cam_shift_after_decoding,
    cam_shift_back_to_back,
    many_objects,
    mean_shift,
)

import backproj

RANGES = [0, 180, 0, 256, 0, 256]
BATCH, BATCH_PIXELS = 64, 640 * 480


def prepared(scene):
    implementations = projecting_model(scene)
    values = backproj.Histogram(scene.models[0]).values.copy()
    implementations.others.update(
        {
            "Pillow": Peer(by_pillow(scene.frame, values), result="approximate", slow=True),
            "scikit-image": Peer(by_skimage(scene.frame, values), result="approximate", slow=True),
            "numpy": Peer(by_numpy(scene.frame, values), slow=True),
        }
    )
    return implementations


def one_shot(scene):
    frame, model = scene.frame, scene.models[0]

    def by_cv2(cv2, preallocated):
        hsv, prob = arrays(frame, preallocated)
        count = cv2_counting(cv2, model, preallocated)

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
    return Implementations(frame, by_cv2, ours, others)


def fine_bins(scene):
    return projecting_model(scene, bins=(180, 256), peak=255)


def camshift(scene):
    return projecting_model(scene, GATE, channels="h", bins=16, peak=255)


def hsv(scene):
    return projecting_model(scene, channels="hsv", bins=16)


def fit(scene):
    frame = scene.frame

    def ours():
        return lambda: backproj.Histogram(frame).values

    return Implementations(frame, lambda cv2, preallocated: cv2_counting(cv2, frame, preallocated), ours, {})


def four_models(scene):
    hists = [backproj.Histogram(model) for model in scene.models]

    def by_cv2(cv2, preallocated):
        hsv, _ = arrays(scene.frame, preallocated)
        probs = [arrays(scene.frame, preallocated)[1] for _ in hists]
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

    return Implementations(scene.frame, by_cv2, ours, by_opencv_engine(ours))


def batch(scene):
    frames = np.stack([np.roll(scene.frame, 8 * i, axis=1) for i in range(BATCH)])
    hist = backproj.Histogram(scene.models[0])
    values = hist.values.copy()

    def by_cv2(cv2, preallocated):
        hsv, _ = arrays(scene.frame, preallocated)
        probs = np.empty(frames.shape[:-1], np.uint8) if preallocated else [None] * BATCH

        def run():
            return [
                cv2.calcBackProject(
                    [cv2.cvtColor(frame, cv2.COLOR_BGR2HSV, dst=hsv)], [0, 1], values, RANGES[:4], 1, dst=prob
                )
                for frame, prob in zip(frames, probs, strict=True)
            ]

        return run

    ours = our_projecting(frames, hist)
    return Implementations(frames, by_cv2, ours, by_opencv_engine(ours))


class Case(NamedTuple):
    """A function that implements a case for a scene, and a description of it."""

    make: Callable[[Scene], Implementations]
    title: str


TRACKING = {
    "mean shift": Case(
        mean_shift, "OpenCV's tutorial: hue, 180 bins; an object of 110 pixels is followed through a film"
    ),
    "CamShift with tracking": Case(cam_shift, "OpenCV's sample: hue, 16 bins, gated; the same object"),
    f"{OBJECTS} objects": Case(many_objects, f"as mean shift, {OBJECTS} objects in each frame"),
    "after decoding": Case(
        cam_shift_after_decoding, "as CamShift with tracking; H.264 is decoded before each turn"
    ),
    "back to back": Case(cam_shift_back_to_back, "as CamShift with tracking, the same frame again and again"),
}

REGIONS = {
    "tutorial": Case(
        tutorial, "OpenCV's tutorial: 180×256 bins, a disc of 5×5, the sums above 50, and the frame there"
    ),
    "hand": Case(hand, "as tutorial, a disc of 31×31, the sums above 150"),
}

DISCS = {
    "disc 5": Case(disc_5, "the sums over a disc of 5×5 around each pixel of a back projection"),
    "disc 11": Case(disc_11, "as disc 5, 11×11"),
    "disc 31": Case(disc_31, "as disc 5, 31×31"),
}

# In noise each pixel is in the region, and all sums are 255, which would hide wrong results.
OF_PHOTOGRAPHS = {**REGIONS, **DISCS}

# The whole scripts come first, then single calls.
CASES = {
    **TRACKING,
    **REGIONS,
    "prepared": Case(prepared, "a histogram made before, hue and saturation, 32×32 bins"),
    "one shot": Case(one_shot, "a model of 100×100 pixels, in 64×64 of 32×32, counted and projected"),
    "180×256": Case(fine_bins, "as prepared, 180×256 bins"),
    "CamShift": Case(camshift, "its front end: hue, 16 bins, gated by saturation and value"),
    "hsv": Case(hsv, "as prepared, hue, saturation and value, 16×16×16 bins"),
    "crcb": Case(projecting("crcb", 32), "as prepared, Cr and Cb, as scripts find skin"),
    "crcb 256": Case(projecting("crcb", 256), "as crcb, 256×256 bins"),
    "ycrcb": Case(projecting("ycrcb", 16), "as prepared, YCrCb, 16×16×16 bins"),
    "ab": Case(projecting("ab", 32), "as prepared, a and b of Lab"),
    "lab": Case(projecting("lab", 8), "as prepared, Lab, 8×8×8 bins"),
    "bgr": Case(projecting("bgr", 8), "as prepared, blue, green and red, 8×8×8 bins"),
    "gray": Case(projecting("gray", 32), "as prepared, grey, 32 bins"),
    "gray plane": Case(gray_plane, "as gray, of frames that are grey"),
    "fit": Case(fit, "the frame counted and normalised, 32×32 bins"),
    "four models": Case(four_models, "as prepared, four histograms projected onto one frame"),
    "batch": Case(batch, f"as prepared, {BATCH} frames in one call; cv2 in a loop"),
    **DISCS,
}


def projecting_model(scene, gate=None, **layout):
    """Return implementations that project a histogram of the first model, which is counted beforehand."""
    hist = backproj.Histogram(scene.models[0], in_range=gate, **layout)
    ours = our_projecting(scene.frame, hist)
    # The opencv engine has the default layout only.
    others = {} if gate or layout else by_opencv_engine(ours)
    return Implementations(scene.frame, cv2_projecting(scene.frame, hist.values.copy(), gate), ours, others)


def our_projecting(frames, hist):
    def ours(engine="native"):
        out = np.zeros(frames.shape[:-1], np.uint8)
        return lambda: hist.back_project(frames, out=out, engine=engine)

    return ours


def cv2_projecting(frame, values, gate):
    """Return the cv2 implementation that projects a histogram with 1 to 3 axes."""
    axes, ranges = list(range(values.ndim)), RANGES[: 2 * values.ndim]

    def by_cv2(cv2, preallocated):
        hsv, prob = arrays(frame, preallocated)
        mask = arrays(frame, preallocated)[1] if gate else None
        # cv2 would take the third axis of a plain array as the channels of a matrix.
        hist = cv2.Mat(values, wrap_channels=False) if values.ndim == 3 else values

        def run():
            image = cv2.cvtColor(frame, cv2.COLOR_BGR2HSV, dst=hsv)
            result = cv2.calcBackProject([image], axes, hist, ranges, 1, dst=prob)
            if gate:
                result &= cv2.inRange(image, *gate, dst=mask)
            return result

        return run

    return by_cv2


def cv2_counting(cv2, image, preallocated):
    """Return a function that counts the colours of an image in 32×32 bins, and normalises the counts."""
    hsv, _ = arrays(image, preallocated)
    counts = np.empty((32, 32), np.float32) if preallocated else None

    def run():
        counted = cv2.cvtColor(image, cv2.COLOR_BGR2HSV, dst=hsv)
        values = cv2.calcHist([counted], [0, 1], None, [32, 32], RANGES[:4], hist=counts)
        return cv2.normalize(values, values, 0, 256, cv2.NORM_MINMAX)

    return run
