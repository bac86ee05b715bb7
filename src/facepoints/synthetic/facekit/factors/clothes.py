"""What is worn below the neck: a plain or striped collar."""

import numpy as np

from facepoints.synthetic.curves import smoothstep
from facepoints.synthetic.facekit.draft import Draft
from facepoints.synthetic.facekit.shapes import piece
from facepoints.synthetic.parts import sheet

_DEPTH = 40.0  # of what the bust stands on, centimetres


def clothes(draft: Draft, random: np.random.Generator, strength: float) -> None:
    """Paint the bust from a collar of some height down, and go on below it. Strength 0 leaves it bare."""
    place = draft.kit.neutral.astype(np.float64)
    collar = random.uniform(-1.0, 3.5)  # rises up the neck from its deepest place
    one, other = random.uniform(0.005, 0.8) * random.uniform(0.4, 1.0, (2, 3))
    stripes, direction = random.random(), random.normal(0.0, 2.0, 3)
    if strength > 0:
        pattern = np.sin((place * direction).sum(axis=1))
        share = smoothstep(-0.3, 0.3, pattern) if stripes < 0.4 else np.zeros(len(place))
        cloth = one + share[:, None] * (other - one)
        below = smoothstep(-0.15, 0.15, draft.regions.clothes.astype(np.float64) + collar)
        draft.paint(cloth.astype(np.float32), below.astype(np.float32))
        draft.shine[:, 0] *= 1 - 0.8 * below.astype(np.float32)
    edge = draft.regions.hem
    top = draft.vertices[edge]
    bottom = top * np.array([1.5, 1.0, 1.3], np.float32) - np.array([0, _DEPTH, 0], np.float32)
    numbers = np.arange(2 * len(edge), dtype=np.int32).reshape(2, -1)
    points = np.concatenate([top, bottom])
    colours = np.tile(draft.colours[edge], (2, 1))
    draft.pieces.append(piece(points, sheet(numbers), colours, (0.02, 10.0)))
