"""Masks over mouth and nose."""

from dataclasses import replace

import numpy as np
from scipy.spatial import cKDTree

from facepoints.synthetic.curves import Numbers
from facepoints.synthetic.facekit.contour import EARS
from facepoints.synthetic.facekit.draft import Draft
from facepoints.synthetic.facekit.landmarks import MESH
from facepoints.synthetic.facekit.shapes import part
from facepoints.synthetic.glasses import tube
from facepoints.synthetic.mesh import Floats
from facepoints.synthetic.parts import Part, sheet

_COLOURS = np.array([[0.35, 0.55, 0.75], [0.75, 0.76, 0.78], [0.02, 0.02, 0.02], [0.1, 0.15, 0.35]])
_ROWS, _COLUMNS = 25, 33  # of the grid that is the cloth
_AXIS = 3.0  # depth of the upright axis that cloth is laid around, centimetres
_REACH = 8.0  # of a face from it, about: what turns are in centimetres
_STIFF = 0.6  # over what distance cloth evens out a face, centimetres
_NEAR = 0.5  # how far about a place cloth clears what stands out, centimetres
_GAP = 0.35  # how far, centimetres


def mask(draft: Draft, random: np.random.Generator, strength: float) -> None:
    """One face in twenty-five. Strength 0 takes it off."""
    worn, chin = random.random(2)
    colour = _COLOURS[int(random.integers(len(_COLOURS)))] * random.uniform(0.7, 1.2, 3)
    top = random.uniform(0.25, 0.8)
    if worn > 0.04 * strength:
        return
    points = draft.kit.neutral[list(MESH)]
    highest = (
        points[30, 1] + (points[27, 1] - points[30, 1]) * top if chin > 0.15 else points[57, 1]
    )
    across = np.linspace(-1.0, 1.0, _COLUMNS)
    low, high = points[8, 1] - 0.7 + 3.5 * across**2, highest - 1.4 * across**2
    up = np.linspace(1.0, 0.0, _ROWS)[:, None]
    cloth = _cleared(draft, _bridged(draft, np.radians(62.0) * across, low + up * (high - low)))
    for number, piece in enumerate(draft.pieces):
        draft.pieces[number] = replace(piece, points=_pressed(piece.points, cloth))
    numbers = np.arange(_ROWS * _COLUMNS, dtype=np.int32).reshape(_ROWS, _COLUMNS)
    made = [Part(cloth.reshape(-1, 3), sheet(numbers), (_ROWS, _COLUMNS))]
    for sign, ear, column in zip((-1.0, 1.0), EARS, (0, -1), strict=True):
        for row, height in ((0, 0.5), (-1, -2.5)):
            start = cloth[row, column]
            end = draft.vertices[ear].astype(np.float64) + [sign * 0.3, height, -0.5]
            path = np.stack([start, 0.5 * (start + end) + [sign * 0.4, 0, 0], end])
            made.append(tube(path, 0.08, (0.0, 1.0, 0.0)))
    draft.pieces += [part(one, colour.astype(np.float32), (0.03, 10.0)) for one in made]


def _bridged(draft: Draft, turn: Numbers, height: Numbers) -> Numbers:
    """Where cloth lies (R, C, 3) that is at these turns (C,) and heights (R, C) about the mean face.

    What meets on the mean face is bridged: a mouth, however far it opens.
    """
    mean = _around(draft.kit.neutral[draft.kit.part("face")])
    own = draft.vertices[draft.kit.part("face")].astype(np.float64)
    front = mean[:, 2] > 4.0
    mean, own = mean[front], own[front]
    aside = (_REACH * (turn[:, None] - mean[:, 0])) ** 2
    rows = []
    for row in height:  # one at a time fits a processor's cache
        weight = np.exp((aside + (row[:, None] - mean[:, 1]) ** 2) / (-2 * _STIFF**2))
        rows.append((weight @ own) / weight.sum(axis=1, keepdims=True))
    return np.stack(rows)


def _cleared(draft: Draft, cloth: Numbers) -> Numbers:
    """Cloth (R, C, 3) moved out until no face, lips or teeth come through it, and evened out."""
    around, solid = _around(cloth), _around(draft.vertices[: draft.kit.part("teeth").stop])
    under = cKDTree(_flat(solid)).query_ball_point(_flat(around), _NEAR)
    tallest = [solid[numbers, 2].max(initial=0.0) for numbers in under.ravel()]
    needed = np.reshape(tallest, under.shape) + _GAP
    out = np.maximum(around[..., 2], needed)
    for _ in range(3):
        wide = np.pad(out, 1, mode="edge")
        even = (wide[:-2] + 2 * wide[1:-1] + wide[2:]) / 4
        even = (even[:, :-2] + 2 * even[:, 1:-1] + even[:, 2:]) / 4
        out = np.maximum(even, needed - 0.1)
    return _places(around[..., 0], around[..., 1], out)


def _pressed(points: Floats, cloth: Numbers) -> Floats:
    """Points (N, 3) of what grows or lies under the cloth (R, C, 3), moved below it."""
    low, high = cloth.min(axis=(0, 1)), cloth.max(axis=(0, 1))
    about = np.flatnonzero(((points > low - [0, 0, 3]) & (points < high + 3)).all(axis=1))
    here, knots = _around(points[about]), _around(cloth.reshape(-1, 3))
    far, nearest = cKDTree(_flat(knots)).query(_flat(here))
    turn, height, out = here.T
    lowered = np.where(far < _NEAR, np.minimum(out, knots[nearest, 2] - 0.1), out)
    result = points.copy()
    result[about] = _places(turn, height, lowered)
    return result


def _around(points: Floats | Numbers) -> Numbers:
    """Places (..., 3) as turns about the upright axis in radians, heights and distances from it."""
    x, y, z = np.moveaxis(points.astype(np.float64), -1, 0)
    return np.stack([np.arctan2(x, z - _AXIS), y, np.hypot(x, z - _AXIS)], axis=-1)


def _flat(around: Numbers) -> Numbers:
    """Where they lie (..., 2) on cloth that is rolled out, in centimetres."""
    return around[..., :2] * [_REACH, 1.0]


def _places(turn: Numbers, height: Numbers, out: Numbers) -> Numbers:
    """The reverse: (..., 3) of three (...)."""
    return np.stack([out * np.sin(turn), height, _AXIS + out * np.cos(turn)], axis=-1)
