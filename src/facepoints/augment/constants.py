"""Tables of numbers where the images are."""

from functools import cache

import torch
from torch import Tensor

Table = tuple[float, ...] | tuple[tuple[float, ...], ...]


@cache
def constant(values: Table, device: torch.device) -> Tensor:
    """The numbers as a float32 tensor, only to be read; moved there once, since the host waits for each move."""
    return torch.tensor(values, device=device, dtype=torch.float32)
