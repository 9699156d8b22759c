"""Write the video of `film.py` to an MP4 file, to try ``backproj video`` with."""

from __future__ import annotations

import argparse

import av
import numpy as np
from film import film

FRAMES_PER_SECOND = 30


def main() -> None:
    """Write the video, and print the first position of the blob in the format of ``--box``."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("output", metavar="MP4", help="the file to write")
    parser.add_argument("-n", "--frames", type=int, default=300, help="the number of frames (%(default)s)")
    arguments = parser.parse_args()
    if arguments.frames < 1:
        parser.error("--frames must be at least 1")

    with av.open(arguments.output, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=FRAMES_PER_SECOND, options={"preset": "veryfast"})
        stream.pix_fmt = "yuv420p"
        for n, (frame, outline) in enumerate(film(arguments.frames)):
            if n == 0:
                stream.height, stream.width = frame.shape[:2]
                x, y = outline.min(axis=0)
                w, h = np.ptp(outline, axis=0) + 1
                print(f"wrote {arguments.output}: the blob starts at {x},{y},{w},{h}")
            container.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="bgr24")))
        container.mux(stream.encode(None))


if __name__ == "__main__":
    main()
