"""From a box that something else draws around a face to the box that the model's view spans.

A detector's box is not the box of training: it sits higher or lower on the face, and is larger or smaller. Shift and
scale, fitted on training images, take the one to the other.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Correction:
    """The view box belonging to a box.

    Attributes:
        shift: x, y from the box's centre to the view's, in box sides.
        scale: the view's sides, in box sides.
        square: the box's longer side stands for both.
    """

    shift: tuple[float, float]
    scale: tuple[float, float]
    square: bool

    def views(self, boxes: Floats) -> Floats:
        """View boxes (N, 4) of boxes (N, 4), image pixels."""
        centre, sides = _measured(boxes, self.square)
        middle, half = centre + sides * self.shift, sides * self.scale / 2
        return np.concatenate([middle - half, middle + half], axis=1).astype(np.float32)


def fit(boxes: Floats, views: Floats, square: bool) -> Correction:
    """The correction of boxes (N, 4) to view boxes (N, 4), N ≥ 1, each number a median, so that strays do not count."""
    centre, sides = _measured(boxes, square)
    shift = ((views[:, :2] + views[:, 2:]) / 2 - centre) / sides
    scale = (views[:, 2:] - views[:, :2]) / sides
    shift_x, shift_y = np.median(shift, axis=0).round(4).tolist()
    scale_x, scale_y = np.median(scale, axis=0).round(4).tolist()
    return Correction((shift_x, shift_y), (scale_x, scale_y), square)


def _measured(boxes: Floats, square: bool) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Centres (N, 2) and sides (N, 2)."""
    given = boxes.astype(np.float64)
    sides = given[:, 2:] - given[:, :2]
    if square:
        sides = np.repeat(sides.max(axis=1, keepdims=True), 2, axis=1)
    return (given[:, :2] + given[:, 2:]) / 2, sides
