"""The first N faces of a set, fetched alone out of a large archive."""

import io
import shutil
import zipfile
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from tqdm import tqdm

from facepoints import FacepointsError
from facepoints.files import replace
from facepoints.sources.archive import BROKEN, check_zip, write_entry
from facepoints.sources.remote import RemoteFile
from facepoints.sources.selection import first

BUFFER = 1 << 20  # bytes asked for at once: about two faces of 512² as PNG
VERSION = ".version"


def fetch_first(
    url: str, pattern: str, count: int, folder: Path, pauses: Sequence[float]
) -> list[Path]:
    """The files of the first `count` faces of the zip file at `url`, by HTTP range requests.

    They stay in `folder`, so that the next run fetches only what is missing.

    Raises:
        FacepointsError: too few faces, an unsafe or broken archive, a server that is lost too often or
            knows no ranges.
        OSError: the files cannot be written.
    """
    with RemoteFile(url, pauses) as remote:
        _forget_other_version(folder, f"{url}\n{remote.validator}\n{remote.size}\n")
        try:
            with zipfile.ZipFile(io.BufferedReader(remote, BUFFER)) as archive:
                wanted = first(archive.namelist(), pattern, count)
                _fetch(archive, [archive.getinfo(name) for name in wanted], folder)
        except BROKEN as error:
            raise FacepointsError(f"{url}: cannot be unpacked: {error}") from error
    return [folder / PurePosixPath(name).name for name in wanted]


def _fetch(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], folder: Path) -> None:
    """Unpack those that are not in `folder` yet; in the archive's order, so that one request serves many."""
    left = check_zip(entries, sum(entry.compress_size for entry in entries))
    targets = {entry: folder / PurePosixPath(entry.filename).name for entry in entries}
    missing = [entry for entry, path in targets.items() if not path.is_file()]
    missing.sort(key=lambda entry: entry.header_offset)
    for entry in tqdm(missing, desc=folder.stem, unit=" files", disable=None):
        path = targets[entry]
        part = path.with_name(f"{path.name}.part")
        left = write_entry(archive, entry, part, left)
        part.replace(path)


def _forget_other_version(folder: Path, version: str) -> None:
    """Faces of an archive that has changed since do not belong to those that come now."""
    note = folder / VERSION
    if not note.is_file() or note.read_text(encoding="utf-8") != version:
        shutil.rmtree(folder, ignore_errors=True)
        replace(note, version)
