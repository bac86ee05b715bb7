"""The mean head, built once: its vertices, triangles, displacement fields and landmarks."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from facepoints.synthetic import fields, grid, parts
from facepoints.synthetic.grid import Grid, smoothstep
from facepoints.synthetic.mesh import Indices
from facepoints.synthetic.relief import EYE_CENTRE, carve
from facepoints.synthetic.skull import Numbers

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
    fixed:      (P, 3) mean positions of upper teeth, lower teeth and both ears
    fixed_identity: (F, P, 3)
    eye_identity:   (F, 2, 3), at the eyeballs' centres
    starts:     first vertex of each part
    triangles:  (T, 3) over all vertices
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
    landmarks: Indices

    @property
    def count(self) -> int:
        """Number of vertices."""
        return self.starts["end"]


@lru_cache(maxsize=1)
def template() -> Template:
    """The template (about a second to build; kept for the process's life)."""
    net = grid.build()
    place = carve(net, grid.surface(net.angle, net.level))
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
    fixed = np.concatenate([piece.points for piece in pieces])
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
    names = ("upper_teeth", "lower_teeth", "right_ear", "left_ear", "right_eye", "left_eye")
    for name, piece in zip(names, [*pieces, ball, ball], strict=True):
        starts[name] = at
        triangles.append(piece.triangles + np.int32(at))
        at += len(piece.points)
    starts["end"] = at

    centres = np.stack([EYE_CENTRE * [-1, 1, 1], EYE_CENTRE])
    return Template(
        net,
        skin,
        fields.basis(fields.IDENTITY, skin),
        fields.basis(fields.EXPRESSION, skin),
        jaw,
        lids,
        lips,
        fixed,
        fields.basis(fields.IDENTITY, fixed),
        fields.basis(fields.IDENTITY, centres),
        starts,
        np.concatenate(triangles).astype(np.int32),
        _landmarks(net, place),
    )


def _jaw_weights(net: Grid, place: Numbers) -> Numbers:
    """(R, M): 1 at the chin and the lower lip, 0 at the upper lip, the ears and the neck."""
    rows, x = net.rows, np.abs(place[..., 0])
    number = np.arange(len(place))[:, None] + 0.0
    aside = np.clip(x / grid.MOUTH_CORNER, 0.0, 1.0)
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


def _landmarks(net: Grid, place: Numbers) -> Indices:
    """The 68 vertices of iBUG's scheme."""
    rows = net.rows
    middle = grid.FRONT

    def along(row: int, x: float) -> int:
        return middle + int(np.argmin(np.abs(place[row, middle : 2 * middle, 0] - x)))

    def vertex(row: int, column: int) -> tuple[int, int]:
        return int(net.index[row, column]), int(net.index[row, net.opposite(column)])

    def on(row: int, xs: list[float]) -> list[tuple[int, int]]:
        return [vertex(row, along(row, x)) for x in xs]

    # The jaw's points as (left, right) pairs, from the ear to beside the chin.
    ramus = np.array([[0.830, 0.0, -0.85], [0.815, -0.22, -0.83], [0.775, -0.45, -0.79]])
    patch = place[rows["lid_top"] : rows["jaw"] + 1, middle : 2 * middle]
    jaw = []
    for target in [*ramus, np.array([0.72, -0.655, -0.70])]:
        row, column = np.unravel_index(
            np.argmin(((patch - target) ** 2).sum(axis=-1)), patch.shape[:2]
        )
        jaw.append(vertex(int(row) + rows["lid_top"], int(column) + middle))
    jaw += on(rows["jaw"], [0.625, 0.50, 0.36, 0.19])
    brow = on((rows["brow_top"] + rows["brow_low"]) // 2, [0.65, 0.555, 0.42, 0.28, 0.14])
    nose_middle = place[:, middle, 1]
    bridge = [
        int(net.index[int(np.argmin(np.abs(nose_middle[: rows["nose_base"]] - y))), middle])
        for y in (-0.02, -0.15, -0.28)
    ] + [int(net.index[rows["nose_tip"], middle])]
    base = on(rows["nose_base"], [0.155, 0.085, 0.0])
    inner, outer = net.eye
    quarter = [inner + round((outer - inner) * share) for share in (0.32, 0.69)]
    upper = [vertex(rows["lid_top"], column) for column in (inner, *quarter, outer)]
    lower = [vertex(rows["lid_low"], column) for column in reversed(quarter)]
    _, lip_inner, lip_outer = net.mouth
    corner = vertex(rows["mouth_top"], lip_outer)
    top = on(rows["lip_top"], [0.195, 0.078, 0.0])
    low = on(rows["lip_low"], [0.0, 0.088, 0.195])
    inner_corner = vertex(rows["mouth_top"], lip_inner)
    inner_top = on(rows["mouth_top"], [0.095, 0.0])
    inner_low = on(rows["mouth_low"], [0.0, 0.095])
    left, right = 0, 1

    def arch(pairs: list[tuple[int, int]]) -> list[int]:
        """Right to left over the middle; `pairs` run from outside in and end in the middle."""
        return [p[right] for p in pairs] + [p[left] for p in reversed(pairs[:-1])]

    points = [p[right] for p in jaw] + [int(net.index[rows["jaw"], middle])]
    points += [p[left] for p in reversed(jaw)]
    points += [p[right] for p in brow] + [p[left] for p in reversed(brow)]
    points += bridge + arch(base)
    points += [p[right] for p in reversed(upper)] + [p[right] for p in reversed(lower)]
    points += [p[left] for p in upper] + [p[left] for p in lower]
    points += [corner[right], *arch(top), corner[left]]
    points += [p[left] for p in reversed(low[1:])] + [p[right] for p in low]
    points += [inner_corner[right], *arch(inner_top), inner_corner[left]]
    points += [p[left] for p in reversed(inner_low[1:])] + [p[right] for p in inner_low]
    return np.array(points, np.int32)
