"""The bootstrap over groups: how far a mean over faces may lie from the mean over all faces there are."""

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, stdtrit

Floats = NDArray[np.float64]

CONFIDENCE = 0.95
AT_ONCE = 1_000_000  # numbers drawn at a time: the memory that they take


def resampled_means(values: Floats, groups: list[str], resamples: int, seed: int = 0) -> Floats:
    """Means over faces, each of as many groups (people, photos) as there are, drawn with replacement.

    Whole groups, because the faces of one person are not independent. What stands side by side in `values` is
    resampled together, so that differences and ratios of columns can be taken of the result.

    Args:
        values: (N, ...) per face.
        groups: N names.

    Returns:
        (resamples, ...).
    """
    names, index = np.unique(np.asarray(groups), return_inverse=True)
    sums = np.zeros((len(names), *values.shape[1:]))
    np.add.at(sums, index, values)
    counts = np.bincount(index)
    generator = np.random.default_rng(seed)
    parts = []
    for first in range(0, resamples, rows := max(1, AT_ONCE // len(names))):
        drawn = generator.integers(len(names), size=(min(rows, resamples - first), len(names)))
        total = counts[drawn].sum(axis=1).reshape(-1, *(1 for _ in values.shape[1:]))
        parts.append(sums[drawn].sum(axis=1) / total)
    return np.concatenate(parts)


def interval(resampled: Floats, groups: int) -> tuple[float, float] | None:
    """The interval that holds the true value with 95 % confidence, of statistics (R,) of resampled groups.

    The expanded percentile interval (Hesterberg, "What Teachers Should Know About the Bootstrap", The American
    Statistician 69, 2015): plain percentiles are too narrow for few groups, by √((n − 1) / n) and by a normal quantile
    in the place of Student's. None of a single group, which says nothing of others.
    """
    if groups < 2:
        return None
    quantile = stdtrit(groups - 1, (1 + CONFIDENCE) / 2) * math.sqrt(groups / (groups - 1))
    tail = float(ndtr(-quantile))
    low, high = np.quantile(resampled, [tail, 1 - tail])
    return float(low), float(high)
