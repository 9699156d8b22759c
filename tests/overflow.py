"""A process that has Go code read beyond a block of memory, for a sanitizer to end it.

Addresses go to the binding without the checks that every call makes of its arrays.
"""

import numpy as np

import backproj
from backproj._engine import engines

hist = backproj.Histogram(np.zeros((9, 9, 3), np.uint8))
block = np.zeros((60, 60, 3), np.uint8)
described = dict(block.__array_interface__, shape=(61, 60, 3), strides=None)
beyond = np.asarray(type("Interface", (), {"__array_interface__": described})())
engines.project([hist._state], beyond[:, ::-1], np.empty((1, 61, 60), np.uint8), 0)
print("nothing saw a read of 180 bytes beyond a block of memory")
