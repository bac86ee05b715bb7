"""Simple bodies that are laid over a head: shells of its own surface, capsules, boxes and tubes."""

import numpy as np

from facepoints.synthetic.curves import Numbers
from facepoints.synthetic.facekit.draft import Draft, Piece
from facepoints.synthetic.mesh import Floats, Indices, normals
from facepoints.synthetic.parts import Part, sheet


def piece(points: Floats, triangles: Indices, colour: Floats, shine: tuple[float, float]) -> Piece:
    """A body in one colour (3,), or in one for each point (N, 3)."""
    points = points.astype(np.float32)
    count = len(points)
    return Piece(
        points,
        triangles.astype(np.int32),
        np.broadcast_to(colour, (count, 3)).astype(np.float32),
        shine,
        normals(points, triangles),
        np.full(count, 0.9, np.float32),
    )


def part(made: Part, colour: Floats, shine: tuple[float, float]) -> Piece:
    """A part as a piece."""
    return piece(made.points.astype(np.float32), made.triangles, colour, shine)


def shell(
    draft: Draft, share: Floats, places: Floats, colour: Floats, shine: tuple[float, float]
) -> Piece | None:
    """The kit's own surface where `share` (V,) is above 0, at other `places` (V, 3): cloth.

    The edge runs through the triangles, where `share` is 0; colour is (3,) or (V, 3).
    """
    triangles = draft.kit.triangles
    inside = share[triangles] > 0
    count = inside.sum(axis=1)
    crossed = (count == 1) | (count == 2)
    # Of a triangle that the edge runs through, the corners from that on which is alone on its side.
    cut = triangles[crossed]
    odd = inside[crossed] == (count[crossed] == 1)[:, None]
    end, after, last = np.take_along_axis(
        cut, (odd.argmax(axis=1)[:, None] + np.arange(3)) % 3, axis=1
    ).T
    pairs = np.sort(np.concatenate([[end, after], [end, last]], axis=1).T, axis=1)
    edges, numbers = np.unique(pairs, axis=0, return_inverse=True)
    to_after, to_last = numbers.reshape(2, -1) + len(share)
    kept = share[end] > 0
    faces = np.concatenate(
        [
            triangles[count == 3],
            np.stack([end, to_after, to_last], axis=1)[kept],
            np.stack([to_after, after, last], axis=1)[~kept],
            np.stack([to_after, last, to_last], axis=1)[~kept],
        ]
    )
    if not len(faces):
        return None
    one, other = edges.T
    on = (share[one] / (share[one] - share[other]))[:, None].astype(np.float32)

    def through(values: Floats) -> Floats:
        """Values (V, 3), and those at the edge."""
        return np.concatenate([values, values[one] + on * (values[other] - values[one])])

    used, numbers = np.unique(faces, return_inverse=True)
    chosen = colour if colour.ndim == 1 else through(colour)[used]
    return piece(through(places)[used], numbers.reshape(-1, 3).astype(np.int32), chosen, shine)


def capsule(one: Numbers, other: Numbers, radius: float) -> Part:
    """A round stick from one point (3,) to another."""
    along = (other - one).astype(np.float64)
    length = float(np.sqrt((along**2).sum()))
    along /= length
    beside = np.cross(along, [0.0, 0.0, 1.0] if abs(along[2]) < 0.9 else [1.0, 0.0, 0.0])
    beside /= np.sqrt((beside**2).sum())
    third = np.cross(along, beside)
    bow = np.radians([-90.0, -60.0, -30.0, 0.0, 0.0, 30.0, 60.0, 90.0])
    at = np.array([0.0] * 4 + [length] * 4) + radius * np.sin(bow)
    turn = np.linspace(0.0, 2 * np.pi, 13)
    out = radius * np.cos(bow)
    points = one + at[:, None, None] * along
    points = points + out[:, None, None] * (
        np.cos(turn)[:, None] * beside + np.sin(turn)[:, None] * third
    )
    numbers = np.arange(points.shape[0] * points.shape[1], dtype=np.int32).reshape(points.shape[:2])
    return Part(points.reshape(-1, 3), sheet(numbers)[:, ::-1].copy(), points.shape[:2])


def box(centre: Numbers, axes: Numbers, size: Numbers) -> Part:
    """A block with these half sizes (3,) along unit axes (3, 3)."""
    signs = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], np.float64)
    corners = centre + (signs * size) @ axes
    sides = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    # Each side has corners of its own, so that edges stay sharp.
    points = corners[[corner for side in sides for corner in side]]
    first = 4 * np.arange(6)[:, None]
    triangles = np.concatenate([first + [0, 1, 2], first + [0, 2, 3]])
    return Part(points, triangles.astype(np.int32), (6, 4))


def skull(draft: Draft) -> tuple[Floats, Floats]:
    """Centre (3,) and half axes (3,) of an ellipsoid about the hair-bearing part of the head."""
    grown = draft.vertices[draft.regions.hairline > -3.0]
    low, high = grown.min(axis=0), grown.max(axis=0)
    centre = np.array([(low[0] + high[0]) / 2, 4.0, (low[2] + high[2]) / 2], np.float32)
    half = np.array(
        [(high[0] - low[0]) / 2, high[1] - centre[1], (high[2] - low[2]) / 2], np.float32
    )
    return centre, half


def outside(points: Floats, centre: Floats, half: Floats) -> Floats:
    """Points (..., 3) moved out of the skull: an ellipsoid above its centre, an upright column below."""
    pushed, reach = _on_surface(points, centre, half)
    return np.where(reach < 1, pushed, points).astype(np.float32)


def inside(points: Floats, centre: Floats, half: Floats) -> Floats:
    """Points (..., 3) moved into the same body."""
    pushed, reach = _on_surface(points, centre, half)
    return np.where(reach > 1, pushed, points).astype(np.float32)


def _on_surface(points: Floats, centre: Floats, half: Floats) -> tuple[Floats, Floats]:
    """The places (..., 3) where the body's surface is over or under points, and how far out these are (..., 1)."""
    place = (points - centre) / half
    above = place.copy()
    above[..., 1] = np.maximum(above[..., 1], 0.0)
    reach = np.sqrt((above**2).sum(axis=-1, keepdims=True))
    pushed = above / np.maximum(reach, 1e-3)
    pushed[..., 1] = np.where(place[..., 1] < 0, place[..., 1], pushed[..., 1])
    return pushed * half + centre, reach
