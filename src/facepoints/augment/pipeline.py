"""One batch from the store to the net: geometry in one resampling, then the pixels."""

import torch
from torch import Tensor

from facepoints import FacepointsError
from facepoints.augment.chance import Draws
from facepoints.augment.geometry import (
    identity,
    mirror_points,
    move_points,
    resample,
    resample_by_threads,
    sample_homography,
)
from facepoints.augment.photometry import photometry
from facepoints.augment.settings import AugmentationSettings
from facepoints.schemes.scheme import Scheme


def views(crops: Tensor, side: int, margin: float) -> Tensor:
    """The untransformed views (B, 3, side, side), float in [0, 1], of stored crops (B, 3, S, S) uint8."""
    scaled = crops.float().div_(255)
    return resample(scaled, identity(len(crops), crops.device), side, margin)


def mirror_of(scheme: Scheme, settings: AugmentationSettings) -> Tensor:
    """The scheme's mirror permutation (K,); points in their own order where nothing is flipped and it has none.

    Raises:
        FacepointsError: faces are to be flipped, but the scheme has no mirror.
    """
    if scheme.mirror is None and settings.flip:
        raise FacepointsError(
            f"scheme {scheme.name} has no mirror, so that nobody knows which point is which on a flipped face. "
            "Add mirror to the scheme's file, or choose an augmentation without flip."
        )
    return torch.tensor(scheme.mirror or range(scheme.points))


def augmented(
    crops: Tensor,
    points: Tensor,
    labelled: Tensor,
    mirror: Tensor,
    settings: AugmentationSettings,
    side: int,
    margin: float,
    draws: Draws,
) -> tuple[Tensor, Tensor, Tensor]:
    """Images, points and labels of a batch under one random transform per face.

    Args:
        crops: (B, 3, S, S) uint8, spanning [−margin, 1 + margin] of the view.
        points: (B, K, 2) view units.
        labelled: (B, K) bool.
        mirror: (K,) the scheme's mirror permutation.
        side: of the net's input, pixels.

    Returns:
        (B, 3, side, side) float in [0, 1]; (B, K, 2); (B, K).
    """
    homography, flipped = sample_homography(settings, draws)
    if crops.is_cuda:
        images = resample(crops.float().div_(255), homography, side, margin)
    else:
        images = resample_by_threads(crops, homography, side, margin).float().div_(255)
    points, labelled = mirror_points(move_points(points, homography), labelled, flipped, mirror)
    return photometry(images, settings, draws), points, labelled
