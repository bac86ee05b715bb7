"""Which files of a folder or an archive belong to a set."""

import re
import shutil
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath

from tqdm import tqdm

from facepoints import FacepointsError
from facepoints.sources.archive import Place
from facepoints.sources.source import Source


def contents(source: Source, faces: int | None, folder: Path) -> list[Path]:
    """The set's files in `folder`, sorted, without those that merely lie beside them.

    Raises:
        FacepointsError: the first `faces` are asked for, and there are fewer.
    """
    found = {path for pattern in source.contents for path in folder.glob(pattern)}
    # Hidden: ._NAME.jpg and the like, which macOS adds to archives.
    paths = sorted(path for path in found if path.is_file() and not path.name.startswith("."))
    if source.face is None or faces is None or not paths:
        return paths
    return [Path(path) for path in first(map(str, paths), source.face, faces)]


def copy(paths: Sequence[Path], folder: Path, into: Path) -> None:
    """Copy files below `folder` to the same places below `into`.

    Raises:
        OSError: a file cannot be read or written.
    """
    for path in tqdm(paths, desc=f"copy {folder.name}", unit=" files", disable=None):
        target = into / path.relative_to(folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)


def first(names: Iterable[str], pattern: str, count: int) -> list[str]:
    """Those of `names` (paths) that belong to the first `count` faces, in the order of the faces' names.

    Args:
        pattern: matches the last part of a path; its first group is the name of the face.

    Raises:
        FacepointsError: there are fewer faces.
    """
    faces = defaultdict(list)
    for name in names:
        if (match := re.fullmatch(pattern, PurePosixPath(name).name)) is not None:
            faces[match[1]].append(name)
    if len(faces) < count:
        raise FacepointsError(
            f"faces: {count:,} are asked for, and there are {len(faces):,}. Ask for fewer."
        )
    return [name for face in sorted(faces)[:count] for name in sorted(faces[face])]


def by_name(pattern: str) -> Place:
    """Puts a face's files side by side, whatever folder an archive has them in; leaves out all others."""

    def place(name: str) -> str | None:
        last = PurePosixPath(name).name
        return last if re.fullmatch(pattern, last) else None

    return place
