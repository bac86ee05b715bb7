import os

import pytest

from facepoints.files import replace, replace_table


def test_text_and_bytes_are_written_with_their_folder(tmp_path):
    replace(tmp_path / "a" / "b.txt", "ü\n")
    assert (tmp_path / "a" / "b.txt").read_bytes() == "ü\n".encode()
    replace(tmp_path / "a" / "b.txt", b"\x00")
    assert (tmp_path / "a" / "b.txt").read_bytes() == b"\x00"
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["b.txt"]


def test_a_hard_link_keeps_the_old_content(tmp_path):
    replace(tmp_path / "output", "old")
    os.link(tmp_path / "output", tmp_path / "cached")
    replace(tmp_path / "output", "new")
    assert (tmp_path / "cached").read_text() == "old"


def test_what_cannot_be_written_leaves_the_old_file(tmp_path):
    replace(tmp_path / "output", "old")
    with pytest.raises(UnicodeEncodeError):
        replace(tmp_path / "output", "\ud800")
    assert (tmp_path / "output").read_text() == "old"


def test_tables_are_quoted_where_needed(tmp_path):
    replace_table(tmp_path / "a.csv", ["name", "x"], [("one, two", 1), ("three", 0.5)])
    assert (tmp_path / "a.csv").read_text() == 'name,x\n"one, two",1\nthree,0.5\n'
