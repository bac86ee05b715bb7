"""Hair: where it grows, how it stands out of the skin, and its strands."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from facepoints.synthetic.curves import Numbers, smoothstep
from facepoints.synthetic.grid import BACK, FRONT
from facepoints.synthetic.masks import places
from facepoints.synthetic.template import template

# The hairline's height over the angle from the face's middle, radians.
_ANGLES = [0.0, 0.5, 0.85, 1.1, 1.42, 1.55, 1.8, 2.1, 3.2]
_HEIGHTS = [0.80, 0.78, 0.64, 0.34, 0.12, 0.10, 0.0, -0.55, -0.75]
_BEFORE_EARS, _BEHIND_EARS = 1.46, 1.60
_AXIS = -1.05  # depth of the upright axis that long hair hangs around


@dataclass(frozen=True)
class Hairstyle:
    """line: how far the hair grows down the forehead, -1 to 1; thickness: in the mesh's unit;
    length: 0 ends at the nape, 1 on the shoulders; bald: none at all.
    """

    line: float
    thickness: float
    length: float = 0.0
    bald: bool = False


@dataclass(frozen=True)
class _Scalp:
    """Per vertex of the skin (S,): height, angle from the middle, share that may bear hair, unit
    directions away from the skull's middle (S, 3) and from the upright axis (S, 3), distance
    from that axis."""

    height: Numbers
    turn: Numbers
    allowed: Numbers
    outward: Numbers
    aside: Numbers
    radius: Numbers


def cover(style: Hairstyle) -> Numbers:
    """Share of hair (S,) over the skin's vertices, 0 to 1."""
    scalp = _scalp()
    if style.bald:
        return np.zeros(len(scalp.height))
    line = np.interp(scalp.turn, _ANGLES, _HEIGHTS) + 0.1 - 0.13 * style.line
    covered = scalp.allowed * smoothstep(-0.035, 0.035, scalp.height - line)
    if style.length > 0:
        tips = _tips(style)
        behind = smoothstep(_BEFORE_EARS, _BEFORE_EARS + 0.05, scalp.turn)
        covered = np.maximum(covered, behind * smoothstep(tips - 0.05, tips, scalp.height))
    collar = template().grid.rows["collar"]
    return covered * smoothstep(collar, collar - 3, places()[0])


def growth(style: Hairstyle, covered: Numbers) -> Numbers:
    """How hair of this cover (S,) moves the skin's vertices outward: (S, 3)."""
    scalp = _scalp()
    moved: Numbers = style.thickness * covered[:, None] ** 2 * scalp.outward
    if style.length > 0 and not style.bald:
        # It hangs free only well inside of what it covers, so that its edges show no skin.
        tips = _tips(style)
        free = smoothstep(_BEHIND_EARS, _BEHIND_EARS + 0.2, scalp.turn)
        free = free * smoothstep(tips + 0.04, tips + 0.18, scalp.height)
        hanging = 0.90 + 0.14 * smoothstep(1.7, 3.0, scalp.turn)
        push = np.maximum(hanging - scalp.radius, 0.0) * smoothstep(-0.1, -0.6, scalp.height)
        moved += (push * free * covered)[:, None] * scalp.aside
    return moved


def _tips(style: Hairstyle) -> float:
    """Height at which long hair ends."""
    return -0.75 - 0.85 * style.length


def strands(random: np.random.Generator) -> Numbers:
    """Brightness of the hair, in streaks that run down the columns: (S,), about -1 to 1."""
    count = 2 * FRONT + 1 + BACK
    streaks = 0.6 * random.uniform(-1.0, 1.0, count) + 0.4 * random.uniform(-1.0, 1.0, (40, count))
    row, column = places()
    below = (row / 4).astype(int)
    share = row / 4 - below
    column = column.astype(int)
    result: Numbers = (1 - share) * streaks[below, column] + share * streaks[below + 1, column]
    return result


@lru_cache(maxsize=1)
def _scalp() -> _Scalp:
    skin, rows = template().skin, template().grid.rows
    x, y, z = skin.T
    outward: Numbers = skin - [0.0, 0.1, -1.0]
    outward /= np.linalg.norm(outward, axis=1, keepdims=True)
    aside: Numbers = np.stack([x, np.zeros_like(x), z - _AXIS], axis=1)
    radius: Numbers = np.hypot(x, z - _AXIS)
    aside /= np.maximum(radius, 1e-6)[:, None]
    turn: Numbers = np.abs(np.arctan2(np.abs(x), z + 0.98))
    allowed = (places()[0] <= rows["jaw"] + 3).astype(np.float64)
    return _Scalp(y, turn, allowed, outward, aside, radius)
