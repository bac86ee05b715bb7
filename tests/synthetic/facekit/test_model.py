"""Reading ICT-FaceKit: the real files, and copies with faults."""

import shutil

import numpy as np
import pytest

from facepoints import FacepointsError
from facepoints.synthetic.facekit import model
from facepoints.synthetic.facekit.model import FOLDER, PARTS, VERTICES

pytestmark = pytest.mark.real


def test_the_model_has_its_parts_modes_and_moves(kit):
    assert kit.neutral.shape == (VERTICES, 3)
    assert kit.identity.shape[0] >= 60
    assert kit.identity.shape[1:] == (VERTICES, 3)
    assert len(kit.moves) >= 53
    assert kit.lashes.shape == (12, 19, 6)
    assert kit.triangles.max() < VERTICES
    # Teeth are no part of what shows with a closed mouth, skin is.
    assert not kit.outer[kit.between("teeth")].any()
    assert kit.outer[kit.between("face")].all()


def test_moves_move_what_they_name(kit):
    lid = kit.moves["eyeBlink_L"]
    left = kit.neutral[lid.vertices, 0] > 0  # the person's
    length = np.linalg.norm(lid.offsets, axis=1)
    assert length[left].max() > 1
    assert length[~left].max() < 0.1
    jaw = kit.moves["jawOpen"]
    assert jaw.offsets[:, 1].min() < -3
    teeth = np.arange(*PARTS["teeth"])
    lower = teeth[kit.neutral[teeth, 1] < np.median(kit.neutral[teeth, 1])]
    assert np.isin(lower, jaw.vertices).mean() > 0.9


def test_the_sky_is_open_on_the_forehead_and_closed_in_the_mouth(kit):
    closed, gaping = kit.sky
    forehead = (kit.neutral[:, 1] > 11) & (kit.neutral[:, 2] > 5)
    assert closed[: PARTS["face"][1]][forehead[: PARTS["face"][1]]].mean() > 0.9
    mouth = slice(*PARTS["mouth"])
    assert closed[mouth].mean() < 0.1
    assert gaping[mouth].mean() > closed[mouth].mean()


def test_lashes_run_from_the_lid_outward(kit):
    strips = kit.neutral[kit.lashes]
    length = np.linalg.norm(strips[:, :, -1] - strips[:, :, 0], axis=-1).mean(axis=1)
    assert ((length > 0.2) & (length < 1.5)).all()
    for eye, sign in (("left_eye", 1), ("right_eye", -1)):
        ball = kit.neutral[kit.part(eye)]
        own = strips[np.sign(strips[:, :, 0, 0].mean(axis=1)) == sign]
        assert len(own) == 6
        root, tip = (
            np.linalg.norm(own[:, :, row] - ball.mean(axis=0), axis=-1).mean() for row in (0, -1)
        )
        assert root < tip


@pytest.fixture
def copy(folder, tmp_path):
    """A copy with few modes, to break."""
    wanted = [p for p in (folder / FOLDER).iterdir() if not p.name.startswith("identity")]
    wanted += sorted((folder / FOLDER).glob("identity00[0-3].obj"))
    (tmp_path / FOLDER).mkdir()
    for path in wanted:
        shutil.copy(path, tmp_path / FOLDER)
    return tmp_path


def test_the_layout_of_an_archive_is_known_too(copy, kit):
    around = copy / "ICT-FaceKit-0123"
    around.mkdir()
    (copy / FOLDER).rename(around / FOLDER)
    found = model.read.__wrapped__(copy)
    np.testing.assert_array_equal(found.neutral, kit.neutral)
    np.testing.assert_array_equal(found.identity, kit.identity[:4])


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("generic_neutral_mesh.obj", None, "expected ICT-FaceKit, with FaceXModel/generic_neutral"),
        ("jawOpen.obj", None, "expressions are missing: jawOpen.obj. Copy them there."),
        ("jawOpen.obj", "v 0 0 0\n", "jawOpen.obj: expected 26719 vertices, found 1"),
        ("identity002.obj", "Not Found", "identity002.obj: expected lines `v x y z`"),
        ("identity001.obj", None, "identity001.obj is missing.*without a gap; found 3"),
        ("vertex_indices.json", "{}", "vertex_indices.json: expected ICT-FaceKit's list of expr"),
    ],
)
def test_missing_and_wrong_files_are_named(copy, name, content, message):
    path = copy / FOLDER / name
    path.unlink()
    if content is not None:
        path.write_text(content)
    with pytest.raises(FacepointsError, match=message):
        model.read.__wrapped__(copy)


def test_a_file_that_breaks_off_in_its_polygons_is_named(copy):
    path = copy / FOLDER / model.NEUTRAL
    content = path.read_text()
    path.write_text(content[: content.rindex("usemtl")])
    with pytest.raises(
        FacepointsError, match=rf"{model.NEUTRAL}: expected 26384 polygons, found \d+"
    ):
        model.read.__wrapped__(copy)
