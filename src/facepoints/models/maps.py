"""From a backbone's feature maps to one map of a finer stride."""

import math
from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from facepoints import FacepointsError
from facepoints.models.backbones import Level


class Deconvolution(nn.Module):
    """Transposed convolutions that each double the resolution of the coarsest map.

    Xiao, Wu and Wei, Simple Baselines for Human Pose Estimation and Tracking, ECCV 2018.
    """

    channels: int

    def __init__(self, levels: Sequence[Level], stride: int, channels: int) -> None:
        super().__init__()
        coarse = levels[-1]
        doublings = math.log2(coarse.stride / stride) if coarse.stride else -1
        if doublings < 0 or doublings != int(doublings):
            found = (
                f"of stride {coarse.stride}" if coarse.stride else "that does not tile the image"
            )
            raise FacepointsError(
                f"head.stride: {stride} cannot be reached by doublings from the backbone's last map, {found} at this "
                "input. Choose another head.stride, input or backbone."
            )
        layers: list[nn.Module] = []
        for index in range(int(doublings)):
            before = coarse.channels if index == 0 else channels
            layers += [
                nn.ConvTranspose2d(before, channels, 4, stride=2, padding=1, bias=False),
                nn.BatchNorm2d(channels),
                nn.ReLU(inplace=True),
            ]
        self.layers = nn.Sequential(*layers)
        self.channels = channels if doublings else coarse.channels

    def forward(self, features: list[Tensor]) -> Tensor:
        """Feature maps, fine to coarse → (B, C, h, w)."""
        maps: Tensor = self.layers(features[-1])
        return maps


class Pyramid(nn.Module):
    """From coarse to fine: twice the resolution, plus the backbone's map of that resolution, and a convolution.

    Lin et al., Feature Pyramid Networks, CVPR 2017, with a convolution, batch norm and ReLU at every level.
    """

    channels: int

    def __init__(self, levels: Sequence[Level], stride: int, channels: int) -> None:
        super().__init__()
        self.used = _from(levels, stride)
        self.lateral = nn.ModuleList(
            nn.Conv2d(level.channels, channels, 1) for level in levels[self.used :]
        )
        self.smooth = nn.ModuleList(
            nn.Sequential(
                nn.Conv2d(channels, channels, 3, padding=1, bias=False),
                nn.BatchNorm2d(channels),
                nn.ReLU(inplace=True),
            )
            for _ in levels[self.used :]
        )
        self.channels = channels

    def forward(self, features: list[Tensor]) -> Tensor:
        """Feature maps, fine to coarse → (B, C, h, w)."""
        maps: Tensor | None = None
        parts = zip(features[self.used :], self.lateral, self.smooth, strict=True)
        for feature, lateral, smooth in reversed(list(parts)):
            side = lateral(feature)
            if maps is not None:
                side = side + F.interpolate(maps, size=side.shape[2:], mode="nearest")
            maps = smooth(side)
        assert maps is not None
        return maps


class Concatenation(nn.Module):
    """All maps enlarged to the finest one, side by side, and mixed by one dense layer per cell.

    Sun et al., High-Resolution Representations for Labeling Pixels and Regions, 2019 (HRNetV2), for backbones like
    HRNet whose maps are all of use.
    """

    channels: int

    def __init__(self, levels: Sequence[Level], stride: int, channels: int) -> None:
        super().__init__()
        self.used = _from(levels, stride)
        self.mix = nn.Sequential(
            nn.Conv2d(
                sum(level.channels for level in levels[self.used :]), channels, 1, bias=False
            ),
            nn.BatchNorm2d(channels),
            nn.ReLU(inplace=True),
        )
        self.channels = channels

    def forward(self, features: list[Tensor]) -> Tensor:
        """Feature maps, fine to coarse → (B, C, h, w)."""
        fine = features[self.used]
        enlarged = [
            F.interpolate(one, size=fine.shape[2:], mode="bilinear", align_corners=False)
            for one in features[self.used + 1 :]
        ]
        mixed: Tensor = self.mix(torch.cat([fine, *enlarged], dim=1))
        return mixed


def _from(levels: Sequence[Level], stride: int) -> int:
    """Which level has this stride.

    Raises:
        FacepointsError: none has.
    """
    strides = [level.stride for level in levels]
    if stride not in strides:
        raise FacepointsError(
            f"head.stride: the backbone has no map of stride {stride} at this input (it has: "
            f"{', '.join(str(each) for each in strides if each)}). Choose one of these, or maps: deconvolution."
        )
    return strides.index(stride)


MAPS: dict[str, type[Deconvolution | Pyramid | Concatenation]] = {
    "deconvolution": Deconvolution,
    "pyramid": Pyramid,
    "concatenation": Concatenation,
}
