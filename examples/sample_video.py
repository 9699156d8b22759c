"""Write the film of `film.py` as a real one, an MP4, to try ``backproj video`` on."""

from __future__ import annotations

import argparse

import av
import numpy as np
from film import film

FRAMES_A_SECOND = 30


def main() -> None:
    """Write the film, and print where the blob is at first, as ``--box`` takes it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("output", metavar="MP4", help="the film to write")
    parser.add_argument("-n", "--frames", type=int, default=300, help="how long it is (%(default)s)")
    arguments = parser.parse_args()
    if arguments.frames < 1:
        parser.error("a film needs a frame")

    with av.open(arguments.output, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=FRAMES_A_SECOND, options={"preset": "veryfast"})
        stream.pix_fmt = "yuv420p"
        for n, (frame, outline) in enumerate(film(arguments.frames)):
            if n == 0:
                stream.height, stream.width = frame.shape[:2]
                x, y = outline.min(axis=0)
                w, h = np.ptp(outline, axis=0) + 1
                print(f"wrote {arguments.output}: at first the blob is at {x},{y},{w},{h}")
            container.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="bgr24")))
        container.mux(stream.encode(None))


if __name__ == "__main__":
    main()
