"""Brows: hairs along both, thick or thin, high or low, light or dark, over a shaded skin."""

import numpy as np

from facepoints.synthetic.facekit.brow import Brow
from facepoints.synthetic.facekit.draft import Draft, mixed
from facepoints.synthetic.facekit.strands import ribbons, straight


def brows(draft: Draft, random: np.random.Generator, strength: float) -> None:
    """The landmarks move with brows that sit high or low. Strength 0 leaves the mean brow, not a bare face."""
    thick = 0.42 + 0.2 * strength * random.uniform(-1, 1)
    draft.brow = Brow(float(0.18 * strength * random.normal()), float(thick))
    bend = 0.10 * strength * random.normal()
    dense = min(1.0, max(0.2, 0.6 + 0.4 * strength * random.uniform(-1, 1)))
    tone = min(1.0, 0.75 + 0.25 * strength * random.uniform(-1, 1))
    # Darker than the skin whatever the hair, or nobody could say where the brows are.
    colour = np.minimum(draft.hair * 0.8, draft.skin * 0.4)
    colour = mixed(draft.skin * np.float32(0.5), colour.astype(np.float32), tone)
    shade = mixed(draft.skin, colour, 0.8)
    facing = draft.normals()
    eye = draft.view().rotation()[2]
    for roots, sign in zip(draft.regions.brows, (-1.0, 1.0), strict=True):
        along_brow = roots.along.astype(np.float64)
        height = roots.across - draft.brow.middle(along_brow) - bend * (roots.along - 0.5)
        inside = np.abs(height) < draft.brow.half(along_brow) * random.uniform(
            0.75, 1.0, len(height)
        )
        inside &= along_brow < 0.98
        chosen = np.flatnonzero(inside & (random.random(len(height)) < dense)).astype(np.int32)
        start = roots.of(draft.vertices, chosen)
        outward = roots.of(facing, chosen)
        # Upward beside the nose, outward along the brow, downward at its end and from its upper half.
        up = 0.9 - 1.2 * roots.along[chosen] - 0.8 * height[chosen] / thick
        along = np.stack([np.full(len(chosen), sign), up, np.full(len(chosen), -0.25)], axis=1)
        along += 0.25 * random.standard_normal(along.shape)
        along -= outward * (along * outward).sum(axis=1, keepdims=True)
        along /= np.linalg.norm(along, axis=1, keepdims=True)
        length = random.uniform(0.35, 0.8, len(chosen)) * (1 - 0.5 * roots.along[chosen])
        paths = straight(start, outward, along, length[:, None], (0.04, 0.09))
        light = random.uniform(0.7, 1.4, (len(chosen), 1))
        draft.pieces.append(
            ribbons(
                paths,
                random.uniform(0.03, 0.07, len(chosen)).astype(np.float32),
                (colour * light).astype(np.float32),
                outward,
                eye,
                0.02,
            )
        )
    draft.paint(shade, draft.regions.brow * np.float32(0.55 * dense * min(1.0, thick / 0.42)))
