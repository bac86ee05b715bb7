from pathlib import Path

import pytest

from facepoints import FacepointsError
from facepoints.sources.fetch import fetch
from facepoints.sources.source import redistributable

FILES = {"labels.csv": b"image,x0,y0\n", "images/a.jpg": b"one", "scheme.yaml": b"name: mine\n"}


def fill(folder: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def taken(tmp_path: Path, folder: Path, **options: int) -> dict[str, bytes]:
    raw = tmp_path / "data" / "raw" / "mine"
    fetch(folder, None, raw, Path("relative"), tmp_path / ".scratch", **options)
    assert not any(path.is_symlink() for path in raw.rglob("*"))
    paths = (path for path in raw.rglob("*") if path.is_file())
    return {path.relative_to(raw).as_posix(): path.read_bytes() for path in paths}


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    return tmp_path / "sources" / "mine"


def test_a_folder_is_copied_whole(tmp_path: Path, mine: Path) -> None:
    beside = {".DS_Store": b"?", "images/.gitignore": b"*", ".cache/x": b"", "images.dvc": b"outs:"}
    assert taken(tmp_path, fill(mine, FILES | beside)) == FILES
    assert not (tmp_path / ".scratch").exists()


def test_a_link_to_a_folder(tmp_path: Path, mine: Path) -> None:
    mine.parent.mkdir()
    mine.symlink_to(fill(tmp_path / "elsewhere", FILES))
    assert taken(tmp_path, mine) == FILES


def test_a_link_to_a_file(tmp_path: Path, mine: Path) -> None:
    fill(mine, FILES)
    (mine / "images" / "b.jpg").symlink_to(fill(tmp_path, {"far.jpg": b"two"}) / "far.jpg")
    assert taken(tmp_path, mine) == {**FILES, "images/b.jpg": b"two"}


@pytest.mark.parametrize("target", ["elsewhere", "nowhere", "mine"])
def test_links_to_folders_and_to_nothing_are_refused(
    tmp_path: Path, mine: Path, target: str
) -> None:
    fill(mine, FILES)
    fill(tmp_path / "elsewhere", FILES)
    where = {"elsewhere": tmp_path / "elsewhere", "nowhere": tmp_path / "nowhere", "mine": mine}
    (mine / "more").symlink_to(where[target])
    with pytest.raises(FacepointsError, match=r"mine/more: a link to .*, which is no file\. Put"):
        taken(tmp_path, mine)
    assert list((tmp_path / "data" / "raw").iterdir()) == []


@pytest.mark.parametrize("kind", ["missing", "empty", "hidden", "broken link", "file"])
def test_nothing_there(tmp_path: Path, mine: Path, kind: str) -> None:
    mine.parent.mkdir()
    if kind in ("empty", "hidden"):
        mine.mkdir()
    if kind == "hidden":
        (mine / ".gitignore").write_text("*")
    if kind == "broken link":
        mine.symlink_to(tmp_path / "nowhere")
    if kind == "file":
        mine.write_text("a file")
    told = "holds no files" if kind in ("empty", "hidden") else "is no folder and leads to none"
    with pytest.raises(FacepointsError, match=rf"mine: {told}\. .* put images and labels there"):
        taken(tmp_path, mine)
    assert list((tmp_path / "data" / "raw").iterdir()) == []


def test_the_digest_is_checked(tmp_path: Path, mine: Path) -> None:
    fill(mine, FILES)
    raw, scratch = tmp_path / "raw", tmp_path / ".scratch"
    digest = fetch(mine, None, raw, None, scratch)
    fill(mine, {"images/a.jpg": b"changed"})
    with pytest.raises(FacepointsError, match=rf"mine: other files .*mine\.digest .* is {digest}"):
        fetch(mine, digest, raw, None, scratch)


def test_no_first_faces(tmp_path: Path, mine: Path) -> None:
    with pytest.raises(FacepointsError, match=r"dataset\.mine\.faces .* only to be had whole"):
        taken(tmp_path, fill(mine, FILES), faces=1)


def test_own_pictures_are_not_to_be_shown(mine: Path) -> None:
    assert not redistributable(fill(mine, FILES))
