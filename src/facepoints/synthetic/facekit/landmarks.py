"""Where the landmarks are, in each scheme that the model can name."""

from functools import lru_cache

import numpy as np

from facepoints.synthetic.camera import Camera
from facepoints.synthetic.curves import Numbers
from facepoints.synthetic.facekit.brow import Brow
from facepoints.synthetic.facekit.contour import outline
from facepoints.synthetic.facekit.lines import curve
from facepoints.synthetic.facekit.model import FaceKit
from facepoints.synthetic.mesh import Floats

# The 68 vertices of the Multi-PIE markup, which iBUG's follows (ICT-FaceKit's README); of the inner lips those under
# the outer ones, as iBUG has them.
MESH = (
    *(1225, 1888, 1052, 367, 1719, 1722, 2199, 1447, 966, 3661, 4390, 3927, 3924, 2608, 3272, 4088, 3443),
    *(268, 493, 1914, 2044, 1401, 3615, 4240, 4114, 2734, 2509),
    *(978, 4527, 4942, 4857, 1140, 2075, 1147, 4269, 3360),
    *(1507, 1542, 1537, 1528, 1518, 1511, 3742, 3751, 3756, 3721, 3725, 3732),
    *(5708, 5695, 2081, 0, 4275, 6200, 6213, 6346, 6461, 5518, 5957, 5841),
    *(5702, 5736, 5533, 6241, 6207, 6485, 5517, 5981),
)  # fmt: skip
# Upper and lower, pair by pair; of the lids the right eye's, then the left's.
INNER_LIPS = MESH[61:64], MESH[67:64:-1]
LIDS = (MESH[37:39], MESH[41:39:-1]), (MESH[43:45], MESH[47:45:-1])
_BROWS = slice(17, 27)
# From beside the nose outward, of the five points of a brow; their ends as far in as a brow is drawn.
_ALONG = np.array([0.1, 0.25, 0.5, 0.75, 0.95])
# WFLW's points between those of the 68 on the lids: the lid's two ends and two middles.
_LID_LINES = ((36, 37, 38, 39), (39, 40, 41, 36), (42, 43, 44, 45), (45, 46, 47, 42))


def landmarks(kit: FaceKit, vertices: Floats, brow: Brow, camera: Camera, scheme: str) -> Floats:
    """The landmarks (K, 3) in the head's frame.

    `ibug68` and `wflw98` mark the visible outline of the jaw, the others points of the surface, hidden or not.
    """
    points = vertices[list(MESH)].copy()
    points[_BROWS] += _over_skin(kit, np.full(10, brow.lift))
    if scheme == "wflw98":
        return _wflw(kit, vertices, points, brow, camera)
    if scheme == "ibug68":
        points[:17] = outline(kit, vertices, camera, steps=8)
    if scheme == "synthetics70":
        points = np.concatenate([points, _pupils(kit, vertices)])
    return points


def _wflw(kit: FaceKit, vertices: Floats, points: Floats, brow: Brow, camera: Camera) -> Floats:
    """WFLW's 98 of iBUG's 68, in its order."""
    jaw = outline(kit, vertices, camera, steps=16)
    half, middle = brow.half(_ALONG), brow.middle(_ALONG) - brow.lift
    upper, lower = (
        points[_BROWS] + _over_skin(kit, np.concatenate([height[::-1], height]))
        for height in (middle + half, middle - half)
    )
    lids = vertices[list(_middles(kit))]
    return np.concatenate(
        [
            jaw,
            *(upper[:5], lower[4:0:-1]),
            *(upper[5:], lower[8:4:-1]),
            points[27:36],
            *(points[36:38], lids[:1], points[38:41], lids[1:2], points[41:42]),
            *(points[42:44], lids[2:3], points[44:47], lids[3:4], points[47:48]),
            points[48:],
            _pupils(kit, vertices),
        ]
    )


def _over_skin(kit: FaceKit, height: Numbers) -> Floats:
    """The ways (10, 3) from the brows' points to places so much higher (10,) on the skin, which leans."""
    _, up, front = kit.normals[list(MESH)][_BROWS].T
    rise = height.astype(np.float32)
    return np.stack([np.zeros_like(rise), rise, -rise * up / front], axis=1)


@lru_cache(maxsize=1)
def _middles(kit: FaceKit) -> tuple[int, ...]:
    """The vertices in the middles of the upper and the lower lid of the right eye, then of the left."""
    found = []
    for lid in _LID_LINES:
        middle = curve(kit.neutral[[MESH[point] for point in lid]].astype(np.float64), 3)[1]
        distance = ((kit.neutral[kit.part("face")] - middle) ** 2).sum(axis=1)
        found.append(int(np.argmin(distance)))
    return tuple(found)


def _pupils(kit: FaceKit, vertices: Floats) -> Floats:
    """The foremost points of the right and the left eyeball (2, 3), as they are turned now."""
    found = []
    for name in ("right_eye", "left_eye"):
        part = kit.part(name)
        found.append(vertices[part][int(np.argmax(kit.neutral[part][:, 2]))])
    return np.stack(found)
