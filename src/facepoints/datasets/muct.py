"""MUCT: 3,755 photos of 276 people, 76 points, five cameras.

S. Milborrow, J. Morkel, F. Nicolls: The MUCT Landmarked Face Database, Pattern Recognition Association of South
Africa 2010. Free for academic use; photos of few people only may be printed.
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

POINTS = 76
TABLE = Path("muct-landmarks/muct76-opencv.csv")
HEADER = ["name", "tag", *(f"{axis}{index:02}" for index in range(POINTS) for axis in "xy")]
# i, subject, lighting q-z, camera a-e, then sex and glasses or a serial number
NAME = re.compile(r"i(?P<subject>\d{3})[q-z](?P<camera>[a-e])-\w\w")
MIRRORED = "ir"

Entry = tuple[list[str], str]  # a row of the table, its file and line


class Muct:
    """The set in its official layout: `jpg/` and the table below `muct-landmarks/`."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def faces(self) -> Listed:
        """Every face, sorted by name, without the rows of mirrored images, which have no file.

        Raises:
            FacepointsError: the table is missing or wrong; when a face is read: its name or a coordinate is.
                The message names file and line.
        """
        path = self.root / TABLE
        entries: dict[str, Entry] = {}
        for where, row in rows(path, HEADER, "MUCT"):
            if row[0].startswith(MIRRORED):
                continue
            if row[0] in entries:
                raise FacepointsError(f"{where}: {row[0]} stands in this table twice.")
            entries[row[0]] = row, where
        if not entries:
            raise FacepointsError(f"{path}: no face in this table.")
        return Listed([entries[name] for name in sorted(entries)], _face)

    def image(self, face: Face) -> npt.NDArray[np.uint8]:
        """(H, W, 3) RGB uint8; a photo that is missing though the table names it is unreadable."""
        return read_image(self.root / face.image)


def _face(entry: Entry) -> Face:
    row, where = entry
    name = NAME.fullmatch(row[0])
    if name is None:
        raise FacepointsError(f"{where}: expected a name such as i000qa-fn; found {row[0]!r}.")
    landmarks = finite(row[2:], where).reshape(POINTS, 2)
    return Face(
        image=f"jpg/{row[0]}.jpg",
        landmarks=landmarks,
        labelled=(landmarks != 0).any(axis=1),  # (0, 0) stands for a point that nobody could see
        occlusion=np.full(POINTS, UNKNOWN, np.int8),
        box=None,
        group=name["subject"],
        split=None,
        subsets=(f"camera_{name['camera']}",),
    )
