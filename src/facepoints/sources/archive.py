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
        FacepointsError: no such archive, a broken one, or one with a path that leads out of `into`.
        OSError: the files cannot be written.
    """
    try:
        if tarfile.is_tarfile(archive):
            with tarfile.open(archive) as tar:
                tar.extractall(into, filter="data")
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


def _check_inside(names: list[str]) -> None:
    """zipfile drops `..` in silence; a path that needs it is no file of a data set."""
    for name in names:
        path = PurePosixPath(name.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts:
            raise ValueError(f"{name!r} leads out of the folder")
