import pytest

from facepoints import FacepointsError
from facepoints.splits.table import Row, faces, read, write

ROWS = [Row("c", "g1", "train", 2), Row("a", "g2", "train", 0), Row("b", "g3", "test", 1)]


def test_a_table_survives_the_disk(tmp_path):
    write(ROWS, tmp_path / "splits" / "a.csv")
    assert read(tmp_path / "splits" / "a.csv") == ROWS


def test_faces_come_in_their_order_and_the_first_n_are_nested():
    assert faces(ROWS, "train") == ["a", "c"]
    assert faces(ROWS, "train", 1) == ["a"]
    assert faces(ROWS, "test") == ["b"]


def test_more_faces_than_there_are_is_an_error():
    with pytest.raises(FacepointsError, match="train_sizes: 3 .* has 2"):
        faces(ROWS, "train", 3)


def test_an_empty_split_is_an_error():
    with pytest.raises(FacepointsError, match="validation split is empty .3 faces.*nothing to mea"):
        faces(ROWS, "validation")
    with pytest.raises(FacepointsError, match="train split is empty .*nothing to learn from"):
        faces(ROWS[2:], "train")


def test_a_missing_or_wrong_table_is_named(tmp_path):
    with pytest.raises(FacepointsError, match="no split table here"):
        read(tmp_path / "a.csv")
    (tmp_path / "a.csv").write_text("x,y\n")
    with pytest.raises(FacepointsError, match="expected columns"):
        read(tmp_path / "a.csv")
