"""A web server on loopback, archives to serve, and a source.yaml that points to them."""

import functools
import hashlib
import http.server
import io
import socket
import tarfile
import threading
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml


@dataclass
class Server:
    """Serves the files of `folder`; `asked` lists the paths that were requested."""

    folder: Path
    address: str
    asked: list[str] = field(default_factory=list)

    def put(self, name: str, content: bytes) -> str:
        """Serve `content` as `name`; returns its SHA-256."""
        (self.folder / name).write_bytes(content)
        return hashlib.sha256(content).hexdigest()


class Handler(http.server.SimpleHTTPRequestHandler):
    """Quiet, and keeps a list."""

    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        super().do_GET()

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loopback is asked directly, whatever the environment says."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    folder = tmp_path / "served"
    folder.mkdir()
    asked: list[str] = []
    handler = type("Own", (Handler,), {"asked": asked})
    with http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(handler, directory=str(folder))
    ) as httpd:
        thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield Server(folder, f"http://127.0.0.1:{httpd.server_port}", asked)
        httpd.shutdown()
        thread.join()


@pytest.fixture
def closed_address() -> str:
    """An address on loopback where nobody answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}"


@pytest.fixture
def write_source(tmp_path: Path) -> Callable[..., Path]:
    """Writes sources/tiny/source.yaml with changed keys; "absent" removes a key."""

    def write(**changes: Any) -> Path:
        content = {
            "title": "Tiny set",
            "folder": "tiny",
            "homepage": "http://tiny.example/",
            "licence": "free",
            "citation": "Nobody, 2000",
            "redistribute": False,
            "contents": ["jpg/*.jpg", "table.csv"],
            "files": [],
            "how": "Ask nobody.",
            **changes,
        }
        folder = tmp_path / "sources" / "tiny"
        folder.mkdir(parents=True, exist_ok=True)
        kept = {key: value for key, value in content.items() if value != "absent"}
        (folder / "source.yaml").write_text(yaml.safe_dump(kept))
        return folder

    return write


@pytest.fixture
def tar() -> Callable[[dict[str, bytes]], bytes]:
    """A .tar.gz of these names and contents."""

    def pack(contents: dict[str, bytes]) -> bytes:
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
            for name, content in contents.items():
                entry = tarfile.TarInfo(name)
                entry.size = len(content)
                archive.addfile(entry, io.BytesIO(content))
        return buffer.getvalue()

    return pack


@pytest.fixture
def zipped() -> Callable[[dict[str, bytes]], bytes]:
    """A .zip of these names and contents."""

    def pack(contents: dict[str, bytes]) -> bytes:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for name, content in contents.items():
                archive.writestr(name, content)
        return buffer.getvalue()

    return pack
