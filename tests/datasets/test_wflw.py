from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from facepoints import FacepointsError
from facepoints.datasets.image import UnreadableImageError
from facepoints.datasets.wflw import ATTRIBUTES, FULL, SUBSET, Wflw
from facepoints.schemes.library import load
from tests.layouts import wflw
from tests.layouts.drawn import Drawn, as_scheme

PHOTO = "37--Soccer/37_Soccer_soccer_ball_37_{}.jpg"


def file(root: Path, name: str) -> Path:
    return root / "WFLW_annotations" / name


def test_full_lists(tmp_path: Path, photos: list[Drawn]) -> None:
    wflw.write(tmp_path, photos)
    faces = Wflw(tmp_path).faces()
    assert [face.split for face in faces] == ["train"] * 6 + [None] * 3
    assert [face.group for face in faces] == [PHOTO.format(index // 3) for index in range(9)]
    scheme = load("wflw98")
    for index, (face, drawn) in enumerate(zip(faces, photos, strict=True)):
        place = [index % 3 * drawn.image.shape[1], 0]
        np.testing.assert_allclose(
            face.landmarks, as_scheme(drawn.points, scheme) + place, atol=1e-4
        )
        assert face.landmarks.dtype == np.float32
        assert face.image == f"WFLW_images/{face.group}"
        assert face.labelled.all()
        assert (face.occlusion == -1).all()
        assert face.box is not None
        tight = [*face.landmarks.min(axis=0), *face.landmarks.max(axis=0)]
        np.testing.assert_allclose(face.box, tight, atol=0.5)
    assert {face.subsets for face in faces[:6]} == {()}  # parts of the test split only
    assert {face.subsets for face in faces[6:]} > {("largepose", "illumination")}
    assert Wflw(tmp_path).image(faces[0]).shape == (64, 192, 3)


def test_only_all_of_the_official_test_faces_are_the_test_split(
    tmp_path: Path, photos: list[Drawn]
) -> None:
    wflw.write(tmp_path, photos, official=True)
    faces = Wflw(tmp_path).faces()
    assert Counter(face.split for face in faces) == {"train": 9, "test": 2500}
    path = file(tmp_path, FULL.format("test"))
    lines = path.read_text().splitlines(keepends=True)
    for changed in (lines[:-1], [*lines, lines[0]]):
        path.write_text("".join(changed))
        splits = Counter(face.split for face in Wflw(tmp_path).faces())
        assert splits == {"train": 9, None: len(changed)}


def test_six_lists_become_one_face_each(tmp_path: Path, photos: list[Drawn]) -> None:
    wflw.write(tmp_path, photos, six_lists=True)
    wflw.write(tmp_path / "full", photos)
    expected = [face for face in Wflw(tmp_path / "full").faces() if face.split is None]
    faces = Wflw(tmp_path).faces()
    by_points = {face.landmarks.tobytes(): face for face in faces}
    assert len(by_points) == len(faces) == len(expected) == 3
    for face in expected:
        found = by_points[face.landmarks.tobytes()]
        assert (found.image, found.group) == (face.image, face.group)
        assert found.subsets == face.subsets
        assert found.box is None
        assert found.split is None


def test_a_line_that_stands_twice_in_a_list_is_one_face(
    tmp_path: Path, photos: list[Drawn]
) -> None:
    wflw.write(tmp_path, photos, six_lists=True)
    before = [face.subsets for face in Wflw(tmp_path).faces()]
    path = file(tmp_path, SUBSET.format("largepose"))
    path.write_text(path.read_text() * 2)
    assert [face.subsets for face in Wflw(tmp_path).faces()] == before


def test_lists_may_lie_beside_the_images(tmp_path: Path, photos: list[Drawn]) -> None:
    wflw.write(tmp_path, photos)
    before = [face.image for face in Wflw(tmp_path).faces()]
    for folder in (tmp_path / "WFLW_annotations").iterdir():
        folder.rename(tmp_path / folder.name)
    assert [face.image for face in Wflw(tmp_path).faces()] == before


def test_lists_of_subsets_serve_only_where_the_full_one_is_missing(
    tmp_path: Path, photos: list[Drawn]
) -> None:
    wflw.write(tmp_path, photos)
    wflw.write(tmp_path, photos, six_lists=True)
    assert [face.box is None for face in Wflw(tmp_path).faces()] == [False] * 9
    file(tmp_path, FULL.format("test")).unlink()
    faces = Wflw(tmp_path).faces()
    assert [(face.split, face.box is None) for face in faces] == [
        *[("train", False)] * 6,
        *[(None, True)] * 3,
    ]


def test_a_missing_photo_is_unreadable_not_forgotten(tmp_path: Path, photos: list[Drawn]) -> None:
    wflw.write(tmp_path, photos)
    (tmp_path / "WFLW_images" / PHOTO.format(0)).unlink()
    face = Wflw(tmp_path).faces()[0]
    with pytest.raises(UnreadableImageError, match=r"37_0\.jpg: cannot be read"):
        Wflw(tmp_path).image(face)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        (0, None, "expected 206 numbers and the name of an image; found 206 fields"),
        (0, "1 2", "expected 206 numbers and the name of an image; found 208 fields"),
        (5, "nan", "expected finite coordinates; found nan"),
        (7, "1,5", "expected a number; found '1,5'"),
        (198, "inf", "expected finite coordinates; found inf"),
        (200, "2", "expected attributes of 0 or 1; found 2 0 1 0 0 0"),
    ],
)
def test_wrong_lines_name_file_and_line(
    tmp_path: Path, photos: list[Drawn], field: int, value: str | None, message: str
) -> None:
    wflw.write(tmp_path, photos)
    path = file(tmp_path, FULL.format("train"))
    lines = path.read_text().splitlines()
    fields = lines[0].split()
    fields[field : field + 1] = [] if value is None else [value]
    path.write_text("\n".join([lines[1], " ".join(fields)]))
    with pytest.raises(FacepointsError, match=rf"rect_attr_train\.txt, line 2: {message}"):
        Wflw(tmp_path).faces()


