"""Make-up: lipstick, eye shadow and rouge."""

import numpy as np

from facepoints.synthetic.facekit.draft import Draft


def makeup(draft: Draft, random: np.random.Generator, strength: float) -> None:
    """One face in four wears some."""
    worn, lips, lids, rouge = random.random(4)
    red = np.array(
        [random.uniform(0.2, 0.6), random.uniform(0.01, 0.12), random.uniform(0.02, 0.2)]
    )
    shadow = random.uniform(0.02, 0.35, 3)
    if worn > 0.25 * strength:
        return
    regions = draft.regions
    draft.paint(red.astype(np.float32), regions.lips * np.float32(0.4 + 0.6 * lips))
    draft.shine[:, 0] += 0.3 * regions.lips * random.random()
    draft.paint(shadow.astype(np.float32), regions.lids * np.float32(0.7 * lids))
    blush = (draft.skin * np.array([1.0, 0.55, 0.55])).astype(np.float32)
    draft.paint(blush, regions.cheeks * np.float32(0.6 * rouge))
