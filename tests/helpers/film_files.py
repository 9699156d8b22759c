"""Films in files: made, with a square that moves, and read again."""

from fractions import Fraction

import av
import numpy as np

SIZE = 20  # of the square that moves
START = ("--box", "4,8,20,20")


def make_film(
    path,
    frames,
    *,
    times=None,
    tick=Fraction(1, 1000),
    codec="libx264",
    sound=False,
    aspect=None,
    options=None,
):
    """Write RGB frames at times in ticks, by default 25 a second, nearly without loss."""
    frames = list(frames)
    with av.open(str(path), "w", options=options or {}) as container:
        stream = container.add_stream(codec, rate=25)
        stream.height, stream.width = frames[0].shape[:2]
        stream.pix_fmt = {"libx264": "yuv420p", "mjpeg": "yuvj444p", "ffv1": "bgr0"}[codec]
        stream.options = {"crf": "8", "preset": "ultrafast", "g": "10"} if codec == "libx264" else {}
        stream.codec_context.time_base = tick
        if aspect:
            stream.codec_context.sample_aspect_ratio = aspect
        speaker = container.add_stream("aac", rate=44_100, layout="mono") if sound else None
        for n, pixels in enumerate(frames):
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="rgb24")
            frame.pts, frame.time_base = (times[n] if times else round(n / tick / 25)), tick
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        if speaker:
            silence = av.AudioFrame.from_ndarray(
                np.zeros((1, 1024), np.float32), format="fltp", layout="mono"
            )
            silence.rate = 44_100
            container.mux(speaker.encode(silence))
            container.mux(speaker.encode(None))


def read_film(path):
    """Return the times in seconds, and the frames in RGB."""
    with av.open(str(path)) as container:
        shown = [
            (frame.pts * frame.time_base, frame.to_ndarray(format="rgb24"))
            for frame in container.decode(video=0)
        ]
    return [time for time, _ in shown], np.stack([pixels for _, pixels in shown])


def turn(path):
    """Mark an MP4 as filmed by a phone on its side: to be turned clockwise by 90° when shown."""
    data = bytearray(path.read_bytes())
    matrix = data.index(b"tkhd") + 44
    rows = (0, 1 << 16, 0), (-1 << 16, 0, 0), (0, 0, 1 << 30)
    data[matrix : matrix + 36] = b"".join(
        number.to_bytes(4, "big", signed=True) for row in rows for number in row
    )
    path.write_bytes(data)


def places(number):
    """Return where the square is: left and top, in steps of some pixels."""
    turns = np.arange(number) / 40 * np.pi
    return [(round(4 + 60 * np.sin(turn) ** 2), round(8 + 50 * np.sin(1.5 * turn) ** 2)) for turn in turns]


def moving(number, shape=(96, 128), seen=lambda n: True):
    """Yield RGB frames with a red square that moves over a background of blues."""
    background = np.random.default_rng(0).integers((0, 60, 120), (40, 120, 200), (*shape, 3), np.uint8)
    for n, (x, y) in enumerate(places(number)):
        frame = background.copy()
        if seen(n):
            frame[y : y + SIZE, x : x + SIZE] = 220, 40, 30
        yield frame


def cut_off(path):
    """Take the end of a file away."""
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 6 // 10])
