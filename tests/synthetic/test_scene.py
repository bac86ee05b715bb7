"""Drawn faces: reproducible, framed, and different from each other and from their background."""

import hashlib
import subprocess
import sys
from itertools import pairwise

import numpy as np
import pytest

from facepoints import FacepointsError
from facepoints.parameters import checked
from facepoints.synthetic import scene
from facepoints.synthetic.head import head
from facepoints.synthetic.settings import SyntheticSettings

SETTINGS = {
    "faces": 2000,
    "seed": 0,
    "side": 128,
    "yaw": 50.0,
    "pitch": 25.0,
    "roll": 30.0,
    "identity": 1.0,
    "expression": 1.0,
    "fill": [0.4, 0.65],
    "shift": 0.08,
    "blur": 1.2,
    "noise": 10.0,
}
OTHER_PROCESS = """
import hashlib, sys
from facepoints.synthetic import scene
from facepoints.synthetic.settings import SyntheticSettings
settings = SyntheticSettings.model_validate_json(sys.argv[1])
for index in (7, 3):
    one = scene.drawing(scene.sample(settings, index))
    parts = one.image.tobytes(), one.landmarks.tobytes(), one.seen.tobytes()
    print(hashlib.sha256(b"".join(parts)).hexdigest())
"""


def settings(**changes):
    return SyntheticSettings(**{**SETTINGS, **changes})


def digest(one):
    parts = one.image.tobytes(), one.landmarks.tobytes(), one.seen.tobytes()
    return hashlib.sha256(b"".join(parts)).hexdigest()


def test_the_same_bytes_again_and_in_another_process():
    here = [digest(scene.drawing(scene.sample(settings(), index))) for index in (3, 7)]
    again = [digest(scene.drawing(scene.sample(settings(), index))) for index in (3, 7)]
    there = subprocess.run(
        [sys.executable, "-c", OTHER_PROCESS, settings().model_dump_json()],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert here == again == there[::-1]
    assert here[0] != here[1]


def test_the_seed_changes_the_face_and_the_number_of_faces_does_not():
    one = scene.landmarks(scene.sample(settings(), 3))
    assert not np.allclose(one, scene.landmarks(scene.sample(settings(seed=1), 3)))
    assert (one == scene.landmarks(scene.sample(settings(faces=10), 3))).all()


def test_landmarks_need_no_drawing_and_are_the_drawn_vertices():
    for index in range(5):
        one = scene.sample(settings(), index)
        mesh = head(one.face, one.palette, one.hairstyle, one.glasses)
        drawn = one.camera.project(mesh.vertices[mesh.landmarks])[:, :2]
        points = scene.landmarks(one)
        assert points.dtype == np.float32
        np.testing.assert_allclose(points, drawn, atol=1e-3)
        np.testing.assert_array_equal(scene.drawing(one).landmarks, drawn)


def test_landmarks_lie_in_the_picture():
    points = np.stack([scene.landmarks(scene.sample(settings(), index)) for index in range(150)])
    inside = ((points > -0.5) & (points < 127.5)).all(axis=-1)
    assert inside.mean() > 0.999
    sides = np.ptp(points, axis=1).max(axis=1) / 128
    assert 0.39 < sides.min() < 0.47
    assert 0.58 < sides.max() < 0.66


def test_a_frontal_face_looks_straight_on():
    level = settings(yaw=0.0, pitch=0.0, roll=0.0, identity=0.0, expression=0.0)
    points = scene.landmarks(scene.sample(level, 0))
    assert points[36, 1] == pytest.approx(points[45, 1], abs=0.05)
    middle = (points[36, 0] + points[45, 0]) / 2
    assert points[[8, 27, 30, 33, 51, 57], 0] == pytest.approx(np.full(6, middle), abs=0.3)


def test_pictures_are_pictures():
    drawings = [scene.drawing(scene.sample(settings(), index)) for index in range(6)]
    for one in drawings:
        assert one.image.shape == (128, 128, 3)
        assert one.image.dtype == np.uint8
        assert one.image.std() > 10
        assert one.seen[[30, 33, 51, 57]].all()
    for one, other in pairwise(drawings):
        assert np.abs(one.image.astype(int) - other.image).mean() > 10


def test_the_face_stands_before_its_background():
    one = scene.sample(settings(noise=0.0, blur=0.0), 4)
    away = scene.Scene(**{**vars(one), "camera": _aside(one.camera)})
    with_face, without = scene.render(one).astype(int), scene.render(away).astype(int)
    points = scene.landmarks(one)
    x, y = np.rint(points[[27, 30, 33, 51, 57]]).astype(int).T
    assert np.abs(with_face - without)[y, x].mean() > 10
    assert (with_face[0, [0, -1]] == without[0, [0, -1]]).all()


def _aside(camera):
    return type(camera)(**{**vars(camera), "centre": (5000.0, 5000.0)})


def test_turned_heads_hide_points():
    turned = scene.sample(settings(), 0)
    camera = type(turned.camera)(**{**vars(turned.camera), "yaw": 50.0, "pitch": 0.0, "roll": 0.0})
    seen = scene.drawing(scene.Scene(**{**vars(turned), "camera": camera})).seen
    # Turned to image right: the right half of the jaw (image left) is seen, the left is not.
    assert seen[:8].all()
    assert not seen[13:17].any()


def test_there_is_no_face_beyond_the_last():
    with pytest.raises(FacepointsError, match="face 5 does not exist; faces are 0 to 4"):
        scene.sample(settings(faces=5), 5)


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("faces", 0, "dataset.synthetic.faces: must be greater than 0"),
        ("fill", [0.7, 0.4], "0 < smallest <= largest"),
        ("fill", [0.7], "fill: must hold 2 or more; found"),
        ("yaw", 120.0, "less than or equal to 90"),
        ("side", "big", "valid integer"),
        ("colour", 1, "unknown key dataset.synthetic.colour"),
    ],
)
def test_wrong_settings_name_the_key(key, value, message):
    with pytest.raises(FacepointsError, match=message):
        checked({**SETTINGS, key: value}, "dataset.synthetic", SyntheticSettings)
