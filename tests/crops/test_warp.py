import cv2
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from facepoints.crops.warp import apply, invert, view_affine, warp


def test_the_borders_of_the_box_are_the_borders_of_the_view():
    affine = view_affine(np.array([9.5, 19.5, 109.5, 219.5]), 224)
    corners = apply(affine, np.array([[9.5, 19.5], [109.5, 219.5]]))
    np.testing.assert_allclose(corners, [[-0.5, -0.5], [223.5, 223.5]], atol=1e-5)


@given(
    st.floats(-500, 500), st.floats(-500, 500), st.floats(5, 900), st.floats(5, 900), st.randoms()
)
def test_the_inverse_leads_back(x, y, width, height, random):
    affine = view_affine(np.array([x, y, x + width, y + height]), 224)
    points = np.array([[random.uniform(-900, 900), random.uniform(-900, 900)]])
    back = apply(invert(affine), apply(affine, points).astype(np.float64))
    np.testing.assert_allclose(back, points, atol=0.05)


def test_per_face_maps_move_each_face_by_its_own():
    maps = np.stack([view_affine(np.array([0, 0, side, side]), 10) for side in (5.0, 20.0)])
    points = np.ones((2, 3, 2))
    np.testing.assert_allclose(apply(maps, points)[1], apply(maps[1], points[1]))


def test_the_same_size_at_whole_pixels_copies_the_pixels():
    image = np.random.default_rng(0).integers(0, 256, (40, 50, 3), dtype=np.uint8)
    view = warp(image, view_affine(np.array([4.5, 9.5, 24.5, 29.5]), 20), 20, margin=3)
    np.testing.assert_array_equal(view, image[7:33, 2:28])


def test_shrinking_is_area_averaging_exact_to_half_a_pixel():
    image = np.random.default_rng(0).integers(0, 256, (64, 96, 3), dtype=np.uint8)
    view = warp(image, view_affine(np.array([-0.5, -0.5, 63.5, 63.5]), 16), 16)
    expected = image[:, :64].reshape(16, 4, 16, 4, 3).mean(axis=(1, 3))
    assert np.abs(view - expected).max() <= 1.0


def test_a_dot_lands_where_its_point_is_said_to_land():
    image = np.zeros((300, 400, 3), dtype=np.uint8)
    cv2.circle(image, (220, 140), 12, (255, 255, 255), -1, cv2.LINE_AA)
    affine = view_affine(np.array([150.3, 77.7, 321.9, 249.3]), 112)
    view = warp(image, affine, 112, margin=28)[..., 0].astype(np.float64)
    y, x = (np.indices(view.shape) * view).sum(axis=(1, 2)) / view.sum()
    np.testing.assert_allclose([x, y], apply(affine, np.array([[220.0, 140.0]]))[0] + 28, atol=0.05)


def test_beyond_the_photo_is_black():
    view = warp(np.full((10, 10, 3), 200, np.uint8), view_affine(np.array([5, 5, 25, 25]), 20), 20)
    assert view[-1, -1].max() == 0
    assert view[0, 0].min() == 200
