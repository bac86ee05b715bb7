"""WFLW: 7,500 training and 2,500 test faces in photos of WIDER FACE, 98 points, six attributes.

W. Wu, C. Qian, S. Yang, Q. Wang, Y. Cai, Q. Zhou: Look at Boundary: A Boundary-Aware Face Alignment Algorithm,
CVPR 2018. The authors state no licence; the photos belong to their owners: for research only.

Coordinates are kept as they stand: nothing says whether they count from 0 or from 1.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from facepoints import FacepointsError
from facepoints.datasets.face import UNKNOWN, Face
from facepoints.datasets.image import read_image
from facepoints.datasets.lines import words
from facepoints.datasets.numbers import finite

POINTS = 98
TEST_FACES = 2500  # of the official test split
ATTRIBUTES = ("largepose", "expression", "illumination", "makeup", "occlusion", "blur")
IMAGES = "WFLW_images"
LISTS = ("WFLW_annotations", ".")  # where the folders of lists may lie
FULL = "list_98pt_rect_attr_train_test/list_98pt_rect_attr_{}.txt"
SUBSET = "list_98pt_test/list_98pt_test_{}.txt"


class Wflw:
    """The set in its official layout: `WFLW_images/` and the lists, in `WFLW_annotations/` or beside it."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def faces(self) -> list[Face]:
        """Every face in the order of the lists: first those for training, then those for testing.

        The test faces come from the full list, or where it is missing from the lists of the six subsets.
        Unless they are exactly as many as the official ones, they do not say that they are.

        Raises:
            FacepointsError: no list, no face in them, or a wrong line; the message names file and line.
        """
        train, test = (self._list(FULL.format(part)) for part in ("train", "test"))
        faces = _full(train, "train") if train else []
        if test:
            tested = _full(test, "test")
            whole = len(tested) == TEST_FACES
            faces += tested if whole else [replace(face, split=None) for face in tested]
        else:
            faces += _union({name: self._list(SUBSET.format(name)) for name in ATTRIBUTES})
        if not faces:
            raise FacepointsError(
                f"{self.root}: no face in any of WFLW's lists (WFLW_annotations/{FULL.format('train')}, …)."
            )
        return faces

    def image(self, face: Face) -> npt.NDArray[np.uint8]:
        """(H, W, 3) RGB uint8; a photo that is missing though a list names it is unreadable."""
        return read_image(self.root / face.image)

    def _list(self, name: str) -> Path | None:
        paths = (self.root / folder / name for folder in LISTS)
        return next((path for path in paths if path.is_file()), None)


def _full(path: Path, split: Literal["train", "test"]) -> list[Face]:
    """The faces of a full list: points, rectangle, attributes and image."""
    faces = []
    for where, fields in _lines(path, 4 + len(ATTRIBUTES)):
        flags = fields[-1 - len(ATTRIBUTES) : -1]
        if not set(flags) <= {"0", "1"}:
            raise FacepointsError(
                f"{where}: expected attributes of 0 or 1; found {' '.join(flags)}."
            )
        faces.append(
            replace(
                _face(where, fields),
                box=finite(fields[2 * POINTS : 2 * POINTS + 4], where),
                split=split,
                subsets=tuple(
                    name
                    for name, flag in zip(ATTRIBUTES, flags, strict=True)
                    if flag == "1" and split == "test"
                ),
            )
        )
    return faces


def _union(lists: dict[str, Path | None]) -> list[Face]:
    """The faces of the lists of the subsets; equal image and points are one face in several subsets."""
    faces: dict[tuple[str, bytes], Face] = {}
    for name, path in lists.items():
        for where, fields in _lines(path, 0) if path else ():
            face = _face(where, fields)
            key = face.image, face.landmarks.tobytes()
            subsets = faces[key].subsets if key in faces else ()
            faces[key] = replace(face, subsets=tuple(dict.fromkeys([*subsets, name])))
    return list(faces.values())


def _lines(path: Path, more: int) -> Iterator[tuple[str, list[str]]]:
    """Place and fields of each line: the coordinates, `more` numbers and the name of the image."""
    for where, fields in words(path):
        if len(fields) != 2 * POINTS + more + 1:
            raise FacepointsError(
                f"{where}: expected {2 * POINTS + more} numbers and the name of an image; "
                f"found {len(fields)} fields."
            )
        yield where, fields


def _face(where: str, fields: list[str]) -> Face:
    return Face(
        image=f"{IMAGES}/{fields[-1]}",
        landmarks=finite(fields[: 2 * POINTS], where).reshape(POINTS, 2),
        labelled=np.ones(POINTS, np.bool_),
        occlusion=np.full(POINTS, UNKNOWN, np.int8),  # told of faces, not of points
        box=None,
        group=fields[-1],
        split=None,
        subsets=(),
    )
