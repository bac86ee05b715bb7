"""Reading a whole set, face by face, into what its faults are found from."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from facepoints import FacepointsError
from facepoints.crops.box import check_labels, crop_box
from facepoints.crops.settings import CropSettings
from facepoints.datasets.face import Face, FaceSet
from facepoints.datasets.image import UnreadableImageError
from facepoints.inspection.fingerprint import HASHED_SIDE, perceptual_hash, thumb
from facepoints.inspection.view import around, cut
from facepoints.store.crops import face_id
from facepoints.store.workers import in_order

FACES_PER_TASK = 16


@dataclass(frozen=True, eq=False)
class Look:
    """What is kept of a face whose labels and photo could be read.

    Attributes:
        index: in the order of the set.
        face: its id, as in the crop store and the split table.
        size: width and height of the photo, pixels.
        outside: why the cache stage refuses its labels beside this photo, or None.
        boxless: why the cache stage finds no box to cut, or None.
        hash, thumb: of the crop around its points.
    """

    index: int
    face: str
    image: str
    group: str
    split: str | None
    landmarks: NDArray[np.float32]
    labelled: NDArray[np.bool_]
    size: tuple[int, int]
    outside: str | None
    boxless: str | None
    hash: int
    thumb: NDArray[np.uint8]


@dataclass(frozen=True)
class Fault:
    """A face that could not be looked at; `unreadable`: its photo is at fault, else its labels."""

    index: int
    image: str | None  # None where the labels that name it could not be read
    message: str
    unreadable: bool


@dataclass(frozen=True)
class Survey:
    """A set as it was found, in its own order."""

    looks: list[Look]
    faults: list[Fault]

    @property
    def faces(self) -> int:
        """How many there are, faulty ones too."""
        return len(self.looks) + len(self.faults)


def survey(
    face_set: FaceSet,
    faces: Sequence[Face],
    name: str,
    settings: CropSettings,
    processes: int | None = None,
) -> Survey:
    """Read every face of a set; what cannot be read becomes a fault.

    Args:
        name: of the set, for the progress bar.
        settings: how the cache stage would cut crops.
        processes: worker processes; the cores that this process may use when None.

    Raises:
        FacepointsError: there is no face.
    """
    if not len(faces):
        raise FacepointsError(f"data set {name}: no face in it.")
    results: list[Look | Fault] = []
    with tqdm(total=len(faces), desc=f"check {name}", unit=" faces", disable=None) as bar:
        arguments = (face_set, faces, settings)
        for found in in_order(Looker, arguments, len(faces), FACES_PER_TASK, processes):
            results += found
            bar.update(len(found))
    return Survey(
        list(_named(result for result in results if isinstance(result, Look))),
        [result for result in results if isinstance(result, Fault)],
    )


def _named(looks: Iterable[Look]) -> Iterator[Look]:
    """Each with its id."""
    seen: Counter[str] = Counter()
    for look in looks:
        seen[look.image] += 1
        yield replace(look, face=face_id(look.image, seen[look.image]))


class Looker:
    """What looks at some faces of a set."""

    def __init__(self, face_set: FaceSet, faces: Sequence[Face], settings: CropSettings) -> None:
        self.face_set = face_set
        self.faces = faces
        self.settings = settings

    def __call__(self, task: range) -> list[Look | Fault]:
        """Look at the faces of these indices."""
        return [_look(self.face_set, self.faces, index, self.settings) for index in task]


def _look(
    face_set: FaceSet, faces: Sequence[Face], index: int, settings: CropSettings
) -> Look | Fault:
    try:
        face = faces[index]
    except FacepointsError as error:
        return Fault(index, None, str(error), unreadable=False)
    points = face.landmarks[face.labelled]
    if not len(points):
        wrong = f"{face.image}: no point is labelled."
        return Fault(index, face.image, wrong, unreadable=False)
    try:
        image = face_set.image(face)
    except UnreadableImageError as error:
        return Fault(index, face.image, str(error), unreadable=True)
    size = (image.shape[1], image.shape[0])
    crop = cut(image, around(points, size), HASHED_SIDE)
    grey = np.asarray(cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY), np.uint8)
    return Look(
        index=index,
        face=face.image,
        image=face.image,
        group=face.group,
        split=face.split,
        landmarks=face.landmarks,
        labelled=face.labelled,
        size=size,
        outside=_told(check_labels, face, size),
        boxless=None if settings.box == "detector" else _told(crop_box, face, size, settings),
        hash=perceptual_hash(grey),
        thumb=thumb(grey),
    )


def _told(check: Callable[..., object], *arguments: object) -> str | None:
    """What the cache stage would say of it, or None."""
    try:
        check(*arguments)
    except FacepointsError as error:
        return str(error)
    return None
