"""The training loop. Lightning Fabric places the model and the precision; the rest can be read here."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import cast

import numpy as np
import torch
from lightning_fabric import Fabric
from torch import Tensor
from tqdm import tqdm

from facepoints import FacepointsError
from facepoints.augment.pipeline import mirror_of
from facepoints.augment.settings import AugmentationSettings
from facepoints.models.model import LandmarkModel
from facepoints.models.settings import ModelSettings
from facepoints.store.batches import load
from facepoints.store.crops import Crops
from facepoints.store.faces import mean_shape
from facepoints.training.checkpoint import Checkpoint
from facepoints.training.course import Course, seed_of
from facepoints.training.failures import refuse_no_number
from facepoints.training.learner import Learner, load_start
from facepoints.training.schedule import Plateau
from facepoints.training.settings import TrainSettings
from facepoints.training.validation import validate


@dataclass(frozen=True)
class Epoch:
    """One row of the history; NME in percent."""

    epoch: int
    learning_rate: float
    train_loss: float
    validation_loss: float
    validation_nme: float


@dataclass(frozen=True)
class Trained:
    """The weights of the epoch with the lowest validation NME, those of the last one, and how it went."""

    weights: dict[str, Tensor]
    last: dict[str, Tensor]
    history: list[Epoch]

    @property
    def best(self) -> Epoch:
        """The epoch that was kept."""
        return lowest(self.history)


def stopped(history: list[Epoch], settings: TrainSettings) -> bool:
    """Whether the validation NME has not fallen for as many epochs as the settings wait."""
    if not history or settings.stop_after is None:
        return False
    return history[-1].epoch - lowest(history).epoch >= settings.stop_after


def lowest(history: list[Epoch]) -> Epoch:
    """The epoch of the lowest validation NME, the earliest of equal ones."""
    return min(history, key=lambda epoch: epoch.validation_nme)


def train(
    fabric: Fabric,
    train_store: Crops,
    validation_store: Crops,
    model_settings: ModelSettings,
    augmentation: AugmentationSettings,
    settings: TrainSettings,
    start: Mapping[str, Tensor],
    seed: int,
    saved: Checkpoint,
) -> Trained:
    """Train one cell, going on from the checkpoint `saved` where there is one of its key.

    Args:
        fabric: of this process, launched. The first process writes the checkpoint, which all of them must reach.
        start: weights of the backbone to begin with; empty for scratch.

    Raises:
        FacepointsError: too few faces, a batch that cannot be shared, a flip for a scheme without a mirror, weights
            that do not fit, a loss that is no number, too little memory, or no room for a checkpoint.
    """
    names = train_store.face
    if len(names) < settings.batch_size:
        raise FacepointsError(
            f"train.batch_size: {settings.batch_size} is more than there are training faces ({len(names)}). "
            "Lower it, or raise train_sizes."
        )
    if model_settings.learning_rate is not None:
        settings = settings.model_copy(update={"learning_rate": model_settings.learning_rate})
    mirror = mirror_of(train_store.scheme, augmentation).to(fabric.device)
    torch.manual_seed(seed_of(seed))
    shape = torch.from_numpy(mean_shape(train_store))
    model = LandmarkModel(model_settings, shape, train_store.settings.side)
    load_start(model, start)
    learner = Learner(fabric, model, settings)
    faces = load(train_store, model.input, fabric.device)
    validation = load(validation_store, model.input, fabric.device)
    course = Course(fabric, learner, faces, names, mirror, augmentation, settings, seed)

    plateau = Plateau(settings)
    history: list[Epoch] = []
    best: dict[str, Tensor] = {}
    done = torch.zeros(0, device=fabric.device)  # losses of the steps of the epoch under way
    if state := saved.load(fabric.device):
        learner.restore(state["learner"])
        plateau.restore(state["plateau"])
        best, history, done = (
            state["best"],
            [Epoch(**row) for row in state["history"]],
            state["done"],
        )
        fabric.print(f"{saved.path}: going on after epoch {len(history)} and {len(done)} steps.")

    def keep() -> None:
        if fabric.global_rank == 0:
            saved.save(
                {
                    "learner": learner.state(),
                    "plateau": plateau.state(),
                    "best": best,
                    "history": [asdict(row) for row in history],
                    "done": done,
                }
            )

    bar = tqdm(
        total=settings.epochs * course.steps * settings.batch_size,
        initial=(len(history) * course.steps + len(done)) * settings.batch_size,
        desc="train",
        unit=" faces",
        disable=None if fabric.global_rank == 0 else True,
    )
    while len(history) < settings.epochs and not stopped(history, settings):
        epoch, first = len(history), len(done)
        losses = torch.cat([done, done.new_zeros(course.steps - first)])
        for step in course.learn(epoch, losses, first, plateau.factor):
            bar.update(settings.batch_size)
            if step + 1 < course.steps and saved.due():
                done = losses[: step + 1].clone()
                refuse_no_number(done, course.order(epoch), names, epoch + 1)
                keep()
        losses = cast(Tensor, fabric.all_reduce(losses, reduce_op="mean"))
        refuse_no_number(losses, course.order(epoch), names, epoch + 1)
        validation_loss, nme = validate(fabric, learner.judged, validation, validation_store)
        if not np.isfinite([validation_loss, nme]).all():
            raise FacepointsError(
                f"the validation loss became {validation_loss} and the validation NME {nme} in epoch {epoch + 1}. "
                "Lower train.learning_rate, lengthen train.warmup or set train.clip."
            )
        learning_rate = course.rate(epoch, course.steps - 1, plateau.factor)
        plateau.step(validation_loss)
        train_loss = float(losses.mean())
        history.append(Epoch(epoch + 1, learning_rate, train_loss, validation_loss, nme))
        if lowest(history) is history[-1]:
            best = {name: value.clone() for name, value in learner.judged.state_dict().items()}
        done = losses[:0]
        bar.set_postfix(loss=f"{train_loss:.4g}", validation_nme=f"{nme:.2f} %")
        if saved.due():
            keep()
    bar.close()
    keep()
    return Trained(best, learner.judged.state_dict(), history)
