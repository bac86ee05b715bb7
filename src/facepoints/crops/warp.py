"""From photo pixels to view pixels: the one warp that training and prediction share."""

import math

import cv2
import numpy as np
from numpy.typing import NDArray


def view_affine(box: NDArray[np.floating], size: int) -> NDArray[np.float64]:
    """The (2, 3) map view ← photo, both in pixels, that spreads `box` over a view of `size` pixels.

    The box's borders are the view's borders: x0 goes to −0.5 and x1 to size − 0.5.
    """
    x0, y0, x1, y1 = (float(value) for value in box)
    scale_x, scale_y = size / (x1 - x0), size / (y1 - y0)
    return np.array(
        [[scale_x, 0.0, -x0 * scale_x - 0.5], [0.0, scale_y, -y0 * scale_y - 0.5]], dtype=np.float64
    )


def apply(affine: NDArray[np.floating], points: NDArray[np.floating]) -> NDArray[np.float32]:
    """Points (..., 2) under affine (2, 3), or under one affine per face: (N, 2, 3) on (N, K, 2)."""
    linear, shift = affine[..., :2], affine[..., None, :, 2]
    moved = points.astype(np.float64) @ np.swapaxes(linear, -1, -2) + shift
    return moved.astype(np.float32)


def invert(affine: NDArray[np.floating]) -> NDArray[np.float64]:
    """The inverse of affine maps (..., 2, 3)."""
    linear = np.linalg.inv(affine[..., :2].astype(np.float64))
    shift = -np.einsum("...ij,...j->...i", linear, affine[..., 2])
    return np.concatenate([linear, shift[..., None]], axis=-1)


def warp(
    image: NDArray[np.uint8], affine: NDArray[np.float64], size: int, margin: int = 0
) -> NDArray[np.uint8]:
    """The view of `image` (H, W, 3) with `margin` pixels more on each side; black beyond the photo.

    Where the photo shrinks, each pixel is the mean of the n × n bilinear samples that fall into it (n = photo
    pixels per view pixel, rounded up): area averaging, exact to half a pixel for any affine map.

    Args:
        affine: (2, 3), view pixels ← photo pixels.

    Returns:
        (size + 2 margin, size + 2 margin, 3) uint8.
    """
    side = size + 2 * margin
    shrink = 1 / float(np.linalg.svd(affine[:, :2], compute_uv=False).min())
    samples = max(1, math.ceil(shrink - 1e-3))
    fine = affine.copy()
    fine[:, 2] += margin
    fine *= samples
    fine[:, 2] += (samples - 1) / 2
    view = cv2.warpAffine(image, fine, (side * samples, side * samples), flags=cv2.INTER_LINEAR)
    if samples > 1:
        view = cv2.resize(view, (side, side), interpolation=cv2.INTER_AREA)
    return np.asarray(view, dtype=np.uint8)
