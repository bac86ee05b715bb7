"""Masks lie on faces."""

import numpy as np
import pytest

from facepoints.synthetic.facekit.factors.mask import mask
from facepoints.synthetic.facekit.scene import compose

pytestmark = pytest.mark.real

ALWAYS = 25.0  # a strength at which every face wears one


@pytest.fixture(scope="module")
def masked(kit, settings):
    """Faces that laugh, shout and wear beards, under masks, most widely opened mouths first, and the cloth (N, 3)."""
    drafts = [
        compose(kit, settings(only=["identity", "expression", "beard"]), i) for i in range(30)
    ]
    found = []
    for index, draft in enumerate(sorted(drafts, key=lambda draft: -draft.jaw)):
        mask(draft, np.random.default_rng(index), ALWAYS)
        cloth = next(piece for piece in draft.pieces[::-1] if len(piece.points) > 500)
        found.append((draft, cloth.points))
    return found


def outside(points, cloth):
    """How far points (N, 3) over the cloth stand out before its nearest place, centimetres."""
    points = points[points[:, 2] > 5]
    gap = ((points[:, None, :2] - cloth[:, :2]) ** 2).sum(axis=-1)
    over = gap.min(axis=1) < 0.2**2
    return (points[:, 2] - cloth[gap.argmin(axis=1), 2])[over]


def test_no_face_comes_through_a_mask(masked):
    assert masked[0][0].jaw > 0.3
    for draft, cloth in masked[:10]:
        seen = draft.vertices[: draft.kit.part("teeth").stop]
        middle = seen[np.abs(seen[:, 0]) < 4]  # at the sides cloth runs along the line of sight
        assert outside(middle, cloth).max() < 0.05


def test_beards_are_pressed_under_masks(masked):
    out = np.concatenate(
        [
            outside(piece.points[np.abs(piece.points[:, 0]) < 4], cloth)
            for draft, cloth in masked
            for piece in draft.pieces
            if len(piece.points) > 3000  # hairs
        ]
    )
    assert len(out) > 1000
    assert (out > 0.05).mean() < 0.01  # some hang out below the cloth
