"""How much the points of a still face tremble."""

import numpy as np
from numpy.typing import NDArray

from facepoints import FacepointsError
from facepoints.nme.error import normaliser
from facepoints.schemes.scheme import Scheme


def jitter(track: NDArray[np.floating], scheme: Scheme) -> float:
    """Normalised jitter of the landmarks (T, K, 2) of one face in T ≥ 3 pictures that follow one another, in percent.

    With mₜ = pₜ₊₁ − pₜ, the movement of a point from picture to picture, and m̄ its mean over t:
    100 / D · mean over points of √(mean over t of |mₜ − m̄|²), where D is the mean over t of the scheme's normaliser
    (the distance of the outer eye corners for most). A face that stands still or moves evenly has jitter 0 if its
    points are right; white noise of σ on each coordinate, in units of D, gives 200 σ.

    Raises:
        FacepointsError: fewer than three pictures, or a normaliser that no picture has.
    """
    if len(track) < 3:
        raise FacepointsError(f"jitter needs a face in three pictures or more; found {len(track)}.")
    labelled = np.ones(track.shape[:2], np.bool_)
    sizes = normaliser(track, labelled, scheme, scheme.normaliser)
    if np.isnan(sizes).all():
        raise FacepointsError(
            f"jitter cannot be told: {scheme.normaliser} is too short in every picture."
        )
    moves = np.diff(track.astype(np.float64), axis=0)
    spread = np.sqrt(np.square(moves - moves.mean(axis=0)).sum(axis=-1).mean(axis=0))
    return float(100 * spread.mean() / np.nanmean(sizes))
