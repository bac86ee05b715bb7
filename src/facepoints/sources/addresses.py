"""Raw data of a public set from its addresses."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from facepoints import FacepointsError
from facepoints.sources.archive import Place, unpack
from facepoints.sources.digest import files
from facepoints.sources.download import download
from facepoints.sources.parts import fetch_first
from facepoints.sources.selection import by_name, contents
from facepoints.sources.source import Source, SourceFile


def fetch_files(
    source: Source, faces: int | None, fresh: Path, downloads: Path, pauses: Sequence[float]
) -> None:
    """Fill `fresh` with the files of a set from its addresses.

    Args:
        faces: take only the first ones; None takes all.
        downloads: what was fetched stays there.
        pauses: seconds between attempts at an address, growing.

    Raises:
        FacepointsError: an address gives something else than the set or nothing; says how to get it by hand.
        OSError: a file cannot be written.
    """
    try:
        for file in _needed(source, faces):
            into = fresh / file.into
            into.mkdir(parents=True, exist_ok=True)
            _get(source, file, faces, into, downloads, pauses)
        wanted = set(contents(source, faces, fresh))
    except FacepointsError as error:
        raise FacepointsError(f"{source.title}: {error}\n{source.by_hand}") from error
    if not wanted:
        raise FacepointsError(
            f"{source.title}: its archives hold none of {', '.join(source.contents)}. "
            f"{source.by_hand}"
        )
    for path in files(fresh):
        if path not in wanted:
            path.unlink()


def _needed(source: Source, faces: int | None) -> list[SourceFile]:
    """All files of most sets; of one to be had in part, the archive of just so many faces, or the largest."""
    if source.face is None:
        return source.files
    fitting = [file for file in source.files if file.faces == faces]
    return fitting[:1] or [max(source.files, key=lambda file: file.faces or 0)]


def _get(
    source: Source,
    file: SourceFile,
    faces: int | None,
    into: Path,
    downloads: Path,
    pauses: Sequence[float],
) -> None:
    """Fetch one file and put what it holds `into` a folder."""
    if source.face and file.url and faces not in (None, file.faces):
        kept = downloads / f"{file.name}.faces"
        for path in fetch_first(file.url, source.face, faces, kept, pauses):
            shutil.copyfile(path, into / path.name)
        return
    path = download(file, downloads, pauses)
    if not file.unpack:
        shutil.copyfile(path, into / file.name)
    elif source.face:
        _unpack_or_forget(path, into, by_name(source.face))
    else:
        _unpack_or_forget(path, into)


def _unpack_or_forget(archive: Path, into: Path, place: Place = lambda name: name) -> None:
    """A file that cannot be unpacked would be taken for a finished download next time."""
    try:
        unpack(archive, into, place)
    except FacepointsError:
        archive.unlink()
        raise
