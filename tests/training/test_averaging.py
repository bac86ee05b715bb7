import copy

import pytest
import torch
from torch import nn

from facepoints.training.averaging import update


def model(value):
    net = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2))
    with torch.no_grad():
        for tensor in net.state_dict().values():
            tensor.fill_(value)
    return net


def test_late_steps_move_by_the_decay_and_early_ones_by_more():
    average = model(0.0)
    update(average, model(1.0), decay=0.9, step=1000)
    assert average[0].weight.detach().unique().tolist() == pytest.approx([0.1])
    early = model(0.0)
    update(early, model(1.0), decay=0.9, step=0)
    assert early[0].weight.detach().unique().tolist() == pytest.approx([0.9])


def test_statistics_are_averaged_and_counts_copied():
    average = model(0.0)
    update(average, model(4.0), decay=0.75, step=1000)
    assert average[1].running_mean.tolist() == pytest.approx([1.0, 1.0])
    assert average[1].num_batches_tracked.item() == 4


def test_what_does_not_change_is_its_own_average():
    net = model(0.3)
    average = copy.deepcopy(net)
    for step in range(20):
        update(average, net, decay=0.99, step=step)
    assert all(
        torch.allclose(one, other)
        for one, other in zip(average.state_dict().values(), net.state_dict().values(), strict=True)
    )
