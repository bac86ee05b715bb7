from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from facepoints import FacepointsError
from facepoints.sources.source import read_source, redistributable

SOURCES = Path(__file__).parents[2] / "sources"
FILE = {"url": "https://tiny.example/a.zip", "sha256": None, "unpack": True, "into": "jpg"}
DRIVE = {"gdrive": "1x", "sha256": None, "unpack": True, "into": "."}


NAMES = sorted(path.parent.name for path in SOURCES.glob("*/source.yaml"))


@pytest.mark.parametrize("name", NAMES)
def test_shipped_sources(name: str) -> None:
    source = read_source(SOURCES / name)
    assert source.drawn == (name == "synthetic")
    rendered = name in ("synthetic", "facekit")  # params.yaml says how many faces
    assert redistributable(SOURCES / name) == rendered
    assert (source.faces is None) == rendered
    assert source.drawn or source.contents


def test_what_nothing_is_said_about_is_not_redistributable(tmp_path: Path) -> None:
    assert not redistributable(tmp_path)
    assert not redistributable(tmp_path / "none")


def test_files_on_google_drive(write_source: Callable[..., Path]) -> None:
    drive = {"gdrive": "1x-Y_z", "name": "a.tar.gz", "sha256": None, "unpack": True, "into": "."}
    (file,) = read_source(write_source(files=[drive])).files
    assert (file.gdrive, file.url, file.name) == ("1x-Y_z", None, "a.tar.gz")
    assert file.address == "Google Drive 1x-Y_z (a.tar.gz)"


def test_name_of_a_file_is_the_last_part_of_its_address(write_source: Callable[..., Path]) -> None:
    url = "https://tiny.example/x/a.zip?raw=true"
    (file,) = read_source(write_source(files=[{**FILE, "url": url}])).files
    assert file.name == "a.zip"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"title": "absent"}, "key title is missing"),
        ({"colour": 1}, "unknown key colour"),
        ({"folder": "../tiny"}, "folder: "),
        ({"folder": "a/b"}, "folder: "),
        ({"contents": ["../*.jpg"]}, "contents: expected a path below"),
        ({"contents": ["/jpg/*.jpg"]}, "contents: expected a path below"),
        ({"contents": []}, "contents and homepage must be given"),
        ({"homepage": None}, "contents and homepage must be given"),
        ({"how": None}, "files is empty, so how must say"),
        ({"files": [{**FILE, "url": "ftp://tiny.example/a.zip"}]}, r"files\.0\.url: "),
        ({"files": [{**FILE, "sha256": "12"}]}, r"files\.0\.sha256: "),
        ({"files": [{**FILE, "into": "../.."}]}, r"files\.0\.into: expected a path below"),
        ({"faces": "absent"}, "key faces is missing"),
        ({"files": [{**FILE, "gdrive": "1x"}]}, "expected either url or gdrive"),
        ({"files": [{**FILE, "url": None, "name": "a"}]}, "expected either url or gdrive"),
        ({"files": [{**DRIVE, "name": "../a"}]}, r"files\.0\.name: "),
        ({"files": [DRIVE]}, r"key files\.0\.name is missing"),
        ({"files": [{**FILE, "faces": 3}]}, "faces in files needs face"),
        ({"face": r"(\d+)", "files": [FILE]}, "archives that state url and faces"),
        ({"face": r"(\d+", "files": [{**FILE, "faces": 3}]}, "face is no regular expression"),
        ({"face": r"\d+", "files": [{**FILE, "faces": 3}]}, "face must hold a group"),
        ({"files": [FILE, FILE]}, "a name of its own"),
        ({"files": [{**FILE, "url": "https://tiny.example/"}]}, r"files\.0\.name: "),
    ],
)
def test_wrong_keys_are_named(
    write_source: Callable[..., Path], changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(FacepointsError, match=rf"source\.yaml: .*{message}"):
        read_source(write_source(**changes))


def test_unknown_set(tmp_path: Path) -> None:
    with pytest.raises(FacepointsError, match=r"none/source\.yaml: missing\. It describes where"):
        read_source(tmp_path / "none")
