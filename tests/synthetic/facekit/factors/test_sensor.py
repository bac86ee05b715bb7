"""The camera's faults are those of cameras."""

from functools import partial

import numpy as np
import pytest

from facepoints.synthetic.facekit.draft import Draft
from facepoints.synthetic.facekit.factors.sensor import sensor

pytestmark = pytest.mark.real


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


def test_motion_smears_along_its_way_and_keeps_the_light(kit, settings):
    for finish in finishes(kit, settings, "_moved"):
        picture = np.zeros((65, 65, 3), np.float32)
        picture[32, 32] = 1.0
        moved = finish(picture)[..., 0]
        assert moved.sum() == pytest.approx(1.0, abs=1e-3)
        # Its levels are as smooth as a line drawn between the pixels.
        assert len(np.unique(moved[moved > 0])) > 1
        y, x = np.nonzero(moved)
        assert np.hypot(np.ptp(x), np.ptp(y)) == pytest.approx(finish.args[0], abs=4.0)
