from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from facepoints import FacepointsError
from facepoints.datasets.face_synthetics import FaceSynthetics
from facepoints.datasets.image import UnreadableImageError
from facepoints.schemes.library import load
from tests.layouts import face_synthetics
from tests.layouts.drawn import Drawn, as_scheme


def test_files_become_faces(tmp_path: Path, photos: list[Drawn]) -> None:
    face_synthetics.write(tmp_path, photos)
    faces = FaceSynthetics(tmp_path).faces()
    assert [face.image for face in faces] == [f"{index:06}.png" for index in range(9)]
    assert [face.group for face in faces] == [f"{index:06}" for index in range(9)]
    scheme = load("synthetics70")
    for face, drawn in zip(faces, photos, strict=True):
        np.testing.assert_allclose(face.landmarks, as_scheme(drawn.points, scheme), atol=1e-4)
        assert face.landmarks.dtype == np.float32
        assert face.labelled.all()
        assert (face.occlusion == -1).all()
        assert (face.box, face.split, face.subsets) == (None, None, ())
        np.testing.assert_array_equal(FaceSynthetics(tmp_path).image(face), drawn.image)


def test_points_are_read_when_a_face_is_asked_for(tmp_path: Path, photos: list[Drawn]) -> None:
    face_synthetics.write(tmp_path, photos)
    faces = FaceSynthetics(tmp_path).faces()
    path = tmp_path / "000003_ldmks.txt"
    path.write_text("-7.5 600.25\n" + path.read_text().split("\n", 1)[1])
    np.testing.assert_array_equal(faces[3].landmarks[0], [-7.5, 600.25])  # outside is allowed


def test_a_missing_image_is_unreadable_not_forgotten(tmp_path: Path, photos: list[Drawn]) -> None:
    face_synthetics.write(tmp_path, photos)
    (tmp_path / "000000.png").unlink()
    face = FaceSynthetics(tmp_path).faces()[0]
    with pytest.raises(UnreadableImageError, match=r"000000\.png: cannot be read"):
        FaceSynthetics(tmp_path).image(face)


def test_an_image_without_points_is_an_error(tmp_path: Path, photos: list[Drawn]) -> None:
    face_synthetics.write(tmp_path, photos)
    (tmp_path / "000004_ldmks.txt").unlink()
    with pytest.raises(
        FacepointsError, match=r"1 of 9 images have no file of points, 000004\.png first"
    ):
        FaceSynthetics(tmp_path).faces()


def test_an_empty_set_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FacepointsError, match=r"no file of points \(000000_ldmks\.txt"):
        FaceSynthetics(tmp_path).faces()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda lines: lines[1:], ": expected 70 lines of x and y; found 69"),
        (lambda lines: [*lines, "1 2"], ": expected 70 lines of x and y; found 71"),
        (lambda lines: [lines[0], "1 2 3", *lines[2:]], ", line 2: expected x and y; found 3"),
        (lambda lines: [lines[0], "1 inf", *lines[2:]], ", line 2: expected finite .* found inf"),
        (lambda lines: [lines[0], "1 y", *lines[2:]], ", line 2: expected a number; found 'y'"),
    ],
)
def test_wrong_points_name_file_and_line(
    tmp_path: Path, photos: list[Drawn], change: Callable[[list[str]], list[str]], message: str
) -> None:
    face_synthetics.write(tmp_path, photos)
    path = tmp_path / "000002_ldmks.txt"
    path.write_text("\n".join(change(path.read_text().splitlines())))
    faces = FaceSynthetics(tmp_path).faces()
    with pytest.raises(FacepointsError, match=rf"000002_ldmks\.txt{message}"):
        faces[2]
