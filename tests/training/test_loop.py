import dataclasses

import numpy as np
import pytest
import torch

from facepoints import FacepointsError
from facepoints.augment.settings import AugmentationSettings, Flip
from facepoints.models.model import LandmarkModel
from facepoints.schemes.scheme import Scheme
from facepoints.store.batches import MEMORY
from facepoints.training import checkpoint, devices
from facepoints.training.checkpoint import Checkpoint
from facepoints.training.course import seed_of
from facepoints.training.loop import train
from tests.training.examples import MODEL, SETTINGS, same, some, trained


def test_the_same_seed_gives_the_same_weights_and_another_seed_others(store, tmp_path):
    one = trained(store, tmp_path / "a.pt")
    two = trained(store, tmp_path / "b.pt")
    other = trained(store, tmp_path / "c.pt", seed=1)
    assert same(one.weights, two.weights)
    assert one.history == two.history
    assert not same(one.weights, other.weights)


def test_a_fading_augmentation_trains_other_weights(store, tmp_path):
    one = trained(store, tmp_path / "a.pt")
    other = trained(store, tmp_path / "b.pt", SETTINGS.model_copy(update={"fade": 1.0}))
    assert not same(one.weights, other.weights)


def test_cells_epochs_and_steps_have_seeds_of_their_own():
    numbers = [
        (seed, epoch, step) for seed in range(5) for epoch in range(20) for step in range(50)
    ]
    seeds = {seed_of(*each) for each in [*numbers, *((seed,) for seed in range(5))]}
    assert len(seeds) == 5 * 20 * 50 + 5
    assert all(0 <= each < 2**63 for each in seeds)


@pytest.mark.parametrize(
    ("saves", "change", "whole"),  # within and after each of the three epochs of two steps
    [
        (1, {"schedule": "cosine"}, False),
        (2, {"schedule": "plateau"}, False),
        (3, {"ema": 0.9, "clip": 1.0}, False),
        (4, {"fade": 0.8}, False),
        (5, {"schedule": "plateau", "ema": 0.9}, False),
        (3, {"ema": 0.9}, True),
    ],
)
def test_an_interrupted_training_ends_with_the_same_weights(
    store, tmp_path, saves, change, whole, monkeypatch, capsys
):
    settings = SETTINGS.model_copy(update=change)
    start = trained(store, tmp_path / "start.pt").weights if whole else None
    straight = trained(store, tmp_path / "straight.pt", settings, start=start)
    monkeypatch.setenv(checkpoint.SECONDS, "0")
    save, left = Checkpoint.save, [saves]

    def stop_after_some(saved, state):
        save(saved, state)
        left[0] -= 1
        if not left[0]:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Checkpoint, "save", stop_after_some)
        with pytest.raises(KeyboardInterrupt):
            trained(store, tmp_path / "broken.pt", settings, start=start)
    resumed = trained(store, tmp_path / "broken.pt", settings, start=start)
    assert f"going on after epoch {saves // 2} and {saves % 2} steps" in capsys.readouterr().out
    assert resumed.history == straight.history
    assert same(resumed.weights, straight.weights)
    assert same(resumed.last, straight.last)


def test_a_finished_training_is_not_done_again(store, tmp_path):
    first = trained(store, tmp_path / "a.pt")
    changed = (tmp_path / "a.pt").stat().st_mtime_ns
    again = trained(store, tmp_path / "a.pt", augmentation=AugmentationSettings())
    assert again.history == first.history
    assert same(again.weights, first.weights)
    assert (tmp_path / "a.pt").stat().st_mtime_ns >= changed


@pytest.mark.parametrize("memory", ["0", "8"])
def test_faces_that_stay_encoded_train_the_same_weights(store, tmp_path, memory, monkeypatch):
    decoded = trained(store, tmp_path / "a.pt")
    monkeypatch.setenv(MEMORY, memory)
    assert same(trained(store, tmp_path / "b.pt").weights, decoded.weights)


def test_a_checkpoint_of_another_key_is_ignored_and_replaced(store, tmp_path, capsys):
    saved = tmp_path / "a.pt"
    trained(store, saved)
    one = SETTINGS.model_copy(update={"epochs": 1})
    afresh = trained(store, saved, one, key="other")
    assert len(afresh.history) == 1
    assert "starts afresh" in capsys.readouterr().out
    assert torch.load(saved, weights_only=True)["key"] == "other"


def test_the_best_epoch_s_weights_are_kept_beside_the_last_one_s(store, tmp_path):
    # At this rate it does not get better evenly.
    rough = {"epochs": 5, "schedule": "constant", "warmup": 0.0, "learning_rate": 0.02}
    steady = SETTINGS.model_copy(update=rough)
    result = trained(store, tmp_path / "a.pt", steady)
    assert [row.epoch for row in result.history] == [1, 2, 3, 4, 5]
    assert result.best.epoch < 5
    assert not same(result.weights, result.last)
    shorter = steady.model_copy(update={"epochs": result.best.epoch})
    assert same(trained(store, tmp_path / "b.pt", shorter).last, result.weights)


