"""Things are held before faces, not in them, by hands that have arms."""

from itertools import combinations

import numpy as np
import pytest
from scipy.optimize import linprog
from scipy.sparse.csgraph import connected_components
from scipy.spatial import Delaunay, KDTree

from facepoints.synthetic.facekit.factors.occluder import occluder
from facepoints.synthetic.facekit.scene import compose

pytestmark = pytest.mark.real

ALWAYS = 7.0  # a strength at which something is before every face
HEADS = 40
NEAR = 8.0  # centimetres
CLOSE = 0.15  # round sticks of twelve sides touch with less between them, centimetres


@pytest.fixture(scope="module")
def heads(kit, settings):
    """Each face with what is before it: convex bodies, the two rods of the arm last."""
    found = []
    for index in range(HEADS):
        draft = compose(kit, settings(only=["identity", "expression", "pose"]), index)
        bust = len(draft.pieces)
        occluder(draft, np.random.default_rng(index), ALWAYS)
        found.append((draft, draft.pieces[bust:]))
    return found


def test_there_are_hands_boxes_and_sticks(heads):
    firsts = {(len(held), len(held[0].points)) for _, held in heads}
    # A box has 24 points; some sticks have a ball at their end.
    assert firsts == {(16, 104), (13, 24), (13, 104), (14, 104)}


def test_nothing_is_held_into_a_head(heads):
    for draft, held in heads:
        for piece in held:
            within = Delaunay(np.unique(piece.points, axis=0)).find_simplex(draft.vertices) >= 0
            assert not within.any()


def test_what_is_held_is_near_the_head(kit, settings):
    """At most the bust's shoulders keep arms off, never what is far below."""
    for index in range(0, HEADS, 4):
        draft = compose(kit, settings(only=["identity", "expression", "pose"]), index)
        head, bust = KDTree(draft.vertices), draft.pieces
        for seed in range(30):
            draft.pieces = list(bust)
            occluder(draft, np.random.default_rng(1000 * index + seed), ALWAYS)
            held = np.concatenate([piece.points for piece in draft.pieces[len(bust) :]])
            assert head.query(held)[0].min() < NEAR


def apart(one, other):
    """How far the hulls of two sets of points are apart, along that axis on which it is most: a linear programme."""
    low = np.maximum(one.min(axis=0), other.min(axis=0))
    aside = float((low - np.minimum(one.max(axis=0), other.max(axis=0))).max())
    if aside > CLOSE:  # as most pairs are
        return aside
    both = np.concatenate([one, -other]).T
    cost = np.append(np.zeros(both.shape[1]), 1.0)
    far = -np.ones((6, 1))
    first = np.append(np.repeat([1.0, 0.0], [len(one), len(other)]), 0.0)
    second = np.append(np.repeat([0.0, 1.0], [len(one), len(other)]), 0.0)
    return linprog(
        cost,
        A_ub=np.concatenate([np.concatenate([both, -both]), far], axis=1),
        b_ub=np.zeros(6),
        A_eq=np.stack([first, second]),
        b_eq=np.ones(2),
    ).fun


def test_nothing_floats(heads):
    """What is held touches the hand, and the hand the arm."""
    for _, held in heads[::3]:
        bodies = [np.unique(piece.points, axis=0) for piece in held]
        touch = np.zeros((len(held), len(held)))
        for one, other in combinations(range(len(held)), 2):
            touch[one, other] = apart(bodies[one], bodies[other]) < CLOSE
        assert connected_components(touch, directed=False)[0] == 1


def test_arms_leave_the_picture(heads):
    for draft, held in heads:
        for rod in held[-2:]:
            end = draft.view().project(rod.points[len(rod.points) // 2 :])[:, :2]
            assert ((end < 0) | (end > draft.settings.side)).any(axis=1).all()
