"""Whole faces from the real model: the same bytes always, factors that do not disturb each other, points on them."""

import hashlib
import subprocess
import sys

import numpy as np
import pytest

from facepoints import FacepointsError
from facepoints.synthetic.facekit.factors import FACTORS
from facepoints.synthetic.facekit.landmarks import landmarks
from facepoints.synthetic.facekit.scene import compose, drawing
from facepoints.synthetic.facekit.settings import SCHEMES
from facepoints.synthetic.rasteriser import rasterise
from facepoints.synthetic.scene import finer

pytestmark = pytest.mark.real

OTHER_PROCESS = """
import hashlib, sys
from pathlib import Path
from facepoints.synthetic.facekit import model, scene
from facepoints.synthetic.facekit.settings import FacekitSettings
settings = FacekitSettings.model_validate_json(sys.argv[1])
kit = model.read(Path(sys.argv[2]))
for index in (7, 3):
    one = scene.drawing(scene.compose(kit, settings, index), ("ibug68",))
    parts = one.image.tobytes(), one.landmarks["ibug68"].tobytes(), one.seen["ibug68"].tobytes()
    print(hashlib.sha256(b"".join(parts)).hexdigest())
"""


def points(draft, scheme):
    """The landmarks (K, 2) in pixels, without drawing the face."""
    camera = draft.view()
    return camera.project(landmarks(draft.kit, draft.vertices, draft.brow, camera, scheme))[:, :2]


def digest(kit, content, index):
    one = drawing(compose(kit, content, index), ("ibug68",))
    parts = one.image.tobytes(), one.landmarks["ibug68"].tobytes(), one.seen["ibug68"].tobytes()
    return hashlib.sha256(b"".join(parts)).hexdigest()


def test_the_same_bytes_again_and_in_another_process(kit, settings, folder):
    content = settings()
    here = [digest(kit, content, index) for index in (3, 7)]
    command = [sys.executable, "-c", OTHER_PROCESS, content.model_dump_json(), str(folder)]
    there = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert here == there[::-1]
    assert here[0] != here[1]


def test_a_face_depends_on_its_seeds_alone(kit, settings):
    one = digest(kit, settings(), 3)
    assert digest(kit, settings(faces=10), 3) == one
    assert digest(kit, settings(seed=1), 3) != one
    assert digest(kit, settings(reseed={"light": 0}), 3) == one
    assert digest(kit, settings(reseed={"light": 5}), 3) != one


def test_all_schemes_show_the_same_picture(kit, settings):
    whole = drawing(compose(kit, settings(), 5), SCHEMES)
    for scheme in SCHEMES:
        one = drawing(compose(kit, settings(), 5), (scheme,))
        np.testing.assert_array_equal(one.image, whole.image)
        np.testing.assert_array_equal(one.landmarks[scheme], whole.landmarks[scheme])
        np.testing.assert_array_equal(
            points(compose(kit, settings(), 5), scheme), one.landmarks[scheme]
        )


@pytest.mark.parametrize("name", FACTORS)
def test_a_factor_that_is_left_out_changes_no_other(kit, settings, name):
    """Leaving one out moves only what depends on it: the points stay unless it is one of those that shape them."""
    strengths = dict.fromkeys(FACTORS, 1.0)
    changed = False
    for index in range(4):
        one = compose(kit, settings(factors=strengths), index)
        other = compose(kit, settings(factors={**strengths, name: 0.0}), index)
        if name not in ("identity", "expression", "pose", "brows"):
            np.testing.assert_array_equal(points(one, "ibug68"), points(other, "ibug68"))
        if name not in ("pose", "light"):
            assert [light.direction for light in one.lights] == [
                light.direction for light in other.lights
            ]
        if name not in ("identity", "expression"):
            np.testing.assert_array_equal(one.vertices, other.vertices)
        same = len(one.pieces) == len(other.pieces) and np.array_equal(one.colours, other.colours)
        changed |= (
            not same or one.camera != other.camera or len(one.finishes) != len(other.finishes)
        )
        changed |= not np.array_equal(one.vertices, other.vertices)
        changed |= not np.array_equal(one.backdrop, other.backdrop)
        changed |= [lobe.colour.tolist() for lobe in one.lobes] != [
            lobe.colour.tolist() for lobe in other.lobes
        ]
    assert changed or name in ("glasses", "headwear", "mask", "occluder", "makeup", "beard")


