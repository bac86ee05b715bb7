"""The record that every data set's labels become."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, overload

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


@dataclass(frozen=True)
class Listed(Sequence[Face]):
    """Faces of which only a list of entries is held; `read` makes a face of an entry when it is asked for.

    So the labels of a large set are read by the processes that cut its crops, and never all held at once.
    """

    entries: Sequence[Any]
    read: Callable[[Any], Face]

    def __len__(self) -> int:
        return len(self.entries)

    @overload
    def __getitem__(self, index: int) -> Face: ...
    @overload
    def __getitem__(self, index: slice) -> "Listed": ...
    def __getitem__(self, index: int | slice) -> "Face | Listed":
        if isinstance(index, slice):
            return Listed(self.entries[index], self.read)
        return self.read(self.entries[index])


class FaceSet(Protocol):
    """A data set as the pipeline sees it. Instances travel to worker processes by pickle."""

    def faces(self) -> Sequence[Face]:
        """Every face, in the same order each time; a face's labels may be read when it is asked for.

        Raises:
            FacepointsError: labels that are missing or wrong; the message names file and line.
        """
        ...

    def image(self, face: Face) -> npt.NDArray[np.uint8]:
        """(H, W, 3) RGB uint8.

        Raises:
            UnreadableImageError: the file is missing, truncated or no image.
        """
        ...
