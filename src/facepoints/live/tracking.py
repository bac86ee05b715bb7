"""Faces from picture to picture: each is looked for where its points were last."""

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from facepoints.crops.extent import overlaps
from facepoints.inference import pose
from facepoints.inference.predictor import ACCEPTED, Faces, Image, Predictor
from facepoints.live.smoothing import OneEuro, Smoothing

Floats = NDArray[np.float32]

SEARCH = 1.0  # seconds between searches for more faces
SAME = 0.4  # least overlap, intersection over union, of two boxes of one face
REMEMBERED = 1.0  # seconds for which a lost face keeps its number


@dataclass(frozen=True)
class Tracked:
    """The faces of a picture with their numbers (N,), which they keep from picture to picture, 1 the first."""

    numbers: tuple[int, ...]
    faces: Faces

    def __len__(self) -> int:
        return len(self.numbers)


@dataclass(frozen=True)
class _Lost:
    number: int
    box: Floats  # (4,) that the net saw it in last
    time: float


class Tracker:
    """Follows the faces of one camera or video; one thread at a time.

    Args:
        predictor: also finds the faces to follow.
        smoothing: None leaves the points as the model gives them.
        search: seconds between searches for more faces while there are some; without any, every picture is searched.
    """

    def __init__(
        self,
        predictor: Predictor,
        smoothing: Smoothing | None = Smoothing(),  # noqa: B008 (it is frozen)
        search: float = SEARCH,
    ) -> None:
        self.predictor = predictor
        self._smoothing = smoothing
        self._search = search
        self._searched = -np.inf
        self._tracked: Tracked | None = None  # as the model sees them, not smoothed
        self._filters: dict[int, OneEuro] = {}
        self._lost: list[_Lost] = []
        self._given = 0  # the last number

    def update(self, image: Image, time: float) -> Tracked:
        """The faces of the next picture.

        Args:
            image: (H, W, 3) uint8 RGB.
            time: of the picture, seconds.
        """
        followed = self._follow(image, time)
        due = not 0 <= time - self._searched < self._search
        more = self.predictor.card.box != "image"  # which shows a single face
        if not len(followed) or (due and more):
            followed = self._join(followed, self.predictor.detect(image), time)
            self._searched = time
        self._tracked = followed
        return self._smoothed(followed, time)

    def _follow(self, image: Image, time: float) -> Tracked:
        """The faces of the last picture that are still to be seen in this one."""
        before = self._tracked
        if before is None or not len(before):
            return Tracked((), self.predictor.look(image, np.empty((0, 4), np.float32)))
        faces = self.predictor.again(image, before.faces)
        kept = (faces.scores >= ACCEPTED) & _inside(faces.landmarks, image)
        for index in np.flatnonzero(kept):  # of two on one face the one that came first stays
            older = faces.boxes[:index][kept[:index]]
            kept[index] = not (overlaps(faces.boxes[index : index + 1], older) > SAME).any()
        gone = np.flatnonzero(~kept)
        self._lost = [one for one in self._lost if 0 <= time - one.time <= REMEMBERED]
        self._lost += [
            _Lost(before.numbers[index], before.faces.boxes[index], time) for index in gone
        ]
        numbers = tuple(number for number, stays in zip(before.numbers, kept, strict=True) if stays)
        return Tracked(numbers, faces.take(kept))

    def _join(self, followed: Tracked, found: Faces, time: float) -> Tracked:
        """Those that are followed, and what was found elsewhere."""
        known = (overlaps(found.boxes, followed.faces.boxes) > SAME).any(axis=1)
        fresh = found.take(~known)
        fresh = fresh.take(_distinct(fresh.boxes))
        numbers = tuple(self._number(box, time) for box in fresh.boxes)
        return Tracked(followed.numbers + numbers, _joined(followed.faces, fresh))

    def _number(self, box: Floats, time: float) -> int:
        """Of a face that was found in a box (4,): that of a face just lost there, or the next."""
        for one in self._lost:
            if (
                0 <= time - one.time <= REMEMBERED
                and overlaps(box[None], one.box[None]).item() > SAME
            ):
                self._lost.remove(one)
                return one.number
        self._given += 1
        return self._given

    def _smoothed(self, tracked: Tracked, time: float) -> Tracked:
        if self._smoothing is None or not len(tracked):
            return tracked
        self._filters = {
            number: self._filters.get(number) or OneEuro(self._smoothing)
            for number in tracked.numbers
        }
        pairs = zip(tracked.numbers, tracked.faces.landmarks, strict=True)
        landmarks = np.stack([self._filters[number](points, time) for number, points in pairs])
        scheme = self.predictor.scheme
        poses = pose.pose(landmarks, scheme) if pose.known(scheme) else None
        return Tracked(tracked.numbers, replace(tracked.faces, landmarks=landmarks, poses=poses))


def _distinct(boxes: Floats) -> list[int]:
    """Which boxes (N, 4) are no second one of the same face."""
    chosen: list[int] = []
    for index in range(len(boxes)):
        if not (overlaps(boxes[index : index + 1], boxes[chosen]) > SAME).any():
            chosen.append(index)
    return chosen


def _joined(faces: Faces, others: Faces) -> Faces:
    """The faces of both."""
    both: dict[str, Any] = {}
    for field in fields(Faces):
        one, other = getattr(faces, field.name), getattr(others, field.name)
        both[field.name] = None if one is None else np.concatenate([one, other])
    return Faces(**both)


def _inside(landmarks: Floats, image: Image) -> NDArray[np.bool_]:
    """Whether half of each face's points (N, K, 2) or more lie in the picture."""
    height, width = image.shape[:2]
    there = (landmarks >= -0.5) & (landmarks < (width - 0.5, height - 0.5))
    return np.asarray(there.all(axis=2).mean(axis=1) >= 0.5)
