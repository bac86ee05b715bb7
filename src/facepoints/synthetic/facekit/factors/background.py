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
    behind = cv2.pow(drawn(random, draft.settings.side), GAMMA)
    draft.backdrop += np.float32(min(1.0, strength)) * (behind - draft.backdrop)
