"""Heads: from a feature map to points, and the loss between the two."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from facepoints.models import losses
from facepoints.models.settings import HeadSettings, LossSettings


@dataclass(frozen=True)
class Prediction:
    """Points (B, K, 2) in view units, and their covariance (B, K, 2, 2) where the head gives one."""

    points: Tensor
    covariance: Tensor | None = None


class RegressionHead(nn.Module):
    """One dense layer from the features to the coordinates.

    The output starts at the mean training shape, and the layer learns the difference from it.

    Args:
        cells: h · w of the feature map, used when the head flattens it.
        mean_shape: (K, 2) view units.
        view: side of the view in pixels, the unit of `pixel` losses.
    """

    def __init__(
        self,
        settings: HeadSettings,
        loss: LossSettings,
        channels: int,
        cells: int,
        mean_shape: Tensor,
        view: int,
    ) -> None:
        super().__init__()
        self.points = len(mean_shape)
        features = channels * cells if settings.pool == "flatten" else channels
        self.average = settings.pool == "average"
        self.sigmoid = settings.sigmoid
        self.dropout = nn.Dropout(settings.dropout)
        self.dense = nn.Linear(features, 2 * self.points)
        start = mean_shape.clamp(0.01, 0.99).logit() if settings.sigmoid else mean_shape
        with torch.no_grad():
            self.dense.weight.zero_()
            self.dense.bias.copy_(start.flatten())
        self.unit = float(view) if loss.unit == "pixel" else 1.0
        self.criterion = losses.build(loss)

    def forward(self, features: Tensor) -> Tensor:
        """(B, C, h, w) → (B, K, 2), view units (before the sigmoid where there is one)."""
        flat = features.mean(dim=(2, 3)) if self.average else features.flatten(1)
        output: Tensor = self.dense(self.dropout(flat))
        return output.view(-1, self.points, 2)

    def loss(self, output: Tensor, points: Tensor, labelled: Tensor) -> Tensor:
        """Scalar loss between the output and true points (B, K, 2) in view units."""
        return self.criterion(self.decode(output).points * self.unit, points * self.unit, labelled)

    def decode(self, output: Tensor) -> Prediction:
        """The output as points."""
        return Prediction(output.sigmoid() if self.sigmoid else output)


HEADS = {"regression": RegressionHead}
