"""How faces differ and move: smooth displacement fields over the mean face.

Each field is a function of place, so that it carries skin, eyeballs, teeth and ears alike. A face's
number for a field counts in units of a wide but common deviation: about -1 to 1.
"""

import numpy as np
from numpy.typing import ArrayLike

from facepoints.synthetic.curves import Numbers, brow_height, smoothstep
from facepoints.synthetic.relief import EYE_CENTRE, bump


def _along(x: ArrayLike = 0.0, y: ArrayLike = 0.0, z: ArrayLike = 0.0) -> Numbers:
    """A field (N, 3) from its parts along the axes."""
    return np.stack(np.broadcast_arrays(x, y, z), axis=1)


def _brow(x: Numbers, y: Numbers, size: float = 0.12) -> Numbers:
    near: Numbers = np.exp(-(((y - brow_height(np.abs(x))) / size) ** 2))
    return near * smoothstep(0.95, 0.6, np.abs(x))


def _mouth(x: Numbers, y: Numbers, size: float = 1.0) -> Numbers:
    return bump(x, y, (0.0, -0.79), (0.42 * size, 0.20 * size))


def identity(points: Numbers) -> dict[str, Numbers]:
    """How people differ: fields (N, 3) at points (N, 3) of the mean face."""
    x, y, z = points.T
    side, aside = np.sign(x), np.abs(x)
    front = smoothstep(-1.0, -0.4, z)
    eye = front * bump(aside, y, (EYE_CENTRE[0], EYE_CENTRE[1]), (0.24, 0.204))
    small_eye = front * bump(aside, y, (EYE_CENTRE[0], EYE_CENTRE[1]), (0.20, 0.17))
    socket = front * bump(aside, y, (EYE_CENTRE[0], EYE_CENTRE[1]), (0.28, 0.24))
    over_eye, beside_eye = y - EYE_CENTRE[1], aside - EYE_CENTRE[0]
    brow = front * _brow(x, y)
    over_brow = y - brow_height(aside)
    mouth = front * _mouth(x, y)

    def local(at: tuple[float, float], size: tuple[float, float]) -> Numbers:
        return front * bump(x, y, at, size)

    jaw = np.exp(-(((y + 0.95) / 0.42) ** 2)) * smoothstep(0.2, 0.6, aside)
    cheek = bump(aside, y, (0.62, -0.5), (0.25, 0.35))
    return {
        "head_width": _along(x=0.06 * x),
        "face_length": _along(y=0.10 * np.minimum(y, 0) * smoothstep(-1.9, -1.3, y)),
        "skull_height": _along(y=0.10 * np.maximum(y - 0.3, 0)),
        "forehead_slope": _along(z=-0.09 * np.maximum(y - 0.3, 0) * front),
        "jaw_width": _along(x=0.11 * x * jaw),
        "chin_length": _along(y=-0.08 * local((0.0, -1.32), (0.4, 0.22))),
        "chin_forward": _along(z=0.07 * local((0.0, -1.25), (0.35, 0.25))),
        "chin_width": _along(x=0.35 * x * local((0.0, -1.28), (0.3, 0.16))),
        "cheek_fullness": _along(
            x=0.05 * side * cheek,
            z=0.04 * front * bump(aside, y, (0.5, -0.5), (0.22, 0.3)),
        ),
        "nose_length": _along(y=-0.055 * local((0.0, -0.47), (0.26, 0.17))),
        "nose_width": _along(x=0.20 * x * local((0.0, -0.46), (0.22, 0.14))),
        "nose_height": _along(z=0.07 * local((0.0, -0.40), (0.13, 0.16))),
        "nose_bridge": _along(z=0.045 * local((0.0, -0.10), (0.09, 0.16))),
        "nose_tilt": _along(y=0.035 * local((0.0, -0.43), (0.11, 0.09))),
        "eye_distance": _along(x=0.028 * side * eye),
        "eye_size": _along(x=0.10 * side * beside_eye * eye, y=0.10 * over_eye * eye),
        "eye_opening": _along(y=0.22 * over_eye * small_eye),
        "eye_tilt": _along(y=0.14 * beside_eye * eye),
        "eye_depth": _along(z=0.03 * socket),
        "brow_height": _along(y=0.03 * brow),
        "brow_tilt": _along(y=0.10 * (aside - 0.38) * brow),
        "brow_thickness": _along(y=0.35 * over_brow * front * _brow(x, y, 0.09)),
        "mouth_width": _along(x=0.13 * x * front * _mouth(x, y, 1.1)),
        "mouth_height": _along(y=0.03 * mouth),
        "lip_top": _along(
            y=0.022 * local((0.0, -0.70), (0.22, 0.05)),
            z=0.015 * local((0.0, -0.74), (0.22, 0.06)),
        ),
        "lip_low": _along(
            y=-0.028 * local((0.0, -0.90), (0.22, 0.06)),
            z=0.015 * local((0.0, -0.85), (0.22, 0.06)),
        ),
        "mouth_forward": _along(z=0.05 * mouth),
        # People are not quite symmetric.
        "lean": _along(x=0.02 * np.maximum(y, -1.4)),
        "nose_lean": _along(x=0.02 * local((0.0, -0.42), (0.25, 0.25))),
    }


def expression(points: Numbers) -> dict[str, Numbers]:
    """How the skin moves: fields (N, 3). The jaw and the lids turn and close otherwise (`head`)."""
    x, y, z = points.T
    side, aside = np.sign(x), np.abs(x)
    front = smoothstep(-1.0, -0.4, z)
    corner = bump(aside, y, (0.31, -0.78), (0.17, 0.15))
    cheek = bump(aside, y, (0.42, -0.38), (0.2, 0.18))
    brow = front * _brow(x, y)
    inner = smoothstep(0.5, 0.1, aside)
    return {
        "smile": _along(
            x=side * (0.075 * corner + 0.02 * cheek),
            y=0.075 * corner + 0.045 * cheek - 0.012 * bump(x, y, (0.0, -0.85), (0.2, 0.12)),
            z=0.045 * cheek - 0.04 * corner,
        ),
        "frown": _along(x=0.01 * side * corner, y=-0.055 * corner, z=-0.01 * corner),
        "pucker": _along(
            x=-0.32 * x * _mouth(x, y, 0.95), z=0.06 * bump(x, y, (0.0, -0.79), (0.22, 0.16))
        ),
        "mouth_aside": _along(x=0.05 * _mouth(x, y)),
        "brow_raise": _along(y=0.075 * front * _brow(x, y, 0.15)),
        "brow_lower": _along(
            x=-0.02 * side * brow * inner,
            y=-0.05 * front * _brow(x, y, 0.11) * smoothstep(0.75, 0.1, aside),
            z=0.012 * brow * inner,
        ),
        "brow_slant": _along(y=0.05 * brow * inner),
    }


_NOWHERE = np.zeros((1, 3))
IDENTITY = tuple(identity(_NOWHERE))
EXPRESSION = tuple(expression(_NOWHERE))


def stacked(fields: dict[str, Numbers]) -> Numbers:
    """Fields as one array (F, N, 3)."""
    return np.stack(list(fields.values()))
