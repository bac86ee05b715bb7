"""Bodies about the head."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from facepoints.synthetic.facekit.scene import compose
from facepoints.synthetic.facekit.shapes import inside, outside, shell

CENTRE = np.array([0.5, 4.0, -1.0], np.float32)
HALF = np.array([7.0, 9.0, 8.0], np.float32)
POINTS = arrays(np.float32, (5, 3), elements=st.floats(-40, 40, width=32))


def reach(points):
    """How far out of the body, which reaches 1."""
    place = (points - CENTRE) / HALF
    place[:, 1] = np.maximum(place[:, 1], 0)
    return np.sqrt((place**2).sum(axis=1))


@given(POINTS)
def test_points_move_onto_the_body_or_not_at_all(points):
    out, within = outside(points, CENTRE, HALF), inside(points, CENTRE, HALF)
    assert (reach(within) <= 1 + 1e-5).all()
    far = reach(points) > 1e-2  # nearer the axis no direction leads out
    assert (reach(out)[far] >= 1 - 1e-4).all()
    # Each point is left alone by one of the two.
    np.testing.assert_array_equal(np.where(reach(points)[:, None] > 1, out, within), points)


def area(points, triangles):
    one, other, third = points[triangles].astype(np.float64).transpose(1, 0, 2)
    return np.linalg.norm(np.cross(other - one, third - one), axis=1).sum() / 2


@pytest.mark.real
def test_a_shell_ends_where_its_share_does(kit, settings):
    draft = compose(kit, settings(only=[]), 0)
    places, grey = draft.vertices, np.full(3, 0.5, np.float32)
    share = places[:, 1] - np.float32(5.3) + np.float32(0.2) * places[:, 0]
    above, below = (shell(draft, sign * share, places, grey, (0.1, 10.0)) for sign in (1, -1))
    height = above.points[:, 1] + 0.2 * above.points[:, 0]
    assert height.min() == pytest.approx(5.3, abs=1e-3)
    # The two parts make the whole, and each faces outward as the whole does.
    whole = area(places, kit.triangles)
    parts = sum(area(part.points, part.triangles) for part in (above, below))
    assert parts == pytest.approx(whole, rel=1e-5)
    assert (above.normals[above.points[:, 2] > 8, 2] > -0.5).mean() > 0.95
