"""Point errors and what they are divided by.

NME (normalised mean error) of a face: the mean distance between predicted and true labelled points, over a
normaliser such as the inter-ocular distance (Sagonas et al., 300 Faces in-the-Wild, 2013); in percent.
"""

import numpy as np
from numpy.typing import NDArray

from facepoints.schemes.scheme import BOX, Scheme

Floats = NDArray[np.float64]

SMALLEST_NORMALISER = (
    0.05  # of the box side; a profile's eye corners coincide and would divide by ~0
)


def point_errors(predicted: NDArray[np.floating], true: NDArray[np.floating]) -> Floats:
    """Distances (N, K) between points (N, K, 2), in their unit."""
    difference = predicted.astype(np.float64) - true.astype(np.float64)
    return np.asarray(np.linalg.norm(difference, axis=-1))


def normaliser(
    true: NDArray[np.floating], labelled: NDArray[np.bool_], scheme: Scheme, name: str
) -> Floats:
    """What errors are divided by (N,), in the points' unit; NaN where it cannot serve.

    The distance between the means of the normaliser's two groups of points. It cannot serve where one of its
    points is unlabelled, or where it is under 5 % of the longer side of the box of the labelled points. The one
    called `box`, which every scheme has, is √(width · height) of that box, and cannot serve where that is 0.
    """
    if name == BOX:
        size = np.sqrt(box_sides(true, labelled).prod(axis=1))
        return np.where(size > 0, size, np.nan)
    first, second = (list(group) for group in scheme.normalisers[name])
    points = true.astype(np.float64)
    distance = np.linalg.norm(
        points[:, first].mean(axis=1) - points[:, second].mean(axis=1), axis=-1
    )
    usable = labelled[:, first + second].all(axis=1)
    usable &= distance >= SMALLEST_NORMALISER * box_sides(true, labelled).max(axis=1)
    return np.where(usable, distance, np.nan)


def box_sides(true: NDArray[np.floating], labelled: NDArray[np.bool_]) -> Floats:
    """Width and height (N, 2) of the tight box around the labelled points; NaN where there are none."""
    points, on = true.astype(np.float64), labelled[..., None]
    sides = np.where(on, points, -np.inf).max(axis=1) - np.where(on, points, np.inf).min(axis=1)
    return np.where(np.isfinite(sides), sides, np.nan)


def face_nme(errors: Floats, labelled: NDArray[np.bool_], divisor: Floats) -> Floats:
    """NME (N,) in percent from point errors (N, K); NaN where the divisor is."""
    mean = (errors * labelled).sum(axis=1) / labelled.sum(axis=1)
    return np.asarray(100 * mean / divisor)
