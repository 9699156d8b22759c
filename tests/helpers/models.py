"""Models to count: parts of a photograph, and images with few colours or many."""

import numpy as np


def grey_ramp():
    return np.repeat(np.arange(256, dtype=np.uint8), 3).reshape(16, 16, 3)


def noise():
    return np.random.default_rng(7).integers(0, 256, (100, 100, 3), np.uint8)


# Each makes a model of the photograph.
MODELS = {
    "suit": lambda photograph: photograph[300:360, 120:180],
    "face": lambda photograph: photograph[80:160, 180:260],
    "flag, strided": lambda photograph: photograph[100:300:2, 0:60:3],
    "whole photograph": lambda photograph: photograph,
    "one colour": lambda _: np.full((10, 10, 3), (30, 60, 220), np.uint8),
    "black": lambda _: np.zeros((8, 8, 3), np.uint8),
    "grey ramp": lambda _: grey_ramp(),
    "noise": lambda _: noise(),
    "one pixel": lambda _: np.array([[[200, 120, 40]]], np.uint8),
}
