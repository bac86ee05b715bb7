"""Reading a whole set, face by face, into what its faults are found from."""

import multiprocessing
import signal
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from facepoints import FacepointsError, cores
from facepoints.crops.box import check_labels
from facepoints.datasets.face import Face, FaceSet
from facepoints.datasets.image import UnreadableImageError
from facepoints.inspection.fingerprint import HASHED_SIDE, perceptual_hash, thumb
from facepoints.inspection.view import around, cut

FACES_PER_TASK = 8


@dataclass(frozen=True, eq=False)
class Look:
    """What is kept of a face whose labels and photo could be read.

    Attributes:
        index: in the order of the set.
        face: its id, as in the crop store and the split table.
        size: width and height of the photo, pixels.
        refused: why the cache stage refuses its labels beside this photo, or None.
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
    refused: str | None
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


def survey(face_set: FaceSet, name: str, processes: int | None = None) -> Survey:
    """Read every face of a set; what cannot be read becomes a fault.

    Args:
        name: of the set, for the progress bar.
        processes: worker processes; the cores that this process may use when None.

    Raises:
        FacepointsError: the list of faces itself cannot be read (a table of all labels, say).
    """
    faces = face_set.faces()
    if not len(faces):
        raise FacepointsError(f"data set {name}: no face in it.")
    found = _read(face_set, faces, processes or cores())
    results = list(tqdm(found, f"check {name}", len(faces), unit=" faces", disable=None))
    return Survey(
        list(_named(result for result in results if isinstance(result, Look))),
        [result for result in results if isinstance(result, Fault)],
    )


def _named(looks: Iterable[Look]) -> Iterator[Look]:
    """Each with its id: the image path, numbered from the image's second face on."""
    seen: Counter[str] = Counter()
    for look in looks:
        seen[look.image] += 1
        count = seen[look.image]
        yield look if count == 1 else replace(look, face=f"{look.image}#{count}")


def _read(face_set: FaceSet, faces: Sequence[Face], processes: int) -> Iterator[Look | Fault]:
    tasks = [
        range(first, min(first + FACES_PER_TASK, len(faces)))
        for first in range(0, len(faces), FACES_PER_TASK)
    ]
    # A forked worker that inherits OpenCV's threads as dead ones waits for them forever: end them here.
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    pool = ProcessPoolExecutor(
        min(processes, len(tasks)),
        mp_context=multiprocessing.get_context(),
        initializer=_start_worker,
        initargs=(face_set, faces),
    )
    try:
        for results in pool.map(_look_in_worker, tasks):
            yield from results
    finally:
        pool.shutdown(cancel_futures=True)
        cv2.setNumThreads(threads)


_worker: tuple[FaceSet, Sequence[Face]]


def _start_worker(face_set: FaceSet, faces: Sequence[Face]) -> None:
    global _worker
    # Ctrl-C reaches all processes; the main one ends the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    cv2.setNumThreads(1)  # the processes are the parallelism
    _worker = (face_set, faces)


def _look_in_worker(task: range) -> list[Look | Fault]:
    face_set, faces = _worker
    return [_look(face_set, faces, index) for index in task]


def _look(face_set: FaceSet, faces: Sequence[Face], index: int) -> Look | Fault:
    try:
        face = faces[index]
    except FacepointsError as error:
        return Fault(index, None, str(error), unreadable=False)
    points = face.landmarks[face.labelled]
    if not len(points) or not (np.ptp(points, axis=0) > 0).all():
        wrong = "its points span no area" if len(points) else "no point is labelled"
        return Fault(index, face.image, f"{face.image}: {wrong}.", unreadable=False)
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
        refused=_refused(face, size),
        hash=perceptual_hash(grey),
        thumb=thumb(grey),
    )


def _refused(face: Face, size: tuple[int, int]) -> str | None:
    try:
        check_labels(face, size)
    except FacepointsError as error:
        return str(error)
    return None
