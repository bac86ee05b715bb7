"""Copies, addresses on loopback, and everything that can go wrong with either."""

import functools
import io
import os
import signal
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from facepoints import FacepointsError
from facepoints.sources.digest import digest
from facepoints.sources.fetch import fetch as fetch_patiently

SOURCES = Path(__file__).parents[2] / "sources"
SRC = Path(__file__).parents[2] / "src"
CONTENTS = {"jpg/a.jpg": b"one", "jpg/b.jpg": b"two", "table.csv": b"x,y\n"}
Pack = Callable[[dict[str, bytes]], bytes]
WriteSource = Callable[..., Path]

NO_PAUSES = (0.0, 0.0)

fetch = functools.partial(fetch_patiently, pauses=NO_PAUSES)


def tree(folder: Path) -> dict[str, bytes]:
    """Names and contents of all files."""
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def plant(folder: Path, contents: dict[str, bytes]) -> Path:
    for name, content in contents.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def entry(url: str, sha256: str | None = None, unpack: bool = True, into: str = ".") -> Any:
    return {"url": url, "sha256": sha256, "unpack": unpack, "into": into}


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    """The folder of all raw data."""
    return tmp_path / "data" / "raw"


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    return tmp_path / ".scratch"


def test_copies_hold_only_the_set(
    tmp_path: Path, raw: Path, scratch: Path, write_source: WriteSource
) -> None:
    plant(tmp_path / "copies" / "tiny", {**CONTENTS, "jpg/notes.txt": b"mine", ".DS_Store": b"?"})
    found = fetch(write_source(), None, raw / "tiny", tmp_path / "copies", scratch)
    assert tree(raw) == {f"tiny/{name}": content for name, content in CONTENTS.items()}
    assert found == digest(raw / "tiny")
    assert fetch(write_source(), found, raw / "tiny", tmp_path / "copies", scratch) == found
    assert not scratch.exists()


def test_another_digest_is_refused_and_nothing_changes(
    tmp_path: Path, raw: Path, scratch: Path, write_source: WriteSource
) -> None:
    copies = tmp_path / "copies"
    plant(copies / "tiny", CONTENTS)
    first = fetch(write_source(), None, raw / "tiny", copies, scratch)
    plant(copies / "tiny", {"jpg/a.jpg": b"changed"})
    with pytest.raises(FacepointsError, match=rf"dataset\.tiny\.digest .* is {first}, these have "):
        fetch(write_source(), first, raw / "tiny", copies, scratch)
    assert tree(raw) == {f"tiny/{name}": content for name, content in CONTENTS.items()}


def test_a_later_fetch_replaces_all(
    tmp_path: Path, raw: Path, scratch: Path, write_source: WriteSource
) -> None:
    copies = tmp_path / "copies"
    plant(copies / "tiny", CONTENTS)
    plant(raw / "tiny", {"jpg/old.jpg": b"old"})
    fetch(write_source(), None, raw / "tiny", copies, scratch)
    assert tree(raw) == {f"tiny/{name}": content for name, content in CONTENTS.items()}


@pytest.mark.parametrize("copies", [Path("copies"), Path("/no/such/folder")])
def test_copies_must_be_an_absolute_folder(
    raw: Path, scratch: Path, write_source: WriteSource, copies: Path
) -> None:
    with pytest.raises(FacepointsError, match=r"^FACEPOINTS_DATA: expected the absolute path"):
        fetch(write_source(), None, raw / "tiny", copies, scratch)
    assert tree(raw) == {}


def test_a_copy_without_the_set(
    tmp_path: Path, raw: Path, scratch: Path, write_source: WriteSource
) -> None:
    plant(tmp_path / "copies" / "tiny", {"a.jpg": b"wrong place"})
    with pytest.raises(FacepointsError, match=r"tiny: holds none of the files of Tiny set \(jpg/"):
        fetch(write_source(), None, raw / "tiny", tmp_path / "copies", scratch)
    assert list(raw.iterdir()) == []


def test_a_copy_without_its_licence(
    tmp_path: Path, raw: Path, scratch: Path, write_source: WriteSource
) -> None:
    source = write_source(contents=["jpg/*.jpg", "*.md", "LICENSE"], notices=["LICENSE", "C.md"])
    plant(tmp_path / "copies" / "tiny", {**CONTENTS, "C.md": b"by us"})
    with pytest.raises(FacepointsError, match=r"^Tiny set: LICENSE missing\. .*tiny\.example"):
        fetch(source, None, raw / "tiny", tmp_path / "copies", scratch)
    assert list(raw.iterdir()) == []
    plant(tmp_path / "copies" / "tiny", {"LICENSE": b"free"})
    fetch(source, None, raw / "tiny", tmp_path / "copies", scratch)
    assert {"tiny/LICENSE", "tiny/C.md"} < set(tree(raw))


