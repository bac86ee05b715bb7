"""Sensor and file: noise and the loss of JPEG. Images are (B, 3, H, W) float in [0, 1]."""

import math
from functools import cache

import torch
import torch.nn.functional as F
from torch import Tensor

from facepoints.augment.chance import Draws, change
from facepoints.augment.constants import constant
from facepoints.augment.settings import Noise, Quantisation

BLOCK = 8  # pixels

# ITU-T T.81 (the JPEG standard), tables K.1 and K.2: steps of the coefficients at quality 50.
LUMINANCE = (
    *(16, 11, 10, 16, 24, 40, 51, 61),
    *(12, 12, 14, 19, 26, 58, 60, 55),
    *(14, 13, 16, 24, 40, 57, 69, 56),
    *(14, 17, 22, 29, 51, 87, 80, 62),
    *(18, 22, 37, 56, 68, 109, 103, 77),
    *(24, 35, 55, 64, 81, 104, 113, 92),
    *(49, 64, 78, 87, 103, 121, 120, 101),
    *(72, 92, 95, 98, 112, 100, 103, 99),
)
CHROMINANCE = (
    *(17, 18, 24, 47, 99, 99, 99, 99),
    *(18, 21, 26, 66, 99, 99, 99, 99),
    *(24, 26, 56, 99, 99, 99, 99, 99),
    *(47, 66, 99, 99, 99, 99, 99, 99),
    *((99,) * 32),
)

# JFIF: Y, Cb, Cr of R, G, B, without the offset of Cb and Cr, which the inverse would take away again.
YCBCR = ((0.299, 0.587, 0.114), (-0.168736, -0.331264, 0.5), (0.5, -0.418688, -0.081312))
RGB = ((1.0, 0.0, 1.402), (1.0, -0.344136, -0.714136), (1.0, 1.772, 0.0))


def noise(images: Tensor, settings: Noise, draws: Draws) -> Tensor:
    """Gaussian noise, each chosen image with its own deviation."""
    low, high = settings.deviation
    deviation = draws.uniform(low, high, 1, 1, 1)
    on = draws.chosen(settings.probability)
    grain = draws.normal(*images.shape[1:])

    def how(images: Tensor, index: Tensor) -> Tensor:
        return (grain[index] * deviation[index]).add_(images).clamp_(0, 1)

    return change(images, on, how)


def quantise(images: Tensor, settings: Quantisation, draws: Draws) -> Tensor:
    """What JPEG loses, each chosen image at its own quality."""
    low, high = settings.quality
    quality = draws.uniform(low, high + 1).floor().clamp_max(high)
    on = draws.chosen(settings.probability)
    return change(images, on, lambda images, index: through_jpeg(images, quality[index]))


def through_jpeg(images: Tensor, quality: Tensor) -> Tensor:
    """Images after JPEG without subsampling of colour (4:4:4), but for the rounding of the decoded values.

    Args:
        quality: (B,) whole numbers from 1 to 100, as of libjpeg.
    """
    batch, _, height, width = images.shape
    device = images.device
    images = F.pad(images, [0, -width % BLOCK, 0, -height % BLOCK], mode="replicate")
    high, wide = images.shape[2:]
    rows, columns = high // BLOCK, wide // BLOCK

    values = 255 * constant(YCBCR, device) @ images.flatten(2)  # (B, 3, H·W)
    values = (
        values.round_()
    )  # as libjpeg has them: it moves some coefficients over the border of a step
    values = values.view(batch, 3, rows, BLOCK, columns, BLOCK).transpose(3, 4)
    # Y counts from the middle grey, as in the standard: it moves what the first coefficient is rounded to.
    offset = constant((128.0, 0.0, 0.0), device).view(1, 3, 1, 1)
    values = values.reshape(batch, 3, -1, BLOCK**2) - offset  # (B, 3, blocks, 64)

    steps = quantisation_steps(quality)[:, :, None]  # (B, 3, 1, 64)
    cosines = _cosines(device)
    values = (values @ cosines.T).div_(steps).round_().mul_(steps) @ cosines + offset

    values = values.view(batch, 3, rows, columns, BLOCK, BLOCK).transpose(3, 4)
    images = constant(RGB, device) / 255 @ values.reshape(batch, 3, -1)
    return images.view(batch, 3, high, wide)[:, :, :height, :width].clamp(0, 1)


def quantisation_steps(quality: Tensor) -> Tensor:
    """libjpeg's steps (B, 3, 64) of Y, Cb and Cr at qualities (B,), row by row."""
    percent = torch.where(quality < 50, 5000 // quality, 200 - 2 * quality)
    tables = constant((LUMINANCE, CHROMINANCE, CHROMINANCE), quality.device)
    steps = (tables * percent[:, None, None] + 50) // 100
    return steps.clamp(1, 255).float()


@cache
def _cosines(device: torch.device) -> Tensor:
    """The orthonormal DCT-II of a block's 64 pixels as one matrix (64, 64): coefficient ← pixel."""
    place = torch.arange(BLOCK, dtype=torch.float64)
    waves = torch.cos((2 * place + 1) * place[:, None] * math.pi / (2 * BLOCK)) / math.sqrt(4)
    waves[0] /= math.sqrt(2)
    return torch.kron(waves, waves).float().to(device)
