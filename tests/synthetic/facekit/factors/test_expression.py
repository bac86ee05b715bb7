"""Faces move, and nothing of them passes through anything else."""

import numpy as np
import pytest

from facepoints.synthetic.facekit.draft import Draft
from facepoints.synthetic.facekit.factors.expression import expression
from facepoints.synthetic.facekit.factors.identity import identity
from facepoints.synthetic.facekit.landmarks import INNER_LIPS, LIDS, landmarks
from facepoints.synthetic.facekit.scene import compose

pytestmark = pytest.mark.real


@pytest.mark.parametrize("strength", [1.0, 2.0])
def test_lids_and_lips_meet_and_do_not_pass(kit, settings, strength):
    content = settings(only=["identity", "expression"])
    content = content.model_copy(update={"factors": {**content.factors, "expression": strength}})
    closed = dict.fromkeys(("lips", "lids"), 0)
    for index in range(150):
        draft = compose(kit, content, index)
        height = draft.vertices[:, 1]
        for name, pairs in (("lips", [INNER_LIPS]), ("lids", LIDS)):
            for upper, lower in pairs:
                gap = height[list(upper)] - height[list(lower)]
                assert gap.min() > -1e-3  # centimetres
                closed[name] += gap.min() < 1e-3
        # Nor between those vertices, in the middle of each eye.
        fine = landmarks(kit, draft.vertices, draft.brow, draft.view(), "wflw98")[:, 1]
        assert (fine[[62, 70]] > fine[[66, 74]]).all()
    assert min(closed.values()) > 5


def test_without_expression_a_face_is_as_it_was(kit, settings):
    draft = Draft(kit, settings(only=[]))
    identity(draft, np.random.default_rng(3), 1.0)
    before = draft.vertices.copy()
    expression(draft, np.random.default_rng(3), 0.0)
    np.testing.assert_array_equal(draft.vertices, before)
    expression(draft, np.random.default_rng(3), 1.0)
    assert (draft.vertices != before).any()
