"""The jaw as people mark it: where a face's visible outline crosses fixed lines over the cheeks.

Landmark marching (Zhu et al. 2015, High-fidelity pose and expression normalization for face recognition in the wild):
each jaw point owns a line over the skin, from the jaw's edge forward; in a picture it is the line's outermost place.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from facepoints.synthetic.camera import Camera
from facepoints.synthetic.curves import Numbers
from facepoints.synthetic.facekit.model import FaceKit
from facepoints.synthetic.mesh import Floats, Indices

# Vertices of the jaw's edge from the ear to beside the chin (ICT-FaceKit's README): every second belongs to one of
# the 68 points, the others lie between them.
_EDGE = {
    "right": (1278, 1275, 1272, 1248, 12, 820, 1834, 1902, 243, 844, 781, 1673, 2199, 801, 1447, 800),
    "left": (3496, 3493, 3490, 3466, 2253, 3061, 4036, 4102, 2484, 3085, 3022, 3880, 4390, 3042, 3661, 3041),
}  # fmt: skip
EARS = _EDGE["right"][0], _EDGE["left"][0]  # where the jaw's edge meets them
# The jaw of the 68 in a frontal view, and the chin.
_FRONTAL = {
    "right": (1225, 1888, 1052, 367, 1719, 1722, 2199, 1447, 966),
    "left": (3443, 4088, 3272, 2608, 3924, 3927, 4390, 3661, 966),
}
# How near to the face's middle the lines run, centimetres: the upper ones stop before the eyes, the nose, the mouth.
_NEAREST = (5.2, 5.0, 4.4, 3.6, 3.0, 2.0, 1.2, 0.6, 0.0)
# Which way is out, from sideways at the ear to downward beside the chin.
_TURNS = np.radians(np.interp(np.arange(16), [4, 15], [0.0, 75.0])).astype(np.float32)
_CHIN = 0.9  # how far from the chin its lowest place may lie, centimetres
_BEHIND = 0.4  # how far a line may start behind the jaw's edge, centimetres


@dataclass(frozen=True)
class Line:
    """Places on the edges of the mesh: (1 - share) of vertex `one` and share of vertex `other`, each (N,)."""

    one: Indices
    other: Indices
    share: Floats

    def points(self, vertices: Floats) -> Floats:
        """(N, 3)."""
        share = self.share[:, None]
        result: Floats = (1 - share) * vertices[self.one] + share * vertices[self.other]
        return result


@lru_cache(maxsize=1)
def lines(kit: FaceKit) -> dict[str, list[Line]]:
    """The sixteen lines of each side, from the ear to the chin."""
    face = kit.triangles[kit.between("face", "head")]
    pairs = np.concatenate([face[:, [0, 1]], face[:, [1, 2]], face[:, [2, 0]]])
    edges = np.unique(np.sort(pairs, axis=1), axis=0)
    at = np.arange(16) / 2
    nearest = np.interp(at, np.arange(9), _NEAREST)
    found = {}
    for side, sign in (("right", -1.0), ("left", 1.0)):
        frontal = kit.neutral[list(_FRONTAL[side])].astype(np.float64)
        toward = np.stack([np.interp(at, np.arange(9), frontal[:, k]) for k in range(3)], axis=1)
        found[side] = [
            _line(kit.neutral, edges, *each, sign)
            for each in zip(_EDGE[side], toward, nearest, strict=True)
        ]
    return found


def outline(kit: FaceKit, vertices: Floats, camera: Camera, steps: int) -> Floats:
    """The jaw's points in the mesh's frame (2 steps + 1, 3): from the right ear over the chin to the left ear.

    People spread them evenly over what they see: `steps` equal ones on either side of the chin, in the picture.
    """
    right, up = camera.turn(np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]], np.float32))
    sides = lines(kit)
    outward = [np.cos(turn) * out - np.sin(turn) * up for out in (-right, right) for turn in _TURNS]
    farthest = _outermost(
        [*sides["right"], *sides["left"], _chin(kit)], vertices, camera, [*outward, -up]
    )
    one, other = (
        _even(np.concatenate([side, farthest[-1:]]), camera, steps)
        for side in np.split(farthest[:-1], 2)
    )
    return np.concatenate([one, other[-2::-1]])


def _outermost(
    found: list[Line], vertices: Floats, camera: Camera, outward: list[Floats]
) -> Floats:
    """The place of each line that lies farthest in its direction (3,) of the view: (L, 3)."""
    points = [line.points(vertices) for line in found]
    seen = camera.project(np.concatenate(points))
    parts = np.split(seen, np.cumsum([len(each) for each in points])[:-1])
    return np.stack(
        [
            each[int(np.argmax(place[:, 0] * out[0] - place[:, 1] * out[1]))]
            for each, place, out in zip(points, parts, outward, strict=True)
        ]
    )


def _even(points: Floats, camera: Camera, steps: int) -> Floats:
    """Points (steps + 1, 3) at even distances, in the picture, along the line through points (N, 3)."""
    seen = camera.project(points)[:, :2].astype(np.float64)
    length = np.sqrt((np.diff(seen, axis=0) ** 2).sum(axis=1))
    along = np.concatenate([[0.0], np.cumsum(length)])
    at = np.linspace(0.0, along[-1], steps + 1)
    return np.stack([np.interp(at, along, points[:, k]) for k in range(3)], axis=1).astype(
        np.float32
    )


@lru_cache(maxsize=1)
def _chin(kit: FaceKit) -> Line:
    """The line down the middle of the chin and a little way below it."""
    middle = kit.neutral[_FRONTAL["right"][-1]]
    near = np.sqrt(((kit.neutral - middle) ** 2).sum(axis=1)) < _CHIN
    near &= np.abs(kit.neutral[:, 0]) < 0.01
    near[kit.part("face").stop :] = False
    vertices = np.flatnonzero(near).astype(np.int32)
    return Line(vertices, vertices, np.zeros(len(vertices), np.float32))


def _line(
    neutral: Floats,
    edges: NDArray[np.int32],
    edge: int,
    toward: Numbers,
    nearest: float,
    sign: float,
) -> Line:
    """Along the skin from the jaw's edge to its place in a frontal view, and level from there on."""
    start = neutral[edge].astype(np.float64)
    level: Any = toward[1]
    if toward[2] > start[2] + 0.01:
        level = np.interp(neutral[:, 2], [start[2], toward[2]], [start[1], toward[1]])
    height = neutral[:, 1] - level
    one, other = edges[:, 0], edges[:, 1]
    # A vertex that lies on the plane belongs to its upper side, so that no place counts twice.
    crossing = (height[one] >= 0) != (height[other] >= 0)
    one, other = one[crossing], other[crossing]
    share = (height[one] / (height[one] - height[other])).astype(np.float32)
    points = Line(one, other, share).points(neutral)
    kept = (sign * points[:, 0] >= nearest) & (points[:, 2] >= start[2] - _BEHIND)
    order = np.flatnonzero(kept)[np.argsort(points[kept, 2], kind="stable")]
    return Line(one[order], other[order], share[order])
