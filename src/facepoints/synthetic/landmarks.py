"""Which vertices of the grid are the 68 landmarks, in the order of iBUG's 300-W scheme.

Sagonas et al. 2016, 300 Faces In-The-Wild Challenge: database and results.
"""

import numpy as np

from facepoints.synthetic.curves import Numbers
from facepoints.synthetic.grid import FRONT, Grid
from facepoints.synthetic.mesh import Indices


def landmarks(net: Grid, place: Numbers) -> Indices:
    """The vertices (68,) that are the landmarks, for the mean face's points (R, M, 3)."""
    rows = net.rows
    middle = FRONT

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
