from pathlib import Path

import pytest

from facepoints import FacepointsError
from facepoints.datasets.lines import rows, words


def test_words_of_each_line_and_its_place(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"1 2\r\n\r\n  3\t4 \n")
    assert list(words(path)) == [(f"{path}, line 1", ["1", "2"]), (f"{path}, line 3", ["3", "4"])]


def test_fields_of_each_row_and_its_place(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"name,x\r\nb,2\r\n\r\n")
    assert list(rows(path, ["name", "x"], "Some")) == [(f"{path}, line 2", ["b", "2"])]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "line 1: expected Some's header name,x … x"),
        (b"name;x\n", "line 1: expected Some's header"),
        (b"name,x\nb\n", "line 2: expected 2 fields as in the header; found 1"),
        (b"name,x\n\nb,2,3\n", "line 3: expected 2 fields as in the header; found 3"),
        (b'name,x\n"' + b"b" * 200_000 + b'",2\n', "no text table: field larger than"),
    ],
)
def test_wrong_tables_name_file_and_line(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(FacepointsError, match=rf"a\.csv(, |: ){message}"):
        list(rows(path, ["name", "x"], "Some"))


def test_no_file_and_no_text(tmp_path: Path) -> None:
    with pytest.raises(FacepointsError, match=r"a\.txt: cannot be read \(No such"):
        list(words(tmp_path / "a.txt"))
    (tmp_path / "a.txt").write_bytes(b"1 2\n\xff\xfe")
    with pytest.raises(FacepointsError, match=r"a\.txt: no text file"):
        list(words(tmp_path / "a.txt"))
