"""YouTube Faces as Udacity cut it: 4,232 frames of 347 people, 68 machine-made points.

L. Wolf, T. Hassner, I. Maoz: Face Recognition in Unconstrained Videos with Matched Background Similarity,
CVPR 2011. For research; the videos belong to their owners. Some points lie outside their frame.
"""

import re
from pathlib import Path

import numpy as np
import numpy.typing as npt

from facepoints import FacepointsError
from facepoints.datasets.face import UNKNOWN, Face
from facepoints.datasets.image import read_image
from facepoints.datasets.lines import rows
from facepoints.datasets.numbers import finite

POINTS = 68
PARTS = ("training", "test")
TABLE = "{}_frames_keypoints.csv"
HEADER = ["", *map(str, range(2 * POINTS))]
# The number's digits are those of the clip and the frame.
NAME = re.compile(r"(?P<person>[^/\\]+)_\d+\.jpg")


class YoutubeFaces:
    """The set in its official layout: `training/`, `test/` and a table for each; whichever are there.

    Both parts show the same people, so neither is a test split.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def faces(self) -> list[Face]:
        """Every face, the training part first, sorted by name within a part.

        Raises:
            FacepointsError: a table is wrong, or none is there; the message names file and line.
        """
        faces = [face for part in PARTS for face in self._part(part)]
        if not faces:
            tables = " or ".join(map(TABLE.format, PARTS))
            raise FacepointsError(f"{self.root}: no face in {tables}.")
        return faces

    def image(self, face: Face) -> npt.NDArray[np.uint8]:
        """(H, W, 3) RGB uint8; a frame that is missing though a table names it is unreadable."""
        return read_image(self.root / face.image)

    def _part(self, part: str) -> list[Face]:
        path = self.root / TABLE.format(part)
        if not path.exists():
            return []
        faces: dict[str, Face] = {}
        for where, row in rows(path, HEADER, "YouTube Faces"):
            face = _face(row, part, where)
            if face.image in faces:
                raise FacepointsError(f"{where}: {row[0]} stands in this table twice.")
            faces[face.image] = face
        return [faces[image] for image in sorted(faces)]


def _face(row: list[str], part: str, where: str) -> Face:
    name = NAME.fullmatch(row[0])
    if name is None:
        raise FacepointsError(
            f"{where}: expected a name such as Ann_Smith_21.jpg; found {row[0]!r}."
        )
    return Face(
        image=f"{part}/{row[0]}",
        landmarks=finite(row[1:], where).reshape(POINTS, 2),
        labelled=np.ones(POINTS, np.bool_),
        occlusion=np.full(POINTS, UNKNOWN, np.int8),
        box=None,
        group=name["person"],
        split=None,
        subsets=(),
    )
