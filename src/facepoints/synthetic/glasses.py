"""Glasses: tubes about the eyes, over the nose and to the ears, and dark lenses."""

from typing import Literal

import numpy as np

from facepoints.synthetic.curves import Numbers
from facepoints.synthetic.parts import Part, sheet

Glasses = Literal["none", "clear", "dark"]

_CENTRE = (0.36, -0.035)
_SIZE = (0.215, 0.170)
_SIDES = 6


def _plane(x: Numbers) -> Numbers:
    """Depth of the glasses' front over |x|: it bends round the face a little."""
    bent: Numbers = 0.015 - 0.5 * np.maximum(np.abs(x) - 0.2, 0.0) ** 2
    return bent


def _rim() -> Numbers:
    """The left lens's outline (N, 3), a rounded rectangle."""
    turn = np.linspace(0.0, 2 * np.pi, 37)
    across, up = np.cos(turn), np.sin(turn)
    x = _CENTRE[0] + _SIZE[0] * np.sign(across) * np.abs(across) ** 0.7
    y = _CENTRE[1] + _SIZE[1] * np.sign(up) * np.abs(up) ** 0.7
    return np.stack([x, y, _plane(x)], axis=1)


def tube(path: Numbers, radius: float, beside: tuple[float, float, float]) -> Part:
    """A tube along a path (N, 3) that nowhere runs along `beside`."""
    along = np.gradient(path, axis=0)
    one = np.cross(along, beside)
    one /= np.linalg.norm(one, axis=1, keepdims=True)
    other = np.cross(one, along)
    other /= np.linalg.norm(other, axis=1, keepdims=True)
    turn = np.linspace(0.0, 2 * np.pi, _SIDES + 1)
    points = path[:, None] + radius * (
        np.cos(turn)[:, None] * one[:, None] + np.sin(turn)[:, None] * other[:, None]
    )
    shape = points.shape[0], points.shape[1]
    numbers = np.arange(shape[0] * shape[1], dtype=np.int32).reshape(shape)
    return Part(points.reshape(-1, 3), sheet(numbers), shape)


def frame() -> list[Part]:
    """Rims, bridge and arms, in the mean head's frame."""
    rim = _rim()
    end = _CENTRE[0] + _SIZE[0]
    arm = np.array(
        [[end, 0.03, -0.05], [0.66, 0.05, -0.10], [0.80, 0.06, -0.50], [0.90, 0.05, -1.08]]
    )
    bridge = np.array(
        [[-0.16, 0.01, 0.015], [-0.06, 0.04, 0.045], [0.06, 0.04, 0.045], [0.16, 0.01, 0.015]]
    )
    mirror = np.array([-1.0, 1.0, 1.0])
    rims = [tube(path, 0.013, (0.0, 0.0, 1.0)) for path in (rim, rim * mirror)]
    rest = [tube(path, 0.013, (0.0, 1.0, 0.0)) for path in (bridge, arm, arm * mirror)]
    return rims + rest


def lenses() -> list[Part]:
    """Two opaque lenses, as fans about their middles."""
    result = []
    for mirror in (1.0, -1.0):
        rim = _rim()[:: int(mirror)] * [mirror, 1.0, 1.0]
        middle = np.tile([mirror * _CENTRE[0], _CENTRE[1], 0.03], (len(rim), 1))
        points = np.stack([middle, rim])
        numbers = np.arange(2 * len(rim), dtype=np.int32).reshape(2, -1)
        result.append(Part(points.reshape(-1, 3), sheet(numbers), (2, len(rim))))
    return result
