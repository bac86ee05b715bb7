"""Optimisers and learning-rate schedules."""

import math
from typing import Any

import torch
from torch import nn

from facepoints.training.settings import TrainSettings

OPTIMIZERS: dict[str, type[torch.optim.Adam] | type[torch.optim.AdamW]] = {
    "adam": torch.optim.Adam,
    "adamw": torch.optim.AdamW,
}


def build_optimizer(model: nn.Module, settings: TrainSettings) -> torch.optim.Optimizer:
    """The optimiser of all trainable parameters.

    decay `weights`: only matrices and kernels decay; norms and biases, which have one dimension, do not.
    """
    parameters = [parameter for parameter in model.parameters() if parameter.requires_grad]
    groups: list[dict[str, Any]] = [{"params": parameters}]
    if settings.decay == "weights":
        groups = [
            {"params": [each for each in parameters if each.dim() > 1]},
            {"params": [each for each in parameters if each.dim() <= 1], "weight_decay": 0.0},
        ]
    return OPTIMIZERS[settings.optimizer](
        groups, lr=settings.learning_rate, weight_decay=settings.weight_decay, fused=True
    )


def rate(settings: TrainSettings, step: int, steps: int, plateau_factor: float) -> float:
    """The learning rate of a step (from 0) out of `steps`.

    Linear warm-up, then constant, or half a cosine down to 0 (Loshchilov and Hutter, SGDR, 2017, without restarts), or
    times the factor at each milestone, or times the factor that the plateau rule has reached.
    """
    warmup = round(settings.warmup * steps)
    if step < warmup:
        return settings.learning_rate * (step + 1) / warmup
    if settings.schedule == "cosine":
        done = (step - warmup) / max(1, steps - warmup)
        return settings.learning_rate * (1 + math.cos(math.pi * done)) / 2
    if settings.schedule == "step":
        passed = sum(step >= milestone * steps for milestone in settings.milestones)
        return settings.learning_rate * settings.factor**passed
    return settings.learning_rate * plateau_factor


def strength(settings: TrainSettings, step: int, steps: int) -> float:
    """What the probabilities of the augmentation are multiplied by in a step (from 0) out of `steps`.

    1, then in the last `fade` of the steps linearly to 0: the net ends on faces as it will meet them. (YOLOX, Ge et
    al. 2021, turns its strongest augmentation off for the last epochs.)
    """
    fading = settings.fade * steps
    return min(1.0, (steps - step) / fading) if fading else 1.0


class Plateau:
    """Lowers the rate's factor when the validation loss stops falling."""

    def __init__(self, settings: TrainSettings) -> None:
        self.settings = settings
        self.best = math.inf
        self.waited = 0
        self.factor = 1.0

    def step(self, validation_loss: float) -> None:
        """Take note of an epoch's validation loss."""
        if self.settings.schedule != "plateau":
            return
        if validation_loss < self.best:
            self.best, self.waited = validation_loss, 0
            return
        self.waited += 1
        if self.waited > self.settings.patience:
            self.factor, self.waited = self.factor * self.settings.factor, 0

    def state(self) -> dict[str, float]:
        """What a checkpoint keeps."""
        return {"best": self.best, "waited": self.waited, "factor": self.factor}

    def restore(self, state: dict[str, float]) -> None:
        """Go on from a checkpoint's state."""
        self.best, self.waited, self.factor = (
            state["best"],
            int(state["waited"]),
            state["factor"],
        )
