from pathlib import Path

import pytest

from facepoints import FacepointsError
from facepoints.datasets.folder import below, files, label_file


def test_files_by_ending(tmp_path: Path) -> None:
    for name in ("b/2.JPG", "a.jpg", "b/1.png", "b/1.pts", ".jpg", "b/._1.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "c.jpg").mkdir()
    assert files(tmp_path, (".jpg", ".png")) == ["a.jpg", "b/1.png", "b/2.JPG"]


def test_many_label_files_are_not_all_listed(tmp_path: Path) -> None:
    for index in range(9):
        (tmp_path / f"{index}.csv").touch()
    with pytest.raises(
        FacepointsError, match=r"found 0\.csv, .*, 4\.csv and 4 more\. Name the one"
    ):
        label_file(tmp_path, ".csv", None)


@pytest.mark.parametrize(
    ("folder", "name", "path"),
    [
        ("", "a.jpg", "a.jpg"),
        ("", "./a//b.jpg", "a/b.jpg"),
        ("labels", "a.jpg", "labels/a.jpg"),
        ("labels/x", "../../a b/ä.jpg", "a b/ä.jpg"),
        ("labels", "..\\a.jpg", "a.jpg"),
        ("", "..a.jpg", "..a.jpg"),
    ],
)
def test_paths_inside(folder: str, name: str, path: str) -> None:
    assert below(folder, name, "here") == path


@pytest.mark.parametrize("name", ["", " ", "../..", "../../a.jpg", "/a.jpg", "\\a.jpg", "c:/a.jpg"])
def test_paths_outside(name: str) -> None:
    with pytest.raises(
        FacepointsError, match="^here: expected the path of a file inside .*to labels"
    ):
        below("labels", name, "here")
