"""Random draws for a batch, on the device of their generator.

Own code where torchvision.transforms.v2 has the same transform: that draws once per call, so once for a whole
batch, and from torch's global generator. Here each image is drawn for itself, from an explicit one.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch import Tensor


@dataclass(frozen=True)
class Draws:
    """Random numbers for the faces of one batch.

    Where several processes share a batch, each draws for the whole of it and takes its own faces' numbers (`rows`), so
    that what a face gets depends on its place in the batch alone.
    """

    generator: torch.Generator
    batch: int
    rows: slice = field(default_factory=lambda: slice(None))
    strength: float = 1.0  # what the probability of every transform is multiplied by

    @property
    def device(self) -> torch.device:
        """Where the numbers are."""
        return self.generator.device

    def uniform(self, low: float, high: float, *shape: int) -> Tensor:
        """Uniform numbers (B, *shape)."""
        size = (self.batch, *shape)
        drawn = torch.rand(size, generator=self.generator, device=self.device)[self.rows]
        return drawn * (high - low) + low

    def normal(self, *shape: int) -> Tensor:
        """Normal numbers (B, *shape), mean 0 and deviation 1."""
        size = (self.batch, *shape)
        return torch.randn(size, generator=self.generator, device=self.device)[self.rows]

    def chosen(self, probability: float) -> Tensor:
        """Which faces are transformed: (B,) bool."""
        return self.uniform(0, 1) < probability * self.strength


def change(images: Tensor, on: Tensor, how: Callable[[Tensor, Tensor], Tensor]) -> Tensor:
    """The batch with its chosen images changed, on a CPU in place.

    Args:
        images: (B, 3, H, W); each transform of a batch goes on from the last one's.
        on: (B,) bool, N of them true.
        how: makes (N, 3, H, W) of the chosen images (N, 3, H, W) and their places in the batch (N,).
    """
    return (among_all if images.is_cuda else among_chosen)(images, on, how)


def among_chosen(images: Tensor, on: Tensor, how: Callable[[Tensor, Tensor], Tensor]) -> Tensor:
    """`change` by work on the chosen images alone: on a CPU the others cost nothing."""
    index = on.nonzero().squeeze(1)
    if not len(index):
        return images
    return images.index_copy_(0, index, how(images[index], index))


def among_all(images: Tensor, on: Tensor, how: Callable[[Tensor, Tensor], Tensor]) -> Tensor:
    """`change` by work on all images: a GPU does not make the host wait for how many are chosen."""
    index = torch.arange(len(images), device=images.device)
    return torch.where(on[:, None, None, None], how(images, index), images)
