import numpy as np
import pytest
import scipy.io

from facepoints import FacepointsError
from facepoints.datasets.cofw68 import Cofw68
from facepoints.datasets.image import UnreadableImageError
from tests.layouts import cofw68, drawn

FACES = drawn.faces(3, 64)
LABELS = "cofw68-benchmark-master/COFW68_Data/test_annotations"


@pytest.fixture
def root(tmp_path):
    cofw68.write(tmp_path, FACES)
    return tmp_path


def test_faces_are_those_written(root):
    found = Cofw68(root)
    assert len(found.faces()) == 3
    for face, written in zip(found.faces(), FACES, strict=True):
        np.testing.assert_allclose(face.landmarks, written.points, atol=1e-4)
        np.testing.assert_array_equal(np.flatnonzero(face.occlusion == 0), list(cofw68.HIDDEN))
        box = [*written.points.min(axis=0), *written.points.max(axis=0)]
        np.testing.assert_allclose(face.box, box, atol=1e-4)
    assert [face.group for face in found.faces()] == ["1", "2", "3"]


def test_photos_are_upright_and_grey_ones_have_three_channels(root):
    found = Cofw68(root)
    photos = [found.image(face) for face in found.faces()]
    np.testing.assert_array_equal(photos[0], FACES[0].image)
    np.testing.assert_array_equal(photos[2][..., 1], FACES[2].image[..., 0])


def test_only_all_507_are_the_official_test_split(root, tmp_path):
    assert {face.split for face in Cofw68(root).faces()} == {None}
    cofw68.write(tmp_path / "whole", FACES, official=True)
    faces = Cofw68(tmp_path / "whole").faces()
    assert (len(faces), faces[506].split, faces[506].group) == (507, "test", "507")


def test_wrong_files_are_named(root):
    path = root / LABELS / "2_points.mat"
    scipy.io.savemat(path, {"Points": np.ones((67, 2)), "Occ": np.zeros(68)})
    with pytest.raises(FacepointsError, match=r"2_points.mat: Points: .*\(68, 2\).*\(67, 2\)"):
        Cofw68(root).faces()[1]
    scipy.io.savemat(path, {"Points": np.ones((68, 2)), "Occ": np.zeros(60)})
    with pytest.raises(FacepointsError, match="Occ: expected 68 flags; found 60"):
        Cofw68(root).faces()[1]
    scipy.io.savemat(path, {"Points": np.full((68, 2), np.nan), "Occ": np.zeros(68)})
    with pytest.raises(FacepointsError, match="Points: expected finite numbers"):
        Cofw68(root).faces()[1]
    path.write_text("<html>")
    with pytest.raises(FacepointsError, match="2_points.mat: no MATLAB file"):
        Cofw68(root).faces()[1]
    with pytest.raises(FacepointsError, match="no file test_annotations/NUMBER_points.mat"):
        Cofw68(root / "nothing").faces()


def test_a_photo_that_is_missing_counts_as_unreadable(root):
    found = Cofw68(root)
    face = found.faces()[0]
    (root / "COFW_color" / "COFW_test_color.mat").write_bytes(b"no HDF5")
    with pytest.raises(UnreadableImageError, match="COFW_test_color.mat: photo 1 cannot be read"):
        found.image(face)
    (root / "COFW_color" / "COFW_test_color.mat").unlink()
    with pytest.raises(UnreadableImageError, match="COFW_test_color.mat: photo 1 cannot be read"):
        found.image(face)
