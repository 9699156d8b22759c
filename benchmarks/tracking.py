"""The cases that follow objects through a film, as scripts do. A call is a turn of the loop, for one frame.

Before each call the next frame is written into the array that all peers read, so that the nearest caches hold
neither it nor what the last call needed. A decoder does that and far more, after which even code is read from
memory again. There is a case for that, and one for the least time that a call takes.

Windows start where cv2 found the object in the frame before. In the loop of any other peer they do so too, as
its results are compared with cv2's in every frame.
"""

import cv2
from films import FRAMES, DecodedFilm, Film
from peers import GATE, Implementations, arrays

import backproj

CRITERIA = cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 10, 1
HUES = [0, 180]
GRID = 5, 4
OBJECTS = GRID[0] * GRID[1]


def mean_shift(scene):
    """OpenCV's tutorial: the gate is applied to the model, not to the frames."""
    film = Film(scene)
    (hist,) = gated_models(film)
    values = hist.values.copy()

    def by_cv2(cv2, preallocated):
        hsv, prob = arrays(film.frame, preallocated)

        def turn(window):
            image = cv2.cvtColor(film.frame, cv2.COLOR_BGR2HSV, dst=hsv)
            dst = cv2.calcBackProject([image], [0], values, HUES, 1, dst=prob)
            return cv2.meanShift(dst, window, CRITERIA)

        return turn

    def ours():
        return lambda window: hist.mean_shift(film.frame, window, CRITERIA)

    return film_loops(film, by_cv2, ours, film.boxes(0)[0], lambda result: result[1])


def cam_shift(scene):
    """OpenCV's sample camshift.py."""
    return cam_shift_through(Film(scene))


def cam_shift_after_decoding(scene):
    """The same, with each frame decoded before."""
    return cam_shift_through(DecodedFilm(Film(scene)))


def cam_shift_back_to_back(scene):
    """The same frame and window in every call."""
    return cam_shift(scene)._replace(before=None, calls=1)


def cam_shift_through(film):
    hist = backproj.Histogram(film.models[0], channels="h", bins=16, in_range=GATE, peak=255)
    values = hist.values.copy()

    def by_cv2(cv2, preallocated):
        hsv, prob = arrays(film.frame, preallocated)
        mask = arrays(film.frame, preallocated)[1]

        def turn(window):
            image = cv2.cvtColor(film.frame, cv2.COLOR_BGR2HSV, dst=hsv)
            gated = cv2.inRange(image, *GATE, dst=mask)
            dst = cv2.calcBackProject([image], [0], values, HUES, 1, dst=prob)
            dst &= gated
            return cv2.CamShift(dst, window, CRITERIA)

        return turn

    def ours():
        return lambda window: hist.cam_shift(film.frame, window, CRITERIA)

    return film_loops(film, by_cv2, ours, film.boxes(0)[0], lambda result: result[1])


def many_objects(scene):
    film = Film(scene, GRID)
    hists = gated_models(film)
    values = [hist.values.copy() for hist in hists]

    def by_cv2(cv2, preallocated):
        hsv, prob = arrays(film.frame, preallocated)

        def turn(windows):
            image = cv2.cvtColor(film.frame, cv2.COLOR_BGR2HSV, dst=hsv)
            found = []
            for each, window in zip(values, windows, strict=True):
                dst = cv2.calcBackProject([image], [0], each, HUES, 1, dst=prob)
                found.append(cv2.meanShift(dst, window, CRITERIA))
            return found

        return turn

    def ours():
        def turn(windows):
            frame = film.frame
            return [
                hist.mean_shift(frame, window, CRITERIA) for hist, window in zip(hists, windows, strict=True)
            ]

        return turn

    return film_loops(film, by_cv2, ours, film.boxes(0), lambda result: [window for _, window in result])


def gated_models(film):
    """Return the histograms of the objects: hue, 180 bins, of the model's pixels that are in the gate."""
    return [
        backproj.Histogram(model, mask=backproj.in_range(model, *GATE), channels="h", bins=180, peak=255)
        for model in film.models
    ]


def film_loops(film, by_cv2, ours, window, windows_of):
    """Return implementations of the turns of a loop.

    A turn is a function of the window or windows that the turn before found, which ``windows_of`` takes from
    what it returned.
    """
    starts = [window] * FRAMES
    reference = by_cv2(cv2, False)
    for _ in range(2 * FRAMES):  # in the second round, the object has been followed to the first frame too
        film.advance()
        starts[film.number] = window
        window = windows_of(reference(window))

    def in_film(turn):
        return lambda: turn(starts[film.number])

    return Implementations(
        film.frame,
        lambda cv2, preallocated: in_film(by_cv2(cv2, preallocated)),
        lambda: in_film(ours()),
        {},
        before=film.advance,
        calls=FRAMES,
    )
