"""The grid that covers the head, its lines bent so that vertices run along the features.

Rows go from the crown to the chest, columns around the head; each is a ring of vertices. Some rows
are named after the feature that they follow. At the lids and the lips two rows part and leave an
opening; elsewhere those two rows are one.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from facepoints.synthetic.mesh import Indices
from facepoints.synthetic.skull import (
    BOTTOM,
    COLLAR,
    JAW,
    NECK,
    Numbers,
    level_at,
    spline,
    surface,
)

FRONT = 75  # columns from the face's middle to an ear
BACK = 29  # columns behind the ears

EYE_INNER, EYE_OUTER = 0.215, 0.5
LIP_CORNER, MOUTH_CORNER = 0.305, 0.27

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
    ("collar", 6),
    ("bottom", 6),
)


def smoothstep(low: float, high: float, value: Numbers) -> Numbers:
    """0 below `low`, 1 above `high` (or the other way round when low > high), smooth between."""
    q = np.clip((value - low) / (high - low), 0.0, 1.0)
    result: Numbers = q * q * (3 - 2 * q)
    return result


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
        return (2 * FRONT - column) % self.angle.shape[1]


def brow_height(x: Numbers) -> Numbers:
    """Height of the brow's middle line over |x|."""
    knots = np.array([0.0, 0.1, 0.2, 0.33, 0.45, 0.57, 0.68, 0.8])
    heights = np.array([0.185, 0.19, 0.225, 0.265, 0.272, 0.235, 0.155, 0.09])
    return spline(knots, heights, x)


def brow_thickness(x: Numbers) -> Numbers:
    """Half the brow's thickness over |x|."""
    knots = np.array([0.0, 0.12, 0.25, 0.45, 0.6, 0.7, 0.8])
    return spline(knots, np.array([0.03, 0.036, 0.042, 0.034, 0.02, 0.012, 0.02]), x)


def _corner_height(x: Numbers) -> Numbers:
    return spline(np.array([0.0, 0.215, 0.5, 0.9]), np.array([-0.03, -0.019, 0.0, 0.01]), x)


def _across_eye(x: Numbers) -> Numbers:
    q = np.clip((x - EYE_INNER) / (EYE_OUTER - EYE_INNER), 0.0, 1.0)
    result: Numbers = 4 * q * (1 - q)
    return result


def _lid_top(x: Numbers) -> Numbers:
    return _corner_height(x) + 0.074 * _across_eye(x) ** 0.75


def _lid_low(x: Numbers) -> Numbers:
    return _corner_height(x) - 0.046 * _across_eye(x) ** 0.85


def _nose_tip(x: Numbers) -> Numbers:
    return spline(np.array([0.0, 0.1, 0.2, 0.4]), np.array([-0.41, -0.405, -0.385, -0.37]), x)


def _nose_base(x: Numbers) -> Numbers:
    knots, heights = [0.0, 0.086, 0.165, 0.3], [-0.556, -0.535, -0.50, -0.48]
    return spline(np.array(knots), np.array(heights), x)


def _lip_line(x: Numbers) -> Numbers:
    knots, heights = (
        [0.0, 0.06, 0.15, 0.27, 0.305, 0.6],
        [-0.792, -0.788, -0.79, -0.782, -0.78, -0.8],
    )
    return spline(np.array(knots), np.array(heights), x)


def _lip_top(x: Numbers) -> Numbers:
    knots, rise = [0.0, 0.075, 0.2, 0.305, 0.34, 0.6], [0.078, 0.093, 0.062, 0.006, 0.02, 0.1]
    return _lip_line(x) + spline(np.array(knots), np.array(rise), x)


def _lip_low(x: Numbers) -> Numbers:
    knots, drop = [0.0, 0.09, 0.2, 0.305, 0.34, 0.6], [0.115, 0.111, 0.076, 0.006, 0.02, 0.1]
    return _lip_line(x) - spline(np.array(knots), np.array(drop), x)


# Height in the middle of a row's flat course, the curve it follows, |x| up to which it follows it
# wholly and from which not at all.
_CURVES = {
    "brow_top": (0.27, lambda x: brow_height(x) + brow_thickness(x), 0.72, 0.84),
    "brow_low": (0.20, lambda x: brow_height(x) - brow_thickness(x), 0.72, 0.84),
    "lid_top": (0.0, _lid_top, 0.55, 0.8),
    "lid_low": (0.0, _lid_low, 0.55, 0.8),
    "nose_tip": (-0.37, _nose_tip, 0.2, 0.45),
    "nose_base": (-0.50, _nose_base, 0.2, 0.45),
    "lip_top": (-0.68, _lip_top, 0.36, 0.62),
    "mouth_top": (-0.78, _lip_line, 0.36, 0.62),
    "mouth_low": (-0.78, _lip_line, 0.36, 0.62),
    "lip_low": (-0.90, _lip_low, 0.36, 0.62),
}
_FLAT = {"hairline": 0.8, "cheek": -0.2}
_LOW = {"crown": 0.0, "jaw": JAW, "neck": NECK, "collar": COLLAR, "bottom": BOTTOM}


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
        if name in _LOW:
            level = np.full_like(angle, _LOW[name])
        elif name in _FLAT:
            level = np.full_like(angle, level_at(middle, np.array([_FLAT[name]]))[0])
        else:
            level = _bent(name, angle)
        for step in range(1, count):
            levels.append(levels[rows[last]] + (level - levels[rows[last]]) * step / count)
        levels.append(level)
        rows[name] = len(levels) - 1
        last = name
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
    height, curve, whole, none = _CURVES[name]
    flat = np.full_like(angle, level_at(np.zeros(1), np.array([height]))[0])
    place = surface(angle, flat)
    x = np.abs(place[:, 0])
    weight = smoothstep(none, whole, x) * (np.cos(angle) > 0)
    wanted = weight * curve(x) + (1 - weight) * place[:, 1]
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
    _, dense = np.unique(index, return_inverse=True)
    dense = dense.reshape(index.shape).astype(np.int32)
    following = np.roll(dense, -1, axis=1)
    keep = np.ones(len(dense) - 1, bool)
    keep[[rows["lid_top"], rows["mouth_top"]]] = False
    a, b = dense[:-1][keep].ravel(), following[:-1][keep].ravel()
    c, d = dense[1:][keep].ravel(), following[1:][keep].ravel()
    triangles = np.concatenate([np.stack([a, c, b], 1), np.stack([b, c, d], 1)])
    corners = np.sort(triangles, axis=1)
    real = (corners[:, 0] != corners[:, 1]) & (corners[:, 1] != corners[:, 2])
    return dense, triangles[real].astype(np.int32)
