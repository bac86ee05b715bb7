"""The record that every data set's labels become."""

from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

SEEN, HIDDEN, UNKNOWN = 1, 0, -1


@dataclass(frozen=True, eq=False)
class Face:
    """One labelled face.

    Attributes:
        image: path of its image below the set's raw folder, with slashes.
        landmarks: (K, 2) float32 x, y in image pixels, (0, 0) the centre of the top-left pixel;
            points that are not labelled hold any finite number.
        labelled: (K,) bool.
        occlusion: (K,) int8, 1 seen, 0 hidden, -1 unknown.
        box: (4,) float32 x_min, y_min, x_max, y_max as annotated in the set, or None.
        group: person or photo, what a split must keep together.
        split: the set's own split, or None.
        subsets: parts of the test split that are scored apart too.
    """

    image: str
    landmarks: npt.NDArray[np.float32]
    labelled: npt.NDArray[np.bool_]
    occlusion: npt.NDArray[np.int8]
    box: npt.NDArray[np.float32] | None
    group: str
    split: Literal["train", "test"] | None
    subsets: tuple[str, ...]


class FaceSet(Protocol):
    """A data set as the pipeline sees it. Instances travel to worker processes by pickle."""

    def faces(self) -> list[Face]:
        """Every face, in the same order each time.

        Raises:
            FacepointsError: labels that are missing or wrong; the message names file and line.
        """
        ...

    def image(self, face: Face) -> npt.NDArray[np.uint8]:
        """(H, W, 3) RGB uint8.

        Raises:
            UnreadableImage: the file is missing, truncated or no image.
        """
        ...
