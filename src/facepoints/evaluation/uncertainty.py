"""What a model says of its own errors, against the errors that it makes."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr
from torch import Tensor

from facepoints.evaluation.points import Matched
from facepoints.evaluation.score import Errors
from facepoints.models.prediction import Prediction
from facepoints.store.crops import Crops
from facepoints.store.faces import Faces

# Squared radius, in standard deviations, of the ellipse that holds 95 % of a two-dimensional Gaussian.
HOLDS_95 = -2 * math.log(0.05)


def uncertainty(
    predicted: Prediction, faces: Faces, store: Crops, matched: Matched, found: Errors
) -> dict[str, Any] | None:
    """How far the predicted covariances tell the errors; None of a model that gives none.

    deviation: mean standard deviation √(tr Σ / 2) in percent of the normaliser. inside_95: the share of points in
    their 95 % ellipse, 0.95 if the covariances are right. rank_correlation: Spearman's, over faces, between the
    mean deviation and the NME: whether the uncertain faces are the wrong ones; None without an order.
    """
    if predicted.covariance is None:
        return None
    covariance = predicted.covariance.numpy().astype(np.float64)[:, matched.predicted]
    away = (
        predicted.points.numpy()[:, matched.predicted] - faces.points.numpy()[:, matched.true]
    ).astype(np.float64)
    square = np.einsum("nki,nkij,nkj->nk", away, np.linalg.inv(covariance), away)
    photo = in_photo(predicted.covariance, store)[:, matched.predicted]
    deviation = np.sqrt(np.trace(photo, axis1=2, axis2=3) / 2) / found.divisor[:, None]
    usable = np.isfinite(found.divisor)
    known = found.labelled & usable[:, None]
    mean = np.where(known, deviation, 0).sum(axis=1)[usable] / known.sum(axis=1)[usable]
    nme = found.nme[usable]
    # Equal deviations, or equal errors, have no order.
    ordered = np.ptp(mean) > 0 and np.ptp(nme) > 0
    return {
        "deviation": float(100 * deviation[known].mean()),
        "inside_95": float((square[known] <= HOLDS_95).mean()),
        "rank_correlation": float(spearmanr(mean, nme).statistic) if ordered else None,
    }


def in_photo(covariance: Tensor, store: Crops) -> NDArray[np.float64]:
    """Covariances (N, K, 2, 2) in view units squared as photo pixels squared."""
    back = np.linalg.inv(store.affine[:, :, :2]) * store.settings.side  # photo ← view units
    return np.asarray(
        np.einsum("nij,nkjl,nml->nkim", back, covariance.numpy().astype(np.float64), back)
    )


def ellipses(predicted: Prediction, store: Crops, matched: Matched) -> NDArray[np.float64] | None:
    """Covariances (N, M, 2, 2) of the matched points in view pixels squared; None where there are none."""
    if predicted.covariance is None:
        return None
    covariance = predicted.covariance.numpy().astype(np.float64)[:, matched.predicted]
    return np.asarray(covariance * float(store.settings.side) ** 2)
