"""Regression head: one dense layer from the features to the coordinates."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from facepoints.models.backbones import Level
from facepoints.models.criterion import Criterion
from facepoints.models.grid import symmetric
from facepoints.models.prediction import Prediction
from facepoints.models.settings import RegressionSettings

START_DEVIATION = 0.03  # of an untrained head with covariance, view units
LARGEST_CHANGE = 4.0  # of a deviation's logarithm from there: exponentials must not run away


class RegressionHead(nn.Module):
    """One dense layer from the features to the coordinates.

    The output starts at the mean training shape, and the layer learns the difference from it. Under gaussian_nll it
    has three more outputs per point: the Cholesky factor of the point's covariance, its diagonal as logarithms.

    Args:
        levels: of the backbone at this input.
        mean_shape: (K, 2) view units.
    """

    def __init__(
        self,
        settings: RegressionSettings,
        criterion: Criterion,
        levels: Sequence[Level],
        mean_shape: Tensor,
    ) -> None:
        super().__init__()
        self.points = len(mean_shape)
        level = levels[-1]
        self.average = settings.pool == "average"
        features = level.channels if self.average else level.channels * level.cells**2
        self.sigmoid = settings.sigmoid
        self.uncertain = criterion.covariance_loss is not None
        self.dropout = nn.Dropout(settings.dropout)
        self.dense = nn.Linear(features, self.points * (5 if self.uncertain else 2))
        with torch.no_grad():
            self.dense.weight.zero_()
            self.dense.bias.copy_(self.encode(mean_shape[None]).flatten())
        self.criterion = criterion

    def forward(self, features: list[Tensor]) -> Tensor:
        """Feature maps → (B, K, 2), view units (before the sigmoid where there is one); (B, K, 5) with covariance."""
        maps = features[-1]
        # The steps of bf16 near 1 are a pixel wide at 256: coordinates are computed in fp32.
        with torch.autocast(maps.device.type, enabled=False):
            maps = maps.to(self.dense.weight.dtype)
            flat = maps.mean(dim=(2, 3)) if self.average else maps.flatten(1)
            # Adam's first steps move every weight by the learning rate, whatever the gradient: of thousands of features
            # they would throw the points out of the view.
            output: Tensor = self.dense(self.dropout(flat) / flat.shape[1] ** 0.5)
        return output.view(-1, self.points, 5 if self.uncertain else 2)

    def loss(self, output: Tensor, points: Tensor, labelled: Tensor) -> Tensor:
        """Scalar loss between the output and true points (B, K, 2) in view units."""
        return self.criterion(self.decode(output), points, labelled)

    def decode(self, output: Tensor) -> Prediction:
        """The output as points."""
        points = output[..., :2].sigmoid() if self.sigmoid else output[..., :2]
        if not self.uncertain:
            return Prediction(points)
        a, b, c = output[..., 2:].unbind(-1)
        # Deviations between 0.0005 and 1.6 views; smooth, so that no gradient is lost at the ends.
        first, second = (
            START_DEVIATION * (LARGEST_CHANGE * (each / LARGEST_CHANGE).tanh()).exp()
            for each in (a, c)
        )
        below = START_DEVIATION * b
        covariance = symmetric(first * first, first * below, below * below + second * second)
        return Prediction(points, covariance)

    def encode(self, points: Tensor) -> Tensor:
        """The output that decodes to points (B, K, 2); with a sigmoid only those inside the view."""
        coordinates = points.clamp(1e-3, 1 - 1e-3).logit() if self.sigmoid else points
        if not self.uncertain:
            return coordinates
        return torch.cat([coordinates, points.new_zeros(*points.shape[:2], 3)], dim=-1)
