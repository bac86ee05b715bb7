"""Raw data of one set: from the user's copies or own folder, else from its addresses."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from facepoints import FacepointsError
from facepoints.sources.addresses import fetch_files
from facepoints.sources.connection import PAUSES
from facepoints.sources.digest import digest as digest_of
from facepoints.sources.own import copy_own
from facepoints.sources.selection import contents, copy
from facepoints.sources.source import COPIES, FILE, Source, read_source

DRAWN = "This set is drawn when the pipeline needs it; it has no raw files.\n"


def fetch(
    source_folder: Path,
    digest: str | None,
    out: Path,
    copies: Path | None,
    scratch: Path,
    faces: int | None = None,
    pauses: Sequence[float] = PAUSES,
) -> str | None:
    """Fill `out` with the files of a set; it appears whole or stays as it was.

    Args:
        source_folder: holds source.yaml, or is a folder of the user's own files.
        digest: what the files must give by `sources.digest`, or None for whatever comes.
        copies: absolute folder of copies that the user has, one folder per set.
        scratch: downloads, also unfinished ones, stay in its `downloads/`, so that nothing is fetched twice.
        faces: take only the first ones; None takes all.
        pauses: seconds between attempts at an address, growing.

    Returns:
        The digest of the files; None for a drawn set, which has none.

    Raises:
        FacepointsError: the set can be had neither way, is not the one that `digest` pins, cannot be
            had in part, lacks what its licence asks for, or cannot be written.
    """
    name = source_folder.name
    source = read_source(source_folder) if (source_folder / FILE).is_file() else None
    if faces is not None and (source is None or source.face is None):
        raise FacepointsError(
            f"dataset.{name}.faces in params.yaml: this set is only to be had whole. Leave it empty."
        )
    downloads = scratch / "downloads" / (name if source is None else source.folder)
    fresh = out.with_name(f".{out.name}.fresh")
    try:
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        fetched = False
        if source is None:
            copy_own(source_folder, fresh)
        else:
            fetched = _fill(source, faces, fresh, copies, downloads, pauses)
            _noticed(source, fresh)
        found = digest_of(fresh)
        if digest is not None and found != digest:
            if fetched:
                shutil.rmtree(downloads, ignore_errors=True)
            raise FacepointsError(
                f"{name if source is None else source.title}: other files than expected. "
                f"dataset.{name}.digest in params.yaml is {digest}, these have {found}. Get the "
                "expected copy, or set the digest to the new one; numbers will then differ from those "
                "of the old."
            )
        _replace(out, fresh)
    except OSError as error:
        where = error.filename or out
        raise FacepointsError(f"{where}: {error.strerror or error}. Nothing was kept.") from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return None if source is not None and source.drawn else found


def _fill(
    source: Source,
    faces: int | None,
    fresh: Path,
    copies: Path | None,
    downloads: Path,
    pauses: Sequence[float],
) -> bool:
    """Whether it was downloaded."""
    if source.drawn:
        (fresh / "README").write_text(DRAWN, encoding="utf-8")
    elif (found := _copy_folder(source, copies)) is not None:
        _copy(source, faces, found, fresh)
    elif source.files:
        if copies is not None:
            print(f"{source.title}: {copies / source.folder} is no folder, so it is downloaded.")
        fetch_files(source, faces, fresh, downloads, pauses)
        return True
    else:
        looked = f"{copies / source.folder} is no folder" if copies else f"{COPIES} is not set"
        raise FacepointsError(
            f"{source.title}: no copy ({looked}), and no address to fetch it from. {source.by_hand}"
        )
    return False


def _copy_folder(source: Source, copies: Path | None) -> Path | None:
    if copies is None:
        return None
    if not copies.is_absolute() or not copies.is_dir():
        raise FacepointsError(
            f"{COPIES}: expected the absolute path of a folder; found {str(copies)!r}."
        )
    folder = copies / source.folder
    return folder if folder.is_dir() else None


def _copy(source: Source, faces: int | None, folder: Path, fresh: Path) -> None:
    paths = contents(source, faces, folder)
    if not paths:
        raise FacepointsError(
            f"{folder}: holds none of the files of {source.title} ({', '.join(source.contents)}). "
            "Copy the set there in its official layout."
        )
    copy(paths, folder, fresh)


def _noticed(source: Source, fresh: Path) -> None:
    absent = [name for name in source.notices if not any(fresh.rglob(name))]
    if absent:
        raise FacepointsError(
            f"{source.title}: {' and '.join(absent)} missing. Its licence wants that with every copy; get it from "
            f"{source.homepage}."
        )


def _replace(out: Path, fresh: Path) -> None:
    """Put `fresh` in the place of `out`; what `out` held goes only once that has worked."""
    old = out.with_name(f".{out.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if out.exists():
        out.replace(old)
    fresh.replace(out)
    shutil.rmtree(old, ignore_errors=True)
