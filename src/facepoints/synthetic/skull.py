"""The bare head: a smooth closed surface of rings, from the crown over the jaw to the chest.

A point has an angle about the vertical axis (0 the face's middle, 90 degrees the person's left ear)
and a level, the number of a ring. The unit is the distance between the outer eye corners of the mean
face; the frame is that of `mesh.Mesh`, with the eye corners at height 0.
"""

import numpy as np

from facepoints.synthetic.curves import Numbers, spline

_DOME = np.radians([90.0, 80.0, 65.0, 50.0, 35.0, 20.0, 8.0])

# Height at the front, side and back; half width; depth at the front, side and back.
_BELOW = [
    [0.20, 0.22, 0.22, 0.860, -0.015, -0.98, -2.13],
    [0.00, 0.02, 0.05, 0.845, -0.035, -0.97, -2.08],
    [-0.25, -0.20, -0.20, 0.815, -0.03, -0.95, -1.95],
    [-0.55, -0.40, -0.40, 0.770, -0.02, -0.91, -1.77],
    [-0.80, -0.54, -0.55, 0.735, -0.03, -0.88, -1.64],
    [-1.08, -0.64, -0.65, 0.712, -0.07, -0.85, -1.59],
    [-1.29, -0.70, -0.74, 0.690, -0.13, -0.83, -1.57],
    [-1.345, -0.75, -0.81, 0.640, -0.26, -0.84, -1.56],
    [-1.335, -0.87, -0.90, 0.560, -0.48, -0.92, -1.56],
    [-1.42, -1.15, -1.10, 0.510, -0.60, -1.02, -1.57],
    [-1.68, -1.50, -1.40, 0.510, -0.61, -1.06, -1.60],
    [-1.95, -1.74, -1.60, 0.580, -0.58, -1.10, -1.66],
    [-2.10, -1.88, -1.75, 1.000, -0.50, -1.15, -1.75],
    [-2.40, -2.15, -2.05, 1.650, -0.36, -1.20, -1.85],
    [-3.30, -3.10, -3.00, 1.950, -0.15, -1.20, -2.00],
    [-6.00, -6.00, -6.00, 1.950, -0.10, -1.20, -2.00],
]

JAW = len(_DOME) + 6.0
NECK = len(_DOME) + 9.0
COLLAR = len(_DOME) + 11.6
BOTTOM = len(_DOME) + len(_BELOW) - 1.0


def _rings() -> Numbers:
    up, out = np.sin(_DOME), np.cos(_DOME)
    height = 0.28 + 0.95 * up
    half_width = 0.87 * out**0.9
    dome = np.stack(
        [height, height, height, half_width]
        + [-0.98 + 0.98 * out**0.8, np.full_like(out, -0.98), -0.98 - 1.16 * out**0.85],
        axis=1,
    )
    return np.concatenate([dome, np.array(_BELOW)])


_RINGS = _rings()


def surface(angle: Numbers, level: Numbers) -> Numbers:
    """Points (..., 3) of the bare head at angles (radians) and levels of the same shape."""
    ring = spline(np.arange(len(_RINGS), dtype=float), _RINGS, level)
    front, side, back, half_width, near, middle, far = np.moveaxis(ring, -1, 0)
    sine, cosine = np.sin(angle), np.cos(angle)
    forward = cosine > 0
    # The power draws the lowest rings as a jaw line: a level chin that rises to the ears.
    aside = np.abs(sine) ** 2.3
    height = side + (np.where(forward, front, back) - side) * (1 - aside)
    depth = middle + np.where(forward, near - middle, middle - far) * cosine
    return np.stack([half_width * sine, height, depth], axis=-1)


def level_at(angle: Numbers, height: Numbers) -> Numbers:
    """The level above the jaw where the surface has this height at this angle, for each column.

    angle (M,), height (M,) -> (M,)
    """
    levels = np.linspace(0.0, JAW, 1500)
    result = np.empty_like(height)
    for column, (one_angle, one_height) in enumerate(zip(angle, height, strict=True)):
        heights = surface(np.full_like(levels, one_angle), levels)[:, 1]
        result[column] = np.interp(-one_height, -heights, levels)
    return result
