"""Boxes around points, and what a view spans of a box. Plain numpy: prediction uses it too."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

PaddingUnit = Literal["side", "pixels"]  # longer box sides, or photo pixels


def landmark_box(
    landmarks: NDArray[np.float32], labelled: NDArray[np.bool_]
) -> NDArray[np.float32]:
    """The tight box (4,) around the labelled ones of landmarks (K, 2)."""
    points = landmarks[labelled]
    return np.concatenate([points.min(axis=0), points.max(axis=0)]).astype(np.float32)


def padded(
    box: NDArray[np.floating], padding: float, unit: PaddingUnit, keep_aspect: bool
) -> NDArray[np.float32]:
    """A box (4,), or boxes (N, 4), padded on each side, and made square if the aspect is kept."""
    given = box.astype(np.float64)
    centre = (given[..., :2] + given[..., 2:]) / 2
    sides = given[..., 2:] - given[..., :2]
    longer = sides.max(axis=-1, keepdims=True)
    sides = sides + 2 * padding * (longer if unit == "side" else 1.0)
    if keep_aspect:
        sides = np.broadcast_to(sides.max(axis=-1, keepdims=True), sides.shape)
    return np.concatenate([centre - sides / 2, centre + sides / 2], axis=-1).astype(np.float32)


def overlaps(boxes: NDArray[np.float32], others: NDArray[np.float32]) -> NDArray[np.float32]:
    """Intersection over union (N, M) of boxes (N, 4) with others (M, 4)."""
    low = np.maximum(boxes[:, None, :2], others[None, :, :2])
    high = np.minimum(boxes[:, None, 2:], others[None, :, 2:])
    shared = np.clip(high - low, 0, None).prod(axis=2)
    areas, other_areas = ((each[:, 2:] - each[:, :2]).prod(axis=1) for each in (boxes, others))
    union = areas[:, None] + other_areas[None] - shared
    return np.asarray(shared / np.maximum(union, 1e-6), np.float32)
