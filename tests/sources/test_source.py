from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from facepoints import FacepointsError
from facepoints.sources.source import read_source

SOURCES = Path(__file__).parents[2] / "sources"
FILE = {"url": "https://tiny.example/a.zip", "sha256": None, "unpack": True, "into": "jpg"}


@pytest.mark.parametrize("name", ["synthetic", "muct", "w300"])
def test_shipped_sources(name: str) -> None:
    source = read_source(SOURCES / name)
    assert source.drawn == (name == "synthetic")
    assert source.redistribute == source.drawn
    assert source.drawn or source.contents


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
        ({"files": [FILE, FILE]}, "a file name of its own"),
        ({"files": [{**FILE, "url": "https://tiny.example/"}]}, "a file name of its own"),
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
