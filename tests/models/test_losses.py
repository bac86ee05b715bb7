import math

import pytest
import torch
from torch.autograd import gradcheck

from facepoints.models import losses

ALL = {
    "wing": losses.wing(10.0, 2.0),
    "soft_wing": losses.soft_wing(2.0, 20.0, 0.5),
    "smooth_l1": losses.smooth_l1(1.0),
    "l1": losses.l1,
    "l2": losses.l2,
    "euclidean": losses.euclidean,
}
# One face, two labelled points and one unlabelled: distances (3, 4), (0, 1) and nonsense.
TRUE = torch.zeros(1, 3, 2, dtype=torch.float64)
PREDICTED = torch.tensor([[[3.0, 4.0], [0.0, 1.0], [1e6, -1e6]]], dtype=torch.float64)
LABELLED = torch.tensor([[True, True, False]])


def at(loss, distance):
    """The loss of one point that is so far off in both coordinates."""
    predicted = torch.full((1, 1, 2), distance, dtype=torch.float64)
    return float(loss(predicted, torch.zeros_like(predicted), torch.tensor([[True]])))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("l1", (3 + 4 + 0 + 1) / 4),
        ("l2", (9 + 16 + 0 + 1) / 4),
        ("euclidean", (5 + 1) / 2),
        ("smooth_l1", (2.5 + 3.5 + 0 + 0.5) / 4),
        ("wing", 10 * (math.log(2.5) + math.log(3) + 0 + math.log(1.5)) / 4),
        # 20 ln(1 + 2 |d|) + 2 − 20 ln 5 for 3 and 4, |d| for 0 and 1
        ("soft_wing", (20 * math.log(7 / 5) + 2 + 20 * math.log(9 / 5) + 2 + 0 + 1) / 4),
    ],
)
def test_values_by_hand_over_labelled_points_only(name, expected):
    assert float(ALL[name](PREDICTED, TRUE, LABELLED)) == pytest.approx(expected)


def test_wing_is_a_line_beyond_w_and_has_no_step_there():
    loss = losses.wing(10.0, 2.0)
    assert at(loss, 30.0) == pytest.approx(30 - (10 - 10 * math.log(6)))
    assert at(loss, 10.0 - 1e-6) == pytest.approx(at(loss, 10.0 + 1e-6), abs=1e-5)


def test_soft_wing_has_no_step_at_omega1_but_a_steeper_slope_beyond():
    loss = losses.soft_wing(2.0, 20.0, 0.5)
    below, joint, above = at(loss, 2.0 - 1e-6), at(loss, 2.0), at(loss, 2.0 + 1e-6)
    assert joint == pytest.approx(2)
    assert (joint - below) / 1e-6 == pytest.approx(1, rel=1e-4)
    assert (above - joint) / 1e-6 == pytest.approx(20 / 2.5, rel=1e-4)


@pytest.mark.parametrize("name", ALL)
def test_gradients_away_from_kinks(name):
    generator = torch.Generator().manual_seed(0)
    true = torch.zeros(2, 3, 2, dtype=torch.float64)
    signs = torch.randint(0, 2, (2, 3, 2), generator=generator) * 2 - 1
    away = torch.rand(2, 3, 2, generator=generator, dtype=torch.float64)
    predicted = (signs * (2.5 + 5 * away)).requires_grad_()
    labelled = torch.tensor([[True, False, True], [True, True, False]])
    assert gradcheck(lambda p: ALL[name](p, true, labelled), (predicted,))
    near = (predicted.detach() / 10).requires_grad_()  # the other branch
    assert gradcheck(lambda p: ALL[name](p, true, labelled), (near,))


@pytest.mark.parametrize("name", ALL)
def test_a_perfect_prediction_has_no_loss_and_finite_gradients(name):
    predicted = torch.zeros(1, 3, 2, requires_grad=True)
    loss = ALL[name](predicted, torch.zeros(1, 3, 2), LABELLED)
    loss.backward()
    assert loss.item() == 0
    assert torch.isfinite(predicted.grad).all()


@pytest.mark.parametrize("nonsense", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("name", ALL)
def test_unlabelled_points_may_hold_anything(name, nonsense):
    predicted, true = PREDICTED.clone(), TRUE.clone()
    predicted[~LABELLED] = true[~LABELLED] = nonsense
    predicted.requires_grad_()
    loss = ALL[name](predicted, true, LABELLED)
    loss.backward()
    assert loss.item() == float(ALL[name](PREDICTED, TRUE, LABELLED))
    assert torch.isfinite(predicted.grad).all() and (predicted.grad[~LABELLED] == 0).all()


@pytest.mark.parametrize("name", ALL)
def test_a_batch_without_labels_has_no_loss(name):
    predicted = PREDICTED.clone().requires_grad_()
    loss = ALL[name](predicted, TRUE, torch.zeros(1, 3, dtype=torch.bool))
    loss.backward()
    assert loss.item() == 0
    assert (predicted.grad == 0).all()


@pytest.mark.parametrize("name", ALL)
def test_half_precision_is_computed_as_float32(name):
    half = ALL[name](PREDICTED.bfloat16(), TRUE.bfloat16(), LABELLED)
    assert half.dtype == torch.float32
    assert float(half) == pytest.approx(float(ALL[name](PREDICTED, TRUE, LABELLED)))
