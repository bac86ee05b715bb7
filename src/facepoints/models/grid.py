"""Maps over the view: cell centres, Gaussians around points, best cells, means and covariances.

A map of h × w cells tiles the view, so that in view units the centre of cell (row j, column i) lies at
((i + 0.5) / w, (j + 0.5) / h). Cell units are view units times w or h.
"""

import torch
from torch import Tensor


def centres(count: int, like: Tensor) -> Tensor:
    """Centres (count,) of the cells along one side, view units, with dtype and device of `like`."""
    return (torch.arange(count, dtype=like.dtype, device=like.device) + 0.5) / count


def cell_of(points: Tensor, height: int, width: int) -> tuple[Tensor, Tensor]:
    """Row and column (B, K) int64 of the cells that contain points (B, K, 2); the nearest for points outside."""
    column = (points[..., 0] * width).floor().long().clamp(0, width - 1)
    row = (points[..., 1] * height).floor().long().clamp(0, height - 1)
    return row, column


def in_view(places: Tensor, height: int, width: int) -> Tensor:
    """Places (…, 2), x first, in cells as view units."""
    return torch.stack([places[..., 0] / width, places[..., 1] / height], dim=-1)


def best_cell(scores: Tensor) -> tuple[Tensor, Tensor]:
    """Row and column (B, K) int64 of the highest of scores (B, K, h, w); the first of equal ones."""
    width = scores.shape[3]
    index = scores.flatten(2).argmax(dim=2)
    return torch.div(index, width, rounding_mode="floor"), index % width


def at(maps: Tensor, row: Tensor, column: Tensor) -> Tensor:
    """Values (B, K, …) of maps (B, K, …, h, w) at one cell (B, K) per map."""
    height, width = maps.shape[-2:]
    flat = maps.reshape(*maps.shape[:2], -1, height * width)
    index = (row * width + column)[:, :, None, None].expand(-1, -1, flat.shape[2], 1)
    return flat.gather(3, index)[..., 0].view(maps.shape[:-2])


def squared_distances(points: Tensor, height: int, width: int) -> Tensor:
    """Squared distances (B, K, h, w), in cells, from points (B, K, 2) in view units to each cell's centre."""
    across = (centres(width, points) - points[..., :1]) * width  # (B, K, w)
    down = (centres(height, points) - points[..., 1:]) * height  # (B, K, h)
    return down.square()[..., :, None] + across.square()[..., None, :]


def gaussian(points: Tensor, height: int, width: int, sigma: float) -> Tensor:
    """Maps (B, K, h, w) with 1 at the points and exp(−d² / 2σ²) at distance d, σ in cells."""
    return torch.exp(-squared_distances(points, height, width) / (2 * sigma**2))


def distribution(points: Tensor, height: int, width: int, sigma: float) -> Tensor:
    """`gaussian` with cells that sum to 1, also for points outside the view: (B, K, h, w)."""
    exponent = -squared_distances(points, height, width) / (2 * sigma**2)
    return exponent.flatten(2).softmax(dim=2).view_as(exponent)


def mean_and_covariance(probabilities: Tensor) -> tuple[Tensor, Tensor]:
    """Mean (B, K, 2) and covariance (B, K, 2, 2) in view units of distributions (B, K, h, w) over cell centres."""
    x, y = (
        centres(probabilities.shape[3], probabilities),
        centres(probabilities.shape[2], probabilities),
    )
    columns, rows = probabilities.sum(dim=2), probabilities.sum(dim=3)  # (B, K, w), (B, K, h)
    mean = torch.stack([columns @ x, rows @ y], dim=-1)
    # Distances from the mean, not E[x²] − E[x]²: differences of squares near 1 lose their digits.
    dx, dy = x - mean[..., :1], y - mean[..., 1:]  # (B, K, w), (B, K, h)
    xx, yy = (columns * dx.square()).sum(-1), (rows * dy.square()).sum(-1)
    xy = torch.einsum("bkhw,bkw,bkh->bk", probabilities, dx, dy)
    return mean, symmetric(xx, xy, yy)


def symmetric(xx: Tensor, xy: Tensor, yy: Tensor) -> Tensor:
    """Matrices (…, 2, 2) of their entries (…)."""
    return torch.stack([xx, xy, xy, yy], dim=-1).view(*xx.shape, 2, 2)


def smoothed(target: Tensor, smoothing: float) -> Tensor:
    """Targets moved a share of the way to their mean over the cells, so that no cell is asked for certainty."""
    if not smoothing:
        return target
    return torch.lerp(target, target.mean(dim=(2, 3), keepdim=True).expand_as(target), smoothing)
