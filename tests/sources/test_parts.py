"""The first N faces out of an archive, by range requests, and out of a copy."""

import functools
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from facepoints import FacepointsError
from facepoints.sources.fetch import fetch as fetch_patiently
from facepoints.sources.selection import first

WriteSource = Callable[..., Path]
PATTERN = r"(\d{6})(\.png|_ldmks\.txt)"
FACES = 30
ORDER = np.random.default_rng(0).permutation(FACES)

fetch = functools.partial(fetch_patiently, pauses=(0.0, 0.0))


def files_of(face: int) -> dict[str, bytes]:
    """As large as the real ones: a face is a third of what one request brings."""
    picture = np.random.default_rng(face).bytes(330_000)
    return {
        f"{face:06}.png": picture,
        f"{face:06}_ldmks.txt": b"1.5 2.5\n" * 70,
        f"{face:06}_seg.png": b"parts",
    }


def wanted(count: int) -> dict[str, bytes]:
    """The files of the first faces, without their parts."""
    found = {name: content for face in range(count) for name, content in files_of(face).items()}
    return {name: content for name, content in found.items() if "seg" not in name}


def packed(faces: list[int], folder: str = "") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for face in faces:
            for name, content in files_of(face).items():
                archive.writestr(folder + name, content)
    return buffer.getvalue()


@pytest.fixture(scope="module", params=["", "dataset_30/"])
def large(request: pytest.FixtureRequest) -> bytes:
    """An archive of all faces, not in their order."""
    return packed([int(face) for face in ORDER], request.param)


@pytest.fixture
def source(write_source: WriteSource, server: Any, large: bytes) -> Path:
    server.put("large.zip", large)
    server.put("small.zip", packed([0, 1, 2]))
    at = {"sha256": None, "unpack": True, "into": "."}
    return write_source(
        contents=["[0-9][0-9][0-9][0-9][0-9][0-9].png", "*_ldmks.txt"],
        face=PATTERN,
        faces=FACES,
        files=[
            {"url": f"{server.address}/small.zip", "faces": 3, **at},
            {"url": f"{server.address}/large.zip", "faces": FACES, **at},
        ],
    )


def taken(tmp_path: Path, source: Path, faces: int | None, copies: Path | None = None) -> Any:
    raw = tmp_path / "data" / "raw" / "tiny"
    fetch(source, None, raw, copies, tmp_path / ".scratch", faces)
    return {path.relative_to(raw).as_posix(): path.read_bytes() for path in raw.rglob("*.*")}


def test_only_what_is_needed_is_fetched(tmp_path: Path, source: Path, server: Any) -> None:
    assert taken(tmp_path, source, 4) == wanted(4)
    assert set(server.asked) == {"/large.zip"}
    # Each face lies elsewhere in the archive: one request of 1 MB for each, and the table of contents.
    assert server.sent < 6_500_000 < len(server.contents["/large.zip"])


def test_more_faces_later(tmp_path: Path, source: Path, server: Any) -> None:
    taken(tmp_path, source, 4)
    server.sent = 0
    assert taken(tmp_path, source, 5) == wanted(5)
    assert server.sent < 3_200_000
    server.sent = 0
    assert taken(tmp_path, source, 2) == wanted(2)
    assert server.sent < 1_100_000


def test_drops_are_survived(tmp_path: Path, source: Path, server: Any) -> None:
    server.cuts = [1, 500_000, 1_048_576, 10, 1_048_576, 7]
    assert taken(tmp_path, source, 4) == wanted(4)


def test_a_lost_server_leaves_what_has_come(tmp_path: Path, source: Path, server: Any) -> None:
    server.cuts, server.cut = [1] + [10**9] * 4, 10
    with pytest.raises(FacepointsError, match=r"large\.zip: .*tried 3 times") as caught:
        taken(tmp_path, source, 9)
    assert "http://tiny.example/" in str(caught.value)
    assert list((tmp_path / "data" / "raw").iterdir()) == []
    kept = {path.name for path in (tmp_path / ".scratch").rglob("*.png")}
    assert 1 <= len(kept) < 9
    server.cut, server.sent = None, 0
    assert taken(tmp_path, source, 9) == wanted(9)
    assert server.sent <= (9 - len(kept) + 2) * (1 << 20)


def test_an_archive_that_changed_begins_anew(tmp_path: Path, source: Path, server: Any) -> None:
    taken(tmp_path, source, 2)
    changed = io.BytesIO()
    with zipfile.ZipFile(changed, "w") as archive:
        for face in range(3):
            archive.writestr(f"{face:06}.png", b"new")
            archive.writestr(f"{face:06}_ldmks.txt", b"new")
    server.put("large.zip", changed.getvalue())
    assert set(taken(tmp_path, source, 2).values()) == {b"new"}


@pytest.mark.parametrize(("faces", "archive"), [(3, "small"), (None, "large"), (FACES, "large")])
def test_just_so_many_faces_are_a_whole_archive(
    tmp_path: Path, source: Path, server: Any, faces: int | None, archive: str
) -> None:
    assert taken(tmp_path, source, faces) == wanted(faces or FACES)
    assert server.asked == [f"/{archive}.zip"]
    assert server.sent == len(server.contents[f"/{archive}.zip"])


def test_a_server_without_ranges(tmp_path: Path, source: Path, server: Any) -> None:
    server.ranges = False
    with pytest.raises(FacepointsError, match="does not answer range requests"):
        taken(tmp_path, source, 4)
    assert list((tmp_path / "data" / "raw").iterdir()) == []


def test_more_than_there_are(tmp_path: Path, source: Path) -> None:
    with pytest.raises(FacepointsError, match="31 are asked for, and there are 30"):
        taken(tmp_path, source, 31)
    assert list((tmp_path / "data" / "raw").iterdir()) == []


@pytest.mark.parametrize("content", [b"no archive at all", b""])
def test_no_archive(tmp_path: Path, source: Path, server: Any, content: bytes) -> None:
    server.put("large.zip", content)
    with pytest.raises(FacepointsError, match=r"large\.zip: "):
        taken(tmp_path, source, 4)
    assert list((tmp_path / "data" / "raw").iterdir()) == []


def test_a_bomb(tmp_path: Path, source: Path, server: Any) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("000000.png", bytes(150_000_000))
    server.put("large.zip", buffer.getvalue())
    with pytest.raises(FacepointsError, match="unpacks to more than 20 times"):
        taken(tmp_path, source, 1)
    assert list((tmp_path / "data" / "raw").iterdir()) == []


def test_copies(tmp_path: Path, source: Path, server: Any) -> None:
    folder = tmp_path / "copies" / "tiny"
    folder.mkdir(parents=True)
    for face in range(5):
        for name, content in files_of(face).items():
            (folder / name).write_bytes(content)
    assert taken(tmp_path, source, 2, tmp_path / "copies") == wanted(2)
    assert taken(tmp_path, source, None, tmp_path / "copies") == wanted(5)
    with pytest.raises(FacepointsError, match="6 are asked for, and there are 5"):
        taken(tmp_path, source, 6, tmp_path / "copies")
    assert server.asked == []


def test_sets_that_are_only_whole(tmp_path: Path, write_source: WriteSource) -> None:
    with pytest.raises(FacepointsError, match=r"dataset\.tiny\.faces in params\.yaml: .* whole"):
        taken(tmp_path, write_source(), 2)


def test_first_counts_faces_not_files() -> None:
    names = ["x/000002.png", "000001_ldmks.txt", "000001.png", "000003.png", "000001_seg.png", "a"]
    assert first(names, PATTERN, 2) == ["000001.png", "000001_ldmks.txt", "x/000002.png"]
