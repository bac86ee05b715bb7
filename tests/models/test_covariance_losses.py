import math

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch.autograd import gradcheck

from facepoints.models.covariance_losses import FLOOR, eigen, gaussian_nll, star

ALL = {"gaussian_nll": gaussian_nll, "star": star(0.5, 0.1)}
LABELLED = torch.tensor([[True, False, True], [True, True, False]])
ONE = torch.tensor([[True]])
number = st.floats(-4, 4)


def turn(angle):
    return torch.tensor(
        [[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]],
        dtype=torch.float64,
    )


def spread(small, large, angle, dtype=torch.float64):
    """Covariance whose large axis lies at that angle to x."""
    frame = turn(angle)
    return (frame @ torch.diag(torch.tensor([large, small], dtype=torch.float64)) @ frame.T).to(
        dtype
    )


def example(dtype=torch.float64):
    """Predicted, covariance and true of 2 faces with 3 points, no two axes alike."""
    generator = torch.Generator().manual_seed(0)
    predicted = torch.randn(2, 3, 2, generator=generator, dtype=torch.float64)
    true = torch.randn(2, 3, 2, generator=generator, dtype=torch.float64)
    factor = torch.randn(2, 3, 2, 2, generator=generator, dtype=torch.float64)
    covariance = factor @ factor.mT + 0.1 * torch.eye(2, dtype=torch.float64)
    return predicted.to(dtype), covariance.to(dtype), true.to(dtype)


def one(loss, away, covariance):
    """The loss of a single point."""
    away = torch.as_tensor(away, dtype=torch.float64).view(1, 1, 2)
    return float(loss(away, covariance.view(1, 1, 2, 2), torch.zeros_like(away), ONE))


def test_gaussian_nll_by_hand_for_a_diagonal_covariance():
    # ½ (1² / 4 + 3² / 9 + ln 36)
    diagonal = torch.diag(torch.tensor([4.0, 9.0], dtype=torch.float64))
    expected = (0.25 + 1 + math.log(36)) / 2
    assert one(gaussian_nll, [1.0, 3.0], diagonal) == pytest.approx(expected, rel=1e-5)


def test_gaussian_nll_is_the_density_without_its_constant():
    predicted, covariance, true = example()
    density = torch.distributions.MultivariateNormal(predicted, covariance).log_prob(true)
    expected = -(density + math.log(2 * math.pi))[LABELLED].mean()
    loss = gaussian_nll(predicted, covariance, true, LABELLED, floor=0.0)
    torch.testing.assert_close(loss, expected)


def test_star_by_hand_for_a_diagonal_covariance():
    # x: 0.05 < β: 0.05² / 0.2, over √4; y: 3 − 0.05, over √9; and ω / 2 (4 + 9)
    diagonal = torch.diag(torch.tensor([4.0, 9.0], dtype=torch.float64))
    expected = 0.0125 / 2 + 2.95 / 3 + 0.25 * 13
    assert one(star(0.5, 0.1), [0.05, -3.0], diagonal) == pytest.approx(expected, rel=1e-6)


def test_star_counts_an_error_less_along_the_large_axis():
    loss, covariance = star(0.5, 0.1), spread(1.0, 4.0, 0.5)
    along, across = turn(0.5)[:, 0], turn(0.5)[:, 1]
    # 0.95 over √4 or √1, and ω / 2 (1 + 4)
    assert one(loss, along, covariance) == pytest.approx(0.475 + 1.25, rel=1e-5)
    assert one(loss, across, covariance) == pytest.approx(0.95 + 1.25, rel=1e-5)


def test_star_grows_and_turns_the_covariance_towards_the_error():
    covariance = spread(1.0, 4.0, 0.5).view(1, 1, 2, 2).requires_grad_()
    away = 5 * turn(0.9)[:, 0].view(1, 1, 2)
    star(0.0, 0.1)(away, covariance, torch.zeros_like(away), ONE).backward()
    after = covariance.detach() - 1e-2 * covariance.grad
    _, vectors = eigen(after)
    large = vectors[0, 0, :, 1]
    assert 0.5 < float(torch.atan2(large[1], large[0])) < 0.9
    assert (eigen(after)[0] > eigen(covariance.detach())[0]).all()


