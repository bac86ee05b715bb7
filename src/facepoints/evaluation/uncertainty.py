"""What a model says of its own errors, against the errors that it makes."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from facepoints.evaluation.points import Matched
from facepoints.evaluation.score import Errors
from facepoints.models.prediction import Prediction
from facepoints.store.crops import Crops
from facepoints.store.faces import Faces

# Squared radius, in standard deviations, of the ellipse that holds 90 % of a two-dimensional Gaussian.
HOLDS_90 = -2 * math.log(0.1)
CERTAIN = (50, 80, 90, 100)  # percent of the faces


def uncertainty(
    predicted: Prediction, faces: Faces, store: Crops, matched: Matched, found: Errors, learnt: bool
) -> dict[str, Any] | None:
    """How far the predicted covariances tell the errors; None of a model that gives none.

    Args:
        learnt: whether the model's loss fits them to its errors; otherwise they are the spread of its maps.

    Returns:
        learnt; deviation: mean standard deviation √(tr Σ / 2) in percent of the normaliser; inside_90: the share of
        points in their 90 % ellipse, 0.9 if the covariances are right; rank_correlation: Spearman's, over faces,
        between the mean deviation in view units, as a user sees it, and the NME: whether the uncertain faces are the
        wrong ones, None without an order;
        certain: the NME of the most certain 50, 80, 90 and 100 % of the faces.
    """
    if predicted.covariance is None:
        return None
    covariance = predicted.covariance.numpy().astype(np.float64)[:, matched.predicted]
    away = (
        predicted.points.numpy()[:, matched.predicted] - faces.points.numpy()[:, matched.true]
    ).astype(np.float64)
    square = np.einsum("nki,nkij,nkj->nk", away, np.linalg.inv(covariance), away)
    photo = in_photo(predicted.covariance, store)[:, matched.predicted]
    from scipy.stats import spearmanr  # takes seconds to import, and few models need it

    deviation = np.sqrt(np.trace(photo, axis1=2, axis2=3) / 2) / found.divisor[:, None]
    usable = np.isfinite(found.divisor)
    known = found.labelled & usable[:, None]
    # Not divided by the true normaliser, by which the NME is divided too: a small one makes both of them large.
    mean = np.sqrt(np.trace(covariance, axis1=2, axis2=3) / 2).mean(axis=1)[usable]
    nme = found.nme[usable]
    # Equal deviations, or equal errors, have no order.
    ordered = np.ptp(mean) > 0 and np.ptp(nme) > 0
    return {
        "learnt": learnt,
        "deviation": float(100 * deviation[known].mean()),
        "inside_90": float((square[known] <= HOLDS_90).mean()),
        "rank_correlation": float(spearmanr(mean, nme).statistic) if ordered else None,
        "certain": most_certain(mean, nme),
    }


def most_certain(deviation: NDArray[np.float64], nme: NDArray[np.float64]) -> dict[str, float]:
    """The NME over the share of faces with the least deviation, by its percentage."""
    ranked = nme[np.argsort(deviation, kind="stable")]
    return {
        str(percent): float(ranked[: max(1, round(len(ranked) * percent / 100))].mean())
        for percent in CERTAIN
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