def test_training_stops_when_validation_no_longer_gets_better(store, tmp_path):
    # A rate this small changes no prediction: the first epoch stays the best.
    still = {"epochs": 9, "learning_rate": 1e-12, "weight_decay": 0.0, "stop_after": 2}
    settings = SETTINGS.model_copy(update=still)
    model = MODEL.model_copy(update={"batch_norm_momentum": 1e-9})
    result = trained(store, tmp_path / "a.pt", settings, model=model)
    assert len(result.history) == result.best.epoch + 2 < 9


def test_the_average_of_the_weights_is_what_is_validated_and_kept(store, tmp_path):
    steady = SETTINGS.model_copy(update={"schedule": "constant", "warmup": 0.0})
    plain = trained(store, tmp_path / "a.pt", steady)
    smooth = steady.model_copy(update={"ema": 0.999})
    averaged = trained(store, tmp_path / "b.pt", smooth)
    assert [row.train_loss for row in averaged.history] == [row.train_loss for row in plain.history]
    for one, other in zip(averaged.history, plain.history, strict=True):
        assert one.validation_nme != other.validation_nme
    shorter = smooth.model_copy(update={"epochs": averaged.best.epoch})
    assert same(trained(store, tmp_path / "c.pt", shorter).last, averaged.weights)
    assert not same(averaged.last, plain.last)


def test_clipping_bounds_the_gradient(store, tmp_path):
    """Below Adam's epsilon, 1e-8, a gradient moves the weights in proportion to its size: here by nothing."""
    still = {"clip": 1e-16, "weight_decay": 0.0, "epochs": 1}
    clipped = trained(store, tmp_path / "a.pt", SETTINGS.model_copy(update=still))
    torch.manual_seed(seed_of(0))
    start = LandmarkModel(MODEL, torch.zeros(68, 2), 64).state_dict()
    key = "backbone.body.0.0.weight"
    torch.testing.assert_close(clipped.last[key], start[key], rtol=0, atol=1e-7)


def test_a_model_s_own_learning_rate_comes_before_the_training_s(store, tmp_path):
    own = MODEL.model_copy(update={"learning_rate": 0.002})
    other = SETTINGS.model_copy(update={"learning_rate": 0.5})
    assert same(
        trained(store, tmp_path / "a.pt", other, model=own).weights,
        trained(store, tmp_path / "b.pt").weights,
    )


def test_it_learns_a_handful_of_faces(store, tmp_path):
    settings = SETTINGS.model_copy(update={"epochs": 100, "learning_rate": 0.003})
    model = MODEL.model_copy(update={"head": MODEL.head.model_copy(update={"dropout": 0.0})})
    few = some(store, 0, 8)
    result = train(
        devices.connect(settings),
        few,
        few,
        model,
        AugmentationSettings(),
        settings,
        {},
        0,
        Checkpoint(tmp_path / "a.pt", ""),
    )
    assert result.best.validation_nme < result.history[0].validation_nme / 4


def test_start_weights_are_taken_and_wrong_ones_refused(store, tmp_path):
    first = trained(store, tmp_path / "a.pt")
    backbone = {
        name: value for name, value in first.weights.items() if name.startswith("backbone.")
    }
    frozen = SETTINGS.model_copy(update={"epochs": 1, "learning_rate": 1e-12, "weight_decay": 0.0})
    second = trained(store, tmp_path / "b.pt", frozen, start=backbone).weights
    key = "backbone.body.0.0.weight"
    np.testing.assert_allclose(second[key], first.weights[key], atol=1e-6)
    for wrong in ({"backbone.stem.weight": torch.zeros(1)}, {key: backbone[key]}):
        with pytest.raises(FacepointsError, match="do not fit the net"):
            trained(store, tmp_path / "c.pt", start=wrong)


def test_a_whole_net_goes_on_where_it_ended(store, tmp_path):
    first = trained(store, tmp_path / "a.pt")
    start = {name: each for name, each in first.weights.items() if name != "mean_shape"}
    resting = SETTINGS.model_copy(update={"epochs": 1, "learning_rate": 1e-12, "weight_decay": 0.0})
    model = MODEL.model_copy(update={"batch_norm_momentum": 1e-9})
    second = trained(store, tmp_path / "b.pt", resting, model=model, start=start)
    found = second.best.validation_nme
    assert found == pytest.approx(first.best.validation_nme, abs=1e-3)


def test_fewer_faces_than_a_batch_are_refused(store, tmp_path):
    with pytest.raises(FacepointsError, match=r"batch_size: 8 is more than .* \(5\)"):
        trained(store, tmp_path / "a.pt", faces=5)


def test_a_scheme_without_a_mirror_is_not_flipped_and_one_without_normalisers_takes_the_box(
    store, tmp_path
):
    plain = dataclasses.replace(store, scheme=Scheme("plain", 68))
    one = SETTINGS.model_copy(update={"epochs": 1})
    result = trained(plain, tmp_path / "a.pt", one)
    known = trained(store, tmp_path / "b.pt", one)
    assert same(result.weights, known.weights)
    assert (
        0 < result.best.validation_nme < known.best.validation_nme
    )  # a face is wider than its eyes
    flipped = AugmentationSettings(flip=Flip(probability=0.5))
    with pytest.raises(FacepointsError, match="scheme plain has no mirror.*Add mirror to the"):
        trained(plain, tmp_path / "c.pt", augmentation=flipped)
