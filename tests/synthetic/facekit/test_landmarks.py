"""Where the points lie on the real head."""

import cv2
import numpy as np
import pytest

from facepoints.schemes.library import load
from facepoints.synthetic.camera import Camera
from facepoints.synthetic.facekit import contour
from facepoints.synthetic.facekit.brow import Brow
from facepoints.synthetic.facekit.landmarks import MESH, landmarks
from facepoints.synthetic.facekit.settings import SCHEMES

pytestmark = pytest.mark.real


def camera(yaw=0.0, pitch=0.0, roll=0.0):
    return Camera(yaw, pitch, roll, (0.0, 0.0, 4.0), 100.0, 2000.0, (300.0, 300.0))


def pixels(kit, scheme, **turn):
    view = camera(**turn)
    return view.project(landmarks(kit, kit.neutral, Brow(), view, scheme))[:, :2]


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_mean_face_is_symmetric_and_has_the_scheme_s_shape(kit, scheme):
    content = load(scheme)
    points = pixels(kit, scheme)
    assert points.shape == (content.points, 2)
    mirrored = points[list(content.mirror)] * [-1, 1] + [600, 0]
    np.testing.assert_allclose(mirrored, points, atol=4)
    # By similarity to the shape that the scheme is drawn with, within a fifth of the eyes' distance.
    shape = np.array(content.shape)
    one, other = points - points.mean(axis=0), shape - shape.mean(axis=0)
    fitted = other * (one * other).sum() / (other**2).sum()
    eyes = np.linalg.norm(
        np.subtract(
            *(points[list(side)].mean(axis=0) for side in content.normalisers["inter_ocular"])
        )
    )
    assert np.linalg.norm(fitted - one, axis=1).max() < 0.2 * eyes


def test_only_the_jaw_differs_between_outline_and_mesh(kit):
    outline, mesh = pixels(kit, "ibug68", yaw=40.0), pixels(kit, "ibug68_mesh", yaw=40.0)
    np.testing.assert_array_equal(outline[17:], mesh[17:])
    assert np.linalg.norm(outline[8] - mesh[8]) / 20 < 1  # the chin's lowest place
    # Turned to image right: the left half lies on the visible border, up to two centimetres from the mesh's points.
    moved = np.linalg.norm(outline[:17] - mesh[:17], axis=1) / 20
    assert moved[12:].min() > 0.3
    np.testing.assert_array_equal(pixels(kit, "synthetics70", yaw=40.0)[:68], mesh)


@pytest.mark.parametrize("yaw", [-55.0, -30.0, -10.0, 0.0, 20.0, 45.0])
def test_the_outline_is_even_and_has_no_place_of_the_lines_outside(kit, yaw):
    view = camera(yaw=yaw, pitch=10.0)
    points = view.project(contour.outline(kit, kit.neutral, view, steps=16))[:, :2]
    assert points.shape == (33, 2)
    for half in (points[:17], points[16:]):
        steps = np.linalg.norm(np.diff(half, axis=0), axis=1)
        # Along the line; where that bends, the way straight from point to point is a little shorter.
        assert steps.min() > 0.75 * steps.max()
    # Below the first points, no line leads out of what they surround.
    top = max(points[0, 1], points[-1, 1])
    for line in [*contour.lines(kit)["right"], *contour.lines(kit)["left"]]:
        for place in view.project(line.points(kit.neutral))[:, :2]:
            out = -cv2.pointPolygonTest(points[:, None], place.tolist(), measureDist=True)
            assert place[1] < top or out < 5  # a quarter of a centimetre: chords cut corners


def test_lines_run_over_the_skin_from_the_ear_to_the_chin(kit):
    for side, sign in (("right", -1), ("left", 1)):
        starts = np.stack([line.points(kit.neutral)[0] for line in contour.lines(kit)[side]])
        assert (np.diff(starts[:, 1]) < 0).all()  # each lower than the one before
        assert (sign * starts[:, 0] > 0).all()
        assert all(len(line.share) > 5 for line in contour.lines(kit)[side])


def test_brows_that_sit_high_take_their_points_along(kit):
    view = camera()
    low, high = (landmarks(kit, kit.neutral, Brow(lift), view, "ibug68") for lift in (0.0, 0.3))
    np.testing.assert_allclose(high[17:27, 1] - low[17:27, 1], 0.3, atol=1e-5)
    np.testing.assert_array_equal(high[27:], low[27:])
    # Along the skin, which leans.
    out = kit.normals[list(MESH[17:27])]
    assert np.abs(out[:, 1]).max() > 0.2
    np.testing.assert_allclose(((high - low)[17:27] * out).sum(axis=1), 0, atol=1e-5)


def test_wflw_s_brow_edges_lie_on_the_skin_too(kit):
    middle, fine = (
        landmarks(kit, kit.neutral, Brow(), camera(), scheme) for scheme in ("ibug68", "wflw98")
    )
    # Each brow's upper edge, then the lower one back without its outer end.
    order = [*range(17, 22), 21, 20, 19, 18, *range(22, 27), 25, 24, 23, 22]
    way = fine[33:51] - middle[order]
    assert np.abs(way[:, 1]).min() > 0.01
    np.testing.assert_allclose((way * kit.normals[[MESH[at] for at in order]]).sum(1), 0, atol=1e-5)


def test_wflw_s_points_are_those_of_the_68_and_more(kit):
    for yaw in (0.0, 35.0):
        fine, coarse = pixels(kit, "wflw98", yaw=yaw), pixels(kit, "ibug68", yaw=yaw)
        mapped = fine[list(load("wflw98").maps["ibug68"])]
        brows = slice(17, 27)  # WFLW marks their upper edge
        np.testing.assert_allclose(
            np.delete(mapped, brows, 0), np.delete(coarse, brows, 0), atol=0.01
        )
        assert (mapped[brows, 1] <= coarse[brows, 1] + 0.5).all()
    eye = pixels(kit, "wflw98")
    assert eye[62, 1] < eye[66, 1]  # the middles of the upper and of the lower lid
    assert eye[[62, 66], 0] == pytest.approx(np.full(2, eye[[60, 64], 0].mean()), abs=6)
