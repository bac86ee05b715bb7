"""Bodies about the head."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from facepoints.synthetic.facekit.shapes import inside, outside

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
