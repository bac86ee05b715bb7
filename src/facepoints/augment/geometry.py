"""All geometry of a batch as one affine map, and one resampling from the stored crop.

Points are in view units: the view spans [0, 1] in x and y, the stored crop [−margin, 1 + margin].
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from facepoints.augment.settings import AugmentationSettings


def uniform(shape: tuple[int, ...], low: float, high: float, generator: torch.Generator) -> Tensor:
    """Uniform numbers on the generator's device."""
    return torch.rand(shape, generator=generator, device=generator.device) * (high - low) + low


def chosen(batch: int, probability: float, generator: torch.Generator) -> Tensor:
    """Which of a batch are transformed: (B,) bool."""
    return torch.rand(batch, generator=generator, device=generator.device) < probability


def sample_affine(
    settings: AugmentationSettings, batch: int, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Random maps p ↦ A (p − ½) + ½ + t of the view onto itself.

    Returns:
        (B, 2, 3) float32 [A | t], and which samples are flipped: (B,) bool.
    """
    device = generator.device
    angle = torch.zeros(batch, device=device)
    log_scale = torch.zeros(batch, device=device)
    shift = torch.zeros(batch, 2, device=device)
    flipped = torch.zeros(batch, dtype=torch.bool, device=device)
    if settings.flip:
        flipped = chosen(batch, settings.flip.probability, generator)
    if settings.rotation:
        limit = math.radians(settings.rotation.degrees)
        on = chosen(batch, settings.rotation.probability, generator)
        angle = uniform((batch,), -limit, limit, generator) * on
    if settings.scale:
        limit = math.log(settings.scale.factor)
        on = chosen(batch, settings.scale.probability, generator)
        log_scale = uniform((batch,), -limit, limit, generator) * on
    if settings.translation:
        limit = settings.translation.sides
        on = chosen(batch, settings.translation.probability, generator)
        shift = uniform((batch, 2), -limit, limit, generator) * on[:, None]
    cosine, sine = angle.cos() * log_scale.exp(), angle.sin() * log_scale.exp()
    side = torch.where(flipped, -1.0, 1.0)
    rows = [cosine * side, -sine, sine * side, cosine]
    linear = torch.stack(rows, dim=1).view(batch, 2, 2)
    return torch.cat([linear, shift[:, :, None]], dim=2), flipped


def move_points(points: Tensor, affine: Tensor) -> Tensor:
    """Points (B, K, 2) in view units under maps (B, 2, 3) of sample_affine."""
    linear, shift = affine[:, :, :2], affine[:, :, 2]
    return (points - 0.5) @ linear.transpose(1, 2) + 0.5 + shift[:, None]


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


def resample(crops: Tensor, affine: Tensor, side: int, margin: float) -> Tensor:
    """Views of `side` pixels out of stored crops, under maps of sample_affine; black beyond the crop.

    Args:
        crops: (B, 3, S, S) float, spanning [−margin, 1 + margin] of the view.
        affine: (B, 2, 3) view ← untransformed view.

    Returns:
        (B, 3, side, side).
    """
    # For output o and input i in grid_sample's [−1, 1]: i = (A⁻¹ o − 2 A⁻¹ t) / (1 + 2 margin).
    inverse = torch.linalg.inv(affine[:, :, :2])
    shift = -2 * inverse @ affine[:, :, 2:]
    theta = torch.cat([inverse, shift], dim=2) / (1 + 2 * margin)
    grid = F.affine_grid(theta, [len(crops), 3, side, side], align_corners=False)
    return F.grid_sample(crops, grid, mode="bilinear", padding_mode="zeros", align_corners=False)


def identity(batch: int, device: torch.device) -> Tensor:
    """The map of sample_affine that moves nothing: (B, 2, 3)."""
    return torch.eye(2, 3, device=device).expand(batch, 2, 3)
