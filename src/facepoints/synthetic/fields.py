"""How faces differ and move: smooth displacement fields over the mean face.

Each field is a function of place, so that it carries skin, eyeballs, teeth and ears alike. A face's
number for a field counts in units of a wide but common deviation: about -1 to 1.
"""

from collections.abc import Callable

import numpy as np

from facepoints.synthetic.grid import brow_height, smoothstep
from facepoints.synthetic.relief import EYE_CENTRE, bump
from facepoints.synthetic.skull import Numbers

Field = Callable[[Numbers, Numbers, Numbers], tuple[Numbers, Numbers, Numbers]]


def _eye(x: Numbers, y: Numbers, size: float = 0.24) -> Numbers:
    return bump(np.abs(x), y, (EYE_CENTRE[0], EYE_CENTRE[1]), (size, size * 0.85))


def _front(z: Numbers) -> Numbers:
    return smoothstep(-1.0, -0.4, z)


def _brow(x: Numbers, y: Numbers, size: float = 0.12) -> Numbers:
    result: Numbers = np.exp(-(((y - brow_height(np.abs(x))) / size) ** 2))
    return result * smoothstep(0.95, 0.6, np.abs(x))


def _mouth(x: Numbers, y: Numbers, size: float = 1.0) -> Numbers:
    return bump(x, y, (0.0, -0.79), (0.42 * size, 0.20 * size))


IDENTITY: dict[str, Field] = {
    "head_width": lambda x, y, z: (0.06 * x, 0 * y, 0 * z),
    "face_length": lambda x, y, z: (
        0 * x,
        0.10 * np.minimum(y, 0) * smoothstep(-1.9, -1.3, y),
        0 * z,
    ),
    "skull_height": lambda x, y, z: (0 * x, 0.10 * np.maximum(y - 0.3, 0), 0 * z),
    "forehead_slope": lambda x, y, z: (0 * x, 0 * y, -0.09 * np.maximum(y - 0.3, 0) * _front(z)),
    "jaw_width": lambda x, y, z: (
        0.11 * x * np.exp(-(((y + 0.95) / 0.42) ** 2)) * smoothstep(0.2, 0.6, np.abs(x)),
        0 * y,
        0 * z,
    ),
    "chin_length": lambda x, y, z: (
        0 * x,
        -0.08 * bump(x, y, (0, -1.32), (0.4, 0.22)) * _front(z),
        0 * z,
    ),
    "chin_forward": lambda x, y, z: (
        0 * x,
        0 * y,
        0.07 * bump(x, y, (0, -1.25), (0.35, 0.25)) * _front(z),
    ),
    "chin_width": lambda x, y, z: (
        0.35 * x * bump(x, y, (0, -1.28), (0.3, 0.16)) * _front(z),
        0 * y,
        0 * z,
    ),
    "cheek_fullness": lambda x, y, z: (
        0.05 * np.sign(x) * bump(np.abs(x), y, (0.62, -0.5), (0.25, 0.35)),
        0 * y,
        0.04 * bump(np.abs(x), y, (0.5, -0.5), (0.22, 0.3)) * _front(z),
    ),
    "nose_length": lambda x, y, z: (
        0 * x,
        -0.055 * bump(x, y, (0, -0.47), (0.26, 0.17)) * _front(z),
        0 * z,
    ),
    "nose_width": lambda x, y, z: (
        0.20 * x * bump(x, y, (0, -0.46), (0.22, 0.14)) * _front(z),
        0 * y,
        0 * z,
    ),
    "nose_height": lambda x, y, z: (
        0 * x,
        0 * y,
        0.07 * bump(x, y, (0, -0.40), (0.13, 0.16)) * _front(z),
    ),
    "nose_bridge": lambda x, y, z: (
        0 * x,
        0 * y,
        0.045 * bump(x, y, (0, -0.10), (0.09, 0.16)) * _front(z),
    ),
    "nose_tilt": lambda x, y, z: (
        0 * x,
        0.035 * bump(x, y, (0, -0.43), (0.11, 0.09)) * _front(z),
        0 * z,
    ),
    "eye_distance": lambda x, y, z: (0.028 * np.sign(x) * _eye(x, y) * _front(z), 0 * y, 0 * z),
    "eye_size": lambda x, y, z: (
        0.10 * (x - np.sign(x) * EYE_CENTRE[0]) * _eye(x, y) * _front(z),
        0.10 * (y - EYE_CENTRE[1]) * _eye(x, y) * _front(z),
        0 * z,
    ),
    "eye_opening": lambda x, y, z: (
        0 * x,
        0.22 * (y - EYE_CENTRE[1]) * _eye(x, y, 0.2) * _front(z),
        0 * z,
    ),
    "eye_tilt": lambda x, y, z: (
        0 * x,
        0.14 * (np.abs(x) - EYE_CENTRE[0]) * _eye(x, y) * _front(z),
        0 * z,
    ),
    "eye_depth": lambda x, y, z: (0 * x, 0 * y, 0.03 * _eye(x, y, 0.28) * _front(z)),
    "brow_height": lambda x, y, z: (0 * x, 0.03 * _brow(x, y) * _front(z), 0 * z),
    "brow_tilt": lambda x, y, z: (
        0 * x,
        0.10 * (np.abs(x) - 0.38) * _brow(x, y) * _front(z),
        0 * z,
    ),
    "brow_thickness": lambda x, y, z: (
        0 * x,
        0.35 * (y - brow_height(np.abs(x))) * _brow(x, y, 0.09) * _front(z),
        0 * z,
    ),
    "mouth_width": lambda x, y, z: (0.13 * x * _mouth(x, y, 1.1) * _front(z), 0 * y, 0 * z),
    "mouth_height": lambda x, y, z: (0 * x, 0.03 * _mouth(x, y) * _front(z), 0 * z),
    "lip_top": lambda x, y, z: (
        0 * x,
        0.022 * bump(x, y, (0, -0.70), (0.22, 0.05)) * _front(z),
        0.015 * bump(x, y, (0, -0.74), (0.22, 0.06)) * _front(z),
    ),
    "lip_low": lambda x, y, z: (
        0 * x,
        -0.028 * bump(x, y, (0, -0.90), (0.22, 0.06)) * _front(z),
        0.015 * bump(x, y, (0, -0.85), (0.22, 0.06)) * _front(z),
    ),
    "mouth_forward": lambda x, y, z: (0 * x, 0 * y, 0.05 * _mouth(x, y) * _front(z)),
    "side_lean": lambda x, y, z: (0.02 * y, 0 * y, 0 * z),
    "nose_lean": lambda x, y, z: (
        0.02 * bump(x, y, (0, -0.42), (0.25, 0.25)) * _front(z),
        0 * y,
        0 * z,
    ),
}


