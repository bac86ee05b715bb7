"""Places that hair can grow from."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from facepoints.synthetic.curves import Numbers
from facepoints.synthetic.facekit.model import FaceKit
from facepoints.synthetic.mesh import Floats, Indices


@dataclass(frozen=True)
class Roots:
    """Places spread over a part of the skin: each on a triangle.

    corners (N, 3) vertices, weights (N, 3) barycentric; along, across: (N,) coordinates of the part
    """

    corners: Indices
    weights: Floats
    along: Floats
    across: Floats

    def of(self, values: Floats, which: Indices) -> Floats:
        """What some roots get of values (V, C) at the vertices: (len(which), C)."""
        chosen: Floats = (values[self.corners[which]] * self.weights[which][..., None]).sum(axis=1)
        return chosen


def spread(
    kit: FaceKit, mask: NDArray[np.bool_], along: Numbers, across: Numbers, grain: float
) -> Roots:
    """Roots on the triangles whose corners are all in the mask, spread evenly over their area."""
    triangles = kit.triangles[mask[kit.triangles].all(axis=1)]
    corners = kit.neutral[triangles].astype(np.float64)
    area = np.linalg.norm(
        np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1
    )
    random = np.random.default_rng(0)
    share = np.cumsum(area / area.sum())
    count = int(area.sum() / 2 / grain**2)
    chosen = np.searchsorted(share, random.random(count)).clip(0, len(triangles) - 1)
    one, other = random.random((2, count))
    flipped = one + other > 1
    one, other = np.where(flipped, 1 - one, one), np.where(flipped, 1 - other, other)
    weights = np.stack([1 - one - other, one, other], axis=1)
    picked = triangles[chosen]
    return Roots(
        picked.astype(np.int32),
        weights.astype(np.float32),
        (along[picked] * weights).sum(axis=1).astype(np.float32),
        (across[picked] * weights).sum(axis=1).astype(np.float32),
    )
