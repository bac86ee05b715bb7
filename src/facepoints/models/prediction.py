"""What a head decodes its output to."""

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Prediction:
    """Points (B, K, 2) in view units, and their covariance (B, K, 2, 2) in its square where the head gives one."""

    points: Tensor
    covariance: Tensor | None = None


def concatenate(predictions: list[Prediction]) -> Prediction:
    """The predictions of several batches as one."""
    covariances = [each.covariance for each in predictions if each.covariance is not None]
    return Prediction(
        torch.cat([each.points for each in predictions]),
        torch.cat(covariances) if covariances else None,
    )
