"""A small CNN for YouTube Faces: the one of the recipe youtube-custom-cnn."""

import torch
from torch import Tensor, nn

CHANNELS = (32, 64, 128, 256, 512, 1024)


class CustomCNN(nn.Module):
    """Six blocks of convolution, batch norm, ReLU, pooling and dropout, then two dense layers.

    With a regression head for 68 points it has exactly 6,984,840 trainable parameters. It takes images of
    224 × 224 only, as the reference: the last block must leave a single cell, as it does of 190 to 253.
    """

    def __init__(self) -> None:
        super().__init__()
        blocks: list[nn.Module] = []
        for index, (before, after) in enumerate(zip((3, *CHANNELS), CHANNELS, strict=False)):
            blocks += [
                nn.Conv2d(before, after, 3),
                nn.BatchNorm2d(after),
                nn.ReLU(inplace=True),
                nn.MaxPool2d(2),
                nn.Dropout2d(0.10 + 0.05 * index),
            ]
        self.blocks = nn.Sequential(*blocks)
        dense: list[nn.Module] = []
        for before, after in ((1024, 512), (512, 256)):
            dense += [
                nn.Linear(before, after),
                nn.BatchNorm1d(after),
                nn.ReLU(inplace=True),
                nn.Dropout(0.4),
            ]
        self.dense = nn.Sequential(*dense)

    def forward(self, images: Tensor) -> list[Tensor]:
        """(B, 3, 224, 224) → one map (B, 256, 1, 1)."""
        features = self.blocks(images)  # (B, 1024, 1, 1)
        dense: Tensor = self.dense(torch.flatten(features, 1))
        return [dense[:, :, None, None]]
