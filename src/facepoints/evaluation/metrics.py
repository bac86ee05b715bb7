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


def bootstrap_interval(
    nme: Floats, groups: list[str], resamples: int, seed: int = 0
) -> tuple[float, float, int]:
    """A 95 % percentile interval of the mean NME, resampling whole groups (people, photos) with replacement.

    Percentile bootstrap (Efron and Tibshirani, An Introduction to the Bootstrap, 1993, ch. 13), over groups
    because the faces of one person are not independent.

    Returns:
        Low, high, and the number of groups.
    """
    names, index = np.unique(np.asarray(groups), return_inverse=True)
    sums = np.bincount(index, weights=nme)
    counts = np.bincount(index).astype(np.float64)
    generator = np.random.default_rng(seed)
    times = generator.multinomial(len(names), np.full(len(names), 1 / len(names)), size=resamples)
    means = (times @ sums) / (times @ counts)
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high), len(names)
