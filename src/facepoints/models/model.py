"""A landmark model: normalisation, backbone and head."""

from typing import cast

import torch
from torch import Tensor, nn

from facepoints import FacepointsError
from facepoints.models import backbones, criterion
from facepoints.models.heads import HEADS, Head
from facepoints.models.prediction import Prediction
from facepoints.models.settings import ModelSettings

NORMALISATIONS = {
    "half": ((0.5, 0.5, 0.5), (0.5, 0.5, 0.5)),
    # Mean and deviation of ImageNet's pixels, as torchvision's weights were trained with; but GoogLeNet's and
    # Inception's with half.
    "imagenet": ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
}


class LandmarkModel(nn.Module):
    """Images in, head output out; `head` turns that into a loss or points.

    Args:
        mean_shape: (K, 2) mean training landmarks, view units.
        view: side of the view (what a box becomes) in pixels.

    Raises:
        FacepointsError: a backbone that does not exist or cannot take this input size, or one that the head cannot use.
    """

    mean: Tensor
    deviation: Tensor
    mean_shape: Tensor

    def __init__(self, settings: ModelSettings, mean_shape: Tensor, view: int) -> None:
        super().__init__()
        mean, deviation = NORMALISATIONS[settings.normalise]
        self.register_buffer("mean", torch.tensor(mean).view(3, 1, 1), persistent=False)
        self.register_buffer("deviation", torch.tensor(deviation).view(3, 1, 1), persistent=False)
        self.register_buffer("mean_shape", mean_shape.clone())
        self.input = settings.input
        # Whether its loss fits the covariances that it predicts to its errors.
        self.learns_covariance = settings.loss.name in criterion.COVARIANCE_LOSSES
        self.view = view
        self.backbone = backbones.build(settings.backbone)
        if settings.batch_norm_momentum is not None:
            for module in self.backbone.modules():
                if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
                    module.momentum = settings.batch_norm_momentum
        self.frozen = settings.freeze
        if self.frozen:
            self.backbone.requires_grad_(False)
        levels = backbones.levels(self.backbone, settings.input)
        try:
            loss = criterion.build(settings.loss, view)
            head = HEADS[settings.head.name](settings.head, loss, levels, mean_shape)
        except FacepointsError as error:
            raise FacepointsError(
                f"{settings.backbone} at {settings.input} pixels: {error}"
            ) from error
        self.head = cast(Head, head)  # a protocol is no module to the type checker

    def forward(self, images: Tensor) -> Tensor:
        """(B, 3, input, input) float in [0, 1] → the head's output."""
        return self.head(self.backbone((images - self.mean) / self.deviation))

    def train(self, mode: bool = True) -> "LandmarkModel":
        """As nn.Module's, but a frozen backbone stays in evaluation mode: its statistics and dropout rest."""
        super().train(mode)
        if self.frozen:
            self.backbone.eval()
        return self

    def predict(self, images: Tensor) -> Prediction:
        """(B, 3, input, input) float in [0, 1] → points in view units."""
        return self.head.decode(self(images))
