import dataclasses

import numpy as np
import pytest

from facepoints.inference.pose import HEAD, known, pose
from facepoints.parameters import read
from facepoints.schemes.library import load
from facepoints.schemes.scheme import Scheme
from facepoints.synthetic import scene
from facepoints.synthetic.settings import SyntheticSettings
from tests.conftest import ROOT

NAMES = list(HEAD)
SCHEME = Scheme("ten", len(HEAD), shared={name: index for index, name in enumerate(NAMES)})


def turned(yaw, pitch, roll):
    """The mean head's points under the generator's camera, far away."""
    options = read(ROOT / "params.yaml")["dataset"]["synthetic"]["options"]
    camera = scene.sample(SyntheticSettings(**options), 0).camera
    camera = dataclasses.replace(
        camera, yaw=yaw, pitch=pitch, roll=roll, pivot=(0, 0, 0), distance=1e4, focal=1e6
    )
    return camera.project(np.array(list(HEAD.values()), np.float32))[None, :, :2]


@pytest.mark.parametrize(
    "angles", [(0, 0, 0), (30, 0, 0), (0, 20, 0), (0, 0, -25), (-40, 15, 10), (20, -25, 30)]
)
def test_the_mean_head_s_pose_is_found(angles):
    np.testing.assert_allclose(pose(turned(*angles), SCHEME)[0], angles, atol=0.1)


def test_drawn_faces_poses_are_found_about():
    """They differ from the mean head and wear expressions: degrees, not minutes."""
    options = read(ROOT / "params.yaml")["dataset"]["synthetic"]["options"]
    scenes = [scene.sample(SyntheticSettings(**options), index) for index in range(100)]
    found = pose(np.stack([scene.landmarks(one) for one in scenes]), load("ibug68"))
    true = [[one.camera.yaw, one.camera.pitch, one.camera.roll] for one in scenes]
    yaw, pitch, roll = np.abs(found - true).mean(axis=0)
    assert yaw < 4
    assert pitch < 9
    assert roll < 5


def test_a_scheme_without_the_points_has_no_pose():
    assert known(load("ibug68"))
    assert not known(Scheme("few", 2, shared={"nose_tip": 0, "chin": 1}))
