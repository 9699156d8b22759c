"""Make Go code read 180 bytes beyond a block of memory, so that a sanitizer ends the process.

The frame goes to the binding without the checks that every call makes of its arrays.
"""

import numpy as np

import backproj
from backproj._engine import native
from backproj._validate.views import view_frames, view_out


def main():
    hist = backproj.Histogram(np.zeros((9, 9, 3), np.uint8))
    block = np.zeros((60, 60, 3), np.uint8)
    frame = view_frames(block[:, ::-1], 0)
    beyond = frame._replace(shape=(61, 60))
    native.project([hist._state], beyond, view_out(None, (61, 60), frame), 1)
    print("nothing saw a read of 180 bytes beyond a block of memory")


if __name__ == "__main__":
    main()
