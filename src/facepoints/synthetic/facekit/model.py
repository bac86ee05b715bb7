"""The morphable head: its mean shape, how people differ, how faces move, and what its parts are.

ICT-FaceKit, R. Li et al. 2020, Learning Formation of Physically-Based Face Attributes; MIT licence. The frame is that
of `mesh.Mesh`; the unit is the centimetre.
"""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from facepoints import FacepointsError
from facepoints.synthetic.facekit import obj
from facepoints.synthetic.facekit.occlusion import open_sky
from facepoints.synthetic.mesh import Floats, Indices, normals

FOLDER = "FaceXModel"
NEUTRAL = "generic_neutral_mesh.obj"
VERTICES = 26719
POLYGONS = 26384

# First and behind the last vertex of the geometries, from the table in ICT-FaceKit's README.
PARTS = {
    "face": (0, 9409),
    "head": (9409, 11248),
    "mouth": (11248, 13294),
    "sockets": (13294, 14062),
    "gums": (14062, 17039),
    "teeth": (17039, 21451),
    "left_eye": (21451, 22221),
    "right_eye": (23021, 23791),
    "lashes": (25351, 26719),
}
# Left out: irises (the eyeballs are painted), tear film, and the blend meshes of a game engine's shader.
_MATERIALS = (
    "M_Face",
    "M_BackHead",
    "M_GumsTongue",
    "M_Teeth",
    "M_ScleraLeft",
    "M_ScleraRight",
    "M_EyeLashes",
)
# What only an open mouth shows.
_INNER = ("mouth", "gums", "teeth")
# The names of the expressions that every copy must have.
INDEX = "vertex_indices.json"


@dataclass(frozen=True)
class Move:
    """An expression: the vertices (N,) that it moves, and how far (N, 3)."""

    vertices: Indices
    offsets: Floats


@dataclass(frozen=True, eq=False)
class FaceKit:
    """The model as it lies in memory; equal only to itself, so that what is derived from it can be kept beside it.

    neutral:   (V, 3) mean face, lips and eyes at rest
    identity:  (M, V, 3) modes; a person is the mean and N(0, 1) of each
    moves:     expressions by name; 1 is fully there
    triangles: (T, 3) of what is drawn, without the lashes; outer: which of them (T,) show with a closed mouth
    lashes:    (12, C, R) vertices of the strips that lashes lie in: columns along the lid, rows from root to tip
    normals:   (V, 3) of the neutral face
    sky:       (2, V) share of the light from all sides that reaches a vertex, jaw closed and wide open
    """

    neutral: Floats
    identity: Floats
    moves: dict[str, Move]
    triangles: Indices
    outer: NDArray[np.bool_]
    lashes: Indices
    normals: Floats
    sky: Floats

    def part(self, name: str) -> slice:
        """The vertices of one of PARTS."""
        return slice(*PARTS[name])

    def between(self, *names: str) -> NDArray[np.bool_]:
        """Which triangles (T,) lie wholly in these parts."""
        return np.asarray(_within(names)[self.triangles].all(axis=1))


