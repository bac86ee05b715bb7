"""All geometry of a batch as one homography per face, and one resampling from the stored crop.

Points are in view units: the view spans [0, 1] in x and y, the stored crop [−margin, 1 + margin].
A homography H (3, 3) maps what is measured from the view's centre: with q = p − ½,
q ↦ A q / (1 + h·q) + t, so H = [[A + t hᵀ, t], [hᵀ, 1]]. Where h is 0 it is affine, and computed without loss.
"""

import math

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from facepoints.augment.chance import Draws
from facepoints.augment.settings import AugmentationSettings
from facepoints.augment.threads import for_each

# Below this depth (1 at the view's centre) points and pixels are kept where they are at it: the horizon has depth 0.
NEAREST = 0.05


def sample_homography(settings: AugmentationSettings, draws: Draws) -> tuple[Tensor, Tensor]:
    """Random maps of the view onto itself.

    Returns:
        (B, 3, 3) float32, and which samples are flipped: (B,) bool.
    """
    device, batch = draws.device, len(range(draws.batch)[draws.rows])
    angle = torch.zeros(batch, device=device)
    log_scale = torch.zeros(batch, device=device)
    shift = torch.zeros(batch, 2, device=device)
    slope = torch.zeros(batch, 2, device=device)
    tilt = torch.zeros(batch, 2, device=device)
    flipped = torch.zeros(batch, dtype=torch.bool, device=device)
    if settings.flip:
        flipped = draws.chosen(settings.flip.probability)
    if settings.rotation:
        limit = math.radians(settings.rotation.degrees)
        on = draws.chosen(settings.rotation.probability)
        angle = draws.uniform(-limit, limit) * on
    if settings.scale:
        limit = math.log(settings.scale.factor)
        on = draws.chosen(settings.scale.probability)
        log_scale = draws.uniform(-limit, limit) * on
    if settings.translation:
        limit = settings.translation.sides
        on = draws.chosen(settings.translation.probability)
        shift = draws.uniform(-limit, limit, 2) * on[:, None]
    if settings.shear:
        limit = math.radians(settings.shear.degrees)
        on = draws.chosen(settings.shear.probability)
        slope = draws.uniform(-limit, limit, 2).tan() * on[:, None]
    if settings.perspective:
        limit = 2 * settings.perspective.strength  # a side lies half a view from the centre
        on = draws.chosen(settings.perspective.probability)
        tilt = draws.uniform(-limit, limit, 2) * on[:, None]
    cosine, sine = angle.cos() * log_scale.exp(), angle.sin() * log_scale.exp()
    side = torch.where(flipped, -1.0, 1.0)
    rows = [cosine * side, -sine, sine * side, cosine]
    linear = torch.stack(rows, dim=1).view(batch, 2, 2)
    if settings.shear:
        one = torch.ones(batch, device=device)
        rows = [one, slope[:, 0], slope[:, 1], one]
        linear = linear @ torch.stack(rows, dim=1).view(batch, 2, 2)
    return _joined(linear, shift, tilt), flipped


def identity(batch: int, device: torch.device) -> Tensor:
    """The homography that moves nothing: (B, 3, 3)."""
    return torch.eye(3, device=device).expand(batch, 3, 3)


def move_points(points: Tensor, homography: Tensor) -> Tensor:
    """Points (B, K, 2) in view units under homographies (B, 3, 3)."""
    linear, shift, tilt = _parts(homography)
    centred = points - 0.5
    depth = 1 + (centred @ tilt[:, :, None]).clamp_min(NEAREST - 1)
    return (centred / depth) @ linear.transpose(1, 2) + 0.5 + shift[:, None]


def mirror_points(
    points: Tensor, labelled: Tensor, flipped: Tensor, mirror: Tensor
) -> tuple[Tensor, Tensor]:
    """Rename the points of flipped faces: what was the left eye is the right one now.

    Args:
        points: (B, K, 2), already moved.
        labelled: (B, K) bool.
        flipped: (B,) bool.
        mirror: (K,) the scheme's mirror permutation.
    """
    return (
        torch.where(flipped[:, None, None], points[:, mirror], points),
        torch.where(flipped[:, None], labelled[:, mirror], labelled),
    )


