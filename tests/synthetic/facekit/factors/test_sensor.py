"""The camera's faults are those of cameras."""

from functools import partial

import numpy as np
import pytest

from facepoints.synthetic.facekit.draft import Draft
from facepoints.synthetic.facekit.factors.sensor import sensor

pytestmark = pytest.mark.real

LENGTH = 12.0  # pixels


def finishes(kit, settings, name):
    """All finishes of that name among those of some faces."""
    found = []
    for seed in range(60):
        draft = Draft(kit, settings(only=[]))
        sensor(draft, np.random.default_rng(seed), 1.0)
        varied = [each for each in draft.finishes if isinstance(each, partial)]
        found += [each for each in varied if each.func.__name__ == name]
    assert found
    return found


def test_jpeg_takes_more_of_blue_than_of_red(kit, settings):
    """Luma, which JPEG keeps best, is 0.30 red and 0.11 blue (ITU-R BT.601)."""
    board = np.indices((64, 64)).sum(axis=0) % 2 * np.float32(0.8)
    for finish in finishes(kit, settings, "_compressed"):
        left = []
        for channel in (0, 2):
            picture = np.full((64, 64, 3), 0.1, np.float32)
            picture[..., channel] += board
            left.append(finish(picture)[..., channel].std())
        assert left[0] > left[1]


@pytest.mark.parametrize("angle", np.radians(range(0, 180, 15)))
def test_motion_smears_along_its_way_and_keeps_the_light(kit, settings, angle):
    move = finishes(kit, settings, "_moved")[0].func
    picture = np.zeros((65, 65, 3), np.float32)
    picture[32, 32] = 1.0
    moved = move(LENGTH, angle, picture)[..., 0].clip(0)
    assert moved.sum() == pytest.approx(1.0, abs=1e-3)
    y, x = np.indices(moved.shape).reshape(2, -1) - 32
    assert np.average([x, y], axis=1, weights=moved.ravel()) == pytest.approx(0, abs=0.1)
    spread = np.cov(x, y, aweights=moved.ravel())
    along = np.array([np.cos(angle), np.sin(angle)])
    across = np.array([-along[1], along[0]])
    # As of an even line, a pixel thin.
    assert along @ spread @ along == pytest.approx(LENGTH**2 / 12, rel=0.25)
    assert across @ spread @ across < 0.5


def test_motion_s_line_is_smooth(kit, settings):
    picture = np.zeros((65, 65, 3), np.float32)
    picture[32, 32] = 1.0
    moved = finishes(kit, settings, "_moved")[0].func(LENGTH, 0.3, picture)[..., 0]
    # Its levels are those of a line drawn between the pixels.
    assert len(np.unique(moved[moved > 1e-3].round(3))) > 2
