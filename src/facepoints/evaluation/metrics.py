"""Metrics over the faces of a test split, from NME per face in percent."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def failure_rate(nme: Floats, threshold: float = 10.0) -> float:
    """Percent of faces with NME above the threshold (percent)."""
    return float(100 * np.mean(nme > threshold))


def auc(nme: Floats, threshold: float = 10.0) -> float:
    """Area under the CED up to the threshold, as a fraction: the mean of max(0, 1 − NME / threshold)."""
    return float(np.mean(np.maximum(0.0, 1 - nme / threshold)))


def ced(nme: Floats, errors: Floats) -> Floats:
    """Cumulative error distribution: the share of faces with NME at most each of `errors`."""
    return np.searchsorted(np.sort(nme), errors, side="right") / len(nme)