@pytest.mark.parametrize("unit", [64.0, 256.0])
def test_another_unit_scales_points_by_u_and_covariances_by_its_square(unit):
    predicted, covariance, true = example()
    scaled = predicted * unit, covariance * unit**2, true * unit, LABELLED
    nll = gaussian_nll(predicted, covariance, true, LABELLED)
    torch.testing.assert_close(
        gaussian_nll(*scaled, floor=FLOOR * unit**2), nll + 2 * math.log(unit)
    )
    torch.testing.assert_close(
        star(0.5 / unit**2, 0.1 * unit, FLOOR * unit**2)(*scaled),
        star(0.5, 0.1)(predicted, covariance, true, LABELLED),
    )


@settings(max_examples=200, deadline=None)
@given(number, number, number, st.sampled_from([1e-4, 1.0, 1e4]))
def test_eigen_agrees_with_eigh(a, b, c, scale):
    matrix = torch.tensor([[a, b], [b, c]], dtype=torch.float64) * scale
    values, vectors = eigen(matrix)
    expected, axes = torch.linalg.eigh(matrix)
    torch.testing.assert_close(values, expected, atol=1e-12 * scale, rtol=1e-9)
    identity = torch.eye(2, dtype=torch.float64)
    torch.testing.assert_close(vectors.mT @ vectors, identity, atol=1e-12, rtol=0)
    torch.testing.assert_close(
        vectors @ values.diag() @ vectors.mT, matrix, atol=1e-12 * scale, rtol=0
    )
    if expected[1] - expected[0] > 1e-4 * scale:
        torch.testing.assert_close((vectors * axes).sum(dim=0).abs(), torch.ones(2).double())


def test_eigen_takes_any_leading_shape():
    matrices = torch.stack([spread(1.0, 2.0 + i, 0.3 * i) for i in range(6)]).view(3, 2, 2, 2)
    values, vectors = eigen(matrices)
    assert values.shape == (3, 2, 2)
    torch.testing.assert_close(vectors @ values.diag_embed() @ vectors.mT, matrices)


def test_gradients_of_eigen():
    matrix = torch.stack([spread(1.0, 3.0, 0.4), spread(0.2, 0.5, 2.0)]).requires_grad_()
    assert gradcheck(eigen, (matrix,))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("variance", [0.0, 1e-30, 1e-6, 1.0, 1e4])
def test_gradients_of_eigen_are_finite_for_isotropic_covariances(variance, dtype):
    matrix = (variance * torch.eye(2, dtype=dtype)).requires_grad_()
    values, vectors = eigen(matrix)
    (values.sum() + vectors.sum()).backward()
    assert torch.isfinite(matrix.grad).all()
    torch.testing.assert_close(values, torch.full((2,), variance, dtype=dtype))


@pytest.mark.parametrize("gap", [1e-30, 1e-12, 1e-7, 1e-4])
def test_the_axes_of_almost_isotropic_covariances_have_bounded_gradients(gap):
    matrix = torch.tensor([[1.0 + gap, gap], [gap, 1.0]], dtype=torch.float64).requires_grad_()
    _, vectors = eigen(matrix)
    vectors[0, 0].backward()
    assert matrix.grad.abs().max() <= 1 / (2 * 0.01)


@pytest.mark.parametrize("name", ALL)
def test_gradients_away_from_kinks(name):
    predicted, covariance, true = example()
    predicted.requires_grad_(), covariance.requires_grad_()
    assert gradcheck(lambda p, c: ALL[name](p, c, true, LABELLED), (predicted, covariance))


