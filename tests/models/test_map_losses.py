import math

import pytest
import torch
from torch.autograd import gradcheck

from facepoints.models.map_losses import adaptive_wing, divergence_js, divergence_kl, l2

WING = adaptive_wing(2.1, 14.0, 1.0, 0.5, weight=0.0)
BLOBS = {
    "l2": l2,
    "adaptive_wing": WING,
    "weighted": adaptive_wing(2.1, 14.0, 1.0, 0.5, weight=10.0),
}
DIVERGENCES = {"kl": divergence_kl, "js": divergence_js}
ALL = BLOBS | DIVERGENCES
LABELLED = torch.tensor([[True, False, True], [True, True, False]])
ONE = torch.tensor([[True]])


def example(name, dtype=torch.float64):
    """What the net gives and its target, 2 faces with 3 maps of 4 × 5 cells."""
    generator = torch.Generator().manual_seed(0)
    maps = torch.randn(2, 3, 4, 5, generator=generator, dtype=torch.float64)
    target = torch.rand(2, 3, 4, 5, generator=generator, dtype=torch.float64)
    if name in DIVERGENCES:
        maps = maps.flatten(2).log_softmax(dim=2).view_as(maps)
        target = target / target.sum(dim=(2, 3), keepdim=True)
    return maps.to(dtype), target.to(dtype)


def as_map(values):
    """(1, 1, 1, n) of n values."""
    return torch.tensor(values, dtype=torch.float64).view(1, 1, 1, -1)


def wing_at(distance, target, loss=WING):
    """Value and slope of the adaptive wing in a single cell whose map lies so far above its target."""
    maps = as_map([target + distance]).requires_grad_()
    value = loss(maps, as_map([target]), ONE)
    value.backward()
    return float(value.detach()), float(maps.grad)


def test_l2_by_hand_over_labelled_maps_only():
    maps = torch.tensor([[[[1.0, 2.0]], [[3.0, 0.0]], [[9.0, 9.0]]]])
    labelled = torch.tensor([[True, True, False]])
    assert float(l2(maps, torch.zeros_like(maps), labelled)) == (1 + 4 + 9 + 0) / 4


@pytest.mark.parametrize("target", [0.0, 0.4, 1.0])
def test_adaptive_wing_by_hand_on_both_branches(target):
    power = 2.1 - target
    assert wing_at(0.25, target)[0] == pytest.approx(14 * math.log(1 + 0.25**power))
    a = 14 / (1 + 0.5**power) * power * 0.5 ** (power - 1)
    c = 0.5 * a - 14 * math.log(1 + 0.5**power)
    value, slope = wing_at(3.0, target)
    assert value == pytest.approx(a * 3 - c)
    assert slope == pytest.approx(a)


@pytest.mark.parametrize("options", [(2.1, 14.0, 1.0, 0.5), (2.5, 8.0, 0.7, 0.3)])
@pytest.mark.parametrize("target", [0.0, 0.4, 1.0])
def test_adaptive_wing_has_no_step_in_value_or_slope_at_theta(target, options):
    loss, theta = adaptive_wing(*options, weight=0.0), options[3]
    below, above = wing_at(theta - 1e-7, target, loss), wing_at(theta + 1e-7, target, loss)
    assert below == pytest.approx(above, rel=1e-5)


def test_the_weighted_map_covers_the_dilated_blob():
    # Targets of at least 0.2 in one cell of 5: it and its two neighbours count 11 times.
    target = as_map([0.0, 0.19, 0.0, 0.0, 0.2])
    value = BLOBS["weighted"](target + 0.1, target, ONE)
    cells = [14 * math.log(1 + 0.1 ** (2.1 - y)) for y in target.flatten().tolist()]
    weights = [1, 1, 1, 11, 11]
    assert float(value) == pytest.approx(
        sum(w * c for w, c in zip(weights, cells, strict=True)) / 5
    )


