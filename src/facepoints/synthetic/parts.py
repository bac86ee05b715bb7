"""The head's separate parts: eyeballs, teeth and ears, each a grid of rows and columns."""

from dataclasses import dataclass

import numpy as np

from facepoints.synthetic.curves import Numbers
from facepoints.synthetic.mesh import Indices

IRIS_RINGS = np.radians([0.0, 8.0, 8.6, 15.0, 21.0, 22.6, 26.0, 40.0, 55.0, 70.0, 90.0, 115.0])
PUPIL, IRIS, LIMBUS = 2, 4, 5  # rings inside the pupil, the iris, its dark border

TEETH = 8
_TOOTH_COLUMNS = 6


@dataclass(frozen=True)
class Part:
    """points (N, 3) in the head's frame, or about its own centre; triangles (T, 3); rows x columns."""

    points: Numbers
    triangles: Indices
    shape: tuple[int, int]


def sheet(rows: Indices) -> Indices:
    """Triangles (T, 3) of a grid of vertex numbers (R, C), seen with rows down, columns right."""
    a, b, c, d = rows[:-1, :-1], rows[:-1, 1:], rows[1:, :-1], rows[1:, 1:]
    first = np.stack([a.ravel(), c.ravel(), b.ravel()], axis=1)
    second = np.stack([b.ravel(), c.ravel(), d.ravel()], axis=1)
    return np.concatenate([first, second]).astype(np.int32)


def _part(points: Numbers) -> Part:
    shape = points.shape[0], points.shape[1]
    numbers = np.arange(shape[0] * shape[1], dtype=np.int32).reshape(shape)
    return Part(points.reshape(-1, 3), sheet(numbers), shape)


def eyeball() -> Part:
    """A unit ball about the origin that looks along z, in rings about the pupil."""
    around = np.linspace(0.0, 2 * np.pi, 29)
    out, turn = np.meshgrid(IRIS_RINGS, around, indexing="ij")
    return _part(
        np.stack([np.sin(out) * np.cos(turn), np.sin(out) * np.sin(turn), np.cos(out)], axis=-1)
    )


def teeth(upper: bool) -> Part:
    """One arch, in the mean head's frame: rows from its top down, with the biting edge rounded."""
    count = TEETH * _TOOTH_COLUMNS + 1
    along = np.linspace(-1.0, 1.0, count)
    turn = along * np.radians(78)
    within = np.abs(np.sin(np.pi * TEETH / 2 * (along + 1)))  # 0 between two teeth
    depth = -0.175 + 0.135 * np.cos(turn) + 0.006 * within**0.5
    across = (0.205 if upper else 0.19) * np.sin(turn)
    size = 1 - 0.25 * np.abs(along) ** 1.5
    edge = 0.010 * (1 - within**0.4)
    if upper:
        heights = [-0.70 + 0 * size, -0.79 + 0 * size, -0.79 - 0.055 * size + edge]
        rows = [*heights, heights[-1] - 0.004, heights[-1]]
    else:
        heights = [-0.815 - 0.035 * (1 - size) - edge, -0.86 + 0 * size, -0.93 + 0 * size]
        rows = [heights[0], heights[0] + 0.004, *heights]
    back = [0.0, 0.0, -0.004, -0.02, -0.06] if upper else [-0.06, -0.02, -0.004, 0.0, 0.0]
    setback = 0.0 if upper else 0.018
    points = [
        np.stack([across, height, depth - setback + shift], axis=-1)
        for height, shift in zip(rows, back, strict=True)
    ]
    return _part(np.stack(points))


def tooth_gaps() -> Numbers:
    """(C,) 1 between two teeth, 0 on them, for the columns of an arch."""
    along = np.arange(TEETH * _TOOTH_COLUMNS + 1) % _TOOTH_COLUMNS
    return np.where(along == 0, 1.0, 0.0)


def ear() -> Part:
    """The left ear: rows from its hollow over the rim to its back, columns around it."""
    out = np.array([0.0, 0.3, 0.5, 0.66, 0.78, 0.9, 1.0, 1.02, 0.95, 0.6])
    lift = np.array([-0.035, -0.03, -0.01, 0.0, 0.035, 0.045, 0.02, -0.02, -0.05, -0.09])
    around = np.linspace(0.0, 2 * np.pi, 33)
    radius, turn = np.meshgrid(out, around, indexing="ij")
    height = lift[:, None] + 0.0 * turn
    up, back, outward = (
        np.array(v) for v in ([0.0, 0.985, -0.17], [0.42, -0.15, -0.89], [0.88, 0.0, 0.42])
    )
    upward = 0.29 * radius * np.sin(turn)
    backward = radius * np.cos(turn) * (0.155 + 0.05 * np.sin(turn))
    centre = np.array([0.855, -0.12, -1.0])
    return _part(
        centre + upward[..., None] * up + backward[..., None] * back + height[..., None] * outward
    )


def joined(pieces: list[Part]) -> Part:
    """Several parts as one; its shape is that of a single row."""
    starts = np.cumsum([0, *(len(piece.points) for piece in pieces)])
    triangles = [
        piece.triangles + np.int32(start) for piece, start in zip(pieces, starts, strict=False)
    ]
    points = np.concatenate([piece.points for piece in pieces])
    return Part(points, np.concatenate(triangles), (1, len(points)))


def mirrored(part: Part) -> Part:
    """The same part on the other side."""
    return Part(part.points * [-1, 1, 1], part.triangles[:, ::-1].copy(), part.shape)
