"""What stands out of the bare head and what lies deeper: nose, sockets, lips, cheeks, chin."""

import numpy as np

from facepoints.synthetic.curves import LIP_CORNER, Numbers, smoothstep, spline
from facepoints.synthetic.grid import Grid

EYE_CENTRE = np.array([0.3575, -0.003, -0.285])  # of the left eyeball
EYE_RADIUS = 0.170
LID_RADIUS = 0.177


def bump(x: Numbers, y: Numbers, at: tuple[float, float], size: tuple[float, float]) -> Numbers:
    """A bell of height 1 (Gaussian) at a place of the frontal plane, with sizes in x and y."""
    result: Numbers = np.exp(-(((x - at[0]) / size[0]) ** 2) - ((y - at[1]) / size[1]) ** 2)
    return result


def _nose(x: Numbers, y: Numbers) -> Numbers:
    """Height of the nose over the face; x is |x|."""
    down = np.array([-0.16, -0.08, 0.02, 0.12, 0.26, 0.36, 0.41, 0.45, 0.50, 0.54, 0.585, 0.66])
    ridge = np.array([0.0, 0.008, 0.03, 0.085, 0.19, 0.262, 0.285, 0.275, 0.205, 0.10, 0.028, 0.0])
    width = np.array([0.11, 0.085, 0.068, 0.070, 0.080, 0.092, 0.098, 0.1, 0.1, 0.1, 0.09, 0.09])
    height = spline(down, ridge, -y)
    across = spline(down, width, -y)
    back = height * np.exp(-((x / across) ** 2.4))
    flank = 0.35 * height * np.exp(-((x / (2.0 * across)) ** 2))
    wing = 0.105 * np.exp(-(((x - 0.122) / 0.046) ** 4) - np.abs((y + 0.462) / 0.062) ** 3)
    result: Numbers = np.maximum(back, flank) * 0.8 + np.minimum(back + flank, height) * 0.2 + wing
    return result


def _lids(x: Numbers, y: Numbers, depth: Numbers) -> Numbers:
    """Depth with the lids laid over the eyeball; x is |x|."""
    across, up = x - EYE_CENTRE[0], y - EYE_CENTRE[1]
    # Flatter than the ball toward the corners, so that they do not sink into the head.
    ball = EYE_CENTRE[2] + LID_RADIUS - (across**2 * 0.75 + up**2) / (2 * LID_RADIUS)
    ball = ball - 0.18 * across  # the outer corner lies further back
    away = (across / 0.15) ** 2 + (up / 0.11) ** 2
    weight = smoothstep(3.4, 0.9, away)
    result: Numbers = depth * (1 - weight) + ball * weight
    return result


def _lip_fullness(grid: Grid, x: Numbers) -> Numbers:
    """How far the lips stand out (R, M)."""
    result = np.zeros_like(grid.level)
    rows = grid.rows
    taper = np.clip(1 - (x / (LIP_CORNER + 0.02)) ** 2, 0.0, 1.0) ** 0.7
    for first, last, height in (("lip_top", "mouth_top", 0.046), ("lip_low", "mouth_low", 0.056)):
        away = np.linspace(0.0, 1.0, abs(rows[last] - rows[first]) + 1)
        profile = np.sin(np.pi * (0.06 + 0.80 * away**0.85)) ** 0.8
        edge = 0.026  # where closed lips meet
        profile = height * profile + away * (edge - height * profile[-1])
        step = 1 if rows[last] > rows[first] else -1
        for one, row in zip(profile, range(rows[first], rows[last] + step, step), strict=True):
            result[row] = one * taper[row]
    return result


def carve(grid: Grid, place: Numbers) -> Numbers:
    """Points (R, M, 3) of the mean face from those of the bare head."""
    x, y = np.abs(place[..., 0]), place[..., 1]
    face = smoothstep(-0.05, 0.35, np.cos(grid.angle)) * (
        grid.level <= grid.level[grid.rows["jaw"]]
    )
    depth = (
        0.035 * bump(x, y, (0.30, 0.16), (0.24, 0.08))  # brow ridge
        - 0.028 * bump(x, y, (0.0, 0.0), (0.10, 0.09))
        - 0.075 * bump(x, y, (0.34, -0.02), (0.20, 0.15))  # eye socket
        + 0.055 * bump(x, y, (0.46, -0.30), (0.22, 0.20))  # cheek bone
        - 0.030 * bump(x, y, (0.60, -0.72), (0.20, 0.22))
        + 0.060 * bump(x, y, (0.0, -0.76), (0.33, 0.24))  # muzzle
        - 0.014 * bump(x, y, (0.0, -0.63), (0.035, 0.06))  # philtrum
        - 0.022 * bump(x, y, (0.33, -0.80), (0.06, 0.08))  # beside the mouth
        - 0.042 * bump(x, y, (0.0, -1.00), (0.24, 0.065))  # under the lip
        + 0.085 * bump(x, y, (0.0, -1.20), (0.24, 0.17))  # chin
        + _nose(x, y)
        + _lip_fullness(grid, x)
    )
    result = place.copy()
    formed = place[..., 2] + face * depth
    result[..., 2] = np.where(face > 0.2, _lids(x, y, formed), formed)
    # The jaw's underside follows the chin, less and less.
    jaw = grid.rows["jaw"]
    moved = (result - place)[jaw, :, 2]
    for row in range(jaw + 1, grid.rows["neck"]):
        share = 1 - (row - jaw) / (grid.rows["neck"] - jaw)
        result[row, :, 2] += share * moved
    return result
