"""Coordinate losses over labelled points.

Each takes predicted and true points (B, K, 2) in one unit and labelled (B, K) bool, and returns a scalar: the
mean over the labelled coordinates (euclidean: over the labelled points). The unit matters: the same w, epsilon
or beta mean another function in another unit.
"""

import math
from collections.abc import Callable

import torch
from torch import Tensor

from facepoints.models.settings import LossSettings

Loss = Callable[[Tensor, Tensor, Tensor], Tensor]


def masked_mean(values: Tensor, labelled: Tensor) -> Tensor:
    """Mean of values (B, K) or (B, K, 2) where labelled (B, K); 0 where nothing is."""
    mask = labelled if values.dim() == labelled.dim() else labelled[..., None].expand_as(values)
    return torch.where(mask, values, 0).sum() / mask.sum().clamp_min(1)


def l1(predicted: Tensor, true: Tensor, labelled: Tensor) -> Tensor:
    """Mean of |d| over coordinates."""
    return masked_mean((predicted - true).abs(), labelled)


def l2(predicted: Tensor, true: Tensor, labelled: Tensor) -> Tensor:
    """Mean of d² over coordinates."""
    return masked_mean((predicted - true).square(), labelled)


def smooth_l1(beta: float) -> Loss:
    """d² / (2 β) for |d| < β, |d| − β / 2 beyond (Girshick, Fast R-CNN, 2015)."""

    def loss(predicted: Tensor, true: Tensor, labelled: Tensor) -> Tensor:
        distance = (predicted - true).abs()
        values = torch.where(distance < beta, distance.square() / (2 * beta), distance - beta / 2)
        return masked_mean(values, labelled)

    return loss


def wing(w: float, epsilon: float) -> Loss:
    """w ln(1 + |d| / ε) for |d| < w, |d| − C beyond, C = w − w ln(1 + w / ε) (Feng et al., CVPR 2018, eq. 5)."""
    constant = w - w * math.log1p(w / epsilon)

    def loss(predicted: Tensor, true: Tensor, labelled: Tensor) -> Tensor:
        distance = (predicted - true).abs()
        values = torch.where(distance < w, w * torch.log1p(distance / epsilon), distance - constant)
        return masked_mean(values, labelled)

    return loss


def euclidean(predicted: Tensor, true: Tensor, labelled: Tensor) -> Tensor:
    """Mean distance over points; its gradient at distance 0 is 0."""
    square = (predicted - true).square().sum(dim=-1)
    apart = square > 0
    distance = torch.where(apart, torch.where(apart, square, 1.0).sqrt(), 0.0)
    return masked_mean(distance, labelled)


def build(settings: LossSettings) -> Loss:
    """The loss of that name with its options."""
    if settings.name == "wing":
        assert settings.w is not None and settings.epsilon is not None  # LossSettings sees to it
        return wing(settings.w, settings.epsilon)
    if settings.name == "smooth_l1":
        assert settings.beta is not None
        return smooth_l1(settings.beta)
    return PLAIN[settings.name]


PLAIN: dict[str, Loss] = {"l1": l1, "l2": l2, "euclidean": euclidean}
