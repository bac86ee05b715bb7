import pickle
from typing import Any

import numpy as np
import pytest

from facepoints.datasets.face import FaceSet
from facepoints.datasets.library import open_set
from facepoints.schemes.library import load

OPTIONS: dict[str, Any] = {
    "faces": 3,
    "seed": 0,
    "side": 96,
    "yaw": 20.0,
    "pitch": 10.0,
    "roll": 10.0,
    "identity": 1.0,
    "expression": 1.0,
    "fill": [0.4, 0.6],
    "shift": 0.05,
    "blur": 0.5,
    "noise": 4.0,
}


@pytest.fixture
def drawn(tmp_path: Any) -> FaceSet:
    return open_set("synthetic", tmp_path, load("ibug68"), OPTIONS)


def test_every_face_is_a_person_of_its_own(drawn: FaceSet) -> None:
    faces = drawn.faces()
    assert [face.image for face in faces] == ["000000", "000001", "000002"]
    assert [face.group for face in faces] == ["000000", "000001", "000002"]
    first = faces[0]
    assert first.landmarks.shape == (68, 2)
    assert first.landmarks.dtype == np.float32
    assert (first.landmarks > 0).all()
    assert (first.landmarks < 95).all()
    assert (first.split, first.subsets, first.box) == (None, (), None)
    assert first.labelled.all()
    assert (first.occlusion == -1).all()


def test_pictures_are_the_same_each_time_and_in_every_process(drawn: FaceSet) -> None:
    first, second = drawn.faces()[:2]
    image = drawn.image(first)
    assert image.shape == (96, 96, 3)
    assert image.dtype == np.uint8
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(drawn)).image(first), image)
    assert not np.array_equal(drawn.image(second), image)
