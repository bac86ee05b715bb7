"""Steady points from trembling ones.

The One-Euro filter: G. Casiez, N. Roussel and D. Vogel, 1€ Filter: a simple speed-based low-pass filter for noisy input
in interactive systems, CHI 2012. Slow points are smoothed much, fast ones little, so that they do not lag.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Smoothing:
    """How much is smoothed; `python -m benchmarks.video` measures what it does.

    Attributes:
        still: cutoff frequency of a point at rest, Hz.
        speed: what the cutoff rises by, Hz per face size a second.
        trust: cutoff frequency of the speed itself, Hz.
    """

    still: float = 0.5
    speed: float = 30.0
    trust: float = 1.0


class OneEuro:
    """The filter of one face's points. Speeds count in sizes of the face: one setting fits near and far faces."""

    def __init__(self, settings: Smoothing) -> None:
        self._settings = settings
        self._time = 0.0
        self._points: NDArray[np.float64] | None = None
        self._speeds = np.zeros(0)

    def __call__(self, points: Floats, time: float) -> Floats:
        """Points (K, 2) of the next picture, smoothed.

        Args:
            time: of the picture, seconds; the same as that of the last one, or an earlier one, starts anew.
        """
        given, past = points.astype(np.float64), time - self._time
        self._time = time
        if self._points is None or past <= 0:
            self._points, self._speeds = given, np.zeros_like(given)
            return points
        speeds = (given - self._points) / past / size(points)
        self._speeds += _share(self._settings.trust, past) * (speeds - self._speeds)
        moved = np.linalg.norm(self._speeds, axis=1, keepdims=True)
        share = _share(self._settings.still + self._settings.speed * moved, past)
        self._points = self._points + share * (given - self._points)
        return self._points.astype(np.float32)


def size(points: Floats) -> float:
    """Of a face with points (K, 2), pixels: √(width · height) of their box, at least 1."""
    width, height = np.ptp(points, axis=0).tolist()
    return max(1.0, math.sqrt(width * height))


def _share(cutoff: NDArray[np.float64] | float, past: float) -> NDArray[np.float64]:
    """What a first-order low-pass filter takes over of a new value after `past` seconds."""
    step = 2 * math.pi * np.asarray(cutoff) * past
    return np.asarray(step / (step + 1))
