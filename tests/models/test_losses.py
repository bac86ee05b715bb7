import math

import pytest
import torch
from torch.autograd import gradcheck

from facepoints.models import losses
from facepoints.models.settings import LossSettings

ALL = {
    "wing": losses.wing(10.0, 2.0),
    "smooth_l1": losses.smooth_l1(1.0),
    "l1": losses.l1,
    "l2": losses.l2,
    "euclidean": losses.euclidean,
}
# One face, two labelled points and one unlabelled: distances (3, 4), (0, 1) and nonsense.
TRUE = torch.zeros(1, 3, 2, dtype=torch.float64)
PREDICTED = torch.tensor([[[3.0, 4.0], [0.0, 1.0], [1e6, -1e6]]], dtype=torch.float64)
LABELLED = torch.tensor([[True, True, False]])


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("l1", (3 + 4 + 0 + 1) / 4),
        ("l2", (9 + 16 + 0 + 1) / 4),
        ("euclidean", (5 + 1) / 2),
        ("smooth_l1", (2.5 + 3.5 + 0 + 0.5) / 4),
        ("wing", 10 * (math.log(2.5) + math.log(3) + 0 + math.log(1.5)) / 4),
    ],
)
def test_values_by_hand_over_labelled_points_only(name, expected):
    assert float(ALL[name](PREDICTED, TRUE, LABELLED)) == pytest.approx(expected)


def test_wing_is_a_line_beyond_w_and_has_no_step_there():
    loss = losses.wing(10.0, 2.0)
    one = torch.ones(1, 1, dtype=torch.bool)

    def at(distance):
        return float(loss(torch.full((1, 1, 2), distance), torch.zeros(1, 1, 2), one))

    assert at(30.0) == pytest.approx(30 - (10 - 10 * math.log(6)), rel=1e-5)
    assert at(10.0 - 1e-4) == pytest.approx(at(10.0 + 1e-4), abs=1e-3)


@pytest.mark.parametrize("name", ALL)
def test_gradients_away_from_kinks(name):
    generator = torch.Generator().manual_seed(0)
    true = torch.zeros(2, 3, 2, dtype=torch.float64)
    signs = torch.randint(0, 2, (2, 3, 2), generator=generator) * 2 - 1
    away = torch.rand(2, 3, 2, generator=generator, dtype=torch.float64)
    predicted = (signs * (1.5 + 5 * away)).requires_grad_()
    labelled = torch.tensor([[True, False, True], [True, True, False]])
    assert gradcheck(lambda p: ALL[name](p, true, labelled), (predicted,))


@pytest.mark.parametrize("name", ALL)
def test_a_perfect_prediction_has_no_loss_and_finite_gradients(name):
    predicted = torch.zeros(1, 3, 2, requires_grad=True)
    loss = ALL[name](predicted, torch.zeros(1, 3, 2), LABELLED)
    loss.backward()
    assert loss.item() == 0
    assert torch.isfinite(predicted.grad).all()


def test_a_batch_without_labels_has_no_loss():
    assert float(losses.l1(PREDICTED, TRUE, torch.zeros(1, 3, dtype=torch.bool))) == 0


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"name": "wing", "w": 1.0}, "loss wing takes epsilon and w, not w"),
        ({"name": "l1", "beta": 1.0}, "loss l1 takes no further key, not beta"),
        ({"name": "smooth_l1"}, "loss smooth_l1 takes beta, not none"),
    ],
)
def test_options_of_another_loss_are_refused(given, message):
    with pytest.raises(ValueError, match=message):
        LossSettings(unit="view", **given)
