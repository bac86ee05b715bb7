"""WFLW: `WFLW_images/` and the lists in `WFLW_annotations/`."""

from collections.abc import Iterator, Sequence
from itertools import cycle, islice
from pathlib import Path

import numpy as np

from facepoints.schemes.library import load
from tests.layouts.drawn import Drawn, as_scheme

FACES = 3  # of a photo
OFFICIAL = 2500
# In the order of the flags.
ATTRIBUTES = ("largepose", "expression", "illumination", "makeup", "occlusion", "blur")
EVENT = "37--Soccer/37_Soccer_soccer_ball_37_{}.jpg"


def write(
    root: Path, drawn: Sequence[Drawn], official: bool = False, six_lists: bool = False
) -> None:
    """Photos of three faces side by side; every third one is for testing.

    Args:
        official: all faces are for training, and as many as the official ones for testing, from the same
            faces over and over.
        six_lists: no full lists, but those of the six subsets of the test faces.
    """
    train = _photos(drawn, 0)
    if official:
        test = _photos(list(islice(cycle(drawn), OFFICIAL)), 10000)
    else:
        test = {name: train.pop(name) for name in list(train)[2::3]}
    lists = root / "WFLW_annotations"
    tested = list(_faces(root, test))
    if six_lists:
        for flag, name in enumerate(ATTRIBUTES):
            chosen = [f"{points} {image}" for points, _, flags, image in tested if flags[flag]]
            _write(lists / "list_98pt_test" / f"list_98pt_test_{name}.txt", chosen)
        return
    for part, faces in (("train", list(_faces(root, train))), ("test", tested)):
        lines = [
            f"{points} {box} {' '.join(map(str, flags))} {image}"
            for points, box, flags, image in faces
        ]
        folder = lists / "list_98pt_rect_attr_train_test"
        _write(folder / f"list_98pt_rect_attr_{part}.txt", lines)


def _photos(drawn: Sequence[Drawn], first: int) -> dict[str, Sequence[Drawn]]:
    """The faces of each photo, by its name; photos are numbered from `first`."""
    starts = range(0, len(drawn), FACES)
    return {EVENT.format(first + start // FACES): drawn[start : start + FACES] for start in starts}


def _faces(
    root: Path, photos: dict[str, Sequence[Drawn]]
) -> Iterator[tuple[str, str, tuple[int, ...], str]]:
    """Writes the photos; coordinates, rectangle, flags and image of each of their faces."""
    scheme = load("wflw98")
    count = 0
    for name, faces in photos.items():
        image = np.hstack([face.image for face in faces])
        Drawn(image, faces[0].points).save(root / "WFLW_images" / name)
        left = 0
        for face in faces:
            points = as_scheme(face.points, scheme) + [left, 0]
            left += face.image.shape[1]
            box = np.rint([*points.min(axis=0), *points.max(axis=0)]).astype(int)
            # Each face has two of the attributes.
            flags = tuple(int(flag in (count % 6, (count + 2) % 6)) for flag in range(6))
            count += 1
            yield (
                " ".join(f"{number:.6f}" for number in points.flat),
                " ".join(map(str, box)),
                flags,
                name,
            )


def _write(path: Path, lines: list[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(line + "\n" for line in lines))
