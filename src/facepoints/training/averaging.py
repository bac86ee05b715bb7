"""Exponential moving average of a model's weights."""

import torch
from torch import nn


@torch.no_grad()
def update(average: nn.Module, model: nn.Module, decay: float, step: int) -> None:
    """Move `average` towards `model` after a training step (from 0): a ← d a + (1 − d) m.

    d is the decay, but at first less, (1 + step) / (10 + step), so that the random start is soon forgotten. The
    statistics of batch norm are averaged too, whole numbers copied.
    """
    share = 1 - min(decay, (1 + step) / (10 + step))
    pairs = zip(average.state_dict().values(), model.state_dict().values(), strict=True)
    for mean, current in pairs:
        if mean.is_floating_point():
            mean.lerp_(current, share)
        else:
            mean.copy_(current)
