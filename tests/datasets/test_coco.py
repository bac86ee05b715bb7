import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from facepoints import FacepointsError
from facepoints.datasets.coco import Coco
from facepoints.datasets.face import Face
from facepoints.datasets.image import UnreadableImageError
from facepoints.datasets.options import CocoOptions
from facepoints.schemes.scheme import Scheme
from tests.datasets.conftest import photo
from tests.layouts import coco
from tests.layouts.drawn import Drawn

TWO = Scheme("two", 2)
BLANK = np.zeros((8, 8, 3), np.uint8)
CATEGORY = {"id": 1, "name": "face", "keypoints": ["left", "right"]}

Write = Callable[..., Path]
Entry = dict[str, Any]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes annotations of image 7, a.jpg, and whatever keys of the file are given."""

    def write_file(*annotations: Entry, **keys: Any) -> Path:
        content = {
            "images": [{"id": 7, "file_name": "a.jpg", "width": 64, "height": 48}],
            "categories": [CATEGORY],
            "annotations": list(annotations),
            **keys,
        }
        (tmp_path / "mine").mkdir(exist_ok=True)
        (tmp_path / "mine" / "faces.json").write_text(json.dumps(content))
        return tmp_path / "mine"

    return write_file


def annotation(**changes: Any) -> Entry:
    keypoints = [1, 2, 2, 3.5, 4, 1]
    return {"id": 5, "image_id": 7, "category_id": 1, "keypoints": keypoints, **changes}


def faces(root: Path, scheme: Scheme = TWO, **options: Any) -> list[Face]:
    return list(Coco(root, scheme, CocoOptions(**options)).faces())


def test_keypoints_and_what_is_seen(write: Write) -> None:
    root = write(annotation(), annotation(keypoints=[0, 0, 0, 3, 4, 2]))
    first, second = faces(root)
    assert (first.image, first.group, first.split, first.box) == ("a.jpg", "a.jpg", None, None)
    assert first.landmarks.dtype == np.float32 and first.occlusion.dtype == np.int8
    assert first.landmarks.tolist() == [[1, 2], [3.5, 4]]
    assert first.occlusion.tolist() == [1, 0]
    assert second.labelled.tolist() == [False, True]
    assert second.occlusion.tolist() == [-1, 1]


@pytest.mark.parametrize(
    ("first_pixel", "points", "box"),
    [
        (0, [[1, 2], [3.5, 4]], [-0.5, 0.5, 2.5, 4.5]),
        (0.5, [[0.5, 1.5], [3, 3.5]], [-0.5, 0.5, 2.5, 4.5]),
        (1, [[0, 1], [2.5, 3]], [-1.5, -0.5, 1.5, 3.5]),
    ],
)
def test_boxes_span_whole_pixels(
    write: Write, first_pixel: float, points: list[list[float]], box: list[float]
) -> None:
    (face,) = faces(write(annotation(bbox=[0, 1, 3, 4])), first_pixel=first_pixel)
    assert face.landmarks.tolist() == points
    assert face.box is not None and face.box.tolist() == box


@pytest.mark.parametrize("bbox", [[], None, [0, 0, 0, 0]])
def test_a_box_may_be_missing(write: Write, bbox: Any) -> None:
    assert faces(write(annotation(bbox=bbox)))[0].box is None


def test_crowds_and_unlabelled_ones_are_left_out_and_counted(
    write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    nobody = annotation(keypoints=[0] * 6, num_keypoints=0)
    without = annotation()
    del without["keypoints"]
    root = write(annotation(iscrowd=1), nobody, without, annotation(), annotation(category_id=2))
    assert len(faces(root)) == 1
    assert "3 annotations of crowds, or without a labelled point" in capsys.readouterr().out
    with pytest.raises(
        FacepointsError, match=r"faces\.json: no annotation with labelled keypoints"
    ):
        faces(write(nobody))


def test_categories(write: Write) -> None:
    others = [{"id": 2, "name": "car"}, {"id": 3, "name": "dog", "keypoints": ["nose"]}]
    assert len(faces(write(annotation(), categories=[CATEGORY, others[0]]))) == 1
    root = write(annotation(), categories=[CATEGORY, *others])
    with pytest.raises(
        FacepointsError,
        match=r"expected one category with keypoints; found face, dog .*mine\.options\.category",
    ):
        faces(root)
    assert len(faces(root, category="face")) == 1
    with pytest.raises(FacepointsError, match="category dog: expected 2 keypoints, .*two.*found 1"):
        faces(root, category="dog")
    with pytest.raises(FacepointsError, match="has no category 'cat'; it has face, car, dog"):
        faces(root, category="cat")
    root = write(annotation(), categories=[{"id": 1, "name": "face"}])
    with pytest.raises(FacepointsError, match=r"found none \(all categories: face\)"):
        faces(root)
    assert len(faces(root, category="face")) == 1  # some tools do not list the keypoints' names


def test_where_photos_lie(write: Write) -> None:
    root = write(annotation())
    photo(root / "default/x/a.jpg")
    (face,) = faces(root, images="default\\x")
    assert face.image == "default/x/a.jpg"
    opened = Coco(root, TWO, CocoOptions())
    assert opened.image(face).shape == (48, 64, 3)
    photo(root / "images/a.jpg")
    assert faces(root)[0].image == "images/a.jpg"
    photo(root / "a.jpg")
    (face,) = faces(root)
    assert face.image == "a.jpg"
    (root / "a.jpg").unlink()
    with pytest.raises(UnreadableImageError, match=r"a\.jpg: cannot be read"):
        opened.image(face)


def test_subjects(write: Write) -> None:
    images = [{"id": "7", "file_name": "a.jpg", "person": 12}]
    named = [annotation(), annotation(attributes={"person": "eva"}), annotation(person="ida")]
    found = faces(write(*named, images=images), subject="person")
    assert [face.group for face in found] == ["12", "eva", "ida"]
    with pytest.raises(
        FacepointsError, match=r"annotation 5: expected who it shows as 'person' .* found None"
    ):
        faces(write(annotation()), subject="person")


def test_wholebody(write: Write) -> None:
    whole = annotation(
        keypoints=[0] * 51, face_kpts=[1, 2, 0.9, 0, 0, 0], face_box=[0, 1, 3, 4], bbox=[9, 9, 9, 9]
    )
    invalid = annotation(face_kpts=[0] * 6, face_box=[0] * 4)
    (face,) = faces(write(whole, invalid), keypoints="face_kpts")
    assert face.landmarks[0].tolist() == [1, 2]
    assert face.labelled.tolist() == [True, False]
    assert face.occlusion.tolist() == [-1, -1]
    assert face.box is not None and face.box.tolist() == [-0.5, 0.5, 2.5, 4.5]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"keypoints": [1, 2, 2]},
            r"keypoints: expected 6 numbers \(x, y, v .*two\); found 3\. Corr",
        ),
        ({"keypoints": {"nose": 1}}, "keypoints: expected 6 numbers .*found dict"),
        ({"keypoints": [1, 2, 2, 3, 4, 3]}, r"point 1: expected v of 0 \(not labelled\).* found 3"),
        ({"keypoints": [1, 2, 2, 3, "x", 2]}, "keypoints: expected a number; found 'x'"),
        ({"keypoints": [1, 2, 2, 3, None, 2]}, "keypoints: expected a number; found None"),
        ({"keypoints": [1, 2, 2, 3, [4], 2]}, r"keypoints: expected a number; found \[4\]"),
        ({"keypoints": [1, 2, 2, 3, 10**400, 2]}, "keypoints: expected a number; found 1000"),
        ({"keypoints": [1, 2, 2, 3, float("nan"), 2]}, "expected finite coordinates; found nan"),
        ({"image_id": 8}, "image_id 8 is none of the images' ids"),
        ({"bbox": [1, 2, 3]}, "bbox: expected x, y, width, height; found"),
        ({"bbox": [1, 2, 3, 0]}, "bbox: expected a box .* y 1.5 to 1.5"),
    ],
)
def test_wrong_annotations_are_named(write: Write, changes: Entry, message: str) -> None:
    with pytest.raises(FacepointsError, match=rf"faces\.json, annotation 5: .*{message}"):
        faces(write(annotation(**changes)))


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"images": [{"id": 7}]}, "image 7: expected a file_name; found None"),
        (
            {"images": [{"id": 7, "file_name": "../a.jpg"}]},
            "image 7: expected the path of a file in",
        ),
        ({"images": None}, "expected a list of entries under images, .* images, categories, ann"),
        ({"annotations": [1]}, "expected a list of entries under annotations"),
        ({"categories": {}}, "expected a list of entries under categories"),
    ],
)
def test_wrong_files(write: Write, keys: Entry, message: str) -> None:
    with pytest.raises(
        FacepointsError, match=rf"faces\.json.*: .*{message}|faces\.json.*{message}"
    ):
        faces(write(annotation(), **keys))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "no valid JSON"),
        ("[" * 100_000, "no valid JSON"),
        ("[]", "expected COCO's images, categories and annotations; found a list"),
        ("{}", "expected a list of entries under images, as COCO has; the keys there are none"),
    ],
)
def test_what_is_no_coco_file(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "faces.json").write_text(text)
    with pytest.raises(FacepointsError, match=rf"faces\.json: {message}"):
        faces(tmp_path)


@settings(max_examples=30)
@given(points=arrays(np.float32, (5, 2), elements=st.floats(-1000, 1000, width=32)))
def test_what_is_written_is_read(
    points: np.ndarray, tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = tmp_path_factory.mktemp("coco")
    coco.write(root, [Drawn(BLANK, points)])
    (face,) = faces(root, Scheme("five", 5))
    np.testing.assert_allclose(face.landmarks, points, rtol=0, atol=1e-3)
    assert face.box is not None
    np.testing.assert_allclose(face.box[2:], points.max(axis=0) + 1, rtol=0, atol=1e-3)
