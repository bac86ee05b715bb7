"""A landmark model: normalisation, backbone and head."""

import torch
from torch import Tensor, nn

from facepoints.models import backbones
from facepoints.models.heads import HEADS, Prediction
from facepoints.models.settings import ModelSettings

NORMALISATIONS = {
    "half": ((0.5, 0.5, 0.5), (0.5, 0.5, 0.5)),
    # Mean and deviation of ImageNet's pixels, as torchvision's weights were trained with.
    "imagenet": ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
}


class LandmarkModel(nn.Module):
    """Images in, head output out; `head` turns that into a loss or points.

    Args:
        mean_shape: (K, 2) mean training landmarks, view units.
        view: side of the view (what a box becomes) in pixels.

    Raises:
        FacepointsError: a backbone that does not exist or cannot take this input size.
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
        self.view = view
        self.backbone = backbones.build(settings.backbone)
        if settings.batch_norm_momentum is not None:
            for module in self.backbone.modules():
                if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
                    module.momentum = settings.batch_norm_momentum
        channels, cells = backbones.feature_shape(self.backbone, settings.input)
        self.head = HEADS[settings.head.name](
            settings.head, settings.loss, channels, cells, mean_shape, view
        )

    def forward(self, images: Tensor) -> Tensor:
        """(B, 3, input, input) float in [0, 1] → the head's output."""
        features = self.backbone((images - self.mean) / self.deviation)
        output: Tensor
        if torch.is_autocast_enabled(images.device.type):
            # The steps of bf16 near 1 are a pixel wide at 256: coordinates are computed in fp32.
            with torch.autocast(images.device.type, enabled=False):
                output = self.head(features.float())
        else:
            output = self.head(features)
        return output

    def predict(self, images: Tensor) -> Prediction:
        """(B, 3, input, input) float in [0, 1] → points in view units."""
        return self.head.decode(self(images))
