"""What stands behind the face: gradients, noise, blurred clutter."""

import cv2
import numpy as np

from facepoints.synthetic.background import background as drawn
from facepoints.synthetic.facekit.draft import Draft
from facepoints.synthetic.scene import GAMMA


def background(draft: Draft, random: np.random.Generator, strength: float) -> None:
    """Strength 0 is a grey wall, less than 1 mixes with it."""
    if strength == 0:
        return
    side = draft.settings.side
    # It is blurred, and buys a model little (docs/synthetic.md): a quarter of the pixels will do.
    coarse = drawn(random, max(1, side // 2))
    behind = cv2.pow(cv2.resize(coarse, (side, side), interpolation=cv2.INTER_LINEAR), GAMMA)
    draft.backdrop += np.float32(min(1.0, strength)) * (behind - draft.backdrop)