@settings(max_examples=100, deadline=None)
@given(number, number, st.floats(0.1, 1), st.floats(1.5, 4), number, number)
def test_turning_points_and_covariance_together_changes_nothing(x, y, small, large, own, angle):
    # An isotropic covariance has no axes of its own, so STAR's value depends on the frame there.
    away = torch.tensor([x, y], dtype=torch.float64)
    covariance, frame = spread(small, large, own), turn(angle)
    for loss in ALL.values():
        turned = one(loss, frame @ away, frame @ covariance @ frame.T)
        assert turned == pytest.approx(one(loss, away, covariance), rel=1e-9, abs=1e-9)


@settings(max_examples=100, deadline=None)
@given(st.floats(-3, 3), st.floats(0, 1), st.sampled_from([0.0, 1e-12, 1e-9, 1e-6]))
def test_near_singular_covariances_give_finite_losses_and_gradients(angle, large, ratio):
    assume(large == 0 or large > 1e-6)
    covariance = spread(large * ratio, large, angle, torch.float32).view(1, 1, 2, 2)
    predicted = torch.tensor([[[0.3, -0.4]]])
    for loss in ALL.values():
        inputs = predicted.clone().requires_grad_(), covariance.clone().requires_grad_()
        value = loss(*inputs, torch.zeros(1, 1, 2), ONE)
        value.backward()
        assert all(torch.isfinite(tensor).all() for tensor in (value, *(i.grad for i in inputs)))


def test_the_floor_is_the_variance_of_a_singular_covariance():
    # ½ (0.001² / FLOOR + ln(FLOOR²))
    expected = 0.5 + math.log(FLOOR)
    singular = torch.zeros(2, 2, dtype=torch.float64)
    assert one(gaussian_nll, [0.001, 0.0], singular) == pytest.approx(expected)
    # (0.001² / 0.2) / 0.001
    assert one(star(0.5, 0.1), [0.001, 0.0], singular) == pytest.approx(0.005)


@pytest.mark.parametrize("name", ALL)
def test_a_perfect_prediction_has_finite_gradients(name):
    _, covariance, true = example()
    predicted = true.clone().requires_grad_()
    covariance = torch.eye(2, dtype=torch.float64).expand(2, 3, 2, 2).clone().requires_grad_()
    ALL[name](predicted, covariance, true, LABELLED).backward()
    assert (predicted.grad == 0).all()
    assert torch.isfinite(covariance.grad).all()


@pytest.mark.parametrize("nonsense", [math.nan, math.inf, -math.inf, 0.0])
@pytest.mark.parametrize("name", ALL)
def test_unlabelled_points_may_hold_anything(name, nonsense):
    inputs = example()
    expected = ALL[name](*inputs, LABELLED)
    for tensor in inputs:
        tensor[~LABELLED] = nonsense
    predicted, covariance, true = inputs
    predicted.requires_grad_(), covariance.requires_grad_()
    loss = ALL[name](predicted, covariance, true, LABELLED)
    loss.backward()
    assert loss.item() == float(expected)
    for tensor in (predicted, covariance):
        assert torch.isfinite(tensor.grad).all() and (tensor.grad[~LABELLED] == 0).all()


@pytest.mark.parametrize("name", ALL)
def test_a_batch_without_labels_has_no_loss(name):
    predicted, covariance, true = example()
    predicted.requires_grad_(), covariance.requires_grad_()
    loss = ALL[name](predicted, covariance, true, torch.zeros_like(LABELLED))
    loss.backward()
    assert loss.item() == 0
    assert (predicted.grad == 0).all() and (covariance.grad == 0).all()


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16, torch.float32])
@pytest.mark.parametrize("name", ALL)
def test_lower_precisions_are_computed_as_float32(name, dtype):
    inputs = example(dtype)
    loss = ALL[name](*inputs, LABELLED)
    assert loss.dtype == torch.float32
    expected = float(ALL[name](*(tensor.double() for tensor in inputs), LABELLED))
    assert loss.item() == pytest.approx(expected, rel=1e-4)
