"""Faces rendered from ICT-FaceKit: the files are a model, every photo is drawn when it is asked for."""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from facepoints.datasets.face import HIDDEN, SEEN, Face, Listed
from facepoints.schemes.scheme import Scheme
from facepoints.synthetic.facekit import model
from facepoints.synthetic.facekit.scene import Drawing, compose, drawing
from facepoints.synthetic.facekit.settings import FacekitSettings


class Facekit:
    """`settings.faces` faces, each a person of its own, named 000000, 000001 …

    A face's points are those of the scheme, one of `facekit.settings.SCHEMES`; the pictures are the same in all.
    """

    def __init__(self, root: Path, scheme: Scheme, settings: FacekitSettings) -> None:
        self.root, self.scheme, self.settings = root, scheme.name, settings
        # What is hidden shows only once a face is drawn: its record and its picture are asked for in turn.
        self._last: tuple[int, Drawing] | None = None

    def faces(self) -> Listed:
        """Every face, in the order of its number.

        Raises:
            FacepointsError: the model's files are missing or wrong.
        """
        model.read(self.root)  # once, before there are worker processes, which share it
        return Listed(range(self.settings.faces), self._face)

    def image(self, face: Face) -> npt.NDArray[np.uint8]:
        """(S, S, 3) RGB uint8."""
        return self._drawn(int(face.image)).image

    def _face(self, index: int) -> Face:
        found = self._drawn(index)
        points, seen = found.landmarks[self.scheme], found.seen[self.scheme]
        name = f"{index:06}"
        return Face(
            image=name,
            landmarks=points,
            labelled=np.ones(len(points), np.bool_),
            occlusion=np.where(seen, SEEN, HIDDEN).astype(np.int8),
            box=None,
            group=name,
            split=None,
            subsets=(),
        )

    def _drawn(self, index: int) -> Drawing:
        if self._last is None or self._last[0] != index:
            draft = compose(model.read(self.root), self.settings, index)
            self._last = index, drawing(draft, (self.scheme,))
        return self._last[1]
