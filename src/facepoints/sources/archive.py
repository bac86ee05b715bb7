"""Unpacking archives from elsewhere: nothing may leave the folder they are unpacked into, or fill the disk."""

import bz2
import gzip
import io
import lzma
import shutil
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path, PureWindowsPath
from typing import Protocol

from facepoints import FacepointsError

CHUNK = 1 << 18

# Photos hardly shrink when they are packed, so a set that unpacks to twenty times its archive is none.
# Small archives of labels do shrink, by up to a hundred times; 100 MB of those harm nobody.
LARGEST_RATIO = 20
ALWAYS_ALLOWED = 100_000_000

BROKEN = (
    tarfile.TarError,
    zipfile.BadZipFile,
    gzip.BadGzipFile,
    lzma.LZMAError,
    zlib.error,
    EOFError,
    RuntimeError,  # zip: a password is needed, or an unknown compression
    ValueError,
)
COMPRESSED = {b"\x1f\x8b": gzip.GzipFile, b"BZh": bz2.BZ2File, b"\xfd7zXZ\0": lzma.LZMAFile}

Place = Callable[[str], str | None]


class Readable(Protocol):
    """What can be read piece by piece."""

    def read(self, size: int = ..., /) -> bytes: ...


class Metered(io.RawIOBase):
    """Passes on what `source` gives, up to `left` bytes."""

    def __init__(self, source: Readable, left: int) -> None:
        self.source = source
        self.left = left

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes, at most `size`; empty at the end.

        Raises:
            ValueError: more bytes than allowed.
        """
        content = self.source.read(CHUNK if size < 0 else min(size, CHUNK))
        self.left -= len(content)
        if self.left < 0:
            raise _too_large()
        return content


def allowed(packed: int) -> int:
    """Bytes to which `packed` bytes of archive may unpack."""
    return max(LARGEST_RATIO * packed, ALWAYS_ALLOWED)


def unpack(archive: Path, into: Path, place: Place = lambda name: name) -> None:
    """Unpack a tar (plain or compressed) or zip file.

    Args:
        place: where below `into` an entry goes, by its path in the archive; None leaves it out.

    Raises:
        FacepointsError: no such archive, a broken one, one that unpacks to more than `allowed`, or one with
            a path that leads out of `into` or with anything but files and folders.
        OSError: the files cannot be written.
    """
    try:
        if _is_tar(archive):
            _unpack_tar(archive, into, place)
        elif zipfile.is_zipfile(archive):
            _unpack_zip(archive, into, place)
        else:
            raise FacepointsError(
                f"{archive.name}: neither a tar nor a zip file. "
                "The address may answer with a web page now: look at it."
            )
    except (*BROKEN, OSError) as error:
        if (
            isinstance(error, OSError) and error.errno is not None
        ):  # bz2 names its own errors so too
            raise
        raise FacepointsError(f"{archive.name}: cannot be unpacked: {error}") from error


def check_zip(entries: list[zipfile.ZipInfo], packed: int) -> int:
    """How many bytes these entries may unpack to; `packed`: what they take in the archive.

    Raises:
        ValueError: one is unsafe, or they declare more bytes than that.
    """
    for entry in entries:
        # A name without a Unix mode has none of a link's bits either.
        kind = stat.S_IFMT(entry.external_attr >> 16)
        _check(entry.filename, kind in (0, stat.S_IFREG, stat.S_IFDIR))
    if sum(entry.file_size for entry in entries) > allowed(packed):
        raise _too_large()
    return allowed(packed)


def write_entry(zipped: zipfile.ZipFile, entry: zipfile.ZipInfo, path: Path, left: int) -> int:
    """Unpack one entry to `path`; returns how many of the `left` bytes are left.

    Raises:
        ValueError: it is larger.
    """
    with zipped.open(entry) as content:
        metered = Metered(content, left)
        _write(metered, path)
    return metered.left


def _unpack_zip(archive: Path, into: Path, place: Place) -> None:
    with zipfile.ZipFile(archive) as zipped:
        left = check_zip(zipped.infolist(), archive.stat().st_size)
        for entry in zipped.infolist():
            where = None if entry.is_dir() else place(entry.filename)
            if where is not None:
                left = write_entry(zipped, entry, into / where, left)


def _unpack_tar(archive: Path, into: Path, place: Place) -> None:
    # One pass over the stream: its length is known only once it is decompressed. What it declares and what
    # it holds are checked entry by entry, and headers count too.
    with _decompressed(archive) as plain:
        stream = Metered(plain, allowed(archive.stat().st_size))
        with tarfile.open(fileobj=stream, mode="r|") as tar:
            for entry in tar:
                _check(entry.name, entry.isfile() or entry.isdir())
                if entry.size > stream.left + tarfile.RECORDSIZE:  # one record is read ahead
                    raise _too_large()
                where = place(entry.name)
                content = tar.extractfile(entry)
                if where is not None and content is not None:
                    _write(content, into / where)
        # The checksum of a compressed file stands behind the end of the tar, and is checked there.
        while stream.read():
            pass


def _is_tar(archive: Path) -> bool:
    try:
        with (
            _decompressed(archive) as plain,
            tarfile.open(fileobj=Metered(plain, ALWAYS_ALLOWED), mode="r|"),
        ):
            return True
    except tarfile.ReadError:
        return False


def _decompressed(archive: Path) -> io.BufferedIOBase:
    with archive.open("rb") as file:
        head = file.read(6)
    opener = next((COMPRESSED[magic] for magic in COMPRESSED if head.startswith(magic)), None)
    return archive.open("rb") if opener is None else opener(archive)


def _write(content: Readable, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        shutil.copyfileobj(content, file, CHUNK)


def _check(name: str, plain: bool) -> None:
    """No path of a data set is absolute or goes up; a link could lead a later entry out of the folder."""
    path = PureWindowsPath(name)  # takes both kinds of slashes, and drives
    if path.anchor or ".." in path.parts:
        raise ValueError(f"{name!r} leads out of the folder")
    if not plain:
        raise ValueError(f"{name!r} is neither a file nor a folder")


def _too_large() -> ValueError:
    return ValueError(
        f"it unpacks to more than {LARGEST_RATIO} times its size and {ALWAYS_ALLOWED // 10**6} MB; "
        "no set of photos does. Nothing of it was kept"
    )
