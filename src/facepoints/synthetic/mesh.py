"""A triangle mesh that carries its paint and its landmarks: all that the renderer knows of a face."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from facepoints import FacepointsError
from facepoints.synthetic.compiled import compiled

Floats = NDArray[np.float32]
Indices = NDArray[np.int32]


@dataclass(frozen=True)
class Mesh:
    """A painted surface, wherever it comes from.

    The frame is that of scanned face models: x to the person's left (image right in a frontal
    view), y up, z out of the face. The unit is free; the scene frames a face by its landmarks.

    vertices:  (V, 3) float32
    triangles: (T, 3) int32, corners counter-clockwise seen from outside
    colours:   (V, 3) float32, diffuse colour as linear RGB, 0 to 1
    shine:     (V, 2) float32, strength of the specular light and its Blinn-Phong exponent
    landmarks: (K,) int32, the vertices that are the landmarks, in the order of their scheme
    """

    vertices: Floats
    triangles: Indices
    colours: Floats
    shine: Floats
    landmarks: Indices

    def __post_init__(self) -> None:
        count = len(self.vertices)
        for name, shape in (("vertices", 3), ("colours", 3), ("shine", 2)):
            found = getattr(self, name).shape
            if found != (count, shape):
                raise FacepointsError(f"Mesh.{name}: expected ({count}, {shape}), found {found}.")
        for name in ("triangles", "landmarks"):
            index = getattr(self, name)
            if index.size and not (index.min() >= 0 and index.max() < count):
                raise FacepointsError(f"Mesh.{name}: indices must lie in 0 to {count - 1}.")


def along(vectors: Floats, direction: NDArray[np.floating]) -> Floats:
    """(V,) scalar products with (3,), written out so that the rounding does not depend on threads."""
    x, y, z = direction.astype(np.float32)
    result: Floats = vectors[:, 0] * x + vectors[:, 1] * y + vectors[:, 2] * z
    return result


def unit(vectors: NDArray[np.floating]) -> Floats:
    """Vectors (..., 3) at length 1; those of no length stay."""
    length = np.sqrt((vectors**2).sum(axis=-1, keepdims=True))
    return np.asarray(vectors / np.maximum(length, 1e-12), np.float32)


def normals(vertices: Floats, triangles: Indices) -> Floats:
    """Unit normals of the vertices (V, 3): the mean of their triangles' normals, by area."""
    total = np.zeros((len(vertices), 3))
    _add_normals(vertices.astype(np.float64), triangles, total)
    return unit(total)


@compiled
def _add_normals(
    vertices: NDArray[np.float64], triangles: Indices, total: NDArray[np.float64]
) -> None:
    for index in range(triangles.shape[0]):
        a, b, c = triangles[index, 0], triangles[index, 1], triangles[index, 2]
        ax, ay, az = vertices[a, 0], vertices[a, 1], vertices[a, 2]
        ux, uy, uz = vertices[b, 0] - ax, vertices[b, 1] - ay, vertices[b, 2] - az
        vx, vy, vz = vertices[c, 0] - ax, vertices[c, 1] - ay, vertices[c, 2] - az
        nx, ny, nz = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
        for corner in (a, b, c):
            total[corner, 0] += nx
            total[corner, 1] += ny
            total[corner, 2] += nz
