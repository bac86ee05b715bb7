"""Losses between maps, over labelled points.

Each takes maps and targets (B, K, h, w) and labelled (B, K) bool, and returns a scalar, 0 where nothing is
labelled. What an unlabelled map holds, NaN and infinity included, reaches neither the loss nor a gradient.
Half precision is computed as float32. Targets carry no gradient that training needs.
"""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

from facepoints.models.losses import at_least_float32, masked_mean

MapLoss = Callable[[Tensor, Tensor, Tensor], Tensor]
SEEN = 0.2  # a cell whose surroundings reach this target value is part of the point's blob (Wang et al.)


def l2(maps: Tensor, target: Tensor, labelled: Tensor) -> Tensor:
    """Mean of the squared differences over the cells of the labelled maps."""
    away = _labelled_only(maps, labelled) - _labelled_only(target, labelled)
    return masked_mean(away.square().mean(dim=(2, 3)), labelled)


def adaptive_wing(
    alpha: float, omega: float, epsilon: float, theta: float, weight: float
) -> MapLoss:
    """Adaptive wing loss: mean over the cells of the labelled maps of, with d = |target − map| and y = target,

        ω ln(1 + (d / ε)^(α − y))   for d < θ,
        A d − C                     beyond,

        A = ω (α − y) (θ / ε)^(α − y − 1) / (ε (1 + (θ / ε)^(α − y))),
        C = θ A − ω ln(1 + (θ / ε)^(α − y)).

    A and C make value and slope continuous at θ. Wang, Bo and Li, "Adaptive Wing Loss for Robust Face Alignment
    via Heatmap Regression", ICCV 2019, with targets in [0, 1] and α = 2.1, ω = 14, ε = 1, θ = 0.5. The slope at
    d = 0 is finite for α − y ≥ 1 only: keep α above 2.

    Args:
        weight: of the weighted loss map: a cell counts `weight` + 1 times where the target, dilated by 3 × 3, is at
            least 0.2, and once elsewhere (in the paper 10); 0 leaves the map out. The mean stays one over the
            number of cells.
    """

    def loss(maps: Tensor, target: Tensor, labelled: Tensor) -> Tensor:
        target = _labelled_only(target, labelled)
        distance = (target - _labelled_only(maps, labelled)).abs()
        power = alpha - target
        joint = (theta / epsilon) ** power
        slope = omega * power * joint / (theta * (1 + joint))
        # The power of 0 and of what lies beyond θ would give NaN where its branch is not even taken.
        near = (distance > 0) & (distance < theta)
        curve = omega * torch.log1p((torch.where(near, distance, theta) / epsilon) ** power)
        line = slope * (distance - theta) + omega * torch.log1p(joint)
        values = torch.where(near, curve, torch.where(distance == 0, 0, line))
        if weight:
            blob = F.max_pool2d(target, kernel_size=3, stride=1, padding=1) >= SEEN
            values = values * (1 + weight * blob)
        return masked_mean(values.mean(dim=(2, 3)), labelled)

    return loss


def divergence_kl(log_probabilities: Tensor, target: Tensor, labelled: Tensor) -> Tensor:
    """Kullback–Leibler divergence of the map from the target, Σ q (ln q − ln p), mean over labelled points; nats.

    Args:
        log_probabilities: ln p, (B, K, h, w); p sums to 1 over a map's cells.
        target: q, (B, K, h, w); sums to 1 likewise. Where it is 0 the term is 0, whatever p is.
    """
    log_p, q = _labelled_only(log_probabilities, labelled), _labelled_only(target, labelled)
    terms = torch.special.xlogy(q, q) - q * torch.where(q > 0, log_p, 0)
    return masked_mean(terms.sum(dim=(2, 3)), labelled)


def divergence_js(log_probabilities: Tensor, target: Tensor, labelled: Tensor) -> Tensor:
    """Jensen–Shannon divergence, ½ KL(p ‖ m) + ½ KL(q ‖ m) with m = (p + q) / 2, mean over labelled points; nats.

    Between 0 and ln 2. Nibali et al., "Numerical Coordinate Regression with Convolutional Neural Networks", 2018,
    regularise soft-argmax maps with it: the mean alone leaves the map's shape free.

    Args:
        log_probabilities: ln p, (B, K, h, w); p sums to 1 over a map's cells.
        target: q, (B, K, h, w); sums to 1 likewise.
    """
    log_p, q = _labelled_only(log_probabilities, labelled), _labelled_only(target, labelled)
    p = log_p.exp()
    m = (p + q) / 2
    log_m = torch.where(m > 0, m, 1).log()
    terms = p * (torch.where(p > 0, log_p, 0) - log_m) + torch.special.xlogy(q, q) - q * log_m
    return masked_mean(terms.sum(dim=(2, 3)) / 2, labelled)


def _labelled_only(maps: Tensor, labelled: Tensor) -> Tensor:
    """Maps (B, K, h, w), at least float32, with 0 in place of the unlabelled ones."""
    return torch.where(labelled[..., None, None], at_least_float32(maps), 0)
