"""Unpacking archives from elsewhere: nothing may leave the folder they are unpacked into."""

import gzip
import lzma
import tarfile
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from facepoints import FacepointsError

CHUNK = 1 << 20

BROKEN = (
    tarfile.TarError,
    zipfile.BadZipFile,
    gzip.BadGzipFile,
    lzma.LZMAError,
    zlib.error,
    EOFError,
    RuntimeError,  # zip: a password is needed
    ValueError,
)


def unpack(archive: Path, into: Path) -> None:
    """Unpack a tar (plain or compressed) or zip file.

    Raises:
        FacepointsError: no such archive, a broken one, or one with a path that leads out of `into` or
            with anything but files and folders.
        OSError: the files cannot be written.
    """
    try:
        if tarfile.is_tarfile(archive):
            with tarfile.open(archive) as tar:
                entries = tar.getmembers()
                _check_inside([entry.name for entry in entries])
                _check_plain(entries)
                # Python 3.11 learned filters in 3.11.4; before, the two checks stand alone.
                if hasattr(tarfile, "data_filter"):
                    tar.extraction_filter = tarfile.data_filter
                tar.extractall(into, entries)
                _read_to_the_end(tar)
        elif zipfile.is_zipfile(archive):
            with zipfile.ZipFile(archive) as zipped:
                _check_inside(zipped.namelist())
                zipped.extractall(into)
        else:
            raise FacepointsError(
                f"{archive.name}: neither a tar nor a zip file. "
                "The address may answer with a web page now: look at it."
            )
    except BROKEN as error:
        raise FacepointsError(f"{archive.name}: cannot be unpacked: {error}") from error


def _read_to_the_end(tar: tarfile.TarFile) -> None:
    """The checksum of a compressed file stands behind the end of the tar, and is checked there."""
    while tar.fileobj is not None and tar.fileobj.read(CHUNK):
        pass


def _check_plain(entries: list[tarfile.TarInfo]) -> None:
    """A link could lead a later entry out of the folder; a data set needs none."""
    for entry in entries:
        if not (entry.isfile() or entry.isdir()):
            raise ValueError(f"{entry.name!r} is neither a file nor a folder")


def _check_inside(names: list[str]) -> None:
    """No path of a data set is absolute or goes up; zipfile would drop both in silence."""
    for name in names:
        path = PurePosixPath(name.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts:
            raise ValueError(f"{name!r} leads out of the folder")
