from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from facepoints import FacepointsError
from facepoints.datasets.image import UnreadableImageError
from facepoints.datasets.w300 import W300, photo
from tests.layouts import w300
from tests.layouts.drawn import Drawn

Write = Callable[..., Path]


TRAINING = [
    "lfpw/trainset/image_0001.png",
    "helen/trainset/30_1.jpg",
    "helen/trainset/31_1.jpg",
    "afw/134212_2.jpg",
    "afw/134212_1.jpg",
]
TEST = [
    "ibug/image_092 _01.jpg",
    *(f"ibug/image_{index}.jpg" for index in range(134)),
    *(f"lfpw/testset/image_{index:04}.png" for index in range(1, 225)),
    *(f"helen/testset/{index}_2.jpg" for index in range(30, 360)),
]


def test_parts_splits_subsets_and_groups(write_w300: Write) -> None:
    faces = W300(write_w300(*TEST, *TRAINING)).faces()
    found = {face.image: (face.group, face.split, face.subsets) for face in faces}
    assert found["afw/134212_1.jpg"] == ("afw/134212", "train", ())
    assert found["afw/134212_2.jpg"] == ("afw/134212", "train", ())
    assert found["helen/trainset/30_1.jpg"] == ("helen/30", "train", ())
    assert found["helen/testset/30_2.jpg"] == ("helen/30", "test", ("common",))
    assert found["ibug/image_092 _01.jpg"] == ("ibug/image_092", "test", ("challenging",))
    assert found["lfpw/trainset/image_0001.png"] == ("lfpw/trainset/image_0001", "train", ())
    assert found["lfpw/testset/image_0001.png"] == (
        "lfpw/testset/image_0001",
        "test",
        ("common",),
    )
    subsets = Counter(face.subsets for face in faces if face.split == "test")
    assert subsets == {("common",): 554, ("challenging",): 135}
    assert [face.image for face in faces][:3] == [*sorted(TRAINING)[:2], "helen/trainset/30_1.jpg"]


def test_the_private_test_set_is_official_by_itself(write_w300: Write) -> None:
    indoor = [f"300W/01_Indoor/indoor_{index:03}.png" for index in range(1, 301)]
    outdoor = [f"300W/02_Outdoor/outdoor_{index:03}.png" for index in range(1, 301)]
    root = write_w300(*indoor, *outdoor)
    faces = W300(root).faces()
    assert Counter((face.split, face.subsets) for face in faces) == {
        ("test", ("indoor",)): 300,
        ("test", ("outdoor",)): 300,
    }
    assert len({face.group for face in faces}) == 600
    write_w300(TEST[0])
    assert Counter(face.split for face in W300(root).faces()) == {"test": 600, None: 1}
    (root / "300W/01_Indoor/indoor_001.pts").unlink()
    (root / "300W/01_Indoor/indoor_001.png").unlink()
    assert {face.split for face in W300(root).faces()} == {None}


@pytest.mark.parametrize(
    "test", [TEST[:1], TEST[1:], TEST[:-1], [*TEST, "ibug/more.jpg"], TEST[135:]]
)
def test_part_of_the_official_test_split_does_not_pass_for_it(
    write_w300: Write, test: list[str]
) -> None:
    faces = W300(write_w300(*test, *TRAINING)).faces()
    assert {(face.split, face.subsets) for face in faces} == {("train", ()), (None, ())}
    assert sum(face.split is None for face in faces) == len(test)


def test_points_count_from_one_in_the_file(write_w300: Write) -> None:
    (face,) = W300(write_w300("afw/1_1.jpg")).faces()
    assert face.landmarks.dtype == np.float32
    np.testing.assert_array_equal(face.landmarks, [[i, 2 * i] for i in range(68)])
    assert face.labelled.all()
    assert (face.occlusion == -1).all()
    assert face.box is None


def test_mirrored_copies_are_left_out(write_w300: Write) -> None:
    root = write_w300("afw/1_1.jpg", "afw/1_1_mirror.jpg")
    assert [face.image for face in W300(root).faces()] == ["afw/1_1.jpg"]


def test_a_missing_photo_is_unreadable_not_forgotten(write_w300: Write) -> None:
    root = write_w300("afw/1_1.jpg")
    (root / "afw/1_1.jpg").unlink()
    (face,) = W300(root).faces()
    with pytest.raises(UnreadableImageError, match=r"afw/1_1\.jpg: cannot be read"):
        W300(root).image(face)


def test_a_photo_without_points_is_an_error(write_w300: Write) -> None:
    root = write_w300("afw/1_1.jpg", "afw/1_2.jpg")
    (root / "afw/1_2.pts").unlink()
    with pytest.raises(
        FacepointsError, match=r"afw: 1 of 2 photos have no \.pts file, 1_2\.jpg first"
    ):
        W300(root).faces()


def test_an_empty_set_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "afw").mkdir()
    with pytest.raises(FacepointsError, match=r"no \.pts file in any of 300W's folders \(afw, "):
        W300(tmp_path).faces()


@pytest.mark.parametrize(
    ("stem", "expected"),
    [
        ("134212_12", "134212"),
        ("image_092 _01", "image_092"),
        ("image_003_1", "image_003"),
        ("100_2_1", "100_2"),
        ("plain", "plain"),
    ],
)
def test_photo_of_a_numbered_file(stem: str, expected: str) -> None:
    assert photo(stem, numbered=True) == expected
    assert photo(stem, numbered=False) == stem


def test_drawn_layout(tmp_path: Path, photos: list[Drawn]) -> None:
    w300.write(tmp_path, photos, official=True)
    faces = W300(tmp_path).faces()
    assert Counter(face.split for face in faces) == {"train": 9, "test": 689}
    trained = [face for face in faces if face.split == "train"]
    for face, drawn in zip(trained, photos, strict=True):
        np.testing.assert_allclose(face.landmarks, drawn.points, atol=1e-3)
    assert len({face.group for face in trained}) == 1 + 1 + 3  # afw, helen, lfpw


@pytest.mark.real
def test_real_copy(copies: Path) -> None:
    copy = W300(copies / "300w")
    faces = copy.faces()
    assert len(faces) == 2012
    assert Counter(face.image.rsplit("/", 1)[0] for face in faces) == {
        "afw": 337,
        "helen/trainset": 870,
        "lfpw/trainset": 805,
    }
    assert len({face.group for face in faces}) == 185 + 783 + 805
    assert {face.split for face in faces} == {"train"}
    # Counted from 0, no point of the copy lies outside its photo.
    for face in faces[::50]:
        height, width = copy.image(face).shape[:2]
        assert (face.landmarks > -0.5).all()
        assert (face.landmarks < [width - 0.5, height - 0.5]).all()
