"""Back projection of colour histograms: the pixels of an image that look like a patch.

The results are those of OpenCV's reference arithmetic, ``cvtColor(BGR2HSV)``, ``calcHist``,
``normalize(NORM_MINMAX)`` and ``calcBackProject``, computed in one pass: the same bytes on every CPU and
system. cv2's own builds differ from one another, those for arm64 and Windows from that for x86-64 Linux.

>>> import backproj
>>> import numpy as np
>>> frame = np.zeros((48, 64, 3), np.uint8)      # a black picture ...
>>> frame[10:20, 30:40] = 30, 60, 220            # ... with a red square, in BGR
>>> prob = backproj.back_project(frame, frame[12:18, 32:38])
>>> prob.shape, prob[15, 35], prob[0, 0]
((48, 64), np.uint8(255), np.uint8(0))

Wherever an array is taken, so is any object that holds one: a tensor on the CPU, an image of PIL, a buffer.
See `Histogram.back_project`. Results are numpy arrays.
"""

from backproj._engine.engines import engines
from backproj._histogram.histogram import Histogram
from backproj._info import info
from backproj._locate import locate
from backproj._notebook import widget
from backproj._overlay import overlay
from backproj._projection import back_project, back_project_bytes, in_range
from backproj._region import cut_out, disc_sum, segment
from backproj._shift import cam_shift, mean_shift
from backproj._tracker import Tracker
from backproj._validate.threads import set_num_threads
from backproj._verify.verify import Comparison, verify

__all__ = [
    "Comparison",
    "Histogram",
    "Tracker",
    "back_project",
    "back_project_bytes",
    "cam_shift",
    "cut_out",
    "disc_sum",
    "engines",
    "in_range",
    "info",
    "locate",
    "mean_shift",
    "overlay",
    "segment",
    "set_num_threads",
    "verify",
    "widget",
]

__version__ = "0.1.0"

# What pickles and tracebacks name: where users import these from.
for _public in (Comparison, Histogram, Tracker):
    _public.__module__ = "backproj"
del _public
