"""Triangles to pixels: a compiled z-buffer.

Positions are snapped to 1/1024 pixel, so that the edge functions below are exact in float64 and two
triangles that share an edge leave no pixel between them. There is no fast-math and no threading:
the same input gives the same bytes; processes are the way to use more cores.
"""

import numpy as np
from numpy.typing import NDArray

from facepoints.synthetic.compiled import compiled

SNAP = 1024.0
NEAR = 1e-6
_WIDE = 4  # pixels; in narrower boxes it takes longer to find out where a row lies inside than to try them all
_SLACK = 1 / SNAP  # pixels; by far more than the rounding of where an edge crosses a row
_FAR = 1e6  # pixels; left of all that is drawn


def rasterise(
    positions: NDArray[np.float32],
    triangles: NDArray[np.int32],
    height: int,
    width: int,
    one_sided: int = 0,
) -> tuple[NDArray[np.int32], NDArray[np.float32], NDArray[np.float32]]:
    """Draw triangles, nearest first.

    Args:
        positions: (V, 3) pixel x, pixel y, depth along the viewing axis. The centre of the top-left
            pixel is (0, 0). A triangle with a corner at depth <= 0, or more than 8,192 pixels
            from the origin, is left out.
        triangles: (T, 3) corners. Among equal depths the lower index wins.
        one_sided: so many triangles, the first ones, are drawn only where their corners run anticlockwise in the
            picture; the others have two sides.

    Returns:
        ids (H, W) int32, the triangle seen, -1 for none; barycentrics (H, W, 3) float32,
        perspective-correct weights of its corners; depth (H, W) float32, infinite where none.
    """
    ids = np.full((height, width), -1, np.int32)
    weights = np.zeros((height, width, 3), np.float32)
    inverse = np.zeros((height, width), np.float64)
    snapped = positions.astype(np.float64)
    snapped[:, :2] = np.rint(snapped[:, :2] * SNAP) / SNAP
    _fill(snapped, triangles, one_sided, ids, weights, inverse)
    with np.errstate(divide="ignore"):
        depth = (1.0 / inverse).astype(np.float32)
    return ids, weights, depth


@compiled
def _border(sign: float, px: float, py: float, qx: float, qy: float) -> tuple[float, float, bool]:
    """The edge from p to q as x = start + step * y, and whether the inside is to its right.

    A level edge bounds no row, and stands as one far to the left.
    """
    if py == qy:
        return -_FAR, 0.0, True
    step = (qx - px) / (qy - py)
    return px - step * py, step, sign * (py - qy) > 0.0


@compiled
def _narrowed(
    low: float, high: float, border: tuple[float, float, bool], y: int
) -> tuple[float, float]:
    """The part from `low` to `high` of row y on the inner side of a border."""
    start, step, right = border
    x = start + step * y
    return (max(low, x), high) if right else (low, min(high, x))


@compiled
def _fill(
    positions: NDArray[np.float64],
    triangles: NDArray[np.int32],
    one_sided: int,
    ids: NDArray[np.int32],
    weights: NDArray[np.float32],
    inverse: NDArray[np.float64],
) -> None:
    height, width = ids.shape
    for index in range(triangles.shape[0]):
        a, b, c = triangles[index, 0], triangles[index, 1], triangles[index, 2]
        az, bz, cz = positions[a, 2], positions[b, 2], positions[c, 2]
        if not (az > NEAR and bz > NEAR and cz > NEAR):
            continue
        ax, ay = positions[a, 0], positions[a, 1]
        bx, by = positions[b, 0], positions[b, 1]
        cx, cy = positions[c, 0], positions[c, 1]
        low_x, high_x = min(ax, bx, cx), max(ax, bx, cx)
        low_y, high_y = min(ay, by, cy), max(ay, by, cy)
        if low_x > width - 1 or low_y > height - 1 or high_x < 0 or high_y < 0:
            continue
        if not (low_x > -8192 and low_y > -8192 and high_x < 8192 and high_y < 8192):
            continue
        area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
        if area == 0.0 or (area > 0.0 and index < one_sided):
            continue
        left, right = max(int(np.ceil(low_x)), 0), min(int(np.floor(high_x)), width - 1)
        top, bottom = max(int(np.ceil(low_y)), 0), min(int(np.floor(high_y)), height - 1)
        sign = 1.0 if area > 0 else -1.0
        # Screen weights over depth: linear on the screen, and their sum is 1 / depth.
        scale = sign / area
        wa, wb, wc = scale / az, scale / bz, scale / cz
        # Of a thin slanting triangle's box, a small part lies inside.
        wide = right - left > _WIDE
        if wide:
            border_a = _border(sign, bx, by, cx, cy)
            border_b = _border(sign, cx, cy, ax, ay)
            border_c = _border(sign, ax, ay, bx, by)
        low, high = left, right
        for y in range(top, bottom + 1):
            if wide:
                first, last = _narrowed(left, right, border_a, y)
                first, last = _narrowed(first, last, border_b, y)
                first, last = _narrowed(first, last, border_c, y)
                low, high = int(np.ceil(first - _SLACK)), int(np.floor(last + _SLACK))
            for x in range(low, high + 1):
                ea = sign * ((cx - bx) * (y - by) - (cy - by) * (x - bx))
                eb = sign * ((ax - cx) * (y - cy) - (ay - cy) * (x - cx))
                ec = sign * ((bx - ax) * (y - ay) - (by - ay) * (x - ax))
                if ea < 0.0 or eb < 0.0 or ec < 0.0:
                    continue
                pa, pb, pc = ea * wa, eb * wb, ec * wc
                nearness = pa + pb + pc
                if nearness > inverse[y, x]:
                    inverse[y, x] = nearness
                    ids[y, x] = index
                    weights[y, x, 0] = pa / nearness
                    weights[y, x, 1] = pb / nearness
                    weights[y, x, 2] = pc / nearness
