"""Back projection of dask arrays, for data that does not fit into memory and for several machines.

The functions are lazy: they build a graph, and nothing is read or computed before ``compute()``.

>>> import backproj.dask
>>> import dask.array as da
>>> import numpy as np
>>> video = np.zeros((6, 48, 64, 3), np.uint8)
>>> video[:, 10:20, 30:40] = 30, 60, 220
>>> hist = backproj.Histogram(video[0, 12:18, 32:38])
>>> frames = da.from_array(video, chunks=(2, -1, -1, -1))     # or from files
>>> probs = backproj.dask.back_project(frames, hist)
>>> probs.chunks
((2, 2, 2), (48,), (64,))
>>> int((probs > 127).sum().compute(scheduler="synchronous"))
600
"""

from __future__ import annotations

try:
    import dask.array as _array  # noqa: F401
    import dask.delayed as _delayed  # noqa: F401
except ImportError as error:
    raise ImportError(
        f"backproj.dask needs dask ({' '.join(str(error).split())}): pip install 'backproj[dask]'"
    ) from None

from backproj.dask._counting import histogram
from backproj.dask._projection import back_project
from backproj.dask._region import cut_out, disc_sum, segment

__all__ = ["back_project", "cut_out", "disc_sum", "histogram", "segment"]
