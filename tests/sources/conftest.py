"""A web server on loopback, archives to serve, and a source.yaml that points to them."""

import hashlib
import http.server
import io
import socket
import tarfile
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml


@dataclass
class Server:
    """Serves `contents`; `asked` lists the paths that were requested, `sent` counts the bytes of bodies.

    Attributes:
        ranges: whether it answers range requests; if not, it ignores them.
        versions: whether it tells versions of a file apart by an ETag.
        statuses: what it answers instead of 200, request by request.
        cuts: after how many bytes of the body it drops the connection, request by request.
        cut: the same for all requests behind those.
        slow: seconds between pieces of 1,000 bytes.
    """

    address: str = ""
    contents: dict[str, bytes] = field(default_factory=dict, repr=False)
    kinds: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    sent: int = 0
    ranges: bool = True
    versions: bool = True
    statuses: list[int] = field(default_factory=list)
    cuts: list[int] = field(default_factory=list)
    cut: int | None = None
    slow: float = 0.0

    def put(self, name: str, content: bytes, kind: str = "application/octet-stream") -> str:
        """Serve `content` as `name`; returns its SHA-256."""
        self.contents[f"/{name}"], self.kinds[f"/{name}"] = content, kind
        return hashlib.sha256(content).hexdigest()


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers for a Server."""

    server_state: Server

    def do_GET(self) -> None:
        state = self.server_state
        state.asked.append(self.path)
        content = state.contents.get(self.path.partition("?")[0])
        status = state.statuses.pop(0) if state.statuses else 200 if content is not None else 404
        if status != 200 or content is None:
            self.send_error(status)
            return
        self._answer(content, self._range(content), state)

    def _range(self, content: bytes) -> tuple[int, int] | None:
        """The first byte asked for and the one behind the last; None for all."""
        state, asked = self.server_state, self.headers.get("Range", "")
        same = self.headers.get("If-Range") in (None, self._tag(content))
        if not (state.ranges and asked and same):
            return None
        first, _, last = asked.removeprefix("bytes=").partition("-")
        return int(first), min(int(last) + 1, len(content)) if last else len(content)

    def _tag(self, content: bytes) -> str:
        return f'"{hashlib.md5(content).hexdigest()}"'

    def _answer(self, content: bytes, part: tuple[int, int] | None, state: Server) -> None:
        start, end = part or (0, len(content))
        if part and start >= len(content):
            self.send_error(416)
            return
        self.send_response(206 if part else 200)
        if part:
            self.send_header("Content-Range", f"bytes {start}-{end - 1}/{len(content)}")
        if state.versions:
            self.send_header("ETag", self._tag(content))
        self.send_header("Content-Type", state.kinds[self.path.partition("?")[0]])
        self.send_header("Content-Length", str(end - start))
        self.end_headers()
        body = content[start:end][: state.cuts.pop(0) if state.cuts else state.cut]
        for piece in range(0, len(body), 1000 if state.slow else max(len(body), 1)):
            sending = body[piece : piece + 1000] if state.slow else body
            state.sent += len(sending)  # first: the client may be quicker than the next line
            self.wfile.write(sending)
            time.sleep(state.slow)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loopback is asked directly, whatever the environment says."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")


@pytest.fixture
def server() -> Iterator[Server]:
    state = Server()
    handler = type("Own", (Handler,), {"server_state": state})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as httpd:
        httpd.daemon_threads = True  # a client that was killed must not keep it
        httpd.handle_error = lambda *_: None
        thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        state.address = f"http://127.0.0.1:{httpd.server_port}"
        yield state
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
            "faces": 2,
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
