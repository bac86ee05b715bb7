import numpy as np

from facepoints.synthetic.facekit.strands import ribbons

OUT = np.array([[0.0, 1, 0], [0, 1, 0]], np.float32)
EYE = np.array([0.0, 0, 1], np.float32)
PATHS = np.stack(
    [
        np.stack([np.linspace(0, 3, 4), np.zeros(4), np.zeros(4)], axis=1),
        np.stack([np.zeros(4), np.linspace(0, -2, 4), np.ones(4)], axis=1),
    ]
).astype(np.float32)


def test_ribbons_follow_their_paths_turn_to_the_camera_and_taper():
    widths, colours = np.array([0.2, 0.4], np.float32), np.eye(3, dtype=np.float32)[:2]
    piece = ribbons(PATHS, widths, colours, OUT, EYE, 0.1)
    points = piece.points.reshape(2, 4, 2, 3)
    np.testing.assert_allclose(points.mean(axis=2), PATHS, atol=1e-6)
    across = points[:, :, 1] - points[:, :, 0]
    np.testing.assert_allclose(across[..., 2], 0, atol=1e-6)  # flat to who looks along z
    found = np.linalg.norm(across, axis=-1)
    np.testing.assert_allclose(found[:, 0], widths, rtol=1e-5)
    assert (np.diff(found, axis=1) < 0).all()
    assert piece.triangles.max() == len(piece.points) - 1
    assert len(piece.triangles) == 2 * 3 * 2
    assert (piece.colours.reshape(2, 8, 3) == colours[:, None]).all()


def test_light_falls_on_their_outer_side():
    piece = ribbons(PATHS, np.ones(2, np.float32), np.ones((2, 3), np.float32), OUT, EYE, 0.1)
    np.testing.assert_allclose(piece.normals[:8], np.tile(OUT[0], (8, 1)), atol=1e-6)
    length = np.linalg.norm(piece.normals[:8], axis=1)
    np.testing.assert_allclose(length, 1, atol=1e-6)


def test_a_strand_that_stops_is_a_point_and_no_fault():
    still = np.zeros((1, 5, 3), np.float32)
    piece = ribbons(still, np.ones(1, np.float32), np.ones((1, 3), np.float32), OUT[:1], EYE, 0.1)
    assert np.isfinite(piece.points).all()
    assert np.isfinite(piece.normals).all()
