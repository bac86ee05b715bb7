"""Masks over mouth and nose."""

from dataclasses import replace

import numpy as np

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
    cloth = _laid(draft, np.radians(62.0) * across + 0 * up, low + up * (high - low))
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


def _laid(draft: Draft, turn: Numbers, height: Numbers) -> Numbers:
    """Cloth (R, C, 3) over the face, whose places are those (R, C) around the mean face's axis.

    What meets on the mean face is bridged: a mouth, however far it opens.
    """
    head = slice(draft.kit.part("teeth").stop)
    mean = _around(draft.kit.neutral[draft.kit.part("face")])
    own = draft.vertices[draft.kit.part("face")].astype(np.float64)
    front = mean[:, 2] > 4.0
    mean, own = mean[front], own[front]
    aside = _REACH * (turn.ravel()[:, None] - mean[:, 0])
    weight = np.exp(-(aside**2 + (height.ravel()[:, None] - mean[:, 1]) ** 2) / (2 * _STIFF**2))
    places = (weight @ own) / weight.sum(axis=1, keepdims=True)
    turn, height, out = _around(places).T
    solid = _around(draft.vertices[head])
    aside = _REACH * (turn[:, None] - solid[:, 0])
    near = aside**2 + (height[:, None] - solid[:, 1]) ** 2 < _NEAR**2
    needed = (np.where(near, solid[:, 2], 0.0).max(axis=1) + _GAP).reshape(_ROWS, _COLUMNS)
    out = np.maximum(out.reshape(_ROWS, _COLUMNS), needed)
    for _ in range(3):  # evened out, and never below what it covers
        wide = np.pad(out, 1, mode="edge")
        rows = (wide[:-2] + 2 * wide[1:-1] + wide[2:]) / 4
        out = np.maximum((rows[:, :-2] + 2 * rows[:, 1:-1] + rows[:, 2:]) / 4, needed - 0.1)
    turn, height = turn.reshape(_ROWS, _COLUMNS), height.reshape(_ROWS, _COLUMNS)
    return _places(turn, height, out)


def _pressed(points: Floats, cloth: Numbers) -> Floats:
    """Points (N, 3) of what grows or lies under the cloth (R, C, 3), moved below it."""
    low, high = cloth.min(axis=(0, 1)), cloth.max(axis=(0, 1))
    about = np.flatnonzero(((points > low - [0, 0, 3]) & (points < high + 3)).all(axis=1))
    turn, height, out = _around(points[about]).T
    knots = _around(cloth.reshape(-1, 3))
    far = (_REACH * (turn[:, None] - knots[:, 0])) ** 2 + (height[:, None] - knots[:, 1]) ** 2
    nearest = far.argmin(axis=1)
    lowered = np.where(far.min(axis=1) < _NEAR**2, np.minimum(out, knots[nearest, 2] - 0.1), out)
    result = points.copy()
    result[about] = _places(turn, height, lowered)
    return result


def _around(points: Floats | Numbers) -> Numbers:
    """Places (N, 3) as turns about the upright axis in radians, heights and distances from it."""
    x, y, z = points.astype(np.float64).T
    return np.stack([np.arctan2(x, z - _AXIS), y, np.hypot(x, z - _AXIS)], axis=1)


def _places(turn: Numbers, height: Numbers, out: Numbers) -> Numbers:
    """The reverse: (..., 3) of three (...)."""
    return np.stack([out * np.sin(turn), height, _AXIS + out * np.cos(turn)], axis=-1)
