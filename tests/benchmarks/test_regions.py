"""The scripts that the benchmark cuts regions out with: that what they find is worth comparing."""

import cv2
import numpy as np
import pytest
from cases import DISCS, REGIONS
from films import FRAMES
from images import PHOTOGRAPHS, scene


@pytest.mark.parametrize("image", PHOTOGRAPHS)
@pytest.mark.parametrize("case", REGIONS)
def test_a_region_of_each_frame_is_cut_out_and_it_is_another_in_each(case, image):
    made = REGIONS[case].make(scene(image, 640, 480))
    run = made.cv2(cv2, False)
    found = []
    for _ in range(FRAMES):
        made.before()
        found.append(run())
        inside = found[-1].any(axis=2)
        assert 0.001 < inside.mean() < 0.999
        assert (found[-1][inside] == made.input[inside]).all()
    assert len({each.tobytes() for each in found}) == FRAMES


@pytest.mark.parametrize("image", PHOTOGRAPHS)
@pytest.mark.parametrize("case", DISCS)
def test_sums_are_not_all_0_or_saturated(case, image):
    sums = DISCS[case].make(scene(image, 640, 480)).cv2(cv2, False)()
    assert np.unique(sums).size > 100
    assert 0.001 < (sums == 255).mean() < 0.999
