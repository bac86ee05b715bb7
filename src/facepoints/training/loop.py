"""The training loop. Lightning Fabric places the model and the precision; the rest can be read here."""

import copy
from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np
import torch
from lightning_fabric import Fabric
from torch import Tensor
from torch.nn.utils import convert_conv2d_weight_memory_format
from tqdm import tqdm

from facepoints import FacepointsError
from facepoints.augment.chance import Draws
from facepoints.augment.pipeline import augmented, mirror_of
from facepoints.augment.settings import AugmentationSettings
from facepoints.models.model import LandmarkModel
from facepoints.models.predicting import batches, prepare
from facepoints.models.prediction import concatenate
from facepoints.models.settings import ModelSettings
from facepoints.nme.error import face_nme, normaliser, point_errors
from facepoints.store.crops import Crops
from facepoints.store.faces import Faces, decode, mean_shape, photo_points
from facepoints.training import averaging, checkpoint
from facepoints.training.checkpoint import Checkpoint
from facepoints.training.precision import fabric_precision
from facepoints.training.schedule import Plateau, build_optimizer, rate, strength
from facepoints.training.settings import TrainSettings


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


def seed_of(*numbers: int) -> int:
    """A seed out of a cell's own, the epoch and the step: for other numbers an unrelated one."""
    # With their count, because missing numbers count as zeros.
    sequence = np.random.SeedSequence((len(numbers), *numbers))
    return int(sequence.generate_state(1, np.uint64)[0] >> 1)


def stopped(history: list[Epoch], settings: TrainSettings) -> bool:
    """Whether the validation NME has not fallen for as many epochs as the settings wait."""
    if not history or settings.stop_after is None:
        return False
    return history[-1].epoch - lowest(history).epoch >= settings.stop_after


def lowest(history: list[Epoch]) -> Epoch:
    """The epoch of the lowest validation NME, the earliest of equal ones."""
    return min(history, key=lambda epoch: epoch.validation_nme)


