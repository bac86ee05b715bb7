"""Archives that want out, links, and bombs: each is refused; what is left of them, `fetch` removes."""

import bz2
import gzip
import io
import lzma
import random
import stat
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from facepoints import FacepointsError
from facepoints.sources import archive
from facepoints.sources.archive import unpack

CONTENTS = {"jpg/a.jpg": b"one", "jpg/deep/b.jpg": b"two" * 1000, "empty": b""}
Pack = Callable[[dict[str, bytes]], bytes]


@pytest.fixture
def into(tmp_path: Path) -> Path:
    return tmp_path / "into"


def planted(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "a.archive"
    path.write_bytes(content)
    return path


def found(folder: Path) -> dict[str, bytes]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def zip_entry(name: str, mode: int, content: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as zipped:
        entry = zipfile.ZipInfo(name)
        entry.external_attr = mode << 16
        entry.compress_type = zipfile.ZIP_DEFLATED
        zipped.writestr(entry, content)
    return buffer.getvalue()


@pytest.mark.parametrize("packed", [bytes, gzip.compress, bz2.compress, lzma.compress])
def test_tar_files(tmp_path: Path, into: Path, tar: Pack, packed: Callable[[bytes], bytes]) -> None:
    unpack(planted(tmp_path, packed(gzip.decompress(tar(CONTENTS)))), into)
    assert found(into) == CONTENTS


@pytest.mark.parametrize("packed", [gzip.compress, bz2.compress, lzma.compress])
def test_compressed_bytes_that_are_wrong(
    tmp_path: Path, into: Path, tar: Pack, packed: Callable[[bytes], bytes]
) -> None:
    content = bytearray(packed(gzip.decompress(tar({"a": random.Random(0).randbytes(100_000)}))))
    content[len(content) // 2] ^= 0xFF
    with pytest.raises(FacepointsError, match="cannot be unpacked|neither a tar nor a zip"):
        unpack(planted(tmp_path, bytes(content)), into)


def test_zip_files(tmp_path: Path, into: Path, zipped: Pack) -> None:
    unpack(planted(tmp_path, zipped(CONTENTS)), into)
    assert found(into) == CONTENTS


@pytest.mark.parametrize("kind", ["tar", "zipped"])
def test_entries_go_where_they_are_placed(
    tmp_path: Path, into: Path, kind: str, request: pytest.FixtureRequest
) -> None:
    pack: Pack = request.getfixturevalue(kind)
    places = {"jpg/a.jpg": "a.jpg"}
    unpack(planted(tmp_path, pack(CONTENTS)), into, places.get)
    assert found(into) == {"a.jpg": b"one"}


@pytest.mark.parametrize(
    "name", ["../out", "jpg/../../out", "/out", "\\out", "C:\\out", "..\\out", "jpg\\..\\..\\out"]
)
@pytest.mark.parametrize("kind", ["tar", "zipped"])
def test_nothing_leaves_the_folder(
    tmp_path: Path, into: Path, kind: str, name: str, request: pytest.FixtureRequest
) -> None:
    pack: Pack = request.getfixturevalue(kind)
    with pytest.raises(FacepointsError, match=r"a\.archive: cannot be unpacked: .* leads out of"):
        unpack(planted(tmp_path, pack({name: b"bad"})), into)
    assert not list(tmp_path.rglob("*out*"))


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE]
)
def test_no_links_and_devices_in_tar_files(tmp_path: Path, into: Path, kind: bytes) -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as packed:
        entry = tarfile.TarInfo("jpg")
        entry.type, entry.linkname = kind, str(tmp_path)
        packed.addfile(entry)
    with pytest.raises(FacepointsError, match="'jpg' is neither a file nor a folder"):
        unpack(planted(tmp_path, buffer.getvalue()), into)
    assert not into.exists()


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
def test_no_links_and_devices_in_zip_files(tmp_path: Path, into: Path, kind: int) -> None:
    with pytest.raises(FacepointsError, match="'jpg' is neither a file nor a folder"):
        unpack(planted(tmp_path, zip_entry("jpg", kind | 0o777, b"/etc")), into)
    assert not into.exists()


@pytest.fixture
def small_bound(monkeypatch: pytest.MonkeyPatch) -> int:
    """A bound that a test reaches quickly; bytes."""
    monkeypatch.setattr(archive, "ALWAYS_ALLOWED", 1_000_000)
    return 1_000_000


def test_a_zip_bomb(tmp_path: Path, into: Path) -> None:
    bomb = zip_entry("a.jpg", 0, bytes(150_000_000))
    assert len(bomb) < 200_000
    with pytest.raises(FacepointsError, match="unpacks to more than 20 times its size and 100 MB"):
        unpack(planted(tmp_path, bomb), into)
    assert not into.exists()


def test_a_zip_bomb_that_lies(tmp_path: Path, into: Path, small_bound: int) -> None:
    bomb = bytearray(zip_entry("a.jpg", 0, bytes(9 * small_bound)))
    declared = (9 * small_bound).to_bytes(4, "little")
    while (place := bomb.find(declared)) >= 0:
        bomb[place : place + 4] = (1000).to_bytes(4, "little")
    with pytest.raises(FacepointsError, match=r"a\.archive: cannot be unpacked"):
        unpack(planted(tmp_path, bytes(bomb)), into)
    assert sum(map(len, found(into).values())) <= small_bound


def test_a_tar_bomb(tmp_path: Path, into: Path, tar: Pack, small_bound: int) -> None:
    with pytest.raises(FacepointsError, match="unpacks to more than 20 times"):
        unpack(planted(tmp_path, tar({"a.jpg": bytes(9 * small_bound)})), into)
    assert found(into) == {}


def test_a_tar_bomb_in_small_pieces(
    tmp_path: Path, into: Path, tar: Pack, small_bound: int
) -> None:
    pieces = {f"{index}.jpg": bytes(small_bound // 10) for index in range(40)}
    with pytest.raises(FacepointsError, match="unpacks to more than 20 times"):
        unpack(planted(tmp_path, tar(pieces)), into)
    assert sum(map(len, found(into).values())) <= small_bound


@pytest.mark.parametrize("behind", [True, False])
def test_a_tar_bomb_outside_its_files(
    tmp_path: Path, into: Path, tar: Pack, small_bound: int, behind: bool
) -> None:
    if behind:
        bomb = gzip.compress(gzip.decompress(tar(CONTENTS)) + bytes(9 * small_bound))
    else:
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w:gz", format=tarfile.PAX_FORMAT) as packed:
            entry = tarfile.TarInfo("a.jpg")
            entry.pax_headers = {"comment": "x" * 9 * small_bound}
            packed.addfile(entry)
        bomb = buffer.getvalue()
    with pytest.raises(FacepointsError, match="unpacks to more than 20 times"):
        unpack(planted(tmp_path, bomb), into)


def test_text_that_shrinks_well_is_no_bomb(tmp_path: Path, into: Path, tar: Pack) -> None:
    content = b"12.5 37.25\n" * 1_000_000
    packed = tar({"labels.txt": content})
    assert len(content) > 100 * len(packed)
    unpack(planted(tmp_path, packed), into)
    assert found(into) == {"labels.txt": content}