@lru_cache(maxsize=1)
def read(folder: Path) -> FaceKit:
    """The model whose repository, or part of it, lies in `folder` (some seconds; kept for the process's life).

    Raises:
        FacepointsError: files are missing or hold something else.
    """
    root = _root(folder)
    neutral = _checked(root / NEUTRAL, VERTICES)
    identities = sorted(root.glob("identity*.obj"))
    # A copy may hold the first modes only; each factor of a person keeps its number.
    modes = [f"identity{number:03}.obj" for number in range(max(1, len(identities)))]
    if absent := sorted(set(modes) - {path.name for path in identities}):
        raise FacepointsError(
            f"{root}: {absent[0]} is missing. Modes of identity must be there from the first on without a gap; found "
            f"{len(identities)}. Copy it there."
        )
    identity = np.stack([_checked(path, VERTICES) - neutral for path in identities])
    expressions = sorted(set(root.glob("*.obj")) - {*identities, root / NEUTRAL})
    moves = {path.stem: _move(_checked(path, VERTICES) - neutral) for path in expressions}
    if missing := sorted(set(_expressions(root / INDEX)) - set(moves)):
        raise FacepointsError(
            f"{root}: expressions are missing: {', '.join(f'{name}.obj' for name in missing)}. Copy them there."
        )
    polygons = obj.polygons(root / NEUTRAL)
    if polygons.count != POLYGONS:
        raise FacepointsError(
            f"{root / NEUTRAL}: expected {POLYGONS} polygons, found {polygons.count}. The file breaks off or is of "
            "another release. Get it again, of the pinned commit."
        )
    drawn = np.isin(polygons.materials, _MATERIALS)
    lash = np.array(polygons.materials) == "M_EyeLashes"
    triangles = polygons.triangles[drawn & ~lash]
    gape = neutral.copy()
    gape[moves["jawOpen"].vertices] += moves["jawOpen"].offsets
    sky = np.stack([open_sky(shape, triangles) for shape in (neutral, gape)])
    return FaceKit(
        neutral,
        identity,
        moves,
        triangles,
        ~_within(_INNER)[triangles].any(axis=1),
        _strips(polygons.triangles[lash], polygons.texture[lash], neutral),
        normals(neutral, triangles),
        sky,
    )


def _strips(triangles: Indices, texture: Floats, neutral: Floats) -> Indices:
    """The lashes' strips as grids (12, C, R), ordered by their texture coordinates, which lie on a grid.

    Raises:
        FacepointsError: they are no grids.
    """
    strips = []
    _, numbers = connected_components(
        coo_array(
            (np.ones(triangles.size), (triangles.ravel(), np.roll(triangles, 1, axis=1).ravel()))
        )
    )
    place = dict(zip(triangles.ravel().tolist(), texture.reshape(-1, 2).tolist(), strict=True))
    used = np.array(sorted(place))
    for number in np.unique(numbers[used]):
        vertices = used[numbers[used] == number]
        along, across = np.array([place[vertex] for vertex in vertices.tolist()]).T
        rows = len(np.unique(np.rint(across * 100)))
        if len(vertices) % rows:
            raise FacepointsError(
                "facekit: the lashes of this release lie in no grid. Use the pinned one."
            )
        grid = vertices[np.lexsort((across, np.rint(along * 200)))].reshape(-1, rows)
        middle = neutral[grid].mean(axis=(0, 1)) - [0, 0, 2.0]
        near = ((neutral[grid[:, [0, -1]]] - middle) ** 2).sum(axis=-1).mean(axis=0)
        strips.append(grid if near[0] < near[1] else grid[:, ::-1])
    return np.stack(strips).astype(np.int32)


def _root(folder: Path) -> Path:
    """The folder of the OBJ files: an archive of a commit has one more folder around everything."""
    for found in (folder / FOLDER, *sorted(folder.glob(f"*/{FOLDER}"))):
        if (found / NEUTRAL).is_file():
            return found
    raise FacepointsError(
        f"{folder}: expected ICT-FaceKit, with {FOLDER}/{NEUTRAL}. Put a copy there as facekit/ in the folder of "
        "FACEPOINTS_DATA, or let the download stage fetch it."
    )


def _within(names: tuple[str, ...]) -> NDArray[np.bool_]:
    """Which vertices (V,) belong to these parts."""
    inside = np.zeros(VERTICES, np.bool_)
    for name in names:
        inside[slice(*PARTS[name])] = True
    return inside


def _expressions(path: Path) -> list[str]:
    try:
        names = json.loads(path.read_text(encoding="utf-8"))["expressions"]
        return [str(name) for name in names]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise FacepointsError(
            f"{path}: expected ICT-FaceKit's list of expressions ({error}). Get the file again."
        ) from error


def _checked(path: Path, count: int) -> Floats:
    found = obj.vertices(path)
    if len(found) != count:
        raise FacepointsError(
            f"{path}: expected {count} vertices, found {len(found)}. All files must come from the same release."
        )
    return found


def _move(offsets: Floats) -> Move:
    """Only what moves by more than a micrometre."""
    moved = np.flatnonzero((np.abs(offsets) > 1e-4).any(axis=1)).astype(np.int32)
    return Move(moved, offsets[moved])
