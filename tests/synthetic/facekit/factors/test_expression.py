"""Faces move, and nothing of them passes through anything else."""

import numpy as np
import pytest

from facepoints.synthetic.facekit.landmarks import INNER_LIPS, LIDS
from facepoints.synthetic.facekit.scene import compose

pytestmark = pytest.mark.real


@pytest.mark.parametrize("strength", [1.0, 2.0])
def test_lids_and_lips_meet_and_do_not_pass(kit, settings, strength):
    content = settings(only=["identity", "expression"])
    content = content.model_copy(update={"factors": {**content.factors, "expression": strength}})
    closed = dict.fromkeys(("lips", "lids"), 0)
    for index in range(150):
        height = compose(kit, content, index).vertices[:, 1]
        for name, pairs in (("lips", [INNER_LIPS]), ("lids", LIDS)):
            for upper, lower in pairs:
                gap = height[list(upper)] - height[list(lower)]
                assert gap.min() > -1e-3  # centimetres
                closed[name] += gap.min() < 1e-3
    assert min(closed.values()) > 5


def test_without_expression_a_face_is_as_it_was(kit, settings):
    one = compose(kit, settings(only=["identity"]), 3)
    still = settings(only=["identity", "expression"])
    still = still.model_copy(update={"factors": {**still.factors, "expression": 0.0}})
    np.testing.assert_array_equal(compose(kit, still, 3).vertices, one.vertices)
