"""Who it is: the scanned people's modes of shape."""

import numpy as np

from facepoints.synthetic.facekit.draft import Draft

_FARTHEST = 2.5  # standard deviations


def identity(draft: Draft, random: np.random.Generator, strength: float) -> None:
    """A person from the distribution of the scans: independent N(0, 1) modes.

    Each mode has numbers of its own, so that a part of the modes gives the same person, only less finely.
    """
    modes = draft.kit.identity
    numbers = np.clip(random.standard_normal(len(modes)), -_FARTHEST, _FARTHEST)
    person = (strength * numbers).astype(np.float32)
    # einsum, not a matrix product, whose rounding depends on the number of threads.
    draft.vertices += np.einsum("m,mvc->vc", person, modes)
