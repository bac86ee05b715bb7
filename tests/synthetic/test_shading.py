"""Camera and light on a mesh that does not come from the head generator: a plain ball."""

import numpy as np
import pytest

from facepoints.synthetic import parts
from facepoints.synthetic.camera import Camera
from facepoints.synthetic.mesh import Mesh
from facepoints.synthetic.shading import Light, Lighting, draw

DARK = (0.0, 0.0, 0.0)


def camera(**changes):
    plain = {
        "yaw": 0.0,
        "pitch": 0.0,
        "roll": 0.0,
        "pivot": (0.0, 0.0, 0.0),
        "distance": 10.0,
        "focal": 200.0,
        "centre": (31.5, 31.5),
    }
    return Camera(**{**plain, **changes})


def ball(shine=0.0):
    piece = parts.eyeball()
    count = len(piece.points)
    return Mesh(
        piece.points.astype(np.float32),
        piece.triangles,
        np.full((count, 3), 0.5, np.float32),
        np.tile(np.float32([shine, 60.0]), (count, 1)),
        np.array([0], np.int32),
    )


def test_the_camera_turns_the_way_it_says():
    ahead = np.float32([[0, 0, 1]])
    x, y, depth = camera().project(ahead)[0]
    assert (x, y, depth) == (31.5, 31.5, 9.0)
    assert camera(yaw=30.0).project(ahead)[0, 0] > 40  # to image right
    assert camera(pitch=20.0).project(ahead)[0, 1] < 25  # up
    assert camera(roll=20.0).project(np.float32([[0, 1, 0]]))[0, 0] > 35  # crown to image right
    assert camera().project(np.float32([[1, 0, 0]]))[0, 0] == 51.5
    assert camera().project(np.float32([[0, 1, 0]]))[0, 1] == 11.5


def test_nearer_things_are_larger():
    near, far = camera().project(np.float32([[1, 0, 5], [1, 0, 0]]))[:, 0] - 31.5
    assert near == pytest.approx(2 * far)


@pytest.mark.parametrize(
    ("direction", "bright", "dark"),
    [
        ((-1.0, 0.0, 0.3), (32, 18), (32, 45)),
        ((0.0, 1.0, 0.3), (18, 32), (45, 32)),
    ],
)
def test_light_comes_from_its_direction(direction, bright, dark):
    lighting = Lighting(DARK, DARK, (Light(direction, (1.0, 1.0, 1.0)),))
    colour, cover, depth = draw(ball(), camera(), lighting, 64, 64)
    assert colour[bright].mean() > 5 * colour[dark].mean() + 0.1
    assert cover[bright] == 1
    assert depth[32, 32] == pytest.approx(9, abs=0.01)


def test_ambient_light_alone_shows_the_colour_from_above_and_below():
    colour, cover, _ = draw(ball(), camera(), Lighting((1.0, 1.0, 1.0), DARK, ()), 64, 64)
    assert colour[32, 32] == pytest.approx(np.full(3, 0.25), abs=0.02)
    assert colour[16, 32, 0] > 0.4
    assert colour[47, 32, 0] < 0.1
    assert (colour[cover == 0] == 0).all()


def test_shine_adds_a_highlight_where_light_is_mirrored():
    lighting = Lighting(DARK, DARK, (Light((0.0, 0.0, 1.0), (1.0, 1.0, 1.0)),))
    dull, _, _ = draw(ball(), camera(), lighting, 64, 64)
    shiny, _, _ = draw(ball(shine=0.5), camera(), lighting, 64, 64)
    gain = (shiny - dull)[..., 0]
    assert gain[32, 32] > 0.4
    assert abs(gain[32, 46]) < 0.05
