"""FaceSynthetics: up to 100,000 rendered faces of 512 × 512, iBUG's 68 points and both pupils.

E. Wood, T. Baltrušaitis, C. Hewitt, S. Dziadzio, M. Johnson, V. Estellers, T. J. Cashman, J. Shotton: Fake It Till
You Make It, ICCV 2021. Computational Use of Data Agreement 1.0: for research that is not commercial.
"""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from facepoints import FacepointsError
from facepoints.datasets.face import UNKNOWN, Face, Listed
from facepoints.datasets.image import read_image
from facepoints.datasets.lines import words
from facepoints.datasets.numbers import finite

POINTS = 70
IMAGE = ".png"
LABELS = "_ldmks.txt"
SEGMENTS = "_seg.png"


class FaceSynthetics:
    """The set in its official layout: `ID.png` and `ID_ldmks.txt` per face; every face is a person of its own."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def faces(self) -> Listed:
        """Every face, sorted by number.

        Raises:
            FacepointsError: none is there, or an image has no points; when a face is read: its points are wrong.
        """
        names = {path.name for path in self.root.glob("*")}
        labelled = {name.removesuffix(LABELS) for name in names if name.endswith(LABELS)}
        images = {
            name.removesuffix(IMAGE)
            for name in names
            if name.endswith(IMAGE) and not name.endswith(SEGMENTS)
        }
        if not labelled:
            raise FacepointsError(f"{self.root}: no file of points ({'000000' + LABELS}, …) here.")
        if unlabelled := sorted(images - labelled):
            raise FacepointsError(
                f"{self.root}: {len(unlabelled)} of {len(images)} images have no file of points, "
                f"{unlabelled[0]}{IMAGE} first. Add the files, or remove the images too."
            )
        return Listed(sorted(labelled), self._face)

    def image(self, face: Face) -> npt.NDArray[np.uint8]:
        """(H, W, 3) RGB uint8; points whose image is missing count as an unreadable image."""
        return read_image(self.root / face.image)

    def _face(self, name: str) -> Face:
        return Face(
            image=name + IMAGE,
            landmarks=read_points(self.root / (name + LABELS)),
            labelled=np.ones(POINTS, np.bool_),
            occlusion=np.full(POINTS, UNKNOWN, np.int8),
            box=None,
            group=name,
            split=None,
            subsets=(),
        )


def read_points(path: Path) -> npt.NDArray[np.float32]:
    """(70, 2) float32 pixels; points may lie outside the image.

    Raises:
        FacepointsError: the file cannot be read, or does not hold 70 finite points; the message names the line.
    """
    points = []
    for where, pair in words(path):
        if len(pair) != 2:
            raise FacepointsError(f"{where}: expected x and y; found {len(pair)} words.")
        points.append(finite(pair, where))
    if len(points) != POINTS:
        raise FacepointsError(f"{path}: expected {POINTS} lines of x and y; found {len(points)}.")
    return np.stack(points)
