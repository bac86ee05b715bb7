"""YouTube Faces as Udacity cut it: 4,232 frames of 347 people, 68 machine-made points.

L. Wolf, T. Hassner, I. Maoz: Face Recognition in Unconstrained Videos with Matched Background Similarity,
CVPR 2011. For research; the videos belong to their owners. Some points lie outside their frame.
"""

import re
from pathlib import Path

import numpy as np
import numpy.typing as npt

from facepoints import FacepointsError
from facepoints.datasets.face import UNKNOWN, Face, Listed
from facepoints.datasets.image import read_image
from facepoints.datasets.lines import rows
from facepoints.datasets.numbers import finite

POINTS = 68
PARTS = ("training", "test")
TABLE = "{}_frames_keypoints.csv"
HEADER = ["", *map(str, range(2 * POINTS))]
# The number's digits are those of the clip and the frame.
NAME = re.compile(r"(?P<person>[^/\\]+)_\d+\.jpg")

Entry = tuple[str, str, list[str], str]  # image, person, coordinates, file and line


class YoutubeFaces:
    """The set in its official layout: `training/`, `test/` and a table for each; whichever are there.

    Both parts show the same people, so neither is a test split.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def faces(self) -> Listed:
        """Every face, the training part first, sorted by name within a part.

        Raises:
            FacepointsError: a table is wrong, or none is there; when a face is read: a coordinate is wrong.
                The message names file and line.
        """
        entries = [entry for part in PARTS for entry in self._part(part)]
        if not entries:
            tables = " or ".join(map(TABLE.format, PARTS))
            raise FacepointsError(f"{self.root}: no face in {tables}.")
        return Listed(entries, _face)

    def image(self, face: Face) -> npt.NDArray[np.uint8]:
        """(H, W, 3) RGB uint8; a frame that is missing though a table names it is unreadable."""
        return read_image(self.root / face.image)

    def _part(self, part: str) -> list[Entry]:
        path = self.root / TABLE.format(part)
        if not path.exists():
            return []
        entries: dict[str, Entry] = {}
        for where, row in rows(path, HEADER, "YouTube Faces"):
            name = NAME.fullmatch(row[0])
            if name is None:
                raise FacepointsError(
                    f"{where}: expected a name such as Ann_Smith_21.jpg; found {row[0]!r}."
                )
            if row[0] in entries:
                raise FacepointsError(f"{where}: {row[0]} stands in this table twice.")
            entries[row[0]] = f"{part}/{row[0]}", name["person"], row[1:], where
        return [entries[name] for name in sorted(entries)]


def _face(entry: Entry) -> Face:
    image, person, words, where = entry
    return Face(
        image=image,
        landmarks=finite(words, where).reshape(POINTS, 2),
        labelled=np.ones(POINTS, np.bool_),
        occlusion=np.full(POINTS, UNKNOWN, np.int8),
        box=None,
        group=person,
        split=None,
        subsets=(),
    )
