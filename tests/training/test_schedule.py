import pytest
import torch

from facepoints.training.schedule import Plateau, build_optimizer, rate, strength
from facepoints.training.settings import TrainSettings


def settings(schedule, warmup=0.0, decay="all"):
    return TrainSettings(
        epochs=1,
        batch_size=2,
        optimizer="adam",
        learning_rate=0.1,
        weight_decay=0.3,
        decay=decay,
        clip=None,
        ema=None,
        schedule=schedule,
        warmup=warmup,
        patience=1,
        milestones=[0.5, 0.8],
        factor=0.5,
        fade=0.0,
        stop_after=None,
        precision="fp32",
        compile=False,
        threads=1,
    )


def test_cosine_falls_from_the_rate_to_zero():
    rates = [rate(settings("cosine"), step, 100, 1.0) for step in range(101)]
    assert rates[0] == pytest.approx(0.1)
    assert rates[50] == pytest.approx(0.05)
    assert rates[100] == pytest.approx(0.0, abs=1e-12)
    assert rates == sorted(rates, reverse=True)


def test_warmup_rises_in_a_line():
    rates = [rate(settings("constant", 0.1), step, 100, 1.0) for step in range(100)]
    assert rates[:3] == pytest.approx([0.01, 0.02, 0.03])
    assert set(rates[10:]) == {0.1}


def test_steps_lower_the_rate_at_each_milestone():
    rates = [rate(settings("step"), step, 10, 1.0) for step in range(10)]
    assert rates == pytest.approx([0.1] * 5 + [0.05] * 3 + [0.025] * 2)


def test_augmentation_fades_in_the_last_share_of_the_steps():
    fading = settings("cosine").model_copy(update={"fade": 0.4})
    strengths = [strength(fading, step, 10) for step in range(10)]
    assert strengths == pytest.approx([1.0] * 7 + [0.75, 0.5, 0.25])
    assert {strength(settings("cosine"), step, 10) for step in range(10)} == {1.0}


def test_only_matrices_and_kernels_decay_where_that_is_asked_for():
    model = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.BatchNorm2d(4))
    (every,) = build_optimizer(model, settings("constant")).param_groups
    assert (len(every["params"]), every["weight_decay"]) == (4, 0.3)
    kernels, others = build_optimizer(model, settings("constant", decay="weights")).param_groups
    assert (len(kernels["params"]), kernels["weight_decay"]) == (1, 0.3)
    assert (len(others["params"]), others["weight_decay"]) == (3, 0.0)


def test_plateau_lowers_the_rate_when_patience_is_over():
    plateau = Plateau(settings("plateau"))
    factors = []
    for loss in (3.0, 2.0, 2.5, 2.4, 1.0, 1.5, 1.5):
        plateau.step(loss)
        factors.append(plateau.factor)
    assert factors == [1, 1, 1, 0.5, 0.5, 0.5, 0.25]
    assert rate(settings("plateau"), 5, 10, plateau.factor) == pytest.approx(0.025)


def test_plateau_goes_on_from_its_state():
    first = Plateau(settings("plateau"))
    first.step(1.0)
    first.step(2.0)
    second = Plateau(settings("plateau"))
    second.restore(first.state())
    second.step(2.0)
    assert second.factor == 0.5


def test_other_schedules_ignore_the_validation_loss():
    plateau = Plateau(settings("cosine"))
    for _ in range(9):
        plateau.step(5.0)
    assert plateau.factor == 1.0
