"""Face boxes that are not quite right, as a detector's are: for a net and for dlib the same ones.

A box (3,) is the centre x, y and the side of a square in view units, so that the view itself is (½, ½, 1).
"""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from facepoints.augment.chance import Draws

SHIFT = 0.075  # largest distance from the true centre, sides of the tight box, each way in x and y
SCALE = (0.9, 1.1)  # smallest and largest side


def exact(faces: int) -> Tensor:
    """The views themselves: (N, 3)."""
    return torch.tensor([0.5, 0.5, 1.0]).expand(faces, 3)


def shifted(faces: int, padding: float, generator: torch.Generator) -> Tensor:
    """Boxes (N, 3), each shifted and scaled by uniform random numbers.

    Args:
        padding: of the view, in sides of the tight box, on each side of it.
    """
    limit, draws = SHIFT / (1 + 2 * padding), Draws(generator, faces)
    centre = 0.5 + draws.uniform(-limit, limit, 2)
    return torch.cat([centre, draws.uniform(*SCALE, 1)], dim=1)


def homography(boxes: Tensor) -> Tensor:
    """The maps (N, 3, 3) box ← view of boxes (N, 3), as augment.geometry takes them."""
    centre, side = boxes[:, :2], boxes[:, 2:]
    maps = torch.eye(3).repeat(len(boxes), 1, 1)
    maps[:, :2, :2] /= side[:, :, None]
    maps[:, :2, 2] = (0.5 - centre) / side
    return maps


def to_view(points: Tensor, boxes: Tensor) -> Tensor:
    """Points (N, K, 2) in units of their boxes (N, 3) as view units."""
    return (points - 0.5) * boxes[:, None, 2:] + boxes[:, None, :2]


def pixels(boxes: Tensor, side: int, margin: int) -> NDArray[np.int64]:
    """The first and last columns and rows (N, 4), left, top, right, bottom, that boxes (N, 3) cover in a crop.

    Args:
        side: of the view, pixels.
        margin: around it, pixels.
    """
    centre, half = boxes[:, :2].double(), boxes[:, 2:].double() / 2
    first, end = (
        np.rint(((centre + sign * half) * side + margin).numpy()).astype(np.int64)
        for sign in (-1, 1)
    )
    return np.concatenate([first, end - 1], axis=1)
