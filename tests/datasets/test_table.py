from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from facepoints import FacepointsError
from facepoints.datasets.face import Face
from facepoints.datasets.image import UnreadableImageError
from facepoints.datasets.options import TableOptions
from facepoints.datasets.table import Table
from facepoints.schemes.scheme import Scheme
from tests.datasets.conftest import photo
from tests.layouts import table
from tests.layouts.drawn import Drawn

TWO = Scheme("two", 2)
HEADER = "image,x0,y0,x1,y1"
FULL = HEADER + ",visible0,visible1,box_x0,box_y0,box_x1,box_y1,subject,split"
BLANK = np.zeros((8, 8, 3), np.uint8)

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_table(*lines: str, name: str = "faces.csv", encoding: str = "utf-8") -> Path:
        path = tmp_path / "mine" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes("\n".join(lines).encode(encoding))
        return tmp_path / "mine"

    return write_table


def faces(root: Path, **options: object) -> list[Face]:
    return list(Table(root, TWO, TableOptions(**options)).faces())


def test_image_and_points_suffice(write: Write) -> None:
    (face,) = faces(write(HEADER, "a.jpg,1,2,3.5,-4"))
    assert (face.image, face.group, face.split, face.box) == ("a.jpg", "a.jpg", None, None)
    assert face.landmarks.dtype == np.float32 and face.occlusion.dtype == np.int8
    assert face.landmarks.tolist() == [[1, 2], [3.5, -4]]
    assert face.labelled.tolist() == [True, True]
    assert face.occlusion.tolist() == [-1, -1]


def test_every_optional_column(write: Write) -> None:
    root = write(FULL, "p/a.jpg,1,2,3,4,1,0,0,1,10,11,anna,test", "p/a.jpg,,,3,4,1,,,,,,,")
    first, second = faces(root)
    assert (first.group, first.split) == ("anna", "test")
    assert first.occlusion.tolist() == [1, 0]
    assert first.box is not None and first.box.tolist() == [0, 1, 10, 11]
    assert (second.group, second.split, second.box) == ("p/a.jpg", None, None)
    assert second.labelled.tolist() == [False, True]
    assert second.occlusion.tolist() == [-1, -1]  # what is not labelled is not seen either


