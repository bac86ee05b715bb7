"""A batch that several processes share: each has an equal part of it, and the result is that of one process.

Losses divide by what the whole batch holds, and batch norm takes its statistics over the whole batch. Nothing here does
anything where one process works alone.
"""

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.distributed.nn.functional import all_reduce
from torch.nn.modules.batchnorm import _BatchNorm


def processes() -> int:
    """How many share a batch."""
    return dist.get_world_size() if dist.is_available() and dist.is_initialized() else 1


def divisor(count: Tensor) -> Tensor:
    """What a sum over `count` things of this process's part of a batch is divided by, at least 1.

    So that the mean over the processes, which their gradients are averaged to, is the mean over the whole batch, also
    where some have more labelled points than others. Only where gradients are taken: validation shares no batch.
    """
    if processes() == 1 or not torch.is_grad_enabled():
        return count.clamp_min(1)
    whole = count.clone()
    dist.all_reduce(whole)
    return whole.clamp_min(1) / processes()


def share_statistics(model: nn.Module, device: torch.device) -> nn.Module:
    """The model with its batch norms over the whole batch in place of a process's part; the weights are the same."""
    if processes() == 1:
        return model
    if device.type == "cuda":
        converted: nn.Module = nn.SyncBatchNorm.convert_sync_batchnorm(model)
        return converted
    for module in list(model.modules()):
        for name, child in module.named_children():
            if isinstance(child, _BatchNorm):
                setattr(module, name, SharedNorm(child))
    return model


class SharedNorm(_BatchNorm):
    """Batch norm over the parts of all processes, for devices that nn.SyncBatchNorm does not serve."""

    def __init__(self, norm: _BatchNorm) -> None:
        super().__init__(
            norm.num_features, norm.eps, norm.momentum, norm.affine, norm.track_running_stats
        )
        self._parameters, self._buffers = norm._parameters, norm._buffers
        self.train(norm.training)

    def _check_input_dim(self, input: Tensor) -> None:
        """Any with its channels second."""

    def forward(self, input: Tensor) -> Tensor:
        """(B, C, …) normalised per channel."""
        if not self.training:
            unshared: Tensor = super().forward(input)
            return unshared
        dims = [0, *range(2, input.dim())]
        count = input.numel() // input.shape[1] * processes()
        values = input.float()
        mean = all_reduce(values.sum(dims)) / count
        shape = (1, -1, *(1 for _ in dims[1:]))
        centred = values - mean.view(shape)
        variance = all_reduce(centred.square().sum(dims)) / count
        self._remember(mean.detach(), variance.detach() * count / (count - 1))
        normal = centred * (variance + self.eps).rsqrt().view(shape)
        if self.affine:
            normal = normal * self.weight.view(shape) + self.bias.view(shape)
        shared: Tensor = normal.to(input.dtype)
        return shared

    def _remember(self, mean: Tensor, variance: Tensor) -> None:
        if self.running_mean is None or self.running_var is None:
            return
        assert self.num_batches_tracked is not None
        self.num_batches_tracked += 1
        share = self.momentum if self.momentum is not None else 1 / int(self.num_batches_tracked)
        self.running_mean.lerp_(mean, share)
        self.running_var.lerp_(variance, share)
