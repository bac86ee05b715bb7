"""What surfaces hide from light: shadow maps, looked up at vertices."""

import numpy as np

from facepoints.synthetic.compiled import compiled
from facepoints.synthetic.mesh import Floats, Indices, along, normals
from facepoints.synthetic.rasteriser import rasterise

_DIRECTIONS = 96  # of open_sky
_SKY_SIDE = 256
_BIAS = 0.12  # centimetres, times the slope


def lit(
    places: Floats,
    vertices: Floats,
    triangles: Indices,
    direction: Floats,
    side: int,
    around: Floats,
) -> Floats:
    """Share (P,) of a far light that reaches each place (P, 3) past the surfaces, 0 to 1.

    The places are compared with a depth map drawn from the light; nine neighbours soften the border
    (percentage-closer filtering: Reeves, Salesin & Cook 1987).

    Args:
        vertices, triangles: the surfaces (V, 3), (T, 3).
        direction: (3,) unit, toward the light, in the vertices' frame.
        side: of the depth map, pixels.
        around: (N, 3) what the map must show; the rest is lit.
    """
    across, up = _axes(direction)
    low_x, high_x = _range(along(around, across))
    low_y, high_y = _range(along(around, up))
    scale = np.float32((side - 3) / max(high_x - low_x, high_y - low_y))

    def drawn(points: Floats) -> Floats:
        x = (along(points, across) - low_x) * scale + 1
        y = (along(points, up) - low_y) * scale + 1
        # Larger is farther, and all is above 0 as the rasteriser wants it. Its depth is interpolated as in a
        # perspective picture; from so far away that is the same.
        return np.stack([x, y, np.float32(1000.0) - along(points, direction)], axis=1)

    depth = rasterise(drawn(vertices), triangles, side, side)[2]
    result = np.ones(len(places), np.float32)
    _look_up(drawn(places), depth, np.float32(_BIAS) + np.float32(1.0) / scale, result)
    return result


def open_sky(vertices: Floats, triangles: Indices) -> Floats:
    """Share (V,) of the light from all sides that reaches each vertex (ambient occlusion), weighted by its cosine."""
    facing = normals(vertices, triangles)
    total = np.full(len(vertices), 1e-6, np.float32)
    reached = np.zeros(len(vertices), np.float32)
    for direction in _sphere(_DIRECTIONS):
        cosine = np.maximum(along(facing, direction), 0.0)
        total += cosine
        reached += cosine * lit(vertices, vertices, triangles, direction, _SKY_SIDE, vertices)
    result: Floats = reached / total
    return result


def _range(values: Floats) -> tuple[np.float32, np.float32]:
    return values.min(), values.max()


def _axes(direction: Floats) -> tuple[Floats, Floats]:
    """Two unit vectors that stand on `direction` and on one another."""
    beside = np.array([0.0, 1.0, 0.0] if abs(direction[1]) < 0.9 else [1.0, 0.0, 0.0])
    across = np.cross(beside, direction)
    across /= np.sqrt((across**2).sum())
    up = np.cross(direction, across)
    return across.astype(np.float32), up.astype(np.float32)


def _sphere(count: int) -> Floats:
    """Evenly spread unit vectors (count, 3): a Fibonacci spiral."""
    number = np.arange(count) + 0.5
    height = 1 - 2 * number / count
    turn = np.pi * (1 + 5**0.5) * number
    out = np.sqrt(1 - height**2)
    return np.stack([out * np.cos(turn), height, out * np.sin(turn)], axis=1).astype(np.float32)


@compiled
def _look_up(place: Floats, depth: Floats, bias: np.float32, result: Floats) -> None:
    side = depth.shape[0]
    for vertex in range(place.shape[0]):
        x, y = int(np.rint(place[vertex, 0])), int(np.rint(place[vertex, 1]))
        if x < 1 or y < 1 or x > side - 2 or y > side - 2:
            continue
        seen = 0
        for row in range(y - 1, y + 2):
            for column in range(x - 1, x + 2):
                if place[vertex, 2] <= depth[row, column] + bias:
                    seen += 1
        result[vertex] = seen / 9.0
