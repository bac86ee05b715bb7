"""Random numbers to transform batches with."""

import torch

from facepoints.augment.chance import Draws


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def draws(batch, seed=0):
    """For a batch of so many faces."""
    return Draws(generator(seed), batch)
