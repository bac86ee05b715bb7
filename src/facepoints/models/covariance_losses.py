"""Losses of points with a covariance, over labelled points.

Each takes predicted points (B, K, 2), their covariance (B, K, 2, 2) in the square of the points' unit, true
points (B, K, 2) and labelled (B, K) bool, and returns a scalar: the mean over the labelled points, 0 where
nothing is labelled. To compute in another unit, scale points by u and covariances by u². What an unlabelled
point holds, NaN and infinity included, reaches neither the loss nor a gradient. Half precision is computed as
float32.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from facepoints.models.losses import at_least_float32, difference, huber, masked_mean

CovarianceLoss = Callable[[Tensor, Tensor, Tensor, Tensor], Tensor]
# Added to the variance along every axis: the square of a thousandth of the view. `Criterion` scales it to its unit.
FLOOR = 1e-6
ROUND = 0.01  # relative half-gap of the eigenvalues below which the gradient of the axes fades


def gaussian_nll(
    predicted: Tensor, covariance: Tensor, true: Tensor, labelled: Tensor, floor: float = FLOOR
) -> Tensor:
    """Negative log-likelihood of the true points, ½ (dᵀ Σ⁻¹ d + ln det Σ), without the constant ln 2π.

    In a unit u times finer (with floor u²) it is larger by the constant 2 ln u.

    Args:
        floor: Σ is the covariance + floor · I, so that a singular one gives a finite loss.
    """
    away = difference(predicted, true, labelled)
    a, b, c = _entries(_labelled_only(covariance, labelled))
    a, c = a + floor, c + floor
    # Two eigenvalues of at least `floor` have at least this product; a c − b² may round to less.
    least = (floor * (a + c - floor)).clamp_min(floor**2)
    determinant = torch.maximum(a * c - b * b, least)
    x, y = away.unbind(dim=-1)
    square = (c * x * x - 2 * b * x * y + a * y * y) / determinant
    return masked_mean((square + determinant.log()) / 2, labelled)


def star(omega: float, beta: float, floor: float = FLOOR) -> CovarianceLoss:
    """STAR: Σᵢ h(vᵢᵀ d) / √(λᵢ + floor) + ω / 2 (λ₁ + λ₂), with λᵢ and vᵢ of the covariance and h the smooth L1.

    Zhou et al., "STAR Loss: Reducing Semantic Ambiguity in Facial Landmark Detection", CVPR 2023: an error counts
    less along the axis on which annotators disagree. Nothing is detached, as in the authors' code: a large λᵢ
    lowers the first term, the second holds it down, and the balance makes λᵢ follow the error. (With detached λᵢ
    the second term alone would move them, to 0.)

    Where this differs from the authors' code: that projects on the rows of the eigenvector matrix, whose columns
    are the axes; this projects on the axes. Its weight w is ω / 2 here. Its gradient grows without bound towards
    an isotropic covariance, whose axes are undefined; here it is bounded (`eigen`). Its covariance is that of samples
    (unbiased) on a grid whose outer cells lie on the border; here it is the moment of the map over its cells' centres.

    In a unit u times finer the same loss has β u, ω / u² and floor u².

    Args:
        omega: weight of the restriction of the eigenvalues (the authors: w = 1 in units of half the view, so 8 in view
            units).
        beta: where h turns from square to line (the authors: 0.01 of half the view, so 0.005 in view units).
        floor: keeps the first term finite for a singular covariance (the authors: 2.5e-6 in view units).
    """

    def loss(predicted: Tensor, covariance: Tensor, true: Tensor, labelled: Tensor) -> Tensor:
        away = difference(predicted, true, labelled)
        covariance = _labelled_only(covariance, labelled)
        variances = covariance.diagonal(dim1=-2, dim2=-1)  # their sum is that of the eigenvalues
        # What is added to the diagonal is added to both eigenvalues, and turns no axis.
        values, vectors = eigen(covariance + floor * identity(covariance))
        projected = (vectors * away[..., None]).sum(dim=-2)  # (B, K, 2): along either axis
        along = huber(projected.abs(), beta) / values.clamp_min(floor).sqrt()
        return masked_mean((along + omega / 2 * variances).sum(dim=-1), labelled)

    return loss


def eigen(covariance: Tensor) -> tuple[Tensor, Tensor]:
    """Eigenvalues (..., 2), ascending, and unit eigenvectors, the columns of (..., 2, 2), of symmetric 2 × 2 matrices.

    For [[a, b], [b, c]], with h = (a − c) / 2 and r = √(h² + b²): the values are (a + c) / 2 ∓ r, and the axis of the
    larger lies at the angle φ = ½ atan2(b, h). In closed form, where the data are. An isotropic matrix has
    the axes of the frame.

    Gradients are exact but for dφ = (h db − b dh) / (2 r²) of an almost isotropic matrix, which has no bound: for
    r < 0.01 m, m = |a + c| / 2, r in the denominator becomes 0.01 m. First derivatives only.
    """
    a, b, c = _entries(covariance)
    mean, h = (a + c) / 2, (a - c) / 2
    apart = (h != 0) | (b != 0)
    # hypot(0, 0) has no gradient.
    r = torch.where(apart, torch.hypot(torch.where(apart, h, 1), b), 0)
    h0, b0, r0, mean0 = h.detach(), b.detach(), r.detach(), mean.detach().abs()
    bounded = torch.maximum(r0, ROUND * mean0).clamp_min(torch.finfo(r.dtype).tiny)
    by_b, by_h = h0 / bounded / (2 * bounded), b0 / bounded / (2 * bounded)
    turn = by_b * (b - b0) - by_h * (h - h0)  # 0, with dφ as its gradient
    angle = torch.atan2(b0, h0) / 2 + turn
    cos, sin = angle.cos(), angle.sin()
    smaller, larger = torch.stack([-sin, cos], dim=-1), torch.stack([cos, sin], dim=-1)
    return torch.stack([mean - r, mean + r], dim=-1), torch.stack([smaller, larger], dim=-1)


def _entries(covariance: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """a, b and c of [[a, b], [b, c]]; b from both corners, so that both get the gradient."""
    corner = (covariance[..., 0, 1] + covariance[..., 1, 0]) / 2
    return covariance[..., 0, 0], corner, covariance[..., 1, 1]


def _labelled_only(covariance: Tensor, labelled: Tensor) -> Tensor:
    """Covariances (B, K, 2, 2), at least float32, with the identity in place of the unlabelled ones."""
    full = at_least_float32(covariance)
    return torch.where(labelled[..., None, None], full, identity(full))


def identity(covariance: Tensor) -> Tensor:
    """I, (2, 2), of that tensor's type and device."""
    return torch.eye(2, dtype=covariance.dtype, device=covariance.device)
