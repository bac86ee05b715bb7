"""Eyeballs: white, iris and pupil."""

import numpy as np

from facepoints.synthetic.curves import smoothstep
from facepoints.synthetic.facekit.draft import Draft

_IRISES = np.array(
    [
        [0.040, 0.018, 0.010],
        [0.085, 0.042, 0.018],
        [0.16, 0.10, 0.035],
        [0.12, 0.14, 0.055],
        [0.10, 0.18, 0.30],
        [0.20, 0.24, 0.26],
    ]
)
_SHARES = [0.35, 0.27, 0.12, 0.08, 0.12, 0.06]
_IRIS = 0.60  # radius, centimetres


def eyes(draft: Draft, random: np.random.Generator, strength: float) -> None:
    """Paint both alike; where the iris is on an eyeball never changes, because the ball turns."""
    iris = _IRISES[int(random.choice(len(_IRISES), p=_SHARES))] * random.uniform(0.7, 1.3)
    iris = iris if strength > 0 else _IRISES[1]
    pupil = 0.22 + 0.10 * strength * random.uniform(-1, 1)
    white = np.array([0.68, 0.64, 0.61]) * (1 + 0.15 * strength * random.uniform(-1, 1))
    red = 0.3 * strength * random.random()
    for name in ("right_eye", "left_eye"):
        part = draft.kit.part(name)
        ball = draft.kit.neutral[part].astype(np.float64)
        middle = ball[np.argmax(ball[:, 2])]
        out = np.hypot(ball[:, 0] - middle[0], ball[:, 1] - middle[1])
        out = np.where(ball[:, 2] < middle[2] - 1.2, 9.0, out)
        streaks = 1 + 0.25 * random.uniform(-1, 1, len(ball))
        veined = white * (
            1 - red * smoothstep(0.6, 1.5, out)[:, None] * np.array([0.0, 0.35, 0.35])
        )
        colour = veined
        ring = iris * (streaks * (0.8 + 0.5 * smoothstep(_IRIS, pupil, out)))[:, None]
        colour = np.where((out < _IRIS)[:, None], ring, colour)
        border = ((out > 0.85 * _IRIS) & (out < 1.08 * _IRIS))[:, None]
        colour = np.where(border, 0.35 * iris + 0.015, colour)
        colour = np.where((out < pupil)[:, None], 0.004, colour)
        draft.colours[part] = colour
        draft.shine[part] = (0.9, 200.0)
