"""The parametric head: symmetric, whole, and moving as asked."""

import numpy as np
import pytest

from facepoints.synthetic.camera import Camera
from facepoints.synthetic.fields import EXPRESSION, IDENTITY
from facepoints.synthetic.head import Face, landmark_positions, positions
from facepoints.synthetic.rasteriser import rasterise
from facepoints.synthetic.template import template

MEAN = Face({}, {})
MIRROR = np.array(
    [*range(16, -1, -1), *range(26, 16, -1), *range(27, 31), *range(35, 30, -1)]
    + [45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40]
    + [*range(54, 47, -1), *range(59, 54, -1), *range(64, 59, -1), *range(67, 64, -1)]
)


def face(jaw=0.0, closed=(0.0, 0.0), **numbers):
    identity = {name: value for name, value in numbers.items() if name in IDENTITY}
    expression = {name: value for name, value in numbers.items() if name in EXPRESSION}
    assert len(identity) + len(expression) == len(numbers)
    return Face(identity, expression, jaw=jaw, closed=closed)


def test_the_mean_face_is_its_own_mirror_image():
    points = landmark_positions(MEAN)
    np.testing.assert_allclose(points[MIRROR] * [-1, 1, 1], points, atol=1e-6)
    assert np.abs(points[MIRROR] - points).max() > 0.5


def test_landmarks_are_distinct_vertices_except_along_closed_lips():
    points = landmark_positions(MEAN)
    assert len(np.unique(template().landmarks)) == 68
    apart = np.linalg.norm(points[:, None] - points[None], axis=-1) + np.eye(68)
    pairs = {tuple(sorted(p)) for p in np.argwhere(apart < 0.005).tolist()}
    assert pairs == {(61, 67), (62, 66), (63, 65)}


def test_landmarks_stand_where_a_face_has_them():
    points = landmark_positions(MEAN)
    x, y, z = points.T
    assert (np.diff(x[:17]) > 0).all()  # the jaw, from image left to image right
    assert y[8] == y.min()
    assert (np.diff(x[17:27]) > 0).all()
    assert y[17:27].min() > y[36:48].max()  # brows over eyes
    assert (np.diff(y[27:31]) < 0).all()
    assert z[30] == z.max()  # the nose's tip
    assert (np.diff(x[31:36]) > 0).all()
    assert (y[[37, 38, 43, 44]] > y[[41, 40, 47, 46]]).all()
    assert (np.diff(x[48:55]) > 0).all()
    assert (np.diff(x[54:60]) < 0).all()
    assert (np.diff(x[60:65]) > 0).all()
    assert (np.diff(x[64:68]) < 0).all()
    assert (y[[50, 51, 52]] > y[[58, 57, 56]]).all()
    assert y[33] > y[51]
    # The unit is the distance of the outer eye corners.
    assert x[45] - x[36] == pytest.approx(1.0, abs=0.02)


def test_closing_a_lid_brings_its_points_together_and_leaves_the_other_eye():
    def opening(one):
        points = landmark_positions(one)
        gap = np.linalg.norm(points[[37, 38, 43, 44]] - points[[41, 40, 47, 46]], axis=1)
        return gap[:2].mean(), gap[2:].mean()

    right, left = opening(MEAN)
    shut, still_open = opening(face(closed=(1.0, 0.0)))
    half, _ = opening(face(closed=(0.5, 0.0)))
    assert shut < 0.12 * right
    assert still_open == left
    assert 0.35 * right < half < 0.65 * right


@pytest.mark.parametrize("size", [-1.0, 1.0])
def test_lids_stay_outside_the_eyeball(size):
    model = template()
    for closed in (0.0, 0.3, 0.6, 1.0):
        vertices = positions(face(closed=(closed, closed), eye_size=size, eye_opening=size))
        ball = vertices[model.starts["left_eye"] : model.starts["end"]]
        radius = np.ptp(ball[:, 0]) / 2
        centre = ball[0] - [0, 0, radius]  # the first vertex is the pupil
        upper, lower = model.lids[1]
        for edge in (upper[0], lower[0]):
            assert np.linalg.norm(vertices[edge] - centre, axis=1).min() > radius


def test_opening_the_jaw_moves_chin_and_lower_lip_down_and_nothing_above():
    shut, wide = landmark_positions(MEAN), landmark_positions(face(jaw=0.3))
    moved = wide - shut
    assert (moved[[7, 8, 9, 56, 57, 58, 65, 66, 67], 1] < -0.12).all()
    assert (np.abs(moved[[*range(17, 48), 50, 51, 52, 61, 62, 63]]) < 0.03).all()
    assert -0.15 < moved[48, 1] < -0.03  # the corners go part of the way
    assert np.linalg.norm(wide[62] - wide[66]) > 0.15


def test_expressions_do_what_their_names_say():
    mean = landmark_positions(MEAN)
    smile = landmark_positions(face(smile=1.0)) - mean
    assert smile[54, 0] > 0.03
    assert smile[54, 1] > 0.03
    assert (landmark_positions(face(brow_raise=1.0)) - mean)[17:27, 1].min() > 0.03
    assert (landmark_positions(face(brow_lower=1.0)) - mean)[[21, 22], 1].max() < -0.02
    pucker = landmark_positions(face(pucker=1.0))
    assert pucker[54, 0] - pucker[48, 0] < 0.85 * (mean[54, 0] - mean[48, 0])


@pytest.mark.parametrize("name", IDENTITY)
def test_every_identity_number_changes_the_face_smoothly(name):
    vertices, other = positions(MEAN), positions(face(**{name: 1.0}))
    change = np.linalg.norm(other - vertices, axis=1)
    skin = change[: len(template().skin)]
    assert 0.01 < skin.max() < 0.6
    corners = template().grid.triangles
    edges = np.linalg.norm(vertices[corners[:, 0]] - vertices[corners[:, 1]], axis=1)
    steps = np.abs(change[corners[:, 0]] - change[corners[:, 1]])
    assert (steps <= 0.5 * edges + 0.005).all()


@pytest.mark.parametrize("yaw", [-50.0, -20.0, 0.0, 35.0, 50.0])
@pytest.mark.parametrize("one", [MEAN, face(jaw=0.3, smile=0.8), face(closed=(1.0, 1.0))])
def test_no_inner_side_is_seen(yaw, one):
    camera = Camera(yaw, 0.0, 0.0, (0.0, -0.4, -0.5), 9.0, 900.0, (127.5, 127.5))
    model = template()
    screen = camera.project(positions(one).astype(np.float32))
    ids, _, _ = rasterise(screen, model.triangles, 256, 256)
    a, b, c = (screen[model.triangles[:, k], :2].astype(float) for k in range(3))
    area = (b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0]
    seen = ids[ids >= 0]
    assert len(seen) > 15_000
    assert (area[seen] > 0).mean() < 0.002
