"""The z-buffer against a slow reference, and against geometry that is known."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from facepoints.synthetic.rasteriser import SNAP, rasterise

HEIGHT, WIDTH = 13, 17


def reference(positions, triangles, height, width):
    """Depth seen at each pixel, every triangle tried at every pixel, by solving for the weights."""
    y, x = np.mgrid[:height, :width].astype(float)
    nearest = np.full((height, width), np.inf)
    for triangle in triangles:
        corners = positions[triangle].astype(float)
        xy, z = np.rint(corners[:, :2] * SNAP) / SNAP, corners[:, 2]
        (ax, ay), (bx, by), (cx, cy) = xy
        area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
        if area == 0 or z.min() <= 0:
            continue
        flat = np.stack(
            [
                (bx - x) * (cy - y) - (by - y) * (cx - x),
                (cx - x) * (ay - y) - (cy - y) * (ax - x),
                (ax - x) * (by - y) - (ay - y) * (bx - x),
            ]
        )
        flat /= area
        inside = (flat >= 0).all(axis=0)
        depth = 1 / np.tensordot(1 / z, flat, 1)[inside]
        nearest[inside] = np.minimum(nearest[inside], depth)
    return nearest


def number(low, high):
    return st.integers(low * 64, high * 64).map(lambda n: n / 64)


corner = st.tuples(number(-6, 22), number(-6, 18), st.sampled_from([-1.0, 0.5, 1.0, 2.0, 3.5, 9.0]))


@settings(max_examples=150, deadline=None)
@given(st.lists(corner, min_size=3, max_size=14), st.randoms(use_true_random=False))
def test_agrees_with_the_reference(corners, random):
    positions = np.array(corners, np.float32)
    triangles = np.array(
        [random.sample(range(len(corners)), 3) for _ in range(len(corners))], np.int32
    )
    ids, weights, depth = rasterise(positions, triangles, HEIGHT, WIDTH)
    np.testing.assert_allclose(depth, reference(positions, triangles, HEIGHT, WIDTH), rtol=1e-5)
    assert ((ids >= 0) == np.isfinite(depth)).all()

    # Perspective-correct weights put the pixel back where it is, in space.
    y, x = np.nonzero(ids >= 0)
    seen = triangles[ids[y, x]]
    weight = weights[y, x].astype(float)
    z = positions[seen, 2]
    np.testing.assert_allclose(weight.sum(axis=1), 1, atol=1e-5)
    np.testing.assert_allclose((weight * z).sum(axis=1), depth[y, x], rtol=1e-4)
    for axis, pixel in ((0, x), (1, y)):
        back = (weight * z * positions[seen, axis]).sum(axis=1) / depth[y, x]
        np.testing.assert_allclose(back, pixel, atol=1e-3)


far = st.tuples(st.integers(-8000, 8000), st.integers(-3 * 1024, 16 * 1024).map(lambda n: n / 1024))


@settings(max_examples=300, deadline=None)
@given(st.lists(far, min_size=3, max_size=3))
def test_long_edges_that_are_almost_level_lose_no_pixel(corners):
    positions = np.array([[x, y, 1.0] for x, y in corners], np.float32)
    triangles = np.array([[0, 1, 2]], np.int32)
    ids = rasterise(positions, triangles, HEIGHT, WIDTH)[0]
    expected = reference(positions, triangles, HEIGHT, WIDTH)
    assert ((ids >= 0) == np.isfinite(expected)).all()


def test_the_nearer_surface_hides_the_other_in_any_order():
    near = [[2, 2, 1.0], [12, 2, 1.0], [2, 12, 1.0]]
    far = [[0, 0, 5.0], [16, 0, 5.0], [0, 16, 5.0]]
    positions = np.array(near + far, np.float32)
    for triangles, front in (([[0, 1, 2], [3, 4, 5]], 0), ([[3, 4, 5], [0, 1, 2]], 1)):
        ids, _, depth = rasterise(positions, np.array(triangles, np.int32), HEIGHT, WIDTH)
        assert ids[4, 4] == front
        assert ids[1, 1] == 1 - front
        assert depth[4, 4] == 1
        assert depth[1, 1] == 5


def test_weights_are_perspective_correct():
    # Half-way on the screen between depths 1 and 3 is a quarter of the way in space.
    positions = np.array([[0, 0, 1], [8, 0, 3], [0, 8, 1]], np.float32)
    _, weights, depth = rasterise(positions, np.array([[0, 1, 2]], np.int32), 9, 9)
    np.testing.assert_allclose(weights[0, 4], [0.75, 0.25, 0], atol=1e-6)
    assert depth[0, 4] == 1.5


def test_a_one_sided_triangle_is_seen_only_from_its_front():
    positions = np.array(
        [[0, 8, 1], [8, 8, 1], [0, 0, 1]], np.float32
    )  # anticlockwise, as y is down
    front, back = [0, 1, 2], [0, 2, 1]
    seen = {
        (*triangle, sides): (rasterise(positions, np.array([triangle], np.int32), 9, 9, sides)[0])
        for triangle in (front, back)
        for sides in (0, 1)
    }
    assert (seen[(*back, 1)] == -1).all()
    for other in ((*front, 0), (*front, 1), (*back, 0)):
        assert (seen[other] == 0).sum() == 45  # half of 9 x 9, with the diagonal
    both = np.array([front, back], np.int32)
    assert (
        rasterise(positions, both[::-1], 9, 9, 1)[0] == 1
    ).sum() == 45  # only the first is one-sided


def test_the_pixel_centre_is_the_integer():
    positions = np.array([[3, 2, 1], [3.4, 2, 1], [3, 2.4, 1]], np.float32)
    ids, _, _ = rasterise(positions, np.array([[0, 1, 2]], np.int32), 6, 6)
    assert list(zip(*np.nonzero(ids >= 0), strict=True)) == [(2, 3)]


def test_shared_edges_leave_no_gap():
    random = np.random.default_rng(5)
    y, x = np.mgrid[:20, :20] * 4.0 - 4
    x[:, 1:-1] += random.uniform(-1.9, 1.9, (20, 18))
    y[1:-1] += random.uniform(-1.9, 1.9, (18, 20))
    positions = np.stack([x, y, np.ones_like(x)], axis=-1).reshape(-1, 3).astype(np.float32)
    number = np.arange(400).reshape(20, 20)
    a, b, c, d = number[:-1, :-1], number[:-1, 1:], number[1:, :-1], number[1:, 1:]
    triangles = np.concatenate(
        [np.stack([p.ravel() for p in three], 1) for three in ((a, c, b), (b, c, d))]
    ).astype(np.int32)
    ids, _, _ = rasterise(positions, triangles, 60, 60)
    assert (ids >= 0).all()


def test_nothing_is_drawn_behind_the_camera_or_far_outside():
    positions = np.array(
        [[0, 0, -1], [9, 0, 2], [0, 9, 2], [0, 0, 1], [9000, 0, 1], [0, 9000, 1]], np.float32
    )
    ids, weights, depth = rasterise(
        positions, np.array([[0, 1, 2], [3, 4, 5]], np.int32), HEIGHT, WIDTH
    )
    assert (ids == -1).all()
    assert (weights == 0).all()
    assert np.isinf(depth).all()