def test_columns_in_any_order_and_empty_rows(write: Write) -> None:
    (face,) = faces(write(" y1, x1,image,y0,x0", "4, 3,a.jpg,2,1", "", ",,,,"))
    assert face.landmarks.tolist() == [[1, 2], [3, 4]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize(
    "lines",
    [
        [HEADER, '"ä,b.jpg",1.5,2,3,4\r'],
        [HEADER.replace(",", ";"), '"ä,b.jpg";1,5;2;3;4\r'],
        [HEADER.replace(",", "\t"), "ä,b.jpg\t1.5\t2\t3\t4"],
    ],
)
def test_what_spreadsheets_write(write: Write, lines: list[str], encoding: str) -> None:
    (face,) = faces(write(*lines, encoding=encoding))
    assert face.image == "ä,b.jpg"
    assert face.landmarks.tolist() == [[1.5, 2], [3, 4]]


def test_paths_are_relative_to_the_table(write: Write) -> None:
    root = write(HEADER, "..\\photos\\a.jpg,1,2,3,4", name="labels/faces.CSV")
    photo(root / "photos/a.jpg")
    (face,) = faces(root)
    assert face.image == "photos/a.jpg"
    opened = Table(root, TWO, TableOptions())
    assert opened.image(face).shape == (48, 64, 3)
    (root / "photos/a.jpg").unlink()
    with pytest.raises(UnreadableImageError, match=r"photos/a\.jpg: cannot be read"):
        opened.image(face)


def test_first_pixel_moves_points_and_box(write: Write) -> None:
    (face,) = faces(write(FULL, "a.jpg,1,2,3,4,,,0,1,10,11,,"), first_pixel=0.5)
    assert face.landmarks.tolist() == [[0.5, 1.5], [2.5, 3.5]]
    assert face.box is not None and face.box.tolist() == [-0.5, 0.5, 9.5, 10.5]


def test_which_table(write: Write) -> None:
    root = write(HEADER, "a.jpg,1,2,3,4")
    write(name="._faces.csv")
    assert len(faces(root)) == 1
    write(HEADER, "b.jpg,1,2,3,4", name="old/more.csv")
    with pytest.raises(
        FacepointsError,
        match=r"expected one \.csv file .*found faces\.csv, old/more\.csv\. .*dataset\.mine\.options\.file",
    ):
        faces(root)
    assert faces(root, file="old/more.csv")[0].image == "old/b.jpg"
    with pytest.raises(
        FacepointsError, match=r"options\.file: .*x\.csv is no file\. There are: fa"
    ):
        faces(root, file="x.csv")
    with pytest.raises(FacepointsError, match=r"options\.file: expected the path of a file inside"):
        faces(root, file="../x.csv")
    for path in root.rglob("*.csv"):
        path.unlink()
    with pytest.raises(FacepointsError, match=r"expected one \.csv file .*found none"):
        faces(root)


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("", r"scheme two has 2 points\); found 0 columns x…, and no image"),
        ("image,x1,y1,x2,y2", "found 2 columns x…, and no x0"),
        (HEADER + ",x2,y2", "expected the columns image, x0, y0 … x1, y1 .*found 3 columns x…"),
        ("image,x0,y0", "found 1 columns x…, and no x1"),
        ("photo,x0,y0,x1,y1", "found 2 columns x…, and no image"),
        (HEADER + ",visibl0", "unknown column 'visibl0'; known beside image and points: visible0"),
        (HEADER + ",split,split", "column split stands there twice"),
        (HEADER + ",visible1", "column visible0 is missing; expected all of visible0 … visible1"),
        (HEADER + ",box_x0", "column box_y0 is missing; expected all of box_x0 … box_y1, or none"),
    ],
)
def test_wrong_headers(write: Write, header: str, message: str) -> None:
    with pytest.raises(FacepointsError, match=rf"faces\.csv, line 1: .*{message}"):
        faces(write(header, "a.jpg,1,2,3,4"))


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("a.jpg,1,2,3,4", "expected 13 cells, as in the header; found 5"),
        ("a.jpg,1,2,3,x,,,,,,,,", "expected a number; found 'x'"),
        ("a.jpg,1,2,3,inf,,,,,,,,", "expected finite coordinates; found inf"),
        ("a.jpg,1,2,3,,,,,,,,,", "point 1 has only one of x1 and y1"),
        ("a.jpg,,,,,,,,,,,,", "no point is labelled. Remove the row"),
        (
            "a.jpg,1,2,3,4,2,,,,,,,",
            r"visible0: expected 1 \(seen\), 0 \(hidden\) or nothing; found '2'",
        ),
        ("a.jpg,1,2,3,4,,,1,2,3,,,", "box: expected a number; found ''"),
        ("a.jpg,1,2,3,4,,,5,2,5,4,,", "expected a box .* x 5 to 5, y 2 to 4"),
        ("a.jpg,1,2,3,4,,,,,,,,val", "split: expected train, test or nothing; found 'val'"),
        (
            ",1,2,3,4,,,,,,,,",
            "image: expected the path of a file inside the set's folder.*found ''",
        ),
        ("../a.jpg,1,2,3,4,,,,,,,,", r"image: expected the path .* found '\.\./a\.jpg'"),
        ("x/../../a.jpg,1,2,3,4,,,,,,,,", "image: expected the path"),
        ("/a.jpg,1,2,3,4,,,,,,,,", "image: expected the path"),
        ("C:\\a.jpg,1,2,3,4,,,,,,,,", "image: expected the path"),
        ("https://x.org/a.jpg,1,2,3,4,,,,,,,,", "image: expected the path"),
        ('"a.jpg,1,2,3,4,,,,,,,,', "no CSV table in UTF-8: unexpected end of data"),
    ],
)
def test_wrong_rows_name_the_line(write: Write, row: str, message: str) -> None:
    root = write(FULL, "b.jpg,1,2,3,4,,,,,,,,", row)
    line = "" if "no CSV" in message else ", line 3"
    with pytest.raises(FacepointsError, match=rf"faces\.csv{line}.*{message}"):
        faces(root)


def test_no_rows_and_no_text(write: Write) -> None:
    with pytest.raises(FacepointsError, match="no face in this table"):
        faces(write(HEADER))
    for encoding in ("utf-16", "cp1252"):
        root = write(HEADER, "ä.jpg,1,2,3,4", encoding=encoding)
        with pytest.raises(
            FacepointsError, match="no CSV table in UTF-8: .*Save it as “CSV UTF-8”"
        ):
            faces(root)


@settings(max_examples=30)
@given(points=arrays(np.float32, (5, 2), elements=st.floats(-1000, 1000, width=32)))
def test_what_is_written_is_read(
    points: np.ndarray, tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = tmp_path_factory.mktemp("table")
    table.write(root, [Drawn(BLANK, points)])
    (face,) = Table(root, Scheme("five", 5), TableOptions()).faces()
    np.testing.assert_allclose(face.landmarks, points, rtol=0, atol=1e-3)
    assert face.box is not None
    np.testing.assert_allclose(face.box[:2], points.min(axis=0) - 1, rtol=0, atol=1e-3)
