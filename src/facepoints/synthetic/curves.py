"""Smooth curves, and those that the features of the mean face follow in the frontal plane.

Heights over |x|, the distance from the face's middle line, in the frame and unit of `skull`.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

EYE_INNER, EYE_OUTER = 0.215, 0.5
LIP_CORNER, MOUTH_CORNER = 0.305, 0.27


def spline(knots: Numbers, values: Numbers, at: Numbers) -> Numbers:
    """Smooth curve through (knot, value), without overshoot; values may carry a second axis.

    Cubic Hermite with harmonic slopes: Fritsch & Butland 1984, A method for constructing local
    monotone piecewise cubic interpolants.
    """
    steps = np.diff(knots).reshape(-1, *[1] * (values.ndim - 1))
    slopes = np.diff(values, axis=0) / steps
    before, after = slopes[:-1], slopes[1:]
    together = before * after > 0
    inner = np.where(together, 2 * before * after / np.where(together, before + after, 1.0), 0.0)
    tangents = np.concatenate([slopes[:1], inner, slopes[-1:]])
    cell = np.clip(np.searchsorted(knots, at, side="right") - 1, 0, len(knots) - 2)
    step = steps[cell]
    q = np.clip((at - knots[cell]) / (knots[cell + 1] - knots[cell]), 0.0, 1.0)
    q = q.reshape(*q.shape, *[1] * (values.ndim - 1))
    result: Numbers = (
        (1 + 2 * q) * (1 - q) ** 2 * values[cell]
        + q * (1 - q) ** 2 * step * tangents[cell]
        + q**2 * (3 - 2 * q) * values[cell + 1]
        + q**2 * (q - 1) * step * tangents[cell + 1]
    )
    return result


def smoothstep(low: float, high: float, value: Numbers) -> Numbers:
    """0 below `low`, 1 above `high` (or the other way round when low > high), smooth between."""
    q = np.clip((value - low) / (high - low), 0.0, 1.0)
    result: Numbers = q * q * (3 - 2 * q)
    return result


def brow_height(x: Numbers) -> Numbers:
    """Height of the brow's middle line over |x|."""
    knots = np.array([0.0, 0.1, 0.2, 0.33, 0.45, 0.57, 0.68, 0.8])
    heights = np.array([0.185, 0.19, 0.225, 0.265, 0.272, 0.235, 0.155, 0.09])
    return spline(knots, heights, x)


def brow_thickness(x: Numbers) -> Numbers:
    """Half the brow's thickness over |x|."""
    knots = np.array([0.0, 0.12, 0.25, 0.45, 0.6, 0.7, 0.8])
    return spline(knots, np.array([0.03, 0.036, 0.042, 0.034, 0.02, 0.012, 0.02]), x)


def _corner_height(x: Numbers) -> Numbers:
    return spline(np.array([0.0, 0.215, 0.5, 0.9]), np.array([-0.03, -0.019, 0.0, 0.01]), x)


def _across_eye(x: Numbers) -> Numbers:
    q = np.clip((x - EYE_INNER) / (EYE_OUTER - EYE_INNER), 0.0, 1.0)
    result: Numbers = 4 * q * (1 - q)
    return result


def _lid_top(x: Numbers) -> Numbers:
    return _corner_height(x) + 0.074 * _across_eye(x) ** 0.75


def _lid_low(x: Numbers) -> Numbers:
    return _corner_height(x) - 0.046 * _across_eye(x) ** 0.85


def _nose_tip(x: Numbers) -> Numbers:
    return spline(np.array([0.0, 0.1, 0.2, 0.4]), np.array([-0.41, -0.405, -0.385, -0.37]), x)


def _nose_base(x: Numbers) -> Numbers:
    knots, heights = [0.0, 0.086, 0.165, 0.3], [-0.556, -0.535, -0.50, -0.48]
    return spline(np.array(knots), np.array(heights), x)


def _lip_line(x: Numbers) -> Numbers:
    knots, heights = (
        [0.0, 0.06, 0.15, 0.27, 0.305, 0.6],
        [-0.792, -0.788, -0.79, -0.782, -0.78, -0.8],
    )
    return spline(np.array(knots), np.array(heights), x)


def _lip_top(x: Numbers) -> Numbers:
    knots, rise = [0.0, 0.075, 0.2, 0.305, 0.34, 0.6], [0.078, 0.093, 0.062, 0.006, 0.02, 0.1]
    return _lip_line(x) + spline(np.array(knots), np.array(rise), x)


def _lip_low(x: Numbers) -> Numbers:
    knots, drop = [0.0, 0.09, 0.2, 0.305, 0.34, 0.6], [0.115, 0.111, 0.076, 0.006, 0.02, 0.1]
    return _lip_line(x) - spline(np.array(knots), np.array(drop), x)


@dataclass(frozen=True)
class Course:
    """How one row of the grid runs.

    height: where it is flat, in the face's middle
    curve:  the feature that it follows: |x| to height
    whole, none: |x| up to which it follows the feature wholly, and from which not at all
    """

    height: float
    curve: Callable[[Numbers], Numbers]
    whole: float
    none: float


COURSES = {
    "brow_top": Course(0.27, lambda x: brow_height(x) + brow_thickness(x), 0.72, 0.84),
    "brow_low": Course(0.20, lambda x: brow_height(x) - brow_thickness(x), 0.72, 0.84),
    "lid_top": Course(0.0, _lid_top, 0.55, 0.8),
    "lid_low": Course(0.0, _lid_low, 0.55, 0.8),
    "nose_tip": Course(-0.37, _nose_tip, 0.2, 0.45),
    "nose_base": Course(-0.50, _nose_base, 0.2, 0.45),
    "lip_top": Course(-0.68, _lip_top, 0.36, 0.62),
    "mouth_top": Course(-0.78, _lip_line, 0.36, 0.62),
    "mouth_low": Course(-0.78, _lip_line, 0.36, 0.62),
    "lip_low": Course(-0.90, _lip_low, 0.36, 0.62),
}