def test_a_set_that_is_not_among_the_copies(
    tmp_path: Path,
    raw: Path,
    scratch: Path,
    write_source: WriteSource,
    server: Any,
    tar: Pack,
    capsys: pytest.CaptureFixture[str],
) -> None:
    looked = f"{tmp_path / 'tiny'} is no folder"
    with pytest.raises(FacepointsError, match=looked):
        fetch(write_source(), None, raw / "tiny", tmp_path, scratch)
    server.put("a.tar.gz", tar(CONTENTS))
    source = write_source(files=[entry(f"{server.address}/a.tar.gz")])
    fetch(source, None, raw / "tiny", tmp_path, scratch)
    assert f"{looked}, so it is downloaded" in capsys.readouterr().out


def test_neither_copy_nor_address(raw: Path, scratch: Path, write_source: WriteSource) -> None:
    with pytest.raises(FacepointsError) as caught:
        fetch(write_source(), None, raw / "tiny", None, scratch)
    for part in ("Tiny set", "http://tiny.example/", "licence: free", "Ask nobody.", "tiny/"):
        assert part in str(caught.value)
    assert "FACEPOINTS_DATA" in str(caught.value)
    assert list(raw.iterdir()) == []


@pytest.mark.parametrize("kind", ["tar", "zipped"])
def test_archives_give_what_copies_give(
    tmp_path: Path,
    raw: Path,
    scratch: Path,
    write_source: WriteSource,
    server: Any,
    kind: str,
    request: pytest.FixtureRequest,
) -> None:
    pack: Pack = request.getfixturevalue(kind)
    photos = {name: content for name, content in CONTENTS.items() if name.endswith(".jpg")}
    pinned = server.put("photos.archive", pack({**photos, "README": b"not of the set"}))
    server.put("table.csv", CONTENTS["table.csv"])
    source = write_source(
        files=[
            entry(f"{server.address}/photos.archive", sha256=pinned),
            entry(f"{server.address}/table.csv?raw=1", unpack=False),
        ]
    )
    found = fetch(source, None, raw / "tiny", None, scratch)
    assert tree(raw) == {f"tiny/{name}": content for name, content in CONTENTS.items()}
    plant(tmp_path / "copies" / "tiny", CONTENTS)
    assert fetch(source, found, raw / "tiny", tmp_path / "copies", scratch) == found
    # What was fetched whole is not fetched again.
    assert fetch(source, found, raw / "tiny", tmp_path, scratch) == found
    assert server.asked == ["/photos.archive", "/table.csv?raw=1"]


def test_archives_can_go_into_folders(
    raw: Path, scratch: Path, write_source: WriteSource, server: Any, tar: Pack
) -> None:
    server.put("a.tar.gz", tar({"a.jpg": b"one"}))
    source = write_source(files=[entry(f"{server.address}/a.tar.gz", into="jpg")])
    fetch(source, None, raw / "tiny", None, scratch)
    assert tree(raw) == {"tiny/jpg/a.jpg": b"one"}


def test_missing_page_says_how_to_go_on(
    raw: Path, scratch: Path, write_source: WriteSource, server: Any, tar: Pack
) -> None:
    server.put("a.tar.gz", tar(CONTENTS))
    files = [entry(f"{server.address}/a.tar.gz"), entry(f"{server.address}/b.tar.gz")]
    with pytest.raises(FacepointsError, match=r"b\.tar\.gz: cannot be fetched: 404") as caught:
        fetch(write_source(files=files), None, raw / "tiny", None, scratch)
    assert "http://tiny.example/" in str(caught.value)
    assert list(raw.iterdir()) == []


def test_no_network(
    raw: Path, scratch: Path, write_source: WriteSource, closed_address: str
) -> None:
    source = write_source(files=[entry(f"{closed_address}/a.tar.gz")])
    with pytest.raises(FacepointsError, match=r"a\.tar\.gz: cannot be fetched: .*") as caught:
        fetch(source, None, raw / "tiny", None, scratch)
    assert "FACEPOINTS_DATA" in str(caught.value)
    assert list(raw.iterdir()) == []


def test_other_bytes_than_pinned(
    raw: Path, scratch: Path, write_source: WriteSource, server: Any, tar: Pack
) -> None:
    server.put("a.tar.gz", tar(CONTENTS))
    source = write_source(files=[entry(f"{server.address}/a.tar.gz", sha256="0" * 64)])
    with pytest.raises(FacepointsError, match=r"a\.tar\.gz: other bytes than expected: SHA-256 "):
        fetch(source, None, raw / "tiny", None, scratch)
    assert list(raw.iterdir()) == []
    assert tree(scratch) == {}


