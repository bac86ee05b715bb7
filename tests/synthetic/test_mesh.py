"""Meshes: their normals and the checks on what they carry."""

import numpy as np
import pytest

from facepoints import FacepointsError
from facepoints.synthetic import parts
from facepoints.synthetic.mesh import Mesh, normals, unit


def test_normals_point_out_of_a_ball():
    ball = parts.eyeball()
    found = normals(ball.points.astype(np.float32), ball.triangles)
    inner = ball.points[:, 2] > np.cos(parts.IRIS_RINGS[-2]) + 1e-6
    # The ring is open where it meets itself, hence not quite.
    agree = (found[inner] * ball.points[inner]).sum(axis=1)
    assert agree[1:].min() > 0.98
    np.testing.assert_allclose(np.linalg.norm(found, axis=1)[1:], 1, atol=1e-5)


def test_units_have_length_one_and_keep_their_way():
    vectors = np.random.default_rng(0).normal(size=(4, 5, 3))
    found = unit(vectors)
    np.testing.assert_allclose(np.linalg.norm(found, axis=-1), 1, atol=1e-6)
    np.testing.assert_allclose(np.cross(found, vectors), 0, atol=1e-5)
    np.testing.assert_array_equal(unit(np.zeros((2, 3))), 0)


def test_a_mesh_refuses_what_does_not_fit():
    good = {
        "vertices": np.zeros((4, 3), np.float32),
        "triangles": np.array([[0, 1, 3]], np.int32),
        "colours": np.zeros((4, 3), np.float32),
        "shine": np.zeros((4, 2), np.float32),
        "landmarks": np.array([2], np.int32),
    }
    Mesh(**good)
    with pytest.raises(FacepointsError, match=r"Mesh.colours: expected \(4, 3\), found \(3, 3\)"):
        Mesh(**{**good, "colours": np.zeros((3, 3), np.float32)})
    with pytest.raises(FacepointsError, match=r"Mesh.landmarks: indices must lie in 0 to 3"):
        Mesh(**{**good, "landmarks": np.array([4], np.int32)})
