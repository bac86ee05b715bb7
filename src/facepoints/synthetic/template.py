"""The mean head, built once: its vertices, triangles, displacement fields and landmarks."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from facepoints.synthetic import fields, glasses, grid, parts
from facepoints.synthetic.curves import MOUTH_CORNER, Numbers, smoothstep
from facepoints.synthetic.grid import Grid
from facepoints.synthetic.landmarks import landmarks
from facepoints.synthetic.mesh import Indices
from facepoints.synthetic.parts import joined
from facepoints.synthetic.relief import EYE_CENTRE, carve
from facepoints.synthetic.skull import surface

# The mouth's inside, from the upper lip's edge to the lower's: how far on the way between the lips,
# height, depth.
POCKET = np.array(
    [
        [0.0, 0.006, -0.03],
        [0.0, 0.07, -0.08],
        [0.1, 0.13, -0.30],
        [0.5, 0.0, -0.48],
        [0.9, -0.13, -0.30],
        [1.0, -0.07, -0.08],
        [1.0, -0.006, -0.03],
    ]
)


@dataclass(frozen=True)
class Template:
    """The mean head. Its vertices are the skin's S, then those that `head` derives or moves rigidly.

    skin:       (S, 3) mean positions
    identity:   (F, S, 3), expression (E, S, 3): fields over the skin
    jaw:        (S,) 0 to 1, how far a vertex turns with the jaw
    lids:       per side (right, left): upper (R, C) and lower (R, C) skin vertices, rows from the
                lid's edge outward, columns in the order of x
    lips:       upper (C,) and lower (C,) vertices of the opening, columns in the order of x
    fixed:      (P, 3) mean positions of upper teeth, lower teeth, both ears and the glasses
    fixed_identity: (F, P, 3)
    eye_identity:   (F, 2, 3), at the eyeballs' centres
    starts:     first vertex of each part
    triangles:  (T, 3) over all vertices but the glasses'
    frame, lenses: the triangles of the glasses
    landmarks:  (68,)
    """

    grid: Grid
    skin: Numbers
    identity: Numbers
    expression: Numbers
    jaw: Numbers
    lids: tuple[tuple[Indices, Indices], tuple[Indices, Indices]]
    lips: tuple[Indices, Indices]
    fixed: Numbers
    fixed_identity: Numbers
    eye_identity: Numbers
    starts: dict[str, int]
    triangles: Indices
    frame: Indices
    lenses: Indices
    landmarks: Indices

    @property
    def count(self) -> int:
        """Number of vertices."""
        return self.starts["end"]


@lru_cache(maxsize=1)
def template() -> Template:
    """The template (about a second to build; kept for the process's life)."""
    net = grid.build()
    place = carve(net, surface(net.angle, net.level))
    count = int(net.index.max()) + 1
    skin = np.empty((count, 3))
    skin[net.index[::-1].ravel()] = place[::-1].reshape(-1, 3)
    jaw = np.empty(count)
    jaw[net.index[::-1].ravel()] = _jaw_weights(net, place)[::-1].ravel()

    lids = (_lids(net, left=False), _lids(net, left=True))
    span = np.arange(net.opposite(net.mouth[1]), net.mouth[1] + 1)
    lips = net.index[net.rows["mouth_top"], span], net.index[net.rows["mouth_low"], span]

    ear = parts.ear()
    pieces = [parts.teeth(upper=True), parts.teeth(upper=False), parts.mirrored(ear), ear]
    worn = [joined(glasses.frame()), joined(glasses.lenses())]
    fixed = np.concatenate([piece.points for piece in [*pieces, *worn]])
    ball = parts.eyeball()
    starts, triangles = {"skin": 0}, [net.triangles]
    at = count
    for name, (upper, lower) in zip(("right_lid", "left_lid"), lids, strict=True):
        starts[name] = at
        inner = np.arange(at, at + upper.shape[1], dtype=np.int32)
        triangles.append(parts.sheet(np.stack([upper[0], inner])))
        triangles.append(parts.sheet(np.stack([inner + upper.shape[1], lower[0]])))
        at += 2 * upper.shape[1]
    starts["pocket"] = at
    pocket = np.arange(at, at + len(POCKET) * len(span), dtype=np.int32).reshape(-1, len(span))
    triangles.append(parts.sheet(np.concatenate([lips[:1], pocket, lips[1:]])))
    at += pocket.size
    names = ("upper_teeth", "lower_teeth", "right_ear", "left_ear", "frame", "lenses")
    for name, piece in zip(
        (*names, "right_eye", "left_eye"), [*pieces, *worn, ball, ball], strict=True
    ):
        starts[name] = at
        if name not in ("frame", "lenses"):
            triangles.append(piece.triangles + np.int32(at))
        at += len(piece.points)
    starts["end"] = at

    centres = np.stack([EYE_CENTRE * [-1, 1, 1], EYE_CENTRE])
    return Template(
        net,
        skin,
        fields.stacked(fields.identity(skin)),
        fields.stacked(fields.expression(skin)),
        jaw,
        lids,
        lips,
        fixed,
        fields.stacked(fields.identity(fixed)),
        fields.stacked(fields.identity(centres)),
        starts,
        np.concatenate(triangles).astype(np.int32),
        worn[0].triangles + np.int32(starts["frame"]),
        worn[1].triangles + np.int32(starts["lenses"]),
        landmarks(net, place),
    )


def _jaw_weights(net: Grid, place: Numbers) -> Numbers:
    """(R, M): 1 at the chin and the lower lip, 0 at the upper lip, the ears and the neck."""
    rows, x = net.rows, np.abs(place[..., 0])
    number = np.arange(len(place), dtype=np.float64)[:, None]
    aside = np.clip(x / MOUTH_CORNER, 0.0, 1.0)
    corner = 0.42
    edge_top = corner * aside**3
    edge_low = 1 - (1 - corner) * aside**3
    above = smoothstep(rows["nose_base"] - 2, rows["mouth_top"], number) ** 1.3
    below = smoothstep(rows["mouth_low"], rows["jaw"] - 4, number)
    weight = np.where(number <= rows["mouth_top"], above * edge_top, 0)
    weight = np.where(number >= rows["mouth_low"], edge_low + (1 - edge_low) * below, weight)
    weight = weight * smoothstep(rows["neck"], rows["jaw"], number)
    return weight * smoothstep(-0.25, 0.12, np.cos(net.angle))


def _lids(net: Grid, left: bool) -> tuple[Indices, Indices]:
    first, last = net.eye
    if not left:
        first, last = net.opposite(last), net.opposite(first)
    span = np.arange(first, last + 1)
    top, low = net.rows["lid_top"], net.rows["lid_low"]
    upper = net.index[np.arange(top, net.rows["brow_low"], -1)[:, None], span]
    lower = net.index[np.arange(low, net.rows["cheek"])[:, None], span]
    return upper, lower