@pytest.mark.parametrize("name", ["glasses", "headwear", "mask", "occluder", "makeup", "beard"])
def test_rare_factors_are_as_frequent_as_they_say(kit, settings, name):
    """Drawn at double strength, some faces have it, most have it not."""
    plain = compose(kit, settings(only=[], yaw=0.0), 0)
    content = settings(only=[], yaw=0.0)
    content = content.model_copy(update={"factors": {**content.factors, name: 2.0}})
    shown = 0
    for index in range(40):
        one = compose(kit, content, index)
        shown += len(one.pieces) > len(plain.pieces) or not np.array_equal(
            one.colours, plain.colours
        )
    assert 1 <= shown <= 36


def test_everything_off_is_a_plain_frontal_face(kit, settings):
    content = settings(only=[])
    one, other = (drawing(compose(kit, content, index), ("ibug68",)) for index in (0, 1))
    np.testing.assert_array_equal(one.image, other.image)
    found = one.landmarks["ibug68"]
    assert found[36, 1] == pytest.approx(found[45, 1], abs=0.5)
    np.testing.assert_allclose(found[[27, 30, 33, 51, 57, 8], 0], 63.5, atol=1)
    assert one.seen["ibug68"].all()


def test_points_lie_in_the_picture_and_on_the_face(kit, settings):
    content = settings()
    for index in range(12):
        one = drawing(compose(kit, content, index), ("ibug68",))
        assert one.image.shape == (128, 128, 3)
        assert ((one.landmarks["ibug68"] > -1) & (one.landmarks["ibug68"] < 128)).all()
        assert one.image.std() > 5


def test_turned_heads_and_covers_hide_points(kit, settings):
    def seen(only, number, **changes):
        content = settings(only=only, **changes)
        content = content.model_copy(
            update={"factors": {k: 2.0 * v for k, v in content.factors.items()}}
        )
        return drawing(compose(kit, content, number), ("ibug68_mesh", "ibug68")).seen

    # Heads of which the far half of the mesh's jaw is hidden, and that of the outline is not.
    turned = 0
    for index in range(8):
        draft = compose(kit, settings(only=["pose"], pitch=0.0, roll=0.0), index)
        if abs(draft.view().yaw) > 30:
            found = drawing(draft, ("ibug68_mesh", "ibug68")).seen
            far = slice(11, 16) if draft.view().yaw > 0 else slice(1, 6)
            assert found["ibug68_mesh"][far].sum() <= 2
            assert found["ibug68"][far].sum() >= 4
            turned += 1
    assert turned > 0
    hidden = [68 - seen(["mask"], index)["ibug68"].sum() for index in range(60)]
    worn = [count for count in hidden if count > 15]
    assert 1 <= len(worn) <= 15
    assert 0 in hidden


def test_nobody_looks_into_the_head(kit, settings):
    """Its triangles are drawn from their fronts alone: no hole may come of it. (Its open neck ends in clothes.)"""
    content, side = settings(yaw=90.0), 256
    differs = []
    for index in range(20):
        draft = compose(kit, content, index)
        places = finer(draft.view(), 2).project(draft.vertices)
        one, two = (
            rasterise(places, draft.drawn(), side, side, sides)[0]
            for sides in (len(draft.drawn()), 0)
        )
        differs.append((one != two).mean())
    assert max(differs) < 0.001


def test_there_is_no_face_beyond_the_last(kit, settings):
    with pytest.raises(FacepointsError, match="face 5 does not exist; faces are 0 to 4"):
        compose(kit, settings(faces=5), 5)
