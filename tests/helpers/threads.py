"""Calls from many Python threads."""

import threading

import numpy as np

import backproj

BOUNDS = (0, 60, 32), (180, 255, 255)


def at_once(number, work):
    """Run work(i) in so many threads that begin together, and raise what any of them raised."""
    go, errors = threading.Barrier(number), []

    def begin(i):
        go.wait()
        try:
            work(i)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=begin, args=(i,)) for i in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


def calls_of_every_kind(hist, frame):
    """Return functions that take no arguments and return arrays, one for each kind of call."""
    return [
        lambda: hist.back_project(frame),
        lambda: hist.back_project(frame, threads=7),
        lambda: hist.back_project(frame[:, ::-1]),
        lambda: backproj.back_project(frame, [hist, hist])[1],
        lambda: hist.back_project(np.stack([frame, frame[::-1]])),
        lambda: backproj.Histogram(frame, channels="hsv", bins=16).values,
        lambda: backproj.back_project(frame, frame[:20], in_range=BOUNDS),
        lambda: backproj.in_range(frame, *BOUNDS),
        lambda: np.array(backproj.locate(frame[..., 0], (9, 9))[0]),
        lambda: backproj.disc_sum(frame[..., 0], 9, threads=3),
        lambda: hist.segment(frame[::-1, ::-1], disc=(3, 30), threshold="otsu"),
        lambda: hist.cut_out(frame),
        lambda: backproj.cut_out(frame, frame[..., 1], threads=2),
        lambda: np.array(hist.mean_shift(frame, (9, 9, 90, 70), (3, 30, 0))[1]),
        lambda: np.array(hist.cam_shift(frame[::-1, ::-1], (9, 9, 300, 270))[0][1]),
        lambda: np.array(backproj.cam_shift(frame[..., 0], (9, 9, 90, 70))[0][1]),
    ]
