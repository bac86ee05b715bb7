"""The steps of a training: which faces each takes, how they are changed, and at what rate is learnt from them."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from lightning_fabric import Fabric
from torch import Tensor

from facepoints import FacepointsError
from facepoints.augment.chance import Draws
from facepoints.augment.pipeline import augmented
from facepoints.augment.settings import AugmentationSettings
from facepoints.store.batches import batches
from facepoints.store.faces import Encoded, Faces
from facepoints.training.failures import memory_told
from facepoints.training.learner import Learner
from facepoints.training.schedule import rate, strength
from facepoints.training.settings import TrainSettings


@dataclass(frozen=True)
class Course:
    """What all epochs of a training have in common.

    Every draw is a function of the seed, the epoch, the step and a face's place in the batch: what is interrupted, or
    shared by several processes, draws the same. (Dropout draws by each process for its own faces.)

    Attributes:
        faces: N to learn from.
        names: N of them.
        mirror: (K,) the scheme's mirror permutation, on the device.
    """

    fabric: Fabric
    learner: Learner
    faces: Faces | Encoded
    names: list[str]
    mirror: Tensor
    augmentation: AugmentationSettings
    settings: TrainSettings
    seed: int

    @property
    def steps(self) -> int:
        """Of an epoch; an incomplete last batch is left out."""
        return len(self.faces) // self.settings.batch_size

    def order(self, epoch: int) -> Tensor:
        """The faces of each batch of an epoch (from 0): (steps, batch_size) int64."""
        generator = torch.Generator().manual_seed(seed_of(self.seed, epoch))
        order = torch.randperm(len(self.faces), generator=generator)
        return order[: self.steps * self.settings.batch_size].view(self.steps, -1)

    def rate(self, epoch: int, step: int, plateau_factor: float) -> float:
        """The learning rate of a step."""
        total = self.steps * self.settings.epochs
        return rate(self.settings, epoch * self.steps + step, total, plateau_factor)

    def learn(self, epoch: int, losses: Tensor, first: int, plateau_factor: float) -> Iterator[int]:
        """Do the steps of an epoch from `first` on; after each, yield its number.

        Args:
            losses: (steps,), into which each step's loss is written.

        Raises:
            FacepointsError: too little memory.
        """
        size, model, device = self.settings.batch_size, self.learner.model, self.fabric.device
        rows = share(size, self.fabric)
        order, generator = self.order(epoch), torch.Generator(device)
        model.train()
        parts = order[first:, rows].unbind()
        for step, batch in enumerate(batches(self.faces, parts, device), first):
            number = epoch * self.steps + step
            # Dropout draws from the global generator, augmentation from its own.
            generator.manual_seed(seed_of(self.seed, epoch, step))
            torch.manual_seed(seed_of(self.seed, epoch, step, self.fabric.global_rank))
            fading = strength(self.settings, number, self.steps * self.settings.epochs)
            with memory_told(order[step], self.names, epoch + 1, step):
                images, points, labelled = augmented(
                    batch.crops,
                    batch.points,
                    batch.labelled,
                    self.mirror,
                    self.augmentation,
                    model.input,
                    batch.margin,
                    Draws(generator, size, rows, fading),
                )
                learning_rate = self.rate(epoch, step, plateau_factor)
                losses[step] = self.learner.step(images, points, labelled, learning_rate, number)
            yield step


def seed_of(*numbers: int) -> int:
    """A seed out of a cell's own, the epoch and the step: for other numbers an unrelated one."""
    # With their count, because missing numbers count as zeros.
    sequence = np.random.SeedSequence((len(numbers), *numbers))
    return int(sequence.generate_state(1, np.uint64)[0] >> 1)


def share(batch_size: int, fabric: Fabric) -> slice:
    """This process's part of each batch, a whole number of pairs: a patch comes from the other face of a pair.

    Raises:
        FacepointsError: the batch cannot be shared evenly.
    """
    if fabric.world_size == 1:
        return slice(0, batch_size)
    if batch_size % (2 * fabric.world_size):
        raise FacepointsError(
            f"train.batch_size: {batch_size} faces cannot be shared by {fabric.world_size} processes in pairs. "
            f"Choose a multiple of {2 * fabric.world_size}."
        )
    part = batch_size // fabric.world_size
    return slice(part * fabric.global_rank, part * (fabric.global_rank + 1))