def test_kl_by_hand():
    # ½ ln(½ / ¼) + ½ ln(½ / ¾); the cell whose target is 0 adds nothing
    value = divergence_kl(as_map([0.25, 0.75, 0.0]).log(), as_map([0.5, 0.5, 0.0]), ONE)
    assert float(value) == pytest.approx((math.log(2) + math.log(2 / 3)) / 2)


def test_js_by_hand():
    # p = (1, 0), q = (½, ½), m = (¾, ¼): ½ ln(4/3) + ½ (½ ln(2/3) + ½ ln 2)
    value = divergence_js(as_map([1.0, 0.0]).log(), as_map([0.5, 0.5]), ONE)
    expected = (math.log(4 / 3) + math.log(2 / 3) / 2 + math.log(2) / 2) / 2
    assert float(value) == pytest.approx(expected)


def test_js_of_maps_that_share_no_cell_is_ln_2():
    value = divergence_js(as_map([1.0, 0.0, 0.0]).log(), as_map([0.0, 1.0, 0.0]), ONE)
    assert float(value) == pytest.approx(math.log(2))


@pytest.mark.parametrize("name", DIVERGENCES)
def test_divergences_vanish_for_equal_maps_and_only_for_them(name):
    log_probabilities, target = example(name)
    assert float(DIVERGENCES[name](target.log(), target, LABELLED)) == pytest.approx(0, abs=1e-12)
    assert float(DIVERGENCES[name](log_probabilities, target, LABELLED)) > 0.01


@pytest.mark.parametrize("name", DIVERGENCES)
def test_divergences_of_a_confident_map_from_a_narrow_target_stay_finite(name):
    logits = torch.tensor([[[[0.0, 200.0, -500.0]]]], requires_grad=True)
    target = torch.tensor([[[[1.0, 0.0, 1e-42]]]])
    value = DIVERGENCES[name](logits.log_softmax(dim=-1), target, ONE)
    value.backward()
    assert torch.isfinite(value)
    assert torch.isfinite(logits.grad).all()


@pytest.mark.parametrize("name", ALL)
def test_gradients_away_from_kinks(name):
    maps, target = example(name)
    target[0, 0, 0] = 0
    maps.requires_grad_()
    assert gradcheck(lambda m: ALL[name](m, target, LABELLED), (maps,))


@pytest.mark.parametrize("name", ALL)
def test_a_perfect_prediction_has_no_loss_and_finite_gradients(name):
    _, target = example(name, torch.float32)
    target[0, 0] = 0
    target[0, 0, 1, 1] = 1
    maps = (target.log() if name in DIVERGENCES else target.clone()).requires_grad_()
    loss = ALL[name](maps, target, LABELLED)
    loss.backward()
    assert loss.item() == pytest.approx(0, abs=1e-6)
    assert torch.isfinite(maps.grad).all()


@pytest.mark.parametrize("nonsense", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("name", ALL)
def test_unlabelled_maps_may_hold_anything(name, nonsense):
    maps, target = example(name)
    expected = ALL[name](maps, target, LABELLED)
    maps[~LABELLED] = target[~LABELLED] = nonsense
    maps.requires_grad_()
    loss = ALL[name](maps, target, LABELLED)
    loss.backward()
    assert loss.item() == float(expected)
    assert torch.isfinite(maps.grad).all() and (maps.grad[~LABELLED] == 0).all()


@pytest.mark.parametrize("name", ALL)
def test_a_batch_without_labels_has_no_loss(name):
    maps, target = example(name)
    maps.requires_grad_()
    loss = ALL[name](maps, target, torch.zeros_like(LABELLED))
    loss.backward()
    assert loss.item() == 0
    assert (maps.grad == 0).all()


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16, torch.float32])
@pytest.mark.parametrize("name", ALL)
def test_lower_precisions_are_computed_as_float32(name, dtype):
    maps, target = example(name, dtype)
    loss = ALL[name](maps, target, LABELLED)
    assert loss.dtype == torch.float32
    expected = float(ALL[name](maps.double(), target.double(), LABELLED))
    assert loss.item() == pytest.approx(expected, rel=1e-4)
