"""Coordinate losses over labelled points.

Each takes predicted and true points (B, K, 2) in one unit and labelled (B, K) bool, and returns a scalar: the
mean over the labelled coordinates (euclidean: over the labelled points), 0 where nothing is labelled. What an
unlabelled point holds, NaN and infinity included, reaches neither the loss nor a gradient. Half precision is
computed as float32. The unit matters: the same w, epsilon or beta mean another function in another unit.
"""

import math
from collections.abc import Callable

import torch
from torch import Tensor

from facepoints.models.distributed import divisor

Loss = Callable[[Tensor, Tensor, Tensor], Tensor]


def at_least_float32(values: Tensor) -> Tensor:
    """The same values, as float32 where they are of half precision."""
    return values.to(torch.promote_types(values.dtype, torch.float32))


def difference(predicted: Tensor, true: Tensor, labelled: Tensor) -> Tensor:
    """Predicted − true, (B, K, 2); 0 where not labelled (B, K).

    The mask comes before all further arithmetic: a NaN that is masked after it would still be one in the
    gradient (0 · NaN).
    """
    away = at_least_float32(predicted) - at_least_float32(true)
    return torch.where(labelled[..., None], away, 0)


def masked_mean(values: Tensor, labelled: Tensor) -> Tensor:
    """Mean of values (B, K) or (B, K, 2) where labelled (B, K); 0 where nothing is."""
    mask = labelled if values.dim() == labelled.dim() else labelled[..., None].expand_as(values)
    return torch.where(mask, values, 0).sum() / divisor(mask.sum())


def huber(distance: Tensor, beta: float) -> Tensor:
    """d² / (2 β) for d < β, d − β / 2 beyond, for distances d ≥ 0 of any shape."""
    return torch.where(distance < beta, distance.square() / (2 * beta), distance - beta / 2)


def l1(predicted: Tensor, true: Tensor, labelled: Tensor) -> Tensor:
    """Mean of |d| over coordinates."""
    return masked_mean(difference(predicted, true, labelled).abs(), labelled)


def l2(predicted: Tensor, true: Tensor, labelled: Tensor) -> Tensor:
    """Mean of d² over coordinates."""
    return masked_mean(difference(predicted, true, labelled).square(), labelled)


def smooth_l1(beta: float) -> Loss:
    """d² / (2 β) for |d| < β, |d| − β / 2 beyond (Girshick, Fast R-CNN, 2015)."""

    def loss(predicted: Tensor, true: Tensor, labelled: Tensor) -> Tensor:
        distance = difference(predicted, true, labelled).abs()
        return masked_mean(huber(distance, beta), labelled)

    return loss


def wing(w: float, epsilon: float) -> Loss:
    """w ln(1 + |d| / ε) for |d| < w, |d| − C beyond, C = w − w ln(1 + w / ε) (Feng et al., CVPR 2018, eq. 5)."""
    constant = w - w * math.log1p(w / epsilon)

    def loss(predicted: Tensor, true: Tensor, labelled: Tensor) -> Tensor:
        distance = difference(predicted, true, labelled).abs()
        values = torch.where(distance < w, w * torch.log1p(distance / epsilon), distance - constant)
        return masked_mean(values, labelled)

    return loss


def soft_wing(omega1: float, omega2: float, epsilon: float) -> Loss:
    """|d| for |d| < ω1, ω2 ln(1 + |d| / ε) + B beyond, B = ω1 − ω2 ln(1 + ω1 / ε).

    Lin et al., "Structure-Coherent Deep Feature Learning for Robust Face Alignment", IEEE TIP 2021. The slope steps at
    ω1 from 1 to ω2 / (ε + ω1) (8 for 2, 20 and 0.5 pixels, mmpose's choice): middling distances count most, tiny
    ones, which are the annotators' noise, little.
    """
    constant = omega1 - omega2 * math.log1p(omega1 / epsilon)

    def loss(predicted: Tensor, true: Tensor, labelled: Tensor) -> Tensor:
        distance = difference(predicted, true, labelled).abs()
        beyond = omega2 * torch.log1p(distance / epsilon) + constant
        return masked_mean(torch.where(distance < omega1, distance, beyond), labelled)

    return loss


def euclidean(predicted: Tensor, true: Tensor, labelled: Tensor) -> Tensor:
    """Mean distance over points; its gradient at distance 0 is 0."""
    square = difference(predicted, true, labelled).square().sum(dim=-1)
    apart = square > 0
    distance = torch.where(apart, torch.where(apart, square, 1.0).sqrt(), 0.0)
    return masked_mean(distance, labelled)
