"""Fetching one file of a set; it is there whole or not at all."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from facepoints import FacepointsError
from facepoints.sources import drive
from facepoints.sources.connection import PAUSES
from facepoints.sources.source import SourceFile
from facepoints.sources.transfer import transfer


def download(file: SourceFile, folder: Path, pauses: Sequence[float] = PAUSES) -> Path:
    """The file below `folder`; not fetched again if it lies there with the expected SHA-256.

    Args:
        pauses: seconds between attempts, growing.

    Raises:
        FacepointsError: the address cannot be reached, refuses, or gives other bytes than expected.
        OSError: the file cannot be written.
    """
    path = folder / file.name
    if path.is_file() and (file.sha256 is None or _sha256(path) == file.sha256):
        return path
    path.unlink(missing_ok=True)
    folder.mkdir(parents=True, exist_ok=True)
    if file.url is not None:
        part = folder / f"{file.name}.part"
        transfer(file.url, part, pauses)
        part.replace(path)
    elif file.gdrive is not None:
        drive.download(file.gdrive, path, pauses)
    if file.sha256 is not None and (found := _sha256(path)) != file.sha256:
        path.unlink()
        raise FacepointsError(
            f"{file.address}: other bytes than expected: SHA-256 {found}, not {file.sha256}. "
            "They were removed; a new attempt fetches them again."
        )
    return path


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
