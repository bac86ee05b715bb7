"""Lashes: hairs in the strips that the kit has for them along the lids."""

import numpy as np

from facepoints.synthetic.facekit.draft import Draft
from facepoints.synthetic.facekit.strands import ribbons


def lashes(draft: Draft, random: np.random.Generator, strength: float) -> None:
    """Few and fair to many and black. Strength 0 leaves none."""
    count = int(60 * strength * random.random())
    colour = np.full(3, random.uniform(0.004, 0.04), np.float32)
    length = random.uniform(0.5, 1.0)
    eye_height = draft.kit.neutral[draft.kit.part("left_eye"), 1].mean()
    seen_from = draft.view().rotation()[2]
    for strip in draft.kit.lashes:
        upper = draft.kit.neutral[strip, 1].mean() > eye_height
        hairs = count // 3 if upper else count // 9
        if not hairs:
            continue
        columns = draft.vertices[strip]
        at = random.uniform(0, len(columns) - 1.001, hairs)
        share = (at % 1.0)[:, None, None]
        first = at.astype(int)
        paths = (1 - share) * columns[first] + share * columns[first + 1]
        paths = paths[:, :1] + length * (paths - paths[:, :1])
        outward = np.tile(np.array([0.0, 0.0, 1.0], np.float32), (hairs, 1))
        widths = random.uniform(0.03, 0.06, hairs).astype(np.float32)
        colours = np.tile(colour, (hairs, 1))
        draft.pieces.append(
            ribbons(paths.astype(np.float32), widths, colours, outward, seen_from, 0.02)
        )
