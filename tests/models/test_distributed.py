"""Sums over a batch that two real processes share."""

import torch
import torch.distributed as dist
import torch.multiprocessing as multiprocessing
from torch import nn

from facepoints.models.distributed import SharedNorm, divisor, processes, share_statistics
from facepoints.models.losses import masked_mean

SHAPES = {"maps": (8, 3, 5, 5), "rows": (8, 3)}


def batch(name):
    generator = torch.Generator().manual_seed(1)
    return torch.randn(SHAPES[name], generator=generator) * 3 + 2


def net(name):
    torch.manual_seed(2)
    norm = nn.BatchNorm2d(3) if name == "maps" else nn.BatchNorm1d(3)
    nn.init.uniform_(norm.weight)
    nn.init.uniform_(norm.bias)
    return nn.Sequential(norm, nn.Tanh())


def work(rank, folder):
    dist.init_process_group("gloo", init_method=f"file://{folder}/meet", rank=rank, world_size=2)
    found = {}
    rows = slice(4 * rank, 4 * rank + 4)
    for name in SHAPES:
        shared = share_statistics(net(name), torch.device("cpu"))
        assert isinstance(shared[0], SharedNorm)
        values = batch(name)[rows].requires_grad_()
        (shared(values).square().sum()).backward()
        found[name] = (values.grad, shared.state_dict(), shared[0].weight.grad)
    labelled = torch.tensor([[True, True], [True, rank == 0], [rank == 0, False], [False, False]])
    values = torch.arange(8.0).view(4, 2) * (rank + 1)
    found["mean"] = (
        masked_mean(values.requires_grad_(), labelled).detach(),
        values.detach(),
        labelled,
    )
    with torch.no_grad():
        found["alone"] = divisor(labelled.sum())
    torch.save(found, f"{folder}/{rank}")
    dist.destroy_process_group()


def test_two_processes_normalise_and_average_over_the_whole_batch(tmp_path):
    multiprocessing.spawn(work, (str(tmp_path),), nprocs=2)
    first, second = (torch.load(tmp_path / str(rank), weights_only=True) for rank in range(2))
    for name in SHAPES:
        alone, values = net(name), batch(name).requires_grad_()
        alone(values).square().sum().backward()
        torch.testing.assert_close(torch.cat([first[name][0], second[name][0]]), values.grad)
        torch.testing.assert_close(first[name][2] + second[name][2], alone[0].weight.grad)
        for key, value in alone.state_dict().items():
            torch.testing.assert_close(first[name][1][key], value)
            assert torch.equal(first[name][1][key], second[name][1][key])
    # The mean of the two processes' means is that over the labelled points of both: 5 and 3 of them.
    values, labelled = (torch.cat([first["mean"][part], second["mean"][part]]) for part in (1, 2))
    assert labelled.sum() == 8
    assert (first["mean"][0] + second["mean"][0]) / 2 == values[labelled].mean()
    assert (first["alone"], second["alone"]) == (5, 3)


def test_one_process_alone_changes_nothing():
    assert processes() == 1
    model = net("maps")
    assert share_statistics(model, torch.device("cpu")) is model
    assert isinstance(model[0], nn.BatchNorm2d)
    assert divisor(torch.tensor(0)) == 1
