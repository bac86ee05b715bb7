from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from facepoints import FacepointsError
from facepoints.datasets.image import UnreadableImageError
from facepoints.datasets.youtube_faces import YoutubeFaces
from tests.layouts import youtube_faces
from tests.layouts.drawn import Drawn


def test_rows_become_faces(tmp_path: Path, photos: list[Drawn]) -> None:
    youtube_faces.write(tmp_path, photos)
    faces = YoutubeFaces(tmp_path).faces()
    assert [(face.image, face.group) for face in faces] == [
        ("training/Ann_Smith-Aa_01.jpg", "Ann_Smith-Aa"),
        ("training/Ann_Smith-Aa_11.jpg", "Ann_Smith-Aa"),
        ("training/Ann_Smith-Ab_01.jpg", "Ann_Smith-Ab"),
        ("training/Ann_Smith-Ab_11.jpg", "Ann_Smith-Ab"),
        ("training/Ann_Smith-Ac_01.jpg", "Ann_Smith-Ac"),
        ("training/Ann_Smith-Ac_11.jpg", "Ann_Smith-Ac"),
        ("test/Ann_Smith-Aa_21.jpg", "Ann_Smith-Aa"),
        ("test/Ann_Smith-Ab_21.jpg", "Ann_Smith-Ab"),
        ("test/Ann_Smith-Ac_21.jpg", "Ann_Smith-Ac"),
    ]
    np.testing.assert_array_equal(faces[0].landmarks, np.rint(photos[0].points))
    np.testing.assert_array_equal(faces[6].landmarks, np.rint(photos[2].points))
    for face in faces:
        assert face.landmarks.dtype == np.float32
        assert face.labelled.all()
        assert (face.occlusion == -1).all()
        assert (face.box, face.split, face.subsets) == (None, None, ())
        assert YoutubeFaces(tmp_path).image(face).shape == (64, 64, 3)


def test_one_part_alone_serves(tmp_path: Path, photos: list[Drawn]) -> None:
    youtube_faces.write(tmp_path, photos)
    (tmp_path / "training_frames_keypoints.csv").unlink()
    assert len(YoutubeFaces(tmp_path).faces()) == 3


def test_a_missing_frame_is_unreadable_not_forgotten(tmp_path: Path, photos: list[Drawn]) -> None:
    youtube_faces.write(tmp_path, photos)
    (tmp_path / "training" / "Ann_Smith-Aa_01.jpg").unlink()
    face = YoutubeFaces(tmp_path).faces()[0]
    with pytest.raises(UnreadableImageError, match=r"Ann_Smith-Aa_01\.jpg: cannot be read"):
        YoutubeFaces(tmp_path).image(face)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda row: row + ",7", "line 2: expected 137 fields as in the header; found 138"),
        (lambda row: row.rsplit(",", 1)[0], "line 2: expected 137 fields .* found 136"),
        (lambda row: row.rsplit(",", 1)[0] + ",nan", "line 2: expected finite .* found nan"),
        (lambda row: row.rsplit(",", 1)[0] + ",x", "line 2: expected a number; found 'x'"),
        (lambda row: row + "\r\n" + row, "line 3: Ann_Smith-Aa_01.jpg stands in this table twice"),
        (lambda row: row.replace("_01.jpg", ".jpg"), "line 2: expected a name such as"),
        (lambda row: row.replace("Ann_", "../Ann_"), "line 2: expected a name such as"),
        (lambda row: row.replace("Ann_Smith-Aa", ""), "line 2: expected a name such as"),
    ],
)
def test_wrong_rows_name_file_and_line(
    tmp_path: Path, photos: list[Drawn], change: Callable[[str], str], message: str
) -> None:
    youtube_faces.write(tmp_path, photos)
    path = tmp_path / "training_frames_keypoints.csv"
    header, row = path.read_text().splitlines()[:2]
    path.write_text(f"{header}\r\n{change(row)}\r\n")
    with pytest.raises(FacepointsError, match=rf"training_frames_keypoints\.csv, {message}"):
        list(YoutubeFaces(tmp_path).faces())


def test_another_header_and_no_face(tmp_path: Path, photos: list[Drawn]) -> None:
    with pytest.raises(FacepointsError, match="no face in training_frames_keypoints.csv or test_"):
        YoutubeFaces(tmp_path).faces()
    youtube_faces.write(tmp_path, photos)
    path = tmp_path / "test_frames_keypoints.csv"
    path.write_text("Unnamed: 0" + path.read_text())
    with pytest.raises(FacepointsError, match="line 1: expected YouTube Faces's header"):
        YoutubeFaces(tmp_path).faces()


@pytest.mark.real
def test_real_copy(copies: Path) -> None:
    frames = YoutubeFaces(copies / "youtube_faces")
    faces = frames.faces()
    assert len(faces) == 2484 + 551
    assert len({face.group for face in faces}) == 249
    parts = {
        part: {face.group for face in faces if face.image.startswith(part)}
        for part in ("training", "test")
    }
    assert parts["training"] == parts["test"]
    for face in faces[::100]:
        height, width = frames.image(face).shape[:2]
        assert (face.landmarks > -30).all()  # a few frames end beside the face
        assert (face.landmarks < [width + 30, height + 30]).all()
