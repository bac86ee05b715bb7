"""One file over HTTP, continued where an earlier attempt or run ended."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import requests
from tqdm import tqdm

from facepoints import FacepointsError
from facepoints.files import replace
from facepoints.sources.connection import UNSATISFIABLE, LostError, ask, persist, span, validator

CHUNK = 1 << 18


class Version(NamedTuple):
    """Which file a part belongs to; `size`: bytes of the whole, where the server tells."""

    url: str
    validator: str | None
    size: int | None


def transfer(url: str, part: Path, pauses: Sequence[float]) -> None:
    """Fill `part` with the whole file at `url`.

    What is there already stays, if the server still has that version (ETag or Last-Modified) and can
    continue it (HTTP Range); else it begins at zero. A note beside the part says which version it is.

    Raises:
        FacepointsError: the server refuses, answers with a web page, or is lost too often.
        OSError: the file cannot be written.
    """
    with requests.Session() as session:
        persist(lambda: _attempt(session, url, part), lambda: _size(part), pauses)
    note_of(part).unlink(missing_ok=True)


def note_of(part: Path) -> Path:
    """The file beside a part that says which version it belongs to."""
    return part.with_name(f"{part.name}.json")


def _attempt(session: requests.Session, url: str, part: Path) -> None:
    known = _read_note(note_of(part), url)
    here = _size(part) if known is not None and known.validator else 0
    asked = {}
    if known is not None and known.validator and here:
        if here == known.size:
            return  # killed between the last byte and the end
        asked = {"Range": f"bytes={here}-", "If-Range": known.validator}
    with ask(session, url, asked) as response:
        chunks = response.raw.stream(CHUNK, decode_content=False)
        if response.status_code == 200:
            size = _begin(response, chunks, url, part)
        elif known is None or (
            response.status_code == UNSATISFIABLE
            or validator(response) != known.validator
            or span(response) != (here, known.size)
        ):
            part.unlink(missing_ok=True)
            raise LostError(f"{url}: cannot be continued after {here:,} bytes; it begins anew")
        else:
            size = known.size
        _append(chunks, part, size)


def _begin(
    response: requests.Response, chunks: Iterator[bytes], url: str, part: Path
) -> int | None:
    """Write the first bytes of a whole file, and which version it is; returns how many bytes it has."""
    first = next(chunks, b"")
    if "text/html" in response.headers.get("Content-Type", "") and first.lstrip()[:1] == b"<":
        raise FacepointsError(f"{url}: answers with a web page, not with the file: look at it.")
    length = response.headers.get("Content-Length", "")
    size = int(length) if length.isdecimal() else None
    part.unlink(
        missing_ok=True
    )  # before the note: what is there does not belong to the new version
    replace(note_of(part), json.dumps(Version(url, validator(response), size)))
    part.write_bytes(first)
    return size


def _append(chunks: Iterator[bytes], part: Path, size: int | None) -> None:
    # Unbuffered: what has come is there even when the process is killed.
    with (
        part.open("ab", buffering=0) as file,
        tqdm(
            total=size,
            initial=_size(part),
            desc=part.stem,
            unit="B",
            unit_scale=True,
            disable=None,
        ) as bar,
    ):
        for chunk in chunks:
            file.write(chunk)
            bar.update(len(chunk))


def _read_note(path: Path, url: str) -> Version | None:
    """None without a note, or with one of another address."""
    if not path.is_file():
        return None
    version = Version(*json.loads(path.read_text(encoding="utf-8")))
    return version if version.url == url else None


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0
