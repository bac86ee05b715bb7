"""Things are held before faces, not in them."""

import numpy as np
import pytest
from scipy.spatial import Delaunay

from facepoints.synthetic.facekit.factors.occluder import occluder
from facepoints.synthetic.facekit.scene import compose

pytestmark = pytest.mark.real

ALWAYS = 7.0  # a strength at which something is before every face


def test_nothing_is_held_into_a_head(kit, settings):
    kinds = set()
    for index in range(40):
        draft = compose(kit, settings(only=["identity", "expression", "pose"]), index)
        bust = len(draft.pieces)
        occluder(draft, np.random.default_rng(index), ALWAYS)
        held = draft.pieces[bust:]
        kinds.add((len(held), len(held[0].points)))
        for piece in held:
            # Boxes and round sticks are convex.
            within = Delaunay(np.unique(piece.points, axis=0)).find_simplex(draft.vertices) >= 0
            assert not within.any()
    assert len(kinds) == 3  # hands, boxes, sticks
