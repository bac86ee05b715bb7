"""Where on the mean head things are: masks over its vertices, and places that hair can grow from."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from facepoints.synthetic.curves import Numbers, smoothstep
from facepoints.synthetic.facekit.landmarks import MESH
from facepoints.synthetic.facekit.lines import beside, closed, curve, inside
from facepoints.synthetic.facekit.model import PARTS, FaceKit
from facepoints.synthetic.facekit.roots import Roots, spread
from facepoints.synthetic.mesh import Floats, Indices

_AXIS = -1.0  # depth of the upright axis that angles turn around
# Centimetres between roots.
_SCALP_GRAIN, _BEARD_GRAIN, _BROW_GRAIN = 0.25, 0.15, 0.04

# The hairline's height over the angle from the face's middle, degrees: brow, temple, before and behind the ear, nape.
_ANGLES = [0.0, 25.0, 45.0, 58.0, 70.0, 84.0, 90.0, 100.0, 125.0, 150.0, 180.0]
_HAIRLINE = [10.2, 10.0, 8.8, 6.0, 1.5, 2.5, 4.6, 2.0, -2.0, -4.0, -4.5]


@dataclass(frozen=True)
class Regions:
    """Masks (V,) from 0 to 1, and roots.

    lips: the red; ears; beard, moustache; cheeks: where blood shows; under_eyes; lids: upper eyelids;
    hairline: height above it (V,), centimetres, of what may bear hair, else far below; front: of the hairline's
    part over brow and temples, which recedes on some; clothes: depth below the collar, centimetres;
    hem: the vertices around the bust's lower end, the first of them again at the end;
    brows: roots of both, along 0 (beside the nose) to 1, across in centimetres above the kit's landmarks;
    scalp, jaw: roots of the head's hair (along is `hairline`, across `front`) and of the beard (along is `beard`,
    across `moustache`)
    """

    lips: Floats
    ears: Floats
    beard: Floats
    moustache: Floats
    cheeks: Floats
    nose: Floats
    under_eyes: Floats
    lids: Floats
    hairline: Floats
    front: Floats
    clothes: Floats
    hem: Indices
    brows: tuple[Roots, Roots]
    brow: Floats
    scalp: Roots
    jaw: Roots


@lru_cache(maxsize=1)
def regions(kit: FaceKit) -> Regions:
    """All of the model's."""
    place = kit.neutral.astype(np.float64)
    x, y, z = place.T
    skin = np.zeros(len(place))
    skin[: PARTS["head"][1]] = 1
    face = np.zeros(len(place))
    face[slice(*PARTS["face"])] = 1
    front = face * (kit.normals[:, 2] > -0.2)
    points = place[list(MESH)]

    lips = face * inside(closed(points[48:60]), place, 0.12)
    lips[slice(*PARTS["mouth"])] = 0
    ears = skin * (np.abs(x) > 6.9) * (z < 2.6) * (z > -3.5) * (y > -2.5) * (y < 4.6)
    angle = np.degrees(np.arctan2(np.abs(x), z - _AXIS))
    line = np.interp(angle, _ANGLES, _HAIRLINE)
    hairline = np.where((skin > 0) & (ears == 0), y - line, -9.0)

    recedes = smoothstep(75.0, 40.0, angle)

    aside = np.abs(x)
    mouth_y, nose_y, chin_y = points[51, 1], points[33, 1], points[8, 1]
    low = np.interp(aside, [0, 4.0, 6.0, 8.0], [mouth_y - 1.6, mouth_y + 0.2, mouth_y + 2.5, 3.5])
    beard = front * smoothstep(low + 0.9, low - 0.9, y) * smoothstep(chin_y - 3.5, chin_y - 1.0, y)
    beard = beard * (1 - lips)
    top = nose_y - 0.08 * aside**2
    above = smoothstep(top, top - 0.8, y) * smoothstep(mouth_y - 1.7, mouth_y - 0.4, y)
    moustache = front * above * smoothstep(4.2, 2.4, aside) * (1 - lips)

    def spot(at: tuple[float, float], size: tuple[float, float]) -> Numbers:
        result: Numbers = np.exp(-(((aside - at[0]) / size[0]) ** 2) - ((y - at[1]) / size[1]) ** 2)
        return result

    eye = points[36:42].mean(axis=0)
    cheeks = front * spot((4.6, nose_y + 0.6), (2.0, 1.8))
    nose = front * spot((0.0, points[30, 1]), (1.6, 1.3))
    under_eyes = front * spot((abs(eye[0]), eye[1] - 1.1), (1.5, 0.5))
    lids = front * spot((abs(eye[0]), eye[1] + 0.75), (1.7, 0.45))

    brows, fill = zip(*(_brow(kit, points[group]) for group in (_BROWS[0], _BROWS[1])), strict=True)
    return Regions(
        lips=lips.astype(np.float32),
        ears=ears.astype(np.float32),
        beard=beard.astype(np.float32),
        moustache=moustache.astype(np.float32),
        cheeks=cheeks.astype(np.float32),
        nose=nose.astype(np.float32),
        under_eyes=under_eyes.astype(np.float32),
        lids=lids.astype(np.float32),
        hairline=hairline.astype(np.float32),
        front=recedes.astype(np.float32),
        clothes=(_COLLAR - y).astype(np.float32),
        hem=_hem(kit),
        brows=(brows[0], brows[1]),
        brow=np.maximum(fill[0], fill[1]).astype(np.float32),
        scalp=spread(kit, hairline > -4.0, hairline, recedes, _SCALP_GRAIN),
        jaw=spread(kit, beard + moustache > 0.3, beard, moustache, _BEARD_GRAIN),
    )


_COLLAR = -12.3  # height of the deepest collar
# Right and left brow, from the nose outward.
_BROWS = ([21, 20, 19, 18, 17], [22, 23, 24, 25, 26])
BROW_REACH = 1.3  # how far roots lie above and below the middle line


def _brow(kit: FaceKit, points: Numbers) -> tuple[Roots, Numbers]:
    """A brow's roots, and how near vertices are to its middle line: 1 on it, 0 half a centimetre away."""
    line = curve(points)
    along, across = beside(line, kit.neutral.astype(np.float64))
    near = (np.abs(across) < BROW_REACH) & (along > -0.12) & (along < 1.15)
    near[PARTS["face"][1] :] = False
    near &= kit.normals[:, 2] > 0.0
    roots = spread(kit, near, along, across, _BROW_GRAIN)
    fill = near * np.exp(-(((across + 0.15) / 0.35) ** 2)) * smoothstep(-0.05, 0.08, along)
    return roots, fill * smoothstep(1.1, 0.8, along)


def _hem(kit: FaceKit) -> Indices:
    """The bust's lower end, around the neck: vertices of edges that only one triangle has."""
    triangles = kit.triangles[kit.between("face", "head")]
    edges = np.sort(
        np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]]), axis=1
    )
    single, times = np.unique(edges, axis=0, return_counts=True)
    border = np.unique(single[times == 1])
    low = border[kit.neutral[border, 1] < _COLLAR]
    x, _, z = kit.neutral[low].T
    around = low[np.argsort(np.arctan2(x, z - z.mean()), kind="stable")]
    return np.append(around, around[:1]).astype(np.int32)
