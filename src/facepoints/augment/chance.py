"""Random draws for a batch, on the device of their generator.

Own code where torchvision.transforms.v2 has the same transform: that draws once per call, so once for a whole
batch, and from torch's global generator. Here each image is drawn for itself, from an explicit one.
"""

from collections.abc import Callable

import torch
from torch import Tensor


def uniform(shape: tuple[int, ...], low: float, high: float, generator: torch.Generator) -> Tensor:
    """Uniform numbers on the generator's device."""
    return torch.rand(shape, generator=generator, device=generator.device) * (high - low) + low


def chosen(batch: int, probability: float, generator: torch.Generator) -> Tensor:
    """Which of a batch are transformed: (B,) bool."""
    return torch.rand(batch, generator=generator, device=generator.device) < probability


def change(images: Tensor, on: Tensor, how: Callable[[Tensor, Tensor], Tensor]) -> Tensor:
    """The batch with its chosen images changed; the others cost nothing.

    Args:
        images: (B, 3, H, W).
        on: (B,) bool, N of them true.
        how: makes (N, 3, H, W) of the chosen images (N, 3, H, W) and their places in the batch (N,).
    """
    index = on.nonzero().squeeze(1)
    if not len(index):
        return images
    return images.index_copy(0, index, how(images[index], index))
