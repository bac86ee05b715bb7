"""300W: `afw/`, `helen/`, `ibug/` and `lfpw/` with photos and iBUG's .pts files, which count from 1."""

from collections.abc import Callable, Iterator, Sequence
from itertools import cycle, islice
from pathlib import Path

from tests.layouts.drawn import Drawn

FACES = 3  # of a photo, where each of them has files of its own

# How the n-th face of a folder is called.
NAMES: dict[str, Callable[[int], str]] = {
    "afw": lambda n: f"{134212 + n // FACES}_{n % FACES + 1}.jpg",
    "helen/trainset": lambda n: f"{100032540 + n // FACES}_{n % FACES + 1}.jpg",
    "lfpw/trainset": lambda n: f"image_{n + 1:04}.png",
    "helen/testset": lambda n: f"{30 + n // FACES}_{n % FACES + 1}.jpg",
    "ibug": lambda n: f"image_{n // FACES + 3:03}_{n % FACES + 1}.jpg",
    "lfpw/testset": lambda n: f"image_{n + 1:04}.png",
}
TRAINING = ("afw", "helen/trainset", "lfpw/trainset")
OFFICIAL = {"helen/testset": 330, "ibug": 135, "lfpw/testset": 224}


def write(root: Path, drawn: Sequence[Drawn], official: bool = False) -> None:
    """The faces, photo after photo in turn over the folders.

    Args:
        official: the folders for training get all faces, and those for testing as many as the official ones
            have, from the same faces over and over.
    """
    folders = TRAINING if official else tuple(NAMES)
    for folder, number, face in _dealt(folders, drawn):
        _write_face(root / folder / NAMES[folder](number), face)
    if official:
        for folder, count in OFFICIAL.items():
            for number, face in enumerate(islice(cycle(drawn), count)):
                _write_face(root / folder / NAMES[folder](number), face)


def _dealt(folders: Sequence[str], drawn: Sequence[Drawn]) -> Iterator[tuple[str, int, Drawn]]:
    for index, face in enumerate(drawn):
        photo, number = divmod(index, FACES)
        turn, folder = divmod(photo, len(folders))
        yield folders[folder], turn * FACES + number, face


def _write_face(path: Path, face: Drawn) -> None:
    face.save(path)
    points = "\n".join(f"{x:.3f} {y:.3f}" for x, y in face.points + 1)
    path.with_suffix(".pts").write_text(f"version: 1\nn_points: 68\n{{\n{points}\n}}\n")