def _corner(x: Numbers, y: Numbers) -> Numbers:
    return bump(np.abs(x), y, (0.31, -0.78), (0.17, 0.15))


# Fields over the skin alone; jaw and lids move otherwise (`head`).
EXPRESSION: dict[str, Field] = {
    "smile": lambda x, y, z: (
        0.075 * np.sign(x) * _corner(x, y)
        + 0.02 * np.sign(x) * bump(np.abs(x), y, (0.45, -0.5), (0.2, 0.2)),
        0.075 * _corner(x, y)
        + 0.045 * bump(np.abs(x), y, (0.42, -0.40), (0.2, 0.2))
        - 0.012 * bump(x, y, (0, -0.85), (0.2, 0.12)),
        -0.04 * _corner(x, y) + 0.045 * bump(np.abs(x), y, (0.42, -0.36), (0.2, 0.16)),
    ),
    "frown": lambda x, y, z: (
        0.01 * np.sign(x) * _corner(x, y),
        -0.055 * _corner(x, y),
        -0.01 * _corner(x, y),
    ),
    "pucker": lambda x, y, z: (
        -0.32 * x * _mouth(x, y, 0.95),
        0 * y,
        0.06 * bump(x, y, (0, -0.79), (0.22, 0.16)),
    ),
    "mouth_aside": lambda x, y, z: (0.05 * _mouth(x, y), 0 * y, 0 * z),
    "brow_raise": lambda x, y, z: (0 * x, 0.075 * _brow(x, y, 0.15), 0.004 * _brow(x, y)),
    "brow_lower": lambda x, y, z: (
        -0.02 * np.sign(x) * _brow(x, y) * smoothstep(0.5, 0.1, np.abs(x)),
        -0.05 * _brow(x, y, 0.11) * smoothstep(0.75, 0.1, np.abs(x)),
        0.012 * _brow(x, y) * smoothstep(0.5, 0.1, np.abs(x)),
    ),
    "brow_slant": lambda x, y, z: (
        0 * x,
        0.05 * _brow(x, y) * smoothstep(0.5, 0.1, np.abs(x)),
        0 * z,
    ),
}


def basis(fields: dict[str, Field], points: Numbers) -> Numbers:
    """The fields at points (N, 3): (F, N, 3)."""
    x, y, z = points.T
    return np.stack([np.stack(field(x, y, z), axis=1) for field in fields.values()])