def test_another_digest_forgets_the_downloads(
    raw: Path, scratch: Path, write_source: WriteSource, server: Any, tar: Pack
) -> None:
    server.put("a.tar.gz", tar(CONTENTS))
    source = write_source(files=[entry(f"{server.address}/a.tar.gz")])
    with pytest.raises(FacepointsError, match="other files than expected"):
        fetch(source, "0" * 64, raw / "tiny", None, scratch)
    assert list(raw.iterdir()) == []
    assert tree(scratch) == {}


@pytest.mark.parametrize("name", ["../escaped", "jpg/../../escaped", "/tmp/facepoints-escaped"])
@pytest.mark.parametrize("kind", ["tar", "zipped"])
def test_archives_cannot_leave_their_folder(
    tmp_path: Path,
    raw: Path,
    scratch: Path,
    write_source: WriteSource,
    server: Any,
    kind: str,
    name: str,
    request: pytest.FixtureRequest,
) -> None:
    pack: Pack = request.getfixturevalue(kind)
    server.put("a.archive", pack({**CONTENTS, name: b"bad"}))
    source = write_source(files=[entry(f"{server.address}/a.archive")])
    with pytest.raises(FacepointsError, match=r"a\.archive: cannot be unpacked: .* leads out of"):
        fetch(source, None, raw / "tiny", None, scratch)
    assert list(raw.iterdir()) == []
    assert not list(tmp_path.rglob("*escaped*"))
    assert not Path("/tmp/facepoints-escaped").exists()


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE])
def test_archives_hold_files_and_folders_only(
    tmp_path: Path, raw: Path, scratch: Path, write_source: WriteSource, server: Any, kind: bytes
) -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        link = tarfile.TarInfo("jpg")
        link.type, link.linkname = kind, str(tmp_path)
        archive.addfile(link)
        archive.addfile(tarfile.TarInfo("jpg/escaped.jpg"))
    server.put("a.archive", buffer.getvalue())
    source = write_source(files=[entry(f"{server.address}/a.archive")])
    with pytest.raises(FacepointsError, match="'jpg' is neither a file nor a folder"):
        fetch(source, None, raw / "tiny", None, scratch)
    assert list(raw.iterdir()) == []
    assert not (tmp_path / "escaped.jpg").exists()


def test_a_bomb_leaves_nothing(
    raw: Path, scratch: Path, write_source: WriteSource, server: Any, tar: Pack
) -> None:
    server.put("a.tar.gz", tar({"jpg/a.jpg": b"one", "jpg/b.jpg": bytes(120_000_000)}))
    source = write_source(files=[entry(f"{server.address}/a.tar.gz")])
    with pytest.raises(FacepointsError, match="unpacks to more than 20 times its size") as caught:
        fetch(source, None, raw / "tiny", None, scratch)
    assert "http://tiny.example/" in str(caught.value)
    assert list(raw.iterdir()) == []
    assert tree(scratch) == {}


def test_a_lost_connection_leaves_what_has_come(
    raw: Path, scratch: Path, write_source: WriteSource, server: Any, tar: Pack
) -> None:
    content = tar({"jpg/a.jpg": os.urandom(50_000)})
    server.put("a.tar.gz", content)
    server.cuts = [20_000, 0, 0]
    source = write_source(files=[entry(f"{server.address}/a.tar.gz")])
    with pytest.raises(
        FacepointsError, match="a.tar.gz: cannot be fetched: .*tried 3 times"
    ) as caught:
        fetch(source, None, raw / "tiny", None, scratch)
    assert "http://tiny.example/" in str(caught.value)
    assert list(raw.iterdir()) == []
    fetch(source, None, raw / "tiny", None, scratch)
    assert [path.name for path in (raw / "tiny").iterdir()] == ["jpg"]
    assert server.sent == len(content)
    assert list(tree(scratch)) == ["downloads/tiny/a.tar.gz"]


def test_a_killed_process_is_continued(
    raw: Path, scratch: Path, write_source: WriteSource, server: Any, tar: Pack
) -> None:
    content = tar({"jpg/a.jpg": os.urandom(2_000_000)})
    server.put("a.tar.gz", content)
    server.slow = 0.001  # about two seconds for all of it
    source = write_source(files=[entry(f"{server.address}/a.tar.gz")])
    script = (
        "import sys; from pathlib import Path; from facepoints.sources.fetch import fetch; "
        "source, raw, scratch = map(Path, sys.argv[1:]); fetch(source, None, raw, None, scratch)"
    )
    command = [sys.executable, "-c", script, str(source), str(raw / "tiny"), str(scratch)]
    part = scratch / "downloads" / "tiny" / "a.tar.gz.part"
    with subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(SRC)}) as process:
        until = time.monotonic() + 30
        while not (part.is_file() and part.stat().st_size > 300_000):
            assert process.poll() is None and time.monotonic() < until
            time.sleep(0.01)
        process.kill()
        assert process.wait() == -signal.SIGKILL
    assert not (raw / "tiny").exists()
    kept = part.stat().st_size
    assert part.read_bytes() == content[:kept]
    time.sleep(0.3)  # until the server has noticed
    server.slow, server.sent = 0.0, 0
    fetch(source, None, raw / "tiny", None, scratch)
    assert server.sent == len(content) - kept
    assert [path.name for path in raw.iterdir()] == ["tiny"]
    assert list(tree(raw)) == ["tiny/jpg/a.jpg"]
    assert list(tree(scratch)) == ["downloads/tiny/a.tar.gz"]