def resample(crops: Tensor, homography: Tensor, side: int, margin: float) -> Tensor:
    """Views of `side` pixels out of stored crops, under homographies; black beyond the crop.

    Args:
        crops: (B, 3, S, S) float, spanning [−margin, 1 + margin] of the view.
        homography: (B, 3, 3) view ← untransformed view.

    Returns:
        (B, 3, side, side).
    """
    linear, shift, tilt = _parts(homography)
    # The inverse of q ↦ A q / (1 + h·q) + t is o ↦ a / (1 − h·a) with a = A⁻¹ (o − t). In grid_sample's [−1, 1], where
    # o and the crop's 1 + 2 margin view sides both have length 2: a = (A⁻¹ o − 2 A⁻¹ t) / (1 + 2 margin).
    inverse = torch.linalg.inv_ex(linear).inverse  # without the check that makes the host wait
    backwards = -2 * inverse @ shift[:, :, None]
    theta = torch.cat([inverse, backwards], dim=2) / (1 + 2 * margin)
    grid = F.affine_grid(theta, [len(crops), 3, side, side], align_corners=False)
    tilt = tilt * (1 + 2 * margin) / 2  # per unit of the grid
    slope = (grid.flatten(1, 2) @ tilt[:, :, None]).view(-1, side, side, 1)
    grid = grid / (1 - slope.clamp_max(1 - NEAREST))  # exact where the map is affine: by 1
    return F.grid_sample(crops, grid, mode="bilinear", padding_mode="zeros", align_corners=False)


def resample_by_threads(crops: Tensor, homography: Tensor, side: int, margin: float) -> Tensor:
    """As `resample`, face by face by OpenCV on a CPU, which is several times faster there.

    Values are rounded to whole ones and places to 1/32 pixel.

    Args:
        crops: (B, 3, S, S) uint8.

    Returns:
        (B, 3, side, side) uint8.
    """
    span = 1 + 2 * margin
    scale = crops.shape[-1] / span  # crop pixels per view side
    # Crop's pixel ← view measured from its centre; view measured from its centre ← its pixel.
    to_crop = _map(scale, (0.5 + margin) * scale - 0.5)
    to_view = _map(1 / side, 0.5 / side - 0.5)
    maps = to_crop @ np.linalg.inv(homography.double().numpy()) @ to_view
    pixels = crops.permute(0, 2, 3, 1).contiguous().numpy()
    seen = torch.empty(len(crops), 3, side, side, dtype=torch.uint8)
    planes = seen.numpy()
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP

    def fill(index: int) -> None:
        if homography[index, 2, :2].any():
            image = cv2.warpPerspective(pixels[index], maps[index], (side, side), flags=flags)
        else:
            image = cv2.warpAffine(pixels[index], maps[index, :2], (side, side), flags=flags)
        cv2.split(image, list(planes[index]))

    for_each(len(crops), fill)
    return seen


def _map(scale: float, shift: float) -> NDArray[np.float64]:
    """The homography p ↦ scale p + shift of both coordinates."""
    return np.array([[scale, 0, shift], [0, scale, shift], [0, 0, 1]])


def _joined(linear: Tensor, shift: Tensor, tilt: Tensor) -> Tensor:
    """Homographies (B, 3, 3) of A (B, 2, 2), t (B, 2) and h (B, 2)."""
    top = torch.cat([linear + shift[:, :, None] * tilt[:, None], shift[:, :, None]], dim=2)
    one = torch.ones(len(tilt), 1, device=tilt.device)
    return torch.cat([top, torch.cat([tilt, one], dim=1)[:, None]], dim=1)


def _parts(homography: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """A (B, 2, 2), t (B, 2) and h (B, 2) of homographies (B, 3, 3)."""
    shift, tilt = homography[:, :2, 2], homography[:, 2, :2]
    return homography[:, :2, :2] - shift[:, :, None] * tilt[:, None], shift, tilt
