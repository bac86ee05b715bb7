"""300W: photos of AFW, HELEN, LFPW and iBUG with 68 points; also its private test set, a set of its own here.

C. Sagonas, E. Antonakos, G. Tzimiropoulos, S. Zafeiriou, M. Pantic: 300 Faces In-The-Wild Challenge: Database and
Results, Image and Vision Computing 47, 2016. For research only, not for commercial use.
"""

import re
from collections import Counter
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Literal

import numpy as np
import numpy.typing as npt

from facepoints import FacepointsError
from facepoints.datasets.face import UNKNOWN, Face, Listed
from facepoints.datasets.image import read_image
from facepoints.datasets.pts import read_pts

POINTS = 68
SUFFIXES = (".jpg", ".png")
MIRRORED = "_mirror"  # one distribution adds mirrored copies


@dataclass(frozen=True)
class Part:
    """One folder of the set.

    Attributes:
        numbered: a photo is stored once per face, as NAME_1, NAME_2 …
        names: within what a photo's name is its own: HELEN has one list of names, LFPW counts its
            training and test photos apart.
        faces: how many the official set has of it; None where it does not matter.
        private: whether it belongs to the private test set, which is scored apart.
    """

    split: Literal["train", "test"]
    subsets: tuple[str, ...]
    numbered: bool
    names: str
    faces: int | None
    private: bool = False


PARTS = {
    "afw": Part("train", (), True, "afw", None),
    "helen/trainset": Part("train", (), True, "helen", None),
    "helen/testset": Part("test", ("common",), True, "helen", 330),
    "ibug": Part("test", ("challenging",), True, "ibug", 135),
    "lfpw/trainset": Part("train", (), False, "lfpw/trainset", None),
    "lfpw/testset": Part("test", ("common",), False, "lfpw/testset", 224),
    "300W/01_Indoor": Part("test", ("indoor",), False, "300W", 300, private=True),
    "300W/02_Outdoor": Part("test", ("outdoor",), False, "300W", 300, private=True),
}


class W300:
    """The set in its official layout; whichever of its parts are there."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def faces(self) -> Listed:
        """Every face, part by part in the order of PARTS, sorted by name within a part.

        Where a test part is missing or has another number of faces than the official set, those that are
        there are not the official test split, and do not say that they are; the private test set for itself.

        Raises:
            FacepointsError: no part is there, or a photo has no points; when a face is read: its file
                of points is wrong.
        """
        found = [entry for folder in PARTS for entry in self._part(folder)]
        if not found:
            raise FacepointsError(
                f"{self.root}: no .pts file in any of 300W's folders ({', '.join(PARTS)})."
            )
        there = Counter(folder for folder, _, _ in found)
        whole = {
            private
            for private in (False, True)
            if all(
                there[folder] == part.faces
                for folder, part in PARTS.items()
                if part.faces and part.private == private
            )
        }
        return Listed(found, partial(self._face, whole=whole))

    def image(self, face: Face) -> npt.NDArray[np.uint8]:
        """(H, W, 3) RGB uint8; points whose photo is missing count as an unreadable photo."""
        return read_image(self.root / face.image)

    def _part(self, folder: str) -> list[tuple[str, str, str]]:
        """Folder, photo and file of points of each face of a part."""
        names = {path.name for path in (self.root / folder).glob("*") if path.is_file()}
        names = {name for name in names if not PurePosixPath(name).stem.endswith(MIRRORED)}
        images = {
            PurePosixPath(name).stem: name
            for name in sorted(names)
            if PurePosixPath(name).suffix in SUFFIXES
        }
        stems = sorted(PurePosixPath(name).stem for name in names if name.endswith(".pts"))
        unlabelled = sorted(set(images) - set(stems))
        if unlabelled:
            raise FacepointsError(
                f"{self.root / folder}: {len(unlabelled)} of {len(images)} photos have no .pts file, "
                f"{images[unlabelled[0]]} first. Add the files, or remove the photos too."
            )
        return [(folder, images.get(stem, stem + SUFFIXES[0]), f"{stem}.pts") for stem in stems]

    def _face(self, entry: tuple[str, str, str], whole: set[bool]) -> Face:
        folder, image, points = entry
        part = PARTS[folder]
        partial_test = part.split == "test" and part.private not in whole
        return Face(
            image=f"{folder}/{image}",
            landmarks=read_pts(self.root / folder / points, POINTS),
            labelled=np.ones(POINTS, np.bool_),
            occlusion=np.full(POINTS, UNKNOWN, np.int8),
            box=None,
            group=f"{part.names}/{photo(PurePosixPath(points).stem, part.numbered)}",
            split=None if partial_test else part.split,
            subsets=() if partial_test else part.subsets,
        )


def photo(stem: str, numbered: bool) -> str:
    """The photo that a file shows: `134212_2` and `image_092 _01` without their face numbers."""
    return re.sub(r" ?_ ?\d+$", "", stem) if numbered else stem
