"""Files of a set of one's own."""

import posixpath
import re
from collections.abc import Collection
from pathlib import Path

from facepoints import FacepointsError

PHOTOS = (".jpg", ".jpeg", ".png", ".bmp", ".webp")


def files(root: Path, suffixes: Collection[str]) -> list[str]:
    """Paths below `root`, with slashes and sorted, of the files with one of these endings in any case.

    Names that begin with a dot are left out: file systems and tools keep notes under them.
    """
    found = (path for path in root.rglob("*") if path.suffix.lower() in suffixes)
    return sorted(
        path.relative_to(root).as_posix()
        for path in found
        if not path.name.startswith(".") and path.is_file()
    )


def label_file(root: Path, suffix: str, chosen: str | None) -> str:
    """Path below `root` of the file that holds all labels: the chosen one, else the only one.

    Raises:
        FacepointsError: there is none, or more than one and none is chosen.
    """
    option = f"dataset.{root.name}.options.file"
    found = files(root, (suffix,))
    if chosen is not None:
        name = below("", chosen, option)
        if not (root / name).is_file():
            raise FacepointsError(
                f"{option}: {root / name} is no file. There are: {_listed(found)}."
            )
        return name
    if len(found) != 1:
        raise FacepointsError(
            f"{root}: expected one {suffix} file with the labels; found {_listed(found)}. "
            + (f"Name the one to read in {option}." if found else "Put it beside the photos.")
        )
    return found[0]


def below(folder: str, name: str, where: str) -> str:
    """Path below the set's folder of a file that labels in `folder` (itself below it) name.

    Backslashes, as Windows writes them, count as slashes.

    Raises:
        FacepointsError: it names nothing, or something outside the set's folder.
    """
    path = posixpath.normpath(posixpath.join(folder, name.replace("\\", "/")))
    outside = path == ".." or path.startswith(("/", "../"))
    if not name.strip() or outside or re.match(r"[A-Za-z]:[\\/]|[A-Za-z]+://", name):
        raise FacepointsError(
            f"{where}: expected the path of a file inside the set's folder, relative to "
            f"{folder or 'it'}; found {name!r}. Copy the file there and correct the path."
        )
    return path


def _listed(names: list[str], shown: int = 5) -> str:
    more = f" and {len(names) - shown} more" if len(names) > shown else ""
    return ", ".join(names[:shown]) + more if names else "none"
