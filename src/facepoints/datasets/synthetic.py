"""Drawn faces: no files, every photo is rendered again when it is asked for."""

import numpy as np
import numpy.typing as npt

from facepoints.datasets.face import UNKNOWN, Face, Listed
from facepoints.synthetic.scene import landmarks, render, sample
from facepoints.synthetic.settings import SyntheticSettings


class Synthetic:
    """`settings.faces` faces, each a person of its own, named 000000, 000001 …"""

    def __init__(self, settings: SyntheticSettings) -> None:
        self.settings = settings

    def faces(self) -> Listed:
        """Every face, in the order of its number."""
        return Listed(range(self.settings.faces), self._face)

    def image(self, face: Face) -> npt.NDArray[np.uint8]:
        """(S, S, 3) RGB uint8, drawn now."""
        return render(sample(self.settings, int(face.image)))

    def _face(self, index: int) -> Face:
        points = landmarks(sample(self.settings, index))
        name = f"{index:06}"
        return Face(
            image=name,
            landmarks=points,
            labelled=np.ones(len(points), np.bool_),
            occlusion=np.full(len(points), UNKNOWN, np.int8),
            box=None,
            group=name,
            split=None,
            subsets=(),
        )