def train(
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
        start: weights of the backbone to begin with; empty for scratch.

    Raises:
        FacepointsError: too few faces, a flip for a scheme without a mirror, weights that do not fit, or a loss
            that is no number.
    """
    if len(train_store.face) < settings.batch_size:
        raise FacepointsError(
            f"train.batch_size: {settings.batch_size} is more than there are training faces "
            f"({len(train_store.face)}). Lower it, or raise train_sizes."
        )
    if model_settings.learning_rate is not None:
        settings = settings.model_copy(update={"learning_rate": model_settings.learning_rate})
    mirror = mirror_of(train_store.scheme, augmentation)
    prepare(settings.threads)
    fabric = Fabric(accelerator="auto", devices=1, precision=fabric_precision(settings.precision))
    fabric.launch()
    torch.manual_seed(seed_of(seed))
    shape = torch.from_numpy(mean_shape(train_store))
    model = LandmarkModel(model_settings, shape, train_store.settings.side)
    load_start(model, start)
    model = convert_conv2d_weight_memory_format(model, torch.channels_last)
    wrapped, optimizer = fabric.setup(model, build_optimizer(model, settings))
    judged = model if settings.ema is None else copy.deepcopy(model)  # what is validated and kept
    faces = decode(train_store, model.input).to(fabric.device)
    validation = decode(validation_store, model.input).to(fabric.device)
    mirror = mirror.to(fabric.device)

    generator = torch.Generator(fabric.device)
    plateau = Plateau(settings)
    history: list[Epoch] = []
    best: dict[str, Tensor] = {}
    if state := checkpoint.load(saved, fabric.device):
        model.load_state_dict(state["model"])
        judged.load_state_dict(state["judged"])
        optimizer.load_state_dict(state["optimizer"])
        plateau.restore(state["plateau"])
        best, history = state["best"], [Epoch(**row) for row in state["history"]]

    steps = len(faces) // settings.batch_size  # an incomplete last batch is left out
    total = steps * settings.epochs
    bar = tqdm(
        total=total * settings.batch_size,
        initial=len(history) * steps * settings.batch_size,
        desc="train",
        unit=" faces",
        disable=None,
    )
    for epoch in range(len(history), settings.epochs):
        if stopped(history, settings):
            break
        generator.manual_seed(seed_of(seed, epoch))
        order = torch.randperm(len(faces), device=fabric.device, generator=generator)
        model.train()
        losses = torch.zeros(steps, device=fabric.device)
        for step, index in enumerate(order[: steps * settings.batch_size].view(steps, -1)):
            learning_rate = rate(settings, epoch * steps + step, total, plateau.factor)
            for group in optimizer.param_groups:
                group["lr"] = learning_rate
            # Whatever was drawn before: an interrupted run draws what it would have drawn. Dropout draws from the
            # global generator, augmentation from its own.
            generator.manual_seed(seed_of(seed, epoch, step))
            torch.manual_seed(seed_of(seed, epoch, step))
            images, points, labelled = augmented(
                faces.crops[index],
                faces.points[index],
                faces.labelled[index],
                mirror,
                augmentation,
                model.input,
                faces.margin,
                Draws(
                    generator,
                    settings.batch_size,
                    strength=strength(settings, epoch * steps + step, total),
                ),
            )
            output = wrapped(images.contiguous(memory_format=torch.channels_last))
            loss = model.head.loss(output, points, labelled)
            optimizer.zero_grad()
            fabric.backward(loss)
            if settings.clip is not None:
                # What is no number is told below, with the epoch.
                fabric.clip_gradients(
                    wrapped, optimizer, max_norm=settings.clip, error_if_nonfinite=False
                )
            optimizer.step()
            if settings.ema is not None:
                averaging.update(judged, model, settings.ema, epoch * steps + step)
            losses[step] = loss.detach()
            bar.update(settings.batch_size)
        train_loss = float(losses.mean())
        validation_loss, validation_nme = validate(judged, validation, validation_store)
        if not np.isfinite([train_loss, validation_loss, validation_nme]).all():
            raise FacepointsError(
                f"the training loss became {train_loss}, the validation loss {validation_loss} and the validation "
                f"NME {validation_nme} in epoch {epoch + 1}. Lower train.learning_rate, or lengthen train.warmup."
            )
        plateau.step(validation_loss)
        history.append(Epoch(epoch + 1, learning_rate, train_loss, validation_loss, validation_nme))
        if lowest(history) is history[-1]:
            best = {name: value.clone() for name, value in judged.state_dict().items()}
        bar.set_postfix(loss=f"{train_loss:.4g}", validation_nme=f"{validation_nme:.2f} %")
        checkpoint.save(
            saved,
            {
                "model": model.state_dict(),
                "judged": judged.state_dict(),
                "optimizer": optimizer.state_dict(),
                "plateau": plateau.state(),
                "best": best,
                "history": [asdict(row) for row in history],
            },
        )
    bar.close()
    return Trained(on_cpu(best), on_cpu(judged.state_dict()), history)


def on_cpu(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Weights as they are written."""
    return {name: value.cpu().contiguous() for name, value in weights.items()}


def load_start(model: LandmarkModel, start: Mapping[str, Tensor]) -> None:
    """Put start weights into the backbone; nothing to do for scratch.

    Raises:
        FacepointsError: weights of another backbone.
    """
    if not start:
        return
    try:
        model.backbone.load_state_dict(start)
    except RuntimeError as error:
        raise FacepointsError(
            f"the start weights do not fit the backbone: {error}. Run the start stage again."
        ) from error


@torch.no_grad()
def validate(model: LandmarkModel, faces: Faces, store: Crops) -> tuple[float, float]:
    """Loss and NME (percent, the scheme's default normaliser) on the validation split.

    The loss is the mean over batches, each counted by its faces: where points lack a label not quite the one over all.
    """
    losses, found = [], []
    for part, output in batches(model, faces):
        loss = model.head.loss(output, faces.points[part], faces.labelled[part])
        losses.append(float(loss) * len(output) / len(faces))
        found.append(model.head.decode(output))
    predicted = photo_points(concatenate(found).points.float().cpu().numpy(), store)
    true = photo_points(faces.points.cpu().numpy(), store)
    first = store.scheme.normaliser
    divisor = normaliser(true, store.labelled, store.scheme, first)
    usable = np.isfinite(divisor)
    if not usable.any():
        raise FacepointsError(
            f"no validation face can be measured with the normaliser {first}: its points are not labelled "
            f"or coincide, so that no epoch can be chosen. Give scheme {store.scheme.name} another first normaliser."
        )
    nme = face_nme(point_errors(predicted, true)[usable], store.labelled[usable], divisor[usable])
    return sum(losses), float(nme.mean())
