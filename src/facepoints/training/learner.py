"""What a training step changes: the net, the average of its weights, and the optimiser."""

import copy
from collections.abc import Mapping
from typing import Any, cast

import torch
from lightning_fabric import Fabric
from torch import Tensor, nn
from torch.nn.utils import convert_conv2d_weight_memory_format

from facepoints import FacepointsError
from facepoints.models.distributed import share_statistics
from facepoints.models.model import LandmarkModel
from facepoints.models.start import BACKBONE
from facepoints.training import averaging
from facepoints.training.schedule import build_optimizer
from facepoints.training.settings import TrainSettings


class Learner:
    """A net that learns, on the fabric's device.

    Args:
        model: whose weights are changed in place.

    Attributes:
        judged: what is validated and kept: the average of the weights, or the net itself where none is taken.
    """

    def __init__(self, fabric: Fabric, model: LandmarkModel, settings: TrainSettings) -> None:
        self.fabric, self.settings = fabric, settings
        model = convert_conv2d_weight_memory_format(model, torch.channels_last)
        self.model = model.to(fabric.device)
        self.judged = self.model if settings.ema is None else copy.deepcopy(self.model)
        net = share_statistics(self.model, fabric.device)
        if settings.compile:
            net = cast(nn.Module, torch.compile(net))
        self.wrapped, self.optimizer = fabric.setup(net, build_optimizer(net, settings))

    def step(
        self, images: Tensor, points: Tensor, labelled: Tensor, learning_rate: float, number: int
    ) -> Tensor:
        """Learn from a batch; its loss.

        Args:
            images: (B, 3, H, W) float in [0, 1].
            points: (B, K, 2) view units.
            labelled: (B, K) bool.
            number: of the step, from 0.
        """
        for group in self.optimizer.param_groups:
            group["lr"] = learning_rate
        output = self.wrapped(images.contiguous(memory_format=torch.channels_last))
        loss: Tensor = self.model.head.loss(output, points, labelled)
        self.optimizer.zero_grad()
        self.fabric.backward(loss)
        if self.settings.clip is not None:
            # What is no number is told after the epoch.
            self.fabric.clip_gradients(
                self.wrapped, self.optimizer, max_norm=self.settings.clip, error_if_nonfinite=False
            )
        self.optimizer.step()
        if self.settings.ema is not None:
            averaging.update(self.judged, self.model, self.settings.ema, number)
        return loss.detach()

    def state(self) -> dict[str, Any]:
        """What a checkpoint keeps."""
        return {
            "model": self.model.state_dict(),
            "judged": self.judged.state_dict(),
            "optimizer": self.optimizer.state_dict(),
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from a checkpoint's state."""
        self.model.load_state_dict(state["model"])
        self.judged.load_state_dict(state["judged"])
        self.optimizer.load_state_dict(state["optimizer"])


def load_start(model: LandmarkModel, start: Mapping[str, Tensor]) -> None:
    """Put start weights, those of the backbone or of all, into the net; nothing to do for scratch.

    Raises:
        FacepointsError: weights of another net.
    """
    if not start:
        return
    # What stays as it is where they do not hold it; a backbone must be whole.
    others = {
        name: each for name, each in model.state_dict().items() if not name.startswith(BACKBONE)
    }
    try:
        model.load_state_dict({**others, **start})
    except RuntimeError as error:
        raise FacepointsError(
            f"the start weights do not fit the net: {error}. Run the start stage again."
        ) from error
