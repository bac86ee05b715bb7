from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from facepoints import FacepointsError
from facepoints.datasets.options import PtsOptions
from facepoints.datasets.pts import Pts, read_pts
from facepoints.schemes.scheme import Scheme
from tests.datasets.conftest import photo
from tests.layouts import pts
from tests.layouts.drawn import Drawn

THREE = Scheme("three", 3)
TEXT = "version: 1\nn_points: 3\n{\n1 2\n3.5 4\n68.000 135.000\n}\n"
BLANK = np.zeros((8, 8, 3), np.uint8)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A photo and its points."""
    photo(tmp_path / "a/1.JPG")
    (tmp_path / "a/1.pts").write_text(TEXT)
    return tmp_path


def test_points_count_from_one(root: Path) -> None:
    (face,) = Pts(root, THREE, PtsOptions()).faces()
    assert (face.image, face.group, face.split, face.box) == ("a/1.JPG", "a/1.JPG", None, None)
    assert face.landmarks.dtype == np.float32
    assert face.landmarks.tolist() == [[0, 1], [2.5, 3], [67, 134]]
    assert face.labelled.all() and (face.occlusion == -1).all()
    assert Pts(root, THREE, PtsOptions()).image(face).shape == (48, 64, 3)


def test_or_from_zero(root: Path) -> None:
    (face,) = Pts(root, THREE, PtsOptions(first_pixel=0)).faces()
    assert face.landmarks.tolist() == [[1, 2], [3.5, 4], [68, 135]]


def test_photos_without_points_are_left_out_and_counted(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    photo(root / "a/2.png")
    photo(root / "b/1.jpg")
    assert len(Pts(root, THREE, PtsOptions()).faces()) == 1
    assert "2 photos without a .pts file are left out" in capsys.readouterr().out


def test_points_without_a_photo_or_with_two(root: Path) -> None:
    photo(root / "a/1.png")
    with pytest.raises(FacepointsError, match=r"a/1\.pts: expected one photo .*a/1\.JPG, a/1\.png"):
        Pts(root, THREE, PtsOptions()).faces()
    for name in ("1.JPG", "1.png"):
        (root / "a" / name).unlink()
    with pytest.raises(FacepointsError, match=r"a/1\.pts: expected one photo .*found none"):
        Pts(root, THREE, PtsOptions()).faces()
    (root / "a/1.pts").rename(root / "a/.1.pts")
    with pytest.raises(FacepointsError, match=r"no \.pts file there or below"):
        Pts(root, THREE, PtsOptions()).faces()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("68.000 135.000\n", "", "expected 3 lines of x and y; found 2 lines with 4 numbers"),
        ("68.000 135.000", "68.000", "expected 3 lines of x and y; found 3 lines with 5"),
        ("68.000 135.000", "1 2\n3 4", "found 4 lines with 8 numbers"),
        ("68.000 135.000", "68.000 inf", "expected finite coordinates; found inf"),
        ("68.000 135.000", "68.000 x", "expected a number; found 'x'"),
        ("}", "", "expected points between one pair of braces"),
        ("{", "", "expected points between one pair of braces"),
    ],
)
def test_wrong_points_name_the_file(root: Path, old: str, new: str, message: str) -> None:
    path = root / "a/1.pts"
    assert old in TEXT
    path.write_text(TEXT.replace(old, new))
    with pytest.raises(FacepointsError, match=rf"1\.pts: .*{message}"):
        read_pts(path, 3)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("\n", " \r\n").encode() + b"\r\n",
        lambda text: text.encode("utf-8-sig"),
        lambda text: text.replace("\n{", "{").replace(" ", "\t").encode(),
    ],
)
def test_line_ends_and_spaces_do_not_matter(root: Path, change: Callable[[str], bytes]) -> None:
    path = root / "a/1.pts"
    before = read_pts(path, 3)
    path.write_bytes(change(TEXT))
    np.testing.assert_array_equal(read_pts(path, 3), before)


def test_what_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "a.pts").write_bytes(b"\xff\xfe")
    with pytest.raises(FacepointsError, match=r"a\.pts: no text file"):
        read_pts(tmp_path / "a.pts", 3)
    with pytest.raises(FacepointsError, match=r"b\.pts: cannot be read \(No such file"):
        read_pts(tmp_path / "b.pts", 3)


@settings(max_examples=30)
@given(points=arrays(np.float32, (5, 2), elements=st.floats(-1000, 1000, width=32)))
def test_what_is_written_is_read(
    points: np.ndarray, tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = tmp_path_factory.mktemp("pts")
    pts.write(root, [Drawn(BLANK, points)])
    (face,) = Pts(root, Scheme("five", 5), PtsOptions()).faces()
    np.testing.assert_allclose(face.landmarks, points, rtol=0, atol=1e-3)
