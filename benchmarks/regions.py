"""The cases that find the region which looks like a model: whole scripts, and the sums over a disc alone.

The scripts search frame after frame of a film. Before each call the next frame is written, as in the cases
that track.
"""

import numpy as np
from films import FRAMES, Film
from peers import Implementations, arrays

import backproj

BINS, RANGES = (180, 256), [0, 180, 0, 256]


def tutorial(scene):
    """OpenCV's tutorial "Back Projection"."""
    return cutting_out(scene, disc=5, threshold=50)


def hand(scene):
    """Scripts that find hands by the colour of skin do the same with a larger disc."""
    return cutting_out(scene, disc=31, threshold=150)


def cutting_out(scene, disc, threshold):
    film = Film(scene)
    hist = backproj.Histogram(scene.models[0], bins=BINS, peak=255)
    values = hist.values.copy()

    def by_cv2(cv2, preallocated):
        ellipse = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (disc, disc))
        hsv, prob = arrays(film.frame, preallocated)
        mask, sums = (arrays(film.frame, preallocated)[1] for _ in range(2))
        three, found = (arrays(film.frame, preallocated)[0] for _ in range(2))

        def run():
            image = cv2.cvtColor(film.frame, cv2.COLOR_BGR2HSV, dst=hsv)
            dst = cv2.calcBackProject([image], [0, 1], values, RANGES, 1, dst=prob)
            # Scripts that do not preallocate write the sums to where the back projection is.
            dst = cv2.filter2D(dst, -1, ellipse, sums if preallocated else dst)
            _, region = cv2.threshold(dst, threshold, 255, cv2.THRESH_BINARY, dst=mask)
            region = cv2.merge((region, region, region), dst=three)
            return cv2.bitwise_and(film.frame, region, dst=found)

        return run

    def ours():
        out = np.zeros_like(film.frame)
        return lambda: hist.cut_out(film.frame, disc=disc, threshold=threshold, out=out)

    return Implementations(film.frame, by_cv2, ours, {}, before=film.advance, calls=FRAMES)


def disc_5(scene):
    return summing(scene, 5)


def disc_11(scene):
    return summing(scene, 11)


def disc_31(scene):
    return summing(scene, 31)


def summing(scene, disc):
    prob = backproj.Histogram(scene.models[0]).back_project(scene.frame)

    def by_cv2(cv2, preallocated):
        ellipse = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (disc, disc))
        sums = np.empty_like(prob) if preallocated else None
        return lambda: cv2.filter2D(prob, -1, ellipse, dst=sums)

    def ours():
        out = np.zeros_like(prob)
        return lambda: backproj.disc_sum(prob, disc, out=out)

    return Implementations(prob, by_cv2, ours, {})
