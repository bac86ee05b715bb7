"""Soft-argmax head: a distribution over cells per point, whose mean is the point.

Sun et al., Integral Human Pose Regression, ECCV 2018; with a divergence that keeps the distribution near a Gaussian
around the true point: Nibali et al., Numerical Coordinate Regression with Convolutional Neural Networks, 2018.
"""

from collections.abc import Sequence

from torch import Tensor, nn

from facepoints.models import grid, map_losses
from facepoints.models.backbones import Level
from facepoints.models.criterion import Criterion
from facepoints.models.maps import MAPS
from facepoints.models.prediction import Prediction
from facepoints.models.settings import SoftArgmaxSettings

DIVERGENCES = {"kl": map_losses.divergence_kl, "js": map_losses.divergence_js}


class SoftArgmaxHead(nn.Module):
    """Score maps, a softmax over all their cells, and its mean and covariance."""

    def __init__(
        self,
        settings: SoftArgmaxSettings,
        criterion: Criterion,
        levels: Sequence[Level],
        mean_shape: Tensor,
    ) -> None:
        super().__init__()
        self.points = len(mean_shape)
        self.maps = MAPS[settings.maps](levels, settings.stride, settings.channels)
        self.dense = nn.Conv2d(self.maps.channels, self.points, 1)
        self.sigma = settings.sigma
        self.smoothing = settings.smoothing
        self.divergence = DIVERGENCES[settings.divergence]
        self.divergence_weight = settings.divergence_weight
        self.criterion = criterion

    def forward(self, features: list[Tensor]) -> Tensor:
        """Feature maps → logits (B, K, h, w)."""
        output: Tensor = self.dense(self.maps(features))
        return output.float()

    def loss(self, output: Tensor, points: Tensor, labelled: Tensor) -> Tensor:
        """The coordinate loss of the means, plus the weighted divergence from Gaussians around points (B, K, 2)."""
        placed = self.criterion(self.decode(output), points, labelled)
        if not self.divergence_weight:
            return placed
        # Far outside the view the nearest border cell is the best answer that a map has.
        height, width = output.shape[2:]
        target = grid.distribution(points.clamp(0, 1), height, width, self.sigma)
        logarithm = output.flatten(2).log_softmax(dim=2).view_as(output)
        wanted = grid.smoothed(target, self.smoothing)
        return placed + self.divergence_weight * self.divergence(logarithm, wanted, labelled)

    def decode(self, output: Tensor) -> Prediction:
        """Mean and covariance of the distribution."""
        probabilities = output.flatten(2).softmax(dim=2).view_as(output)
        return Prediction(*grid.mean_and_covariance(probabilities))

    def encode(self, points: Tensor, cells: int) -> Tensor:
        """The logits (B, K, cells, cells) that decode to points (B, K, 2) well inside the view."""
        return -grid.squared_distances(points, cells, cells) / (2 * self.sigma**2)
