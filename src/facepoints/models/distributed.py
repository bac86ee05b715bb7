"""A batch that several processes share: each has an equal part of it, and the result is that of one process.

Losses divide by what the whole batch holds, and batch norm takes its statistics over the whole batch. Nothing here does
anything where one process works alone.
"""

from typing import Any

import torch
import torch.distributed as dist
import torch.nn.functional as F
from torch import Tensor, nn
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


class _Normalised(torch.autograd.Function):
    """Batch norm with one exchange between the processes forwards and one backwards, and PyTorch's own kernels.

    Every process holds equally many values per channel.
    """

    @staticmethod
    def forward(
        ctx: Any, input: Tensor, weight: Tensor | None, bias: Tensor | None, eps: float
    ) -> tuple[Tensor, Tensor, Tensor]:
        dims, shape = [0, *range(2, input.dim())], (1, -1, *(1 for _ in input.shape[2:]))
        values = input.float()
        middle = values.mean(dims)
        # torch.var_mean is ten times slower on a CPU, for channels that lie last in memory.
        own = torch.stack([middle, (values - middle.view(shape)).square_().mean(dims)])
        parts = [torch.empty_like(own) for _ in range(processes())]
        dist.all_gather(parts, own)
        means, variances = torch.stack(parts, dim=1)  # (processes, C) each
        mean = means.mean(dim=0)
        variance = (variances + (means - mean).square()).mean(dim=0)
        ctx.save_for_backward(input, weight, mean, variance)
        ctx.eps = eps
        ctx.mark_non_differentiable(mean, variance)
        return F.batch_norm(input, mean, variance, weight, bias, eps=eps), mean, variance

    @staticmethod
    def backward(ctx: Any, gradient: Tensor, *_: Any) -> tuple[Tensor | None, ...]:
        input, weight, mean, variance = ctx.saved_tensors
        # Sums over this process's values of the gradient, and of the gradient times the normalised input.
        _, product, total = torch.ops.aten.native_batch_norm_backward(
            gradient, input, weight, mean, variance, None, None, False, ctx.eps, [False, True, True]
        )
        sums = torch.stack([product, total])
        dist.all_reduce(sums)
        count = input.numel() // input.shape[1] * processes()
        along, middle = sums / count
        scale = (variance + ctx.eps).rsqrt()
        scale = scale if weight is None else scale * weight
        # scale · (gradient − middle − normalised input · along)
        back = F.batch_norm(
            input.float(), mean, variance, -scale * along, -scale * middle, eps=ctx.eps
        )
        shape = (1, -1, *(1 for _ in input.shape[2:]))
        back = torch.addcmul(back, gradient.float(), scale.view(shape)).to(input.dtype)
        affine = weight is not None
        return back, product if affine else None, total if affine else None, None


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
        # PyTorch declares apply without types.
        normal, mean, variance = _Normalised.apply(  # type: ignore[no-untyped-call]
            input, self.weight, self.bias, self.eps
        )
        count = input.numel() // input.shape[1] * processes()
        self._remember(mean, variance * (count / (count - 1)))
        shared: Tensor = normal
        return shared

    def _remember(self, mean: Tensor, variance: Tensor) -> None:
        if self.running_mean is None or self.running_var is None:
            return
        assert self.num_batches_tracked is not None
        self.num_batches_tracked += 1
        share = self.momentum if self.momentum is not None else 1 / int(self.num_batches_tracked)
        self.running_mean.lerp_(mean, share)
        self.running_var.lerp_(variance, share)
