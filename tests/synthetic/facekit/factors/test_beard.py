"""Beards grow on chins and lips, and leave the mouth free."""

import numpy as np
import pytest

from facepoints.synthetic.facekit.draft import Draft
from facepoints.synthetic.facekit.factors.beard import beard
from facepoints.synthetic.facekit.factors.pose import pose
from facepoints.synthetic.facekit.landmarks import MESH

pytestmark = pytest.mark.real

STEPS = 4  # of a hair, each a pair of points


@pytest.fixture(scope="module")
def hairs(kit, settings):
    """Of each mean face with a beard or a moustache, its hairs (S, STEPS, 3)."""
    found = []
    for seed in range(80):
        draft = Draft(kit, settings(only=[]))
        pose(draft, np.random.default_rng(0), 0.0)
        beard(draft, np.random.default_rng(seed), 2.5)
        found += [piece.points.reshape(-1, STEPS, 2, 3).mean(axis=2) for piece in draft.pieces]
    assert len(found) > 20
    return found


def test_some_are_long_and_grow_from_the_skin(kit, hairs):
    length = [np.linalg.norm(each[:, -1] - each[:, 0], axis=1) for each in hairs]
    assert max(each.max() for each in length) > 1.5
    assert min(each.max() for each in length) < 0.6
    mouth = kit.neutral[list(MESH[60:68]), 1].mean()
    roots = np.concatenate([each[:, 0] for each in hairs])
    assert (roots[:, 1] > mouth).any() and (roots[:, 1] < mouth).any()


def test_hairs_above_the_mouth_do_not_hang_over_it(kit, hairs):
    left, right = kit.neutral[[MESH[60], MESH[64]], 0]
    upper, lower = kit.neutral[[MESH[51], MESH[62]], 1]
    checked = 0
    for each in hairs:
        root, tip = each[:, 0], each[:, -1]
        above = (root[:, 1] > upper) & (root[:, 0] > left) & (root[:, 0] < right)
        checked += above.sum()
        assert (tip[above, 1] > lower).all()
    assert checked > 500
