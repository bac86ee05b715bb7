"""A set of the user's own: the files of a folder, or of the one that a link leads to."""

from pathlib import Path

from facepoints import FacepointsError
from facepoints.sources.selection import copy


def copy_own(folder: Path, fresh: Path) -> None:
    """Copy what lies below `folder` (which may itself be a link) to `fresh`.

    Hidden files and `*.dvc` are left out: they describe the files and are none of them. A link to a file
    gives the file. Links to folders are refused: whoever watches `folder` for changes does not look
    behind them.

    Raises:
        FacepointsError: no folder, none with files in it, or a link to a folder or to nothing below it.
        OSError: a file cannot be read or written.
    """
    paths = _files(folder) if folder.is_dir() else []
    if not paths:
        what = "holds no files" if folder.is_dir() else "is no folder and leads to none"
        raise FacepointsError(
            f"{folder}: {what}. For data of your own, put images and labels there, or make it a link to "
            "the folder that holds them. For a public set, it needs a source.yaml like those beside it."
        )
    copy(paths, folder, fresh)


def _files(folder: Path) -> list[Path]:
    """Every file below `folder` that counts, sorted."""
    found = []
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.suffix == ".dvc":
            continue
        if path.is_symlink() and not path.is_file():
            raise FacepointsError(
                f"{path}: a link to {path.readlink()}, which is no file. Put the folder itself there: only "
                "the set's own folder may be a link to another."
            )
        found += _files(path) if path.is_dir() else [path]
    return found
