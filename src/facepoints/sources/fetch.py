"""Raw data of one set: from the user's copies, else from its addresses."""

import shutil
from pathlib import Path

from tqdm import tqdm

from facepoints import FacepointsError
from facepoints.sources.archive import unpack
from facepoints.sources.digest import digest as digest_of
from facepoints.sources.digest import files
from facepoints.sources.download import download
from facepoints.sources.source import Source, read_source

COPIES = "FACEPOINTS_DATA"
DRAWN = "This set is drawn when the pipeline needs it; it has no raw files.\n"


def fetch(
    source_folder: Path, digest: str | None, out: Path, copies: Path | None, scratch: Path
) -> str | None:
    """Fill `out` with the files of a set; it appears whole or stays as it was.

    Args:
        source_folder: holds source.yaml.
        digest: what the files must give by `sources.digest`, or None for whatever comes.
        copies: absolute folder of copies that the user has, one folder per set.
        scratch: finished downloads stay in its `downloads/`, so that no address is asked twice.

    Returns:
        The digest of the files; None for a drawn set, which has none.

    Raises:
        FacepointsError: the set can be had neither way, is not the one that `digest` pins, or
            cannot be written.
    """
    source = read_source(source_folder)
    downloads = scratch / "downloads" / source.folder
    fresh = out.with_name(f".{out.name}.fresh")
    try:
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        _fill(source, fresh, copies, downloads)
        found = digest_of(fresh)
        if digest is not None and found != digest:
            shutil.rmtree(downloads, ignore_errors=True)
            raise FacepointsError(
                f"{source.title}: other files than expected. dataset.{source_folder.name}.digest "
                f"in params.yaml is {digest}, these have {found}. Get the expected copy, or set "
                "the digest to the new one; numbers will then differ from those of the old."
            )
        _replace(out, fresh)
    except OSError as error:
        where = error.filename or out
        raise FacepointsError(f"{where}: {error.strerror or error}. Nothing was kept.") from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return None if source.drawn else found


def _fill(source: Source, fresh: Path, copies: Path | None, downloads: Path) -> None:
    if source.drawn:
        (fresh / "README").write_text(DRAWN, encoding="utf-8")
    elif (copy := _copy_folder(source, copies)) is not None:
        _copy(source, copy, fresh)
    elif source.files:
        if copies is not None:
            print(f"{source.title}: {copies / source.folder} is no folder, so it is downloaded.")
        _download(source, fresh, downloads)
    else:
        looked = f"{copies / source.folder} is no folder" if copies else f"{COPIES} is not set"
        raise FacepointsError(
            f"{source.title}: no copy ({looked}), and no address to fetch it from. {_by_hand(source)}"
        )


def _copy_folder(source: Source, copies: Path | None) -> Path | None:
    if copies is None:
        return None
    if not copies.is_absolute() or not copies.is_dir():
        raise FacepointsError(
            f"{COPIES}: expected the absolute path of a folder; found {str(copies)!r}."
        )
    folder = copies / source.folder
    return folder if folder.is_dir() else None


def _copy(source: Source, folder: Path, fresh: Path) -> None:
    paths = _contents(source, folder)
    if not paths:
        raise FacepointsError(
            f"{folder}: holds none of the files of {source.title} ({', '.join(source.contents)}). "
            "Copy the set there in its official layout."
        )
    for path in tqdm(paths, desc=f"copy {source.folder}", unit=" files", disable=None):
        target = fresh / path.relative_to(folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)


def _download(source: Source, fresh: Path, downloads: Path) -> None:
    for file in source.files:
        into = fresh / file.into
        into.mkdir(parents=True, exist_ok=True)
        try:
            path = download(file, downloads)
            if file.unpack:
                _unpack_or_forget(path, into)
            else:
                shutil.copyfile(path, into / file.name)
        except FacepointsError as error:
            raise FacepointsError(f"{source.title}: {error}\n{_by_hand(source)}") from error
    wanted = set(_contents(source, fresh))
    if not wanted:
        raise FacepointsError(
            f"{source.title}: its archives hold none of {', '.join(source.contents)}. "
            f"{_by_hand(source)}"
        )
    for path in files(fresh):
        if path not in wanted:
            path.unlink()


def _unpack_or_forget(archive: Path, into: Path) -> None:
    """A file that cannot be unpacked would be taken for a finished download next time."""
    try:
        unpack(archive, into)
    except FacepointsError:
        archive.unlink()
        raise


def _contents(source: Source, folder: Path) -> list[Path]:
    """The set's files in `folder`, sorted, without those that merely lie beside them."""
    found = {path for pattern in source.contents for path in folder.glob(pattern)}
    return sorted(path for path in found if path.is_file())


def _replace(out: Path, fresh: Path) -> None:
    """Put `fresh` in the place of `out`; what `out` held goes only once that has worked."""
    old = out.with_name(f".{out.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if out.exists():
        out.replace(old)
    fresh.replace(out)
    shutil.rmtree(old, ignore_errors=True)


def _by_hand(source: Source) -> str:
    how = f"{source.how} " if source.how else ""
    return (
        f"To get it by hand, see {source.homepage} (licence: {source.licence}). {how}"
        f"Put the files into a folder {source.folder}/ and name the folder above it, by its "
        f"absolute path, in the environment variable {COPIES}."
    )