def test_a_full_list_in_place_of_a_subset(tmp_path: Path, photos: list[Drawn]) -> None:
    wflw.write(tmp_path, photos)
    full = file(tmp_path, FULL.format("test"))
    subset = file(tmp_path, SUBSET.format("blur"))
    subset.parent.mkdir()
    full.rename(subset)
    with pytest.raises(
        FacepointsError, match=r"_blur\.txt, line 1: expected 196 numbers .* found 207 fields"
    ):
        Wflw(tmp_path).faces()


def test_no_list_and_empty_lists(tmp_path: Path, photos: list[Drawn]) -> None:
    with pytest.raises(FacepointsError, match="no face in any of WFLW's lists"):
        Wflw(tmp_path).faces()
    wflw.write(tmp_path, photos, six_lists=True)
    for name in ATTRIBUTES:
        file(tmp_path, SUBSET.format(name)).write_text("\n")
    with pytest.raises(FacepointsError, match="no face in any of WFLW's lists"):
        Wflw(tmp_path).faces()


@pytest.mark.real
def test_real_copy(copies: Path) -> None:
    wflw = Wflw(copies / "wflw")
    faces = wflw.faces()
    assert len(faces) == 67
    assert len({face.group for face in faces}) == 54
    assert Counter(name for face in faces for name in face.subsets) == {
        "largepose": 11,
        "expression": 11,
        "illumination": 30,
        "makeup": 8,
        "occlusion": 22,
        "blur": 20,
    }
    assert {face.split for face in faces} == {None}
    for face in faces:
        height, width = wflw.image(face).shape[:2]
        centre = face.landmarks.mean(axis=0)
        assert (centre > 0).all()
        assert (centre < [width, height]).all()
