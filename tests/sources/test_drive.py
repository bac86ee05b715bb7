"""gdown itself, against a server on loopback: Google Drive's own pages cannot be had there."""

from pathlib import Path
from typing import Any

import pytest

from facepoints import FacepointsError
from facepoints.sources.drive import download

CONTENT = bytes(index * 7 % 251 for index in range(2_000_000))


def test_broken_transfers_are_continued(server: Any, tmp_path: Path) -> None:
    server.put("file/ID", CONTENT)
    server.cuts = [1_500_000, 200_000]
    path = tmp_path / "images.tar.gz"
    with pytest.raises(FacepointsError, match=r"ID: cannot be fetched: .*tried 1 times"):
        download("ID", path, (), f"{server.address}/file/")
    assert not path.exists()
    assert sum(part.stat().st_size for part in tmp_path.iterdir()) >= 1_000_000
    download("ID", path, (0.0,), f"{server.address}/file/")
    assert path.read_bytes() == CONTENT
    assert list(tmp_path.iterdir()) == [path]


def test_without_ranges_it_begins_anew(server: Any, tmp_path: Path) -> None:
    server.put("file/ID", CONTENT)
    server.cuts, server.ranges = [1_500_000], False
    download("ID", tmp_path / "a", (0.0, 0.0), f"{server.address}/file/")
    assert (tmp_path / "a").read_bytes() == CONTENT


def test_a_refusal_is_final(server: Any, tmp_path: Path) -> None:
    with pytest.raises(FacepointsError, match=r"ID: cannot be fetched: 404"):
        download("ID", tmp_path / "a", (0.0, 0.0), f"{server.address}/file/")
    assert len(server.asked) == 1
    assert list(tmp_path.iterdir()) == []


def test_no_connection(closed_address: str, tmp_path: Path) -> None:
    with pytest.raises(FacepointsError, match=r"ID: cannot be fetched: .*tried 3 times"):
        download("ID", tmp_path / "a", (0.0, 0.0), f"{closed_address}/")
    assert list(tmp_path.iterdir()) == []
