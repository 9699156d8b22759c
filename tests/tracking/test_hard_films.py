"""The films that judge trackers show what they say they do, and their truth is where the object is."""

import cv2
import numpy as np
import pytest
from hard_films import FILMS, changing_light, growing, leaving, passed_by

import backproj

pytestmark = pytest.mark.exhaustive  # whole films

WITHIN = [changing_light, growing, passed_by]


def inside(frame, outline):
    """Return where a frame shows the object."""
    mask = np.zeros(frame.shape[:2], np.uint8)
    cv2.fillPoly(mask, [outline], 1)
    return mask > 0


def in_frame(frame, outline):
    """Return which points of an outline are in the frame."""
    height, width = frame.shape[:2]
    return ((outline >= 0) & (outline < (width, height))).all(axis=1)


def middle(outlines):
    return np.array([outline.mean(axis=0) for outline in outlines])


def projections(film):
    """Yield each back projection of the object's colours in the first frame, and where the object is."""
    hist = None
    for frame, outline in film:
        where = inside(frame, outline)
        if hist is None:
            hist = backproj.Histogram(frame, mask=where)
        yield hist.back_project(frame) / 255, where


@pytest.mark.parametrize("film", FILMS.values(), ids=FILMS)
def test_a_film_shows_the_same_each_time(film):
    for (one, outline), (two, again) in zip(film(3), film(3), strict=True):
        assert (one.shape, one.dtype, outline.dtype) == ((512, 512, 3), np.uint8, np.int32)
        np.testing.assert_array_equal(one, two)
        np.testing.assert_array_equal(outline, again)


@pytest.mark.parametrize("film", FILMS.values(), ids=FILMS)
def test_a_shorter_film_is_the_first_frames_of_a_longer_one(film):
    *_, (frame, outline) = film(4)
    (*_, (longer, same), _) = film(5)
    np.testing.assert_array_equal(frame, longer)
    np.testing.assert_array_equal(outline, same)


@pytest.mark.parametrize("film", WITHIN, ids=lambda film: film.__name__)
def test_an_object_that_does_not_leave_is_within_every_frame(film):
    assert all(in_frame(frame, outline).all() for frame, outline in film())


@pytest.mark.parametrize("film", [leaving, growing, passed_by], ids=lambda film: film.__name__)
def test_the_outline_is_where_the_object_has_its_colours(film):
    for prob, where in projections(film()):
        if where.any():
            assert prob[where].mean() > 0.3
        assert prob[~where].mean() < 0.03


def test_an_object_that_leaves_is_away_four_times_and_comes_back_elsewhere():
    frames = list(leaving())
    assert in_frame(*frames[0]).all()
    seen = np.array([in_frame(*frame).any() for frame in frames])
    leaves, returns = np.flatnonzero(seen[:-1] & ~seen[1:]), np.flatnonzero(~seen[:-1] & seen[1:]) + 1
    assert len(leaves) == len(returns) == 4
    assert (returns - leaves > 20).all()
    centres = middle([outline for _, outline in frames])
    assert (np.hypot(*(centres[returns] - centres[leaves]).T) > 250).all()


def test_the_light_moves_the_object_out_of_the_bins_of_the_first_model():
    scores = [prob[where].mean() for prob, where in projections(changing_light())]
    assert max(scores[-30:]) < 0.1 * scores[0]


def test_the_light_of_the_background_becomes_warmer_and_darker():
    (first, _), *_, (last, _) = changing_light()
    corner = np.s_[:100, 300:340]  # the grey wall
    (blue, green, red), (blue_after, green_after, red_after) = (
        frame[corner].mean(axis=(0, 1)) for frame in (first, last)
    )
    assert blue > green > red
    assert blue_after < green_after < red_after
    assert green_after < 0.7 * green


def test_an_object_that_grows_has_very_different_sizes_and_turns_all_the_way():
    outlines = [outline for _, outline in growing()]
    areas = np.array([cv2.contourArea(outline) for outline in outlines])
    assert areas.max() > 10 * areas.min()
    angles = [cv2.fitEllipse(outline)[2] for outline in outlines]
    assert min(angles) < 10
    assert max(angles) > 170


def test_the_object_that_passes_comes_close_and_has_most_of_the_colours():
    near = []
    for prob, where in projections(passed_by()):
        around = cv2.dilate(where.astype(np.uint8), np.ones((81, 81))) > 0
        near.append(prob[around & ~where].sum() / prob[where].sum())
    assert near[0] < 0.02
    passings = np.array(near).reshape(5, 60).max(axis=1)
    assert (passings > 0.3).all()