def test_a_web_page_in_place_of_an_archive(
    raw: Path, scratch: Path, write_source: WriteSource, server: Any
) -> None:
    server.put("a.tar.gz", b"<html>please register</html>", "text/html")
    source = write_source(files=[entry(f"{server.address}/a.tar.gz")])
    with pytest.raises(FacepointsError, match="answers with a web page") as caught:
        fetch(source, None, raw / "tiny", None, scratch)
    assert "FACEPOINTS_DATA" in str(caught.value)
    assert list(raw.iterdir()) == []
    assert tree(scratch) == {}


@pytest.mark.parametrize("content", [b"<html>please register</html>", b"\x1f\x8b", b""])
def test_what_is_no_archive_is_fetched_again_next_time(
    raw: Path, scratch: Path, write_source: WriteSource, server: Any, tar: Pack, content: bytes
) -> None:
    server.put("a.tar.gz", content)
    source = write_source(files=[entry(f"{server.address}/a.tar.gz")])
    with pytest.raises(FacepointsError, match=r"a\.tar\.gz: (neither a tar nor a zip|cannot be)"):
        fetch(source, None, raw / "tiny", None, scratch)
    server.put("a.tar.gz", tar(CONTENTS))
    fetch(source, None, raw / "tiny", None, scratch)
    assert tree(raw) == {f"tiny/{name}": content for name, content in CONTENTS.items()}


@pytest.mark.parametrize("kind", ["tar", "zipped"])
def test_a_broken_archive(
    raw: Path,
    scratch: Path,
    write_source: WriteSource,
    server: Any,
    kind: str,
    request: pytest.FixtureRequest,
) -> None:
    pack: Pack = request.getfixturevalue(kind)
    whole = pack({f"jpg/{index}.jpg": os.urandom(5000) for index in range(9)})
    source = write_source(files=[entry(f"{server.address}/a.archive")])
    for content in (whole[: len(whole) // 2], whole[:3000] + b"\0" * 300 + whole[3300:]):
        server.put("a.archive", content)
        with pytest.raises(FacepointsError, match=r"a\.archive: "):
            fetch(source, None, raw / "tiny", None, scratch)
        assert list(raw.iterdir()) == []


def test_archives_without_the_set(
    raw: Path, scratch: Path, write_source: WriteSource, server: Any, tar: Pack
) -> None:
    server.put("a.tar.gz", tar({"deeper/jpg/a.jpg": b"one"}))
    source = write_source(files=[entry(f"{server.address}/a.tar.gz")])
    with pytest.raises(FacepointsError, match=r"its archives hold none of jpg/\*\.jpg"):
        fetch(source, None, raw / "tiny", None, scratch)
    assert list(raw.iterdir()) == []


def test_what_cannot_be_written_is_told(
    tmp_path: Path, raw: Path, scratch: Path, write_source: WriteSource
) -> None:
    plant(tmp_path / "copies" / "tiny", CONTENTS)
    raw.parent.mkdir()
    raw.write_text("a file where a folder should be")
    with pytest.raises(FacepointsError, match=r"raw.*: Not a directory|File exists"):
        fetch(write_source(), None, raw / "tiny", tmp_path / "copies", scratch)


def test_drawn_set_needs_nothing(raw: Path, scratch: Path) -> None:
    first = fetch(SOURCES / "synthetic", None, raw / "synthetic", Path("relative"), scratch)
    assert [path.name for path in (raw / "synthetic").iterdir()] == ["README"]
    assert fetch(SOURCES / "synthetic", first, raw / "synthetic", None, scratch) == first


@pytest.mark.real
@pytest.mark.parametrize(
    ("name", "count"),
    [("facekit", 122), ("muct", 1771), ("w300", 4024), ("wflw", 60), ("youtube_faces", 3037)],
)
def test_real_copies(copies: Path, raw: Path, scratch: Path, name: str, count: int) -> None:
    first = fetch(SOURCES / name, None, raw / name, copies, scratch)
    assert len(tree(raw / name)) == count
    assert fetch(SOURCES / name, first, raw / name, copies, scratch) == first
