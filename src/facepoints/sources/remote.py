"""A file on a web server, read in pieces as if it lay here."""

import io
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

import requests

from facepoints import FacepointsError
from facepoints.sources.connection import LostError, ask, persist, span, validator

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer


class RemoteFile(io.RawIOBase):
    """The file at `url`, by HTTP range requests; each read is one, so wrap it in a buffer.

    Attributes:
        size: bytes.
        validator: tells this version of the file from others; None where the server gives none.

    Raises:
        FacepointsError: here and when read: the server refuses, knows no ranges, or is lost too often; the
            file changes while it is read.
    """

    def __init__(self, url: str, pauses: Sequence[float]) -> None:
        self.url = url
        self.pauses = pauses
        self.session = requests.Session()
        self.position = 0
        self.validator, self.size = persist(self._open, self.tell, pauses)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.position

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        """Go to a byte, counted from the start, from here or from the end."""
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self.position, os.SEEK_END: self.size}[whence]
        if start + offset < 0:
            raise ValueError(f"{self.url}: byte {start + offset} lies before its start")
        self.position = start + offset
        return self.position

    def read(self, size: int = -1, /) -> bytes:
        """At most `size` bytes; all that are left if negative."""
        end = self.size if size < 0 else min(self.position + size, self.size)
        if end <= self.position:
            return b""
        content = persist(lambda: self._get(self.position, end), self.tell, self.pauses)
        self.position = end
        return content

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        """Fill `buffer`, or what the rest of the file fills of it."""
        places = memoryview(buffer).cast("B")
        content = self.read(len(places))
        places[: len(content)] = content
        return len(content)

    def close(self) -> None:
        """End the connection."""
        self.session.close()
        super().close()

    def _open(self) -> tuple[str | None, int]:
        with ask(self.session, self.url, {"Range": "bytes=0-0"}) as response:
            if (place := span(response)) is None:
                raise FacepointsError(
                    f"{self.url}: cannot be read in parts (the server does not answer range requests). "
                    "Fetch the whole set: leave faces empty."
                )
            return validator(response), place[1]

    def _get(self, start: int, end: int) -> bytes:
        """Bytes `start` up to before `end`."""
        asked = {"Range": f"bytes={start}-{end - 1}"}
        if self.validator is not None:
            asked["If-Range"] = self.validator
        with ask(self.session, self.url, asked) as response:
            if span(response) != (start, self.size) or validator(response) != self.validator:
                raise FacepointsError(f"{self.url}: has changed while it was read. Run it again.")
            content = response.raw.read(end - start, decode_content=False)
        if len(content) != end - start:
            raise LostError(
                f"{self.url}: broke off after {len(content):,} of {end - start:,} bytes"
            )
        return bytes(content)
