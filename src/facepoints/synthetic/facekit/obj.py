"""Wavefront OBJ files, as far as ICT-FaceKit uses them: vertices, texture coordinates, polygons by material."""

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from facepoints import FacepointsError
from facepoints.synthetic.mesh import Floats, Indices


@dataclass(frozen=True)
class Polygons:
    """Triangles (T, 3), their corners' texture coordinates (T, 3, 2), and the material of each (T,).

    count: of the polygons that they are parts of
    """

    triangles: Indices
    texture: Floats
    materials: list[str]
    count: int


def vertices(path: Path) -> Floats:
    """(V, 3) float32.

    Raises:
        FacepointsError: the file cannot be read or holds something else.
    """
    try:
        lines = [line[2:] for line in path.read_bytes().split(b"\n") if line.startswith(b"v ")]
        found = np.array(b" ".join(lines).split(), np.float32).reshape(-1, 3)
    except (OSError, ValueError) as error:
        raise FacepointsError(
            f"{path}: expected the vertices of a Wavefront OBJ file ({error}). Get the file again."
        ) from error
    if not len(found) or not np.isfinite(found).all():
        raise FacepointsError(
            f"{path}: expected lines `v x y z` with finite numbers. Get the file again."
        )
    return found


def polygons(path: Path) -> Polygons:
    """The faces, each polygon as a fan of triangles.

    Raises:
        FacepointsError: the file cannot be read or holds something else.
    """
    places: list[list[float]] = []
    corners: list[tuple[int, int]] = []
    materials: list[str] = []
    count = 0
    material = ""
    try:
        for line in path.read_text(encoding="utf-8").split("\n"):
            if line.startswith("vt "):
                places.append([float(part) for part in line.split()[1:3]])
            elif line.startswith("usemtl "):
                material = line.split()[1]
            elif line.startswith("f "):
                count += 1
                around = [_corner(part) for part in line.split()[1:]]
                for second, third in pairwise(around[1:]):
                    corners += [around[0], second, third]
                    materials.append(material)
        numbers = np.array(corners, np.int32).reshape(-1, 3, 2)
        texture = np.array(places, np.float32)[numbers[..., 1]]
    except (OSError, ValueError, IndexError) as error:
        raise FacepointsError(
            f"{path}: expected the polygons of a Wavefront OBJ file ({error}). Get the file again."
        ) from error
    return Polygons(numbers[..., 0].copy(), texture, materials, count)


def _corner(part: str) -> tuple[int, int]:
    """A polygon's corner, `vertex/texture[/normal]` counted from 1."""
    vertex, texture = part.split("/")[:2]
    return int(vertex) - 1, int(texture) - 1
