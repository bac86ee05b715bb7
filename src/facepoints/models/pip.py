"""Pixel-in-Pixel head: on the backbone's last map, which cell holds a point, and where from there.

Jin, Liao and Shao, Pixel-in-Pixel Net: Towards Efficient Facial Landmark Detection in the Wild, IJCV 2021.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from facepoints import FacepointsError
from facepoints.models import grid, map_losses
from facepoints.models.backbones import Level
from facepoints.models.criterion import Criterion
from facepoints.models.prediction import Prediction
from facepoints.models.settings import PipSettings


class PipHead(nn.Module):
    """A score map, offset maps and N neighbours' offset maps per point, by one dense layer per cell.

    The score map is 1 at the cell that holds the point. Every cell says in cells how far the point lies from its
    left upper corner, and so for the N nearest points of the mean shape. A point is the mean of what its own best cell
    says and what the best cells of those points say whose neighbour it is (section 3.3 of the paper).
    """

    neighbours: Tensor

    def __init__(
        self,
        settings: PipSettings,
        criterion: Criterion,
        levels: Sequence[Level],
        mean_shape: Tensor,
    ) -> None:
        super().__init__()
        self.points = len(mean_shape)
        if settings.neighbours >= self.points:
            raise FacepointsError(
                f"head.neighbours: {settings.neighbours} of {self.points} points; at most {self.points - 1}."
            )
        level = levels[-1]
        if level.stride is None:
            raise FacepointsError(
                "head pip: the backbone's last map does not tile the image at this input. Change input or backbone."
            )
        self.count = settings.neighbours
        nearest = nearest_points(mean_shape, self.count)
        # Kept with the weights, which have learned these: on a start from others, the mean shape is another.
        self.register_buffer("neighbours", nearest)  # (K, N)
        self.dense = nn.Conv2d(level.channels, self.points * (3 + 2 * self.count), 1)
        nn.init.normal_(self.dense.weight, std=0.001)
        assert self.dense.bias is not None
        nn.init.zeros_(self.dense.bias)
        self.score_weight = settings.score_weight
        self.smoothing = settings.smoothing
        self.criterion = criterion

    def forward(self, features: list[Tensor]) -> Tensor:
        """Feature maps → (B, K, 3 + 2 N, h, w): score, x and y offsets of the point and its neighbours, in cells."""
        output: Tensor = self.dense(features[-1])
        return output.view(-1, self.points, 3 + 2 * self.count, *output.shape[2:]).float()

    def loss(self, output: Tensor, points: Tensor, labelled: Tensor) -> Tensor:
        """The score maps' squared error, and the coordinate loss of what each point's own cell says.

        Args:
            points: (B, K, 2) true, view units.
            labelled: (B, K) bool.
        """
        height, width = output.shape[3:]
        row, column = grid.cell_of(points, height, width)
        target = grid.smoothed(one_hot(row, column, height, width), self.smoothing)
        scores = map_losses.l2(output[:, :, 0], target, labelled)
        placed = self.placed(output, row, column)  # (B, K, 1 + N, 2)
        # A point outside the view has a cell too, the nearest; where a point is not labelled none is known.
        own = self.criterion(Prediction(placed[:, :, 0]), points, labelled)
        if not self.count:
            return self.score_weight * scores + own
        known = labelled[:, self.neighbours] & labelled[:, :, None]
        others = self.criterion(
            Prediction(placed[:, :, 1:].flatten(1, 2)),
            points[:, self.neighbours].flatten(1, 2),
            known.flatten(1, 2),
        )
        return self.score_weight * scores + own + others

    def placed(self, output: Tensor, row: Tensor, column: Tensor) -> Tensor:
        """Where a cell (B, K) of each point's maps puts the point and its neighbours: (B, K, 1 + N, 2), view units."""
        height, width = output.shape[3:]
        offsets = grid.at(output, row, column)[:, :, 1:]
        offsets = offsets.reshape(*offsets.shape[:2], 1 + self.count, 2)
        corner = torch.stack([column, row], dim=-1)[:, :, None]
        return grid.in_view(corner + offsets, height, width)

    def decode(self, output: Tensor) -> Prediction:
        """The mean of what the best cells say of each point."""
        placed = self.placed(output, *grid.best_cell(output[:, :, 0]))
        told = torch.zeros_like(placed[:, :, 0])
        times = told.new_ones(self.points)
        if self.count:
            index = self.neighbours.flatten()  # of the point that is placed
            told = told.index_add(1, index, placed[:, :, 1:].flatten(1, 2))
            times = times + torch.bincount(index, minlength=self.points)
        return Prediction((placed[:, :, 0] + told) / times[:, None])

    def encode(self, points: Tensor, cells: int) -> Tensor:
        """The output (B, K, 3 + 2 N, cells, cells) that decodes to points (B, K, 2)."""
        row, column = grid.cell_of(points, cells, cells)
        scores = one_hot(row, column, cells, cells).to(points.dtype)
        about = torch.cat([points[:, :, None], points[:, self.neighbours]], dim=2)  # B, K, 1 + N, 2
        corner = torch.arange(cells, dtype=points.dtype, device=points.device)
        across = (about[..., 0, None] * cells - corner)[..., None, :].expand(
            *about.shape[:3], cells, cells
        )
        down = (about[..., 1, None] * cells - corner)[..., :, None].expand(
            *about.shape[:3], cells, cells
        )
        offsets = torch.stack([across, down], dim=3).flatten(2, 3)
        return torch.cat([scores[:, :, None], offsets], dim=2)


def nearest_points(shape: Tensor, count: int) -> Tensor:
    """The `count` nearest other points (K, count) int64 of each point of a shape (K, 2), nearest first."""
    distance = torch.cdist(shape, shape, compute_mode="donot_use_mm_for_euclid_dist")
    distance.fill_diagonal_(-1)  # itself comes first
    return distance.argsort(dim=1, stable=True)[:, 1 : count + 1].contiguous()


def one_hot(row: Tensor, column: Tensor, height: int, width: int) -> Tensor:
    """Maps (B, K, h, w) float32 with 1 at one cell (B, K) and 0 elsewhere."""
    flat = nn.functional.one_hot(row * width + column, height * width)
    return flat.view(*row.shape, height, width).float()
