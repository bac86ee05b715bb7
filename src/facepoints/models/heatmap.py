"""Heat-map head: a score map per point, and where in the best cell the point lies."""

import math
from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from facepoints.models import grid
from facepoints.models.backbones import Level
from facepoints.models.distributed import divisor
from facepoints.models.losses import huber
from facepoints.models.map_losses import MapLoss
from facepoints.models.maps import MAPS
from facepoints.models.prediction import Prediction
from facepoints.models.settings import HeatmapSettings

SMALLEST_SCORE = 1e-10  # DARK takes a logarithm


class HeatmapHead(nn.Module):
    """Score maps with a Gaussian around each point, read at their best cell.

    decoding `offset`: two more maps per point hold, in cells, how far the point lies from each cell's centre; they
    are learnt (smooth L1) within σ of it. decoding `dark`: a Taylor step from the best cell on the logarithm of the
    smoothed map (Zhang et al., Distribution-Aware Coordinate Representation for Human Pose Estimation, CVPR 2020).
    """

    def __init__(
        self,
        settings: HeatmapSettings,
        map_loss: MapLoss,
        levels: Sequence[Level],
        mean_shape: Tensor,
    ) -> None:
        super().__init__()
        self.points = len(mean_shape)
        self.maps = MAPS[settings.maps](levels, settings.stride, settings.channels)
        self.offsets = settings.decoding == "offset"
        self.dense = nn.Conv2d(self.maps.channels, self.points * (3 if self.offsets else 1), 1)
        nn.init.normal_(self.dense.weight, std=0.001)
        assert self.dense.bias is not None
        nn.init.zeros_(self.dense.bias)
        self.sigma = settings.sigma
        self.smoothing = settings.smoothing
        self.offset_weight = settings.offset_weight
        self.map_loss = map_loss

    def forward(self, features: list[Tensor]) -> Tensor:
        """Feature maps → (B, K, 3, h, w): score, x and y offset; (B, K, 1, h, w) without offsets."""
        output: Tensor = self.dense(self.maps(features))
        return output.view(-1, self.points, 3 if self.offsets else 1, *output.shape[2:]).float()

    def loss(self, output: Tensor, points: Tensor, labelled: Tensor) -> Tensor:
        """The loss of the score maps, plus the weighted one of the offsets near the true points (B, K, 2)."""
        target = self.encode(points, output.shape[3])
        scores = self.map_loss(
            output[:, :, 0], grid.smoothed(target[:, :, 0], self.smoothing), labelled
        )
        if not self.offsets:
            return scores
        near = target[:, :, 0] > math.exp(-0.5)  # within σ
        near = (near & labelled[:, :, None, None])[:, :, None].expand_as(target[:, :, 1:])
        wanted = torch.where(near, target[:, :, 1:], 0)
        found = torch.where(near, output[:, :, 1:], 0)
        distance = huber((found - wanted).abs(), 1.0).sum() / divisor(near.sum())
        return scores + self.offset_weight * distance

    def decode(self, output: Tensor) -> Prediction:
        """The best cell and its offset, or DARK's step from there."""
        height, width = output.shape[3:]
        scores = output[:, :, 0] if self.offsets else blurred(output[:, :, 0], self.sigma)
        row, column = grid.best_cell(scores)
        near = grid.at(output, row, column)[:, :, 1:]
        step = near if self.offsets else taylor_step(scores, row, column)
        centre = torch.stack([column, row], dim=-1) + 0.5
        return Prediction(grid.in_view(centre + step, height, width))

    def encode(self, points: Tensor, cells: int) -> Tensor:
        """The output (B, K, 3 or 1, cells, cells) that decodes to points (B, K, 2)."""
        scores = grid.gaussian(points, cells, cells, self.sigma)[:, :, None]
        if not self.offsets:
            return scores
        away = (points[..., None] - grid.centres(cells, points)) * cells  # (B, K, 2, cells)
        across = away[:, :, 0, None, :].expand(-1, -1, cells, -1)
        down = away[:, :, 1, :, None].expand(-1, -1, -1, cells)
        return torch.cat([scores, torch.stack([across, down], dim=2)], dim=2)


def blurred(scores: Tensor, sigma: float) -> Tensor:
    """Score maps (B, K, h, w) under a Gaussian of their own σ (cells), which leaves a learnt map one maximum."""
    radius = max(1, round(3 * sigma))
    offsets = torch.arange(-radius, radius + 1, dtype=scores.dtype, device=scores.device)
    kernel = torch.exp(-0.5 * (offsets / sigma) ** 2)
    kernel = kernel / kernel.sum()
    planes = scores.flatten(0, 1)[:, None]
    planes = F.conv2d(planes, kernel[None, None, None, :], padding=(0, radius))
    planes = F.conv2d(planes, kernel[None, None, :, None], padding=(radius, 0))
    return planes.view_as(scores)


def taylor_step(scores: Tensor, row: Tensor, column: Tensor) -> Tensor:
    """From the best cell (B, K) to the maximum of the second-order expansion of ln score: (B, K, 2) cells.

    −H⁻¹ g (DARK, equation 6) by central differences; none where the best cell lies at the border or the Hessian is not
    negative definite, and never further than one cell.
    """
    height, width = scores.shape[2:]
    logarithm = scores.clamp_min(SMALLEST_SCORE).log()
    inside = (row > 0) & (row < height - 1) & (column > 0) & (column < width - 1)
    row, column = row.clamp(1, height - 2), column.clamp(1, width - 2)

    def near(down: int, across: int) -> Tensor:
        return grid.at(logarithm, row + down, column + across)

    gx, gy = (near(0, 1) - near(0, -1)) / 2, (near(1, 0) - near(-1, 0)) / 2
    xx = near(0, 1) - 2 * near(0, 0) + near(0, -1)
    yy = near(1, 0) - 2 * near(0, 0) + near(-1, 0)
    xy = (near(1, 1) - near(1, -1) - near(-1, 1) + near(-1, -1)) / 4
    determinant = xx * yy - xy * xy
    peaked = inside & (xx < 0) & (determinant > 1e-12)
    divisor = torch.where(peaked, determinant, 1.0)
    step = torch.stack([xy * gy - yy * gx, xy * gx - xx * gy], dim=-1) / divisor[..., None]
    return torch.where(peaked[..., None], step.clamp(-1, 1), 0.0)
