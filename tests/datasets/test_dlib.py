from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from facepoints import FacepointsError
from facepoints.datasets.dlib import Dlib
from facepoints.datasets.face import Face
from facepoints.datasets.image import UnreadableImageError
from facepoints.datasets.options import DlibOptions
from facepoints.schemes.scheme import Scheme
from tests.datasets.conftest import photo
from tests.layouts import dlib
from tests.layouts.drawn import Drawn

TWO = Scheme("two", 2)
BLANK = np.zeros((8, 8, 3), np.uint8)
SIDES = "top='1' left='0' width='3' height='4'"
PARTS = "<part name='00' x='1' y='2'/><part name='01' x='3' y='4'/>"
BOX = f"<box {SIDES}>{PARTS}</box>"

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes the boxes of one image."""

    def write_file(*boxes: str, image: str = "file='a.jpg'", head: str = "") -> Path:
        text = (
            "<?xml version='1.0' encoding='ISO-8859-1'?>\n"
            f"{head}<dataset>\n<name>imglab dataset</name>\n<images>\n<image {image}>\n"
            + "\n".join(boxes)
            + "\n</image>\n</images>\n</dataset>"
        )
        (tmp_path / "mine").mkdir(exist_ok=True)
        (tmp_path / "mine" / "faces.xml").write_text(text, encoding="utf-8")
        return tmp_path / "mine"

    return write_file


def faces(root: Path, scheme: Scheme = TWO, **options: object) -> list[Face]:
    return list(Dlib(root, scheme, DlibOptions(**options)).faces())


def test_boxes_and_parts(write: Write) -> None:
    two, one = faces(write(BOX, f"<box {SIDES}><part name='01' x='3.5' y='-4'/></box>"))
    assert (two.image, two.group, two.split) == ("a.jpg", "a.jpg", None)
    assert two.landmarks.dtype == np.float32
    assert two.landmarks.tolist() == [[1, 2], [3, 4]]
    assert two.labelled.all() and (two.occlusion == -1).all()
    # Pixels 0 to 2 and 1 to 4, from edge to edge.
    assert two.box is not None and two.box.tolist() == [-0.5, 0.5, 2.5, 4.5]
    assert one.labelled.tolist() == [False, True]
    assert one.landmarks[1].tolist() == [3.5, -4]


def test_first_pixel(write: Write) -> None:
    (face,) = faces(write(BOX), first_pixel=1)
    assert face.landmarks.tolist() == [[0, 1], [2, 3]]
    assert face.box is not None and face.box.tolist() == [-1.5, -0.5, 1.5, 3.5]


def test_boxes_without_parts_or_to_ignore_are_left_out_and_counted(
    write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    ignored = f"<box {SIDES} ignore='1'>{PARTS}</box>"
    assert len(faces(write(ignored, BOX, f"<box {SIDES}/>"))) == 1
    assert "faces.xml: 2 boxes without parts, or to ignore, left out" in capsys.readouterr().out
    assert len(faces(write(BOX.replace("<box", "<box ignore='0'")))) == 1
    with pytest.raises(FacepointsError, match=r"faces\.xml: no <box> with a <part>"):
        faces(write(ignored))


@pytest.mark.parametrize(
    ("names", "order"),
    [
        ([str(index) for index in range(12)], range(12)),
        ([f"{index:03}" for index in range(12)], range(12)),
        ([str(index) for index in range(1, 13)], range(12)),  # from 1
        (["3", "11", "0"], [3, 11, 0]),
        (["3", "12"], [2, 11]),
    ],
)
def test_numbers_are_numbers_padded_or_not(
    write: Write, names: list[str], order: list[int]
) -> None:
    parts = "".join(f"<part name='{name}' x='{i}' y='0'/>" for i, name in enumerate(names))
    (face,) = faces(write(f"<box {SIDES}>{parts}</box>"), Scheme("twelve", 12))
    assert face.labelled.sum() == len(names)
    np.testing.assert_array_equal(face.landmarks[list(order), 0], np.arange(len(names)))


def test_named_parts(write: Write) -> None:
    root = write(BOX.replace("'00'", "'nose'").replace("'01'", "'chin'"))
    with pytest.raises(
        FacepointsError,
        match=r"2 names of parts, 'chin' first, .* \(0 to 1\)\..*dataset\.mine\.options\.parts",
    ):
        faces(root)
    assert faces(root, parts=["chin", "nose"])[0].landmarks.tolist() == [[3, 4], [1, 2]]
    with pytest.raises(FacepointsError, match=r"1 names of parts, 'chin' first, .* \(nose, eye\)"):
        faces(root, parts=["nose", "eye"])
    for wrong in (["nose"], ["nose", "nose"], ["nose", "nose", "chin"]):
        with pytest.raises(FacepointsError, match="expected 2 different names"):
            faces(root, parts=wrong)


def test_paths_and_letters(write: Write) -> None:
    root = write(BOX, image="file='photos\\jürgen.jpg'")
    photo(root / "photos/jürgen.jpg")
    (face,) = faces(root)
    assert face.image == "photos/jürgen.jpg"  # in UTF-8, though the file declares another encoding
    opened = Dlib(root, TWO, DlibOptions())
    assert opened.image(face).shape == (48, 64, 3)
    (root / "photos/jürgen.jpg").unlink()
    with pytest.raises(UnreadableImageError, match=r"jürgen\.jpg: cannot be read"):
        opened.image(face)
    text = (root / "faces.xml").read_text("utf-8")
    (root / "faces.xml").write_text(text, "latin-1")
    assert faces(root)[0].image == "photos/jürgen.jpg"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("name='01'", "name='2'", "names of parts, '00' first|names of parts, '2' first"),
        ("name='01'", "name='0'", ", image a.jpg, box 2: part 0 stands there twice"),
        ("name='01' ", "", ", image a.jpg, box 2: a <part> without name"),
        ("y='4'", "", ", image a.jpg, box 2, part 01: a <part> without y"),
        ("y='4'", "y='x'", ", image a.jpg, box 2, part 01: expected a number; found 'x'"),
        ("y='4'", "y='inf'", ", image a.jpg, box 2, part 01: expected finite"),
        ("height='4'", "", ", image a.jpg, box 2: a <box> without height"),
        ("height='4'", "height='0'", ", image a.jpg, box 2: expected a box .* y 0.5 to 0.5"),
        ("</box>", "", ": no valid XML: mismatched tag: line 8"),
    ],
)
def test_what_is_wrong_is_named(write: Write, old: str, new: str, message: str) -> None:
    assert old in BOX
    with pytest.raises(FacepointsError, match=rf"faces\.xml.*{message}"):
        faces(write(BOX, BOX.replace(old, new)))


@pytest.mark.parametrize(
    ("image", "message"),
    [
        ("", ": a <image> without file"),
        ("file='../a.jpg'", r", image \.\./a\.jpg, box 1: expected the path of a file inside"),
        ("file='/a.jpg'", ", image /a.jpg, box 1: expected the path of a file inside"),
    ],
)
def test_photos_outside(write: Write, image: str, message: str) -> None:
    with pytest.raises(FacepointsError, match=rf"faces\.xml{message}"):
        faces(write(BOX, image=image))


def test_entities_are_refused(write: Write) -> None:
    entities = "".join(f"<!ENTITY e{i + 1} '{f'&e{i};' * 10}'>" for i in range(9))
    bomb = f"<!DOCTYPE dataset [<!ENTITY e0 'lol'>{entities}]>\n"
    with pytest.raises(
        FacepointsError, match=r"faces\.xml: a DOCTYPE, which imglab does not write"
    ):
        faces(write(BOX, "&e9;", head=bomb))


def test_what_is_no_xml(tmp_path: Path) -> None:
    (tmp_path / "faces.xml").write_bytes(b"<?xml version='1.0' encoding='no-such'?>\n\xff")
    with pytest.raises(FacepointsError, match=r"faces\.xml: no valid XML: .*Save the labels again"):
        faces(tmp_path)
    (tmp_path / "faces.xml").write_text("<dataset/>")
    with pytest.raises(FacepointsError, match=r"faces\.xml: no <box> with a <part>"):
        faces(tmp_path)


@settings(max_examples=30)
@given(points=arrays(np.float32, (5, 2), elements=st.floats(-1000, 1000, width=32)))
def test_what_is_written_is_read(
    points: np.ndarray, tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = tmp_path_factory.mktemp("dlib")
    dlib.write(root, [Drawn(BLANK, points)])
    (face,) = faces(root, Scheme("five", 5))
    np.testing.assert_allclose(face.landmarks, points, rtol=0, atol=0.5)  # whole pixels
