import pickle
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from facepoints import FacepointsError
from facepoints.datasets.image import UnreadableImageError
from facepoints.datasets.muct import TABLE, Muct
from facepoints.schemes.library import load
from tests.layouts import muct
from tests.layouts.drawn import Drawn, as_scheme

Write = Callable[[dict[str, list[float]]], Path]
NUMBERS = [float(index) + 0.5 for index in range(152)]


def test_rows_become_faces(write_muct: Write) -> None:
    numbers = list(NUMBERS)
    numbers[4:6] = [0.0, 0.0]  # point 2 is not labelled
    numbers[6] = 0.0  # point 3 merely touches the border
    root = write_muct({"i201sc-f1": NUMBERS, "ir001qa-mn": NUMBERS, "i001qa-mn": numbers})
    first, second = Muct(root).faces()
    assert first.image == "jpg/i001qa-mn.jpg"
    assert (first.group, first.subsets, first.split) == ("001", ("camera_a",), None)
    assert (second.group, second.subsets) == ("201", ("camera_c",))
    assert first.box is None
    assert first.landmarks.dtype == np.float32
    np.testing.assert_array_equal(second.landmarks[:2], [[0.5, 1.5], [2.5, 3.5]])
    assert np.flatnonzero(~first.labelled).tolist() == [2]
    assert second.labelled.all()
    assert first.occlusion.dtype == np.int8
    assert (first.occlusion == -1).all()
    assert Muct(root).image(first).shape == (48, 64, 3)


def test_order_does_not_depend_on_the_table(write_muct: Write) -> None:
    names = ["i410wd-fn", "i005sa-fn", "i005rc-fn"]
    faces = Muct(write_muct(dict.fromkeys(names, NUMBERS))).faces()
    assert [face.image for face in faces] == [f"jpg/{name}.jpg" for name in sorted(names)]


def test_a_missing_photo_is_unreadable_not_forgotten(write_muct: Write) -> None:
    root = write_muct({"i001qa-mn": NUMBERS})
    (root / "jpg" / "i001qa-mn.jpg").unlink()
    copy = pickle.loads(pickle.dumps(Muct(root)))  # as worker processes get it
    (face,) = copy.faces()
    with pytest.raises(UnreadableImageError, match=r"i001qa-mn\.jpg: cannot be read"):
        copy.image(face)


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("i001qa-mn", lambda line: line + ",7", "line 2: expected 154 fields .* found 155"),
        ("i001qa-mn", lambda line: line.rsplit(",", 1)[0], "line 2: expected 154 .* found 153"),
        ("i001qa-mn", lambda line: line.replace("3.5", "nan", 1), "line 2: .* finite .* nan"),
        ("i001qa-mn", lambda line: line.replace("3.5", "1e39", 1), "line 2: .* finite .* 1e"),
        ("i001qa-mn", lambda line: line.replace("3.5", "3;5", 1), "line 2: .* '3;5'"),
        ("i001qa-mn", lambda line: line + "\n" + line, "line 3: i001qa-mn stands in .* twice"),
        ("i001kf-mn", lambda line: line, "line 2: expected a name such as i000qa-fn; found 'i001k"),
        ("ir001qa-mn", lambda line: line, "no face in this table"),
        ("i001qa-mn", lambda _: "", "no face in this table"),
    ],
)
def test_wrong_rows_name_file_and_line(
    write_muct: Write, name: str, change: Callable[[str], str], message: str
) -> None:
    root = write_muct({name: NUMBERS})
    path = root / TABLE
    header, line = path.read_text().splitlines()
    path.write_text(f"{header}\n{change(line)}".rstrip("\n") + "\n")
    with pytest.raises(FacepointsError, match=rf"muct76-opencv\.csv(, |: ){message}"):
        list(Muct(root).faces())


def test_wrong_header_no_text_and_no_table(write_muct: Write) -> None:
    root = write_muct({"i001qa-mn": NUMBERS})
    path = root / TABLE
    text = path.read_text()
    path.write_text(text.replace("x00", "x0", 1))
    with pytest.raises(FacepointsError, match="line 1: expected MUCT's header"):
        Muct(root).faces()
    path.write_bytes(text.encode() + b"\xff\xfe")
    with pytest.raises(FacepointsError, match=r"muct76-opencv\.csv: no text file"):
        Muct(root).faces()
    path.write_text("")
    with pytest.raises(FacepointsError, match="line 1: expected MUCT's header"):
        Muct(root).faces()
    path.unlink()
    with pytest.raises(FacepointsError, match=r"muct76-opencv\.csv: cannot be read \(No such"):
        Muct(root).faces()


def test_drawn_layout(tmp_path: Path, photos: list[Drawn]) -> None:
    muct.write(tmp_path, photos)
    faces = Muct(tmp_path).faces()
    scheme = load("muct76")
    for index, (face, drawn) in enumerate(zip(faces, photos, strict=True)):
        assert face.image == f"jpg/i{index // 3:03}q{'abc'[index % 3]}-fn.jpg"
        assert face.group == f"{index // 3:03}"
        points = np.rint(as_scheme(drawn.points, scheme))
        np.testing.assert_array_equal(face.landmarks[:75], points[:75])
        assert face.labelled.sum() == (75 if index % 3 == 2 else 76)


@pytest.mark.real
def test_real_copy(copies: Path) -> None:
    copy = Muct(copies / "muct")
    faces = copy.faces()
    assert len(faces) == 1770
    assert len({face.group for face in faces}) == 132
    assert Counter(face.subsets for face in faces) == {(f"camera_{c}",): 354 for c in "abcde"}
    assert sum(int((~face.labelled).sum()) for face in faces) == 1257
    assert all(face.labelled[[27, 32]].all() for face in faces)
    assert copy.image(faces[0]).shape == (640, 480, 3)
