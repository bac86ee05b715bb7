"""Headwear lies over the hair."""

import numpy as np
import pytest

from facepoints.synthetic.facekit.factors.headwear import headwear
from facepoints.synthetic.facekit.scene import compose
from facepoints.synthetic.facekit.shapes import skull

pytestmark = pytest.mark.real

HEADS = 80


@pytest.fixture(scope="module")
def heads(kit, settings):
    """Of heads that wear something: the skull, the hair before and after, and the cloth, (N, 3) each."""
    found = []
    for index in range(HEADS):
        draft = compose(kit, settings(only=["hair"]), index)
        # Strands have more points than anything else.
        hair = max(draft.pieces, key=lambda piece: len(piece.points))
        draft.pieces = [hair]
        headwear(draft, np.random.default_rng(index), 2.0)
        if len(draft.pieces) > 1 and len(hair.points) > 10_000:
            found.append((skull(draft), hair.points, *(p.points for p in draft.pieces[:2])))
    return found


def test_hair_is_pressed_towards_the_skull(heads):
    assert len(heads) >= 4
    for (centre, half), before, after, _ in heads:
        moved = (before != after).any(axis=1)
        assert moved.any() and not moved.all()
        one, other = (((points - centre) / half)[moved] for points in (before, after))
        assert ((other**2).sum(axis=1) < (one**2).sum(axis=1)).all()


def test_no_hair_comes_through_the_back_of_a_hood(heads):
    hoods = [(hair, cloth) for _, _, hair, cloth in heads if cloth[:, 1].min() < -9]  # at the neck
    assert hoods
    for hair, cloth in hoods:
        for low in range(0, 12, 2):
            hair_z, cloth_z = (
                points[(points[:, 1] >= low) & (points[:, 1] < low + 2), 2].min()
                for points in (hair, cloth)
            )
            assert hair_z > cloth_z


def test_a_brim_begins_at_its_cap(kit, settings):
    caps = 0
    for index in range(60):
        draft = compose(kit, settings(only=["identity"]), index)
        before = len(draft.pieces)
        headwear(draft, np.random.default_rng(index), 8.0)
        if len(draft.pieces) == before + 2:
            caps += 1
            cloth, brim = (piece.points for piece in draft.pieces[before:])
            start = brim[:25]
            gap = np.sqrt(((start[:, None] - cloth) ** 2).sum(axis=-1)).min(axis=1)
            assert gap.max() < 0.5
    assert caps > 10


def test_below_a_cap_hair_comes_off_the_head_little_by_little(kit, settings):
    caps = 0
    for index in range(60):
        draft = compose(kit, settings(only=["hair"]), index)
        hair = max(draft.pieces, key=lambda piece: len(piece.points))
        draft.pieces = [hair]
        headwear(draft, np.random.default_rng(index), 8.0)
        if len(draft.pieces) == 3 and len(hair.points) > 10_000:  # hair, cloth and brim
            caps += 1
            hair, cloth = (piece.points for piece in draft.pieces[:2])
            beside = (np.abs(hair[:, 0]) > 6.5) & (np.abs(hair[:, 2]) < 3)
            edge = cloth[np.abs(cloth[:, 2]) < 3, 1].min()
            just_below = beside & (hair[:, 1] < edge) & (hair[:, 1] > edge - 1)
            assert just_below.any()
            assert np.abs(hair[just_below, 0]).max() < np.abs(cloth[:, 0]).max() + 1.2
    assert caps > 3
