import time

import numpy as np
import pytest

from facepoints.live.drawing import PALETTE, Painter
from facepoints.schemes.library import load, names
from facepoints.schemes.scheme import Scheme
from tests.layouts import drawn


@pytest.mark.parametrize("name", names())
def test_every_point_of_every_scheme_has_its_region_s_colour(name):
    scheme = load(name)
    image = np.zeros((900, 900, 3), np.uint8)
    points = 50 + 800 * np.array(scheme.shape, np.float32)
    Painter(scheme).points(image, points)
    for region, colour in zip(scheme.regions, PALETTE, strict=False):
        for index in scheme.region(region):
            x, y = np.rint(points[index]).astype(int)
            near = image[y - 2 : y + 3, x - 2 : x + 3].reshape(-1, 3)
            assert (np.abs(near.astype(int) - colour).max(axis=1) < 30).any(), (region, index)


def test_a_scheme_of_nothing_but_points_is_drawn_as_dots():
    image = np.zeros((60, 60, 3), np.uint8)
    Painter(Scheme("two", 2)).points(image, np.array([[15, 30], [45, 30]], np.float32))
    assert image[30, 15].tolist() == image[30, 45].tolist() == list(PALETTE[0])
    assert not image[:, 22:38].any()


def test_the_centre_of_a_dot_lies_between_pixels_where_the_point_does():
    for x in (30.0, 30.25, 30.5, 30.75):
        image = np.zeros((60, 60, 3), np.uint8)
        Painter(Scheme("one", 1)).points(image, np.array([[x, 20.5]], np.float32))
        weight = image.sum(axis=2).astype(float)
        centre = (
            weight.sum(axis=0) @ np.arange(60),
            weight.sum(axis=1) @ np.arange(60),
        ) / weight.sum()
        np.testing.assert_allclose(centre, (x, 20.5), atol=0.15)


@pytest.mark.parametrize("place", [-500.0, 1e12, -1e12])
def test_points_beyond_the_picture_are_no_error(place):
    image = np.zeros((40, 40, 3), np.uint8)
    Painter(Scheme("two", 2, groups={"line": (0, 1)})).points(
        image, np.full((2, 2), place, np.float32)
    )
    assert not image.any()


def test_a_face_is_drawn_in_far_less_than_a_frame_s_time():
    face = drawn.faces(1, 256)[0]
    image = np.zeros((480, 640, 3), np.uint8)
    painter = Painter(load("ibug68"))
    painter.points(image, face.points)
    start = time.process_time()
    for _ in range(20):
        painter.points(image, face.points)
    assert (time.process_time() - start) / 20 < 0.01
