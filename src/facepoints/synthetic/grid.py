"""The grid that covers the head, its lines bent so that vertices run along the features.

Rows go from the crown to the chest, columns around the head; each is a ring of vertices. Some rows
are named after the feature that they follow. At the lids and the lips two rows part and leave an
opening; elsewhere those two rows are one.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from facepoints.synthetic.curves import (
    COURSES,
    EYE_INNER,
    EYE_OUTER,
    LIP_CORNER,
    MOUTH_CORNER,
    Numbers,
    smoothstep,
)
from facepoints.synthetic.mesh import Indices
from facepoints.synthetic.skull import BOTTOM, COLLAR, JAW, NECK, level_at, surface

FRONT = 75  # columns from the face's middle to an ear
BACK = 29  # columns behind the ears

# Rows, from the crown down: (name, rows since the one before).
ROWS = (
    ("crown", 0),
    ("hairline", 14),
    ("brow_top", 10),
    ("brow_low", 4),
    ("lid_top", 8),
    ("lid_low", 1),
    ("cheek", 9),
    ("nose_tip", 11),
    ("nose_base", 9),
    ("lip_top", 6),
    ("mouth_top", 6),
    ("mouth_low", 1),
    ("lip_low", 6),
    ("jaw", 16),
    ("neck", 8),
    ("collar", 8),
    ("hem", 1),
    ("bottom", 6),
)


@dataclass(frozen=True)
class Grid:
    """Places on the bare head, R rows by M columns.

    angle, level: (R, M) places on `skull.surface`
    rows:         number of each named row
    index:        (R, M) vertex of each place; places that are one vertex share a number
    triangles:    (T, 3)
    eye:          columns (inner corner, outer corner) of the left eye
    mouth:        columns (middle, inner corner, outer corner) of the mouth's left half
    """

    angle: Numbers
    level: Numbers
    rows: dict[str, int]
    index: Indices
    triangles: Indices
    eye: tuple[int, int]
    mouth: tuple[int, int, int]

    def opposite(self, column: int) -> int:
        """The mirror image of a column."""
        return (2 * FRONT - column) % int(self.angle.shape[1])


_FLAT = {"hairline": 0.8, "cheek": -0.2}
_LOW = {
    "crown": 0.0,
    "jaw": JAW,
    "neck": NECK,
    "collar": COLLAR,
    "hem": COLLAR + 0.04,
    "bottom": BOTTOM,
}


def columns() -> Numbers:
    """Angles (M,) of the columns: dense in the face's middle, mirror-symmetric."""
    q = np.linspace(-1.0, 1.0, 2 * FRONT + 1)
    front = np.pi / 2 * (0.7 * q + 0.3 * q**3)
    back = np.pi / 2 + np.pi * np.arange(1, BACK + 1) / (BACK + 1)
    return np.concatenate([front, back])


def build() -> Grid:
    """The grid of the mean face."""
    angle = columns()
    middle = np.zeros(1)
    rows: dict[str, int] = {}
    levels: list[Numbers] = []
    for name, count in ROWS:
        above = levels[-1] if levels else np.zeros_like(angle)
        if name in _LOW:
            level = np.full_like(angle, _LOW[name])
        elif name in _FLAT:
            level = np.full_like(angle, level_at(middle, np.array([_FLAT[name]]))[0])
        else:
            level = _bent(name, angle)
        for step in range(1, count):
            levels.append(above + (level - above) * (step / count))
        levels.append(level)
        rows[name] = len(levels) - 1
    level = np.stack(levels)
    angles = np.broadcast_to(angle, level.shape).copy()
    place = surface(angles, level)

    def nearest(row: str, x: float) -> int:
        across = place[rows[row], FRONT : 2 * FRONT, 0]
        return FRONT + int(np.argmin(np.abs(across - x)))

    eye = nearest("lid_top", EYE_INNER), nearest("lid_top", EYE_OUTER)
    mouth = FRONT, nearest("mouth_top", MOUTH_CORNER), nearest("mouth_top", LIP_CORNER)
    index = _index(level.shape, rows, eye, mouth[1])
    return Grid(angles, level, rows, *_compact(index, rows), eye, mouth)


def _bent(name: str, angle: Numbers) -> Numbers:
    course = COURSES[name]
    flat = np.full_like(angle, level_at(np.zeros(1), np.array([course.height]))[0])
    place = surface(angle, flat)
    x = np.abs(place[:, 0])
    weight = smoothstep(course.none, course.whole, x) * (np.cos(angle) > 0)
    wanted = weight * course.curve(x) + (1 - weight) * place[:, 1]
    return np.where(weight > 0, level_at(angle, wanted), flat)


def _index(
    shape: tuple[int, ...], rows: dict[str, int], eye: tuple[int, int], mouth: int
) -> NDArray[np.int64]:
    """Numbers of the places, with the places that are one vertex given one number."""
    index = np.arange(shape[0] * shape[1]).reshape(shape)
    column = np.abs(np.arange(shape[1]) - FRONT)
    open_eye = (column > eye[0] - FRONT) & (column < eye[1] - FRONT)
    open_mouth = column < mouth - FRONT
    for top, low, is_open in (
        ("lid_top", "lid_low", open_eye),
        ("mouth_top", "mouth_low", open_mouth),
    ):
        index[rows[low]] = np.where(is_open, index[rows[low]], index[rows[top]])
    index[0] = index[0, 0]
    return index


def _compact(index: NDArray[np.int64], rows: dict[str, int]) -> tuple[Indices, Indices]:
    """Vertex numbers without gaps (R, M), and the triangles between them (T, 3)."""
    numbers = np.unique(index, return_inverse=True)[1]
    dense: Indices = numbers.reshape(index.shape).astype(np.int32)
    following = np.roll(dense, -1, axis=1)
    keep = np.ones(len(dense) - 1, bool)
    keep[[rows["lid_top"], rows["mouth_top"]]] = False
    a, b = dense[:-1][keep].ravel(), following[:-1][keep].ravel()
    c, d = dense[1:][keep].ravel(), following[1:][keep].ravel()
    triangles = np.concatenate([np.stack([a, c, b], 1), np.stack([b, c, d], 1)])
    corners = np.sort(triangles, axis=1)
    real = (corners[:, 0] != corners[:, 1]) & (corners[:, 1] != corners[:, 2])
    return dense, triangles[real].astype(np.int32)
