"""All heads by name, and what they have in common."""

from typing import Protocol

from torch import Tensor, nn

from facepoints.models.heatmap import HeatmapHead
from facepoints.models.pip import PipHead
from facepoints.models.prediction import Prediction
from facepoints.models.regression import RegressionHead
from facepoints.models.soft_argmax import SoftArgmaxHead


class Head(Protocol):
    """From feature maps (fine to coarse) to an output, from there to a loss or to points."""

    def __call__(self, features: list[Tensor]) -> Tensor:
        """The output, one row per image."""

    def loss(self, output: Tensor, points: Tensor, labelled: Tensor) -> Tensor:
        """Scalar loss against true points (B, K, 2) in view units where labelled (B, K)."""

    def decode(self, output: Tensor) -> Prediction:
        """The output as points."""


HEADS: dict[str, type[nn.Module]] = {
    "regression": RegressionHead,
    "pip": PipHead,
    "heatmap": HeatmapHead,
    "soft_argmax": SoftArgmaxHead,
}
