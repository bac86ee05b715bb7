"""What a training leaves beside its weights: the history and the record of what was trained on what."""

import json
from dataclasses import astuple, fields
from pathlib import Path

import torch

from facepoints.augment.pipeline import mirror_of
from facepoints.augment.settings import AugmentationSettings
from facepoints.augment.sheet import strip
from facepoints.files import replace, replace_table
from facepoints.store import tiles
from facepoints.store.crops import Crops
from facepoints.store.faces import decode
from facepoints.training.checkpoint import versions
from facepoints.training.loop import Epoch, Trained
from facepoints.training.precision import fabric_precision
from facepoints.training.settings import TrainSettings


def write_history(history: list[Epoch], path: Path) -> None:
    """One row per epoch."""
    rows = (
        [f"{value:.6g}" if isinstance(value, float) else value for value in astuple(row)]
        for row in history
    )
    replace_table(path, [field.name for field in fields(Epoch)], rows)


def write_training(
    trained: Trained,
    faces: Crops,
    validation: Crops,
    backbone: str,
    settings: TrainSettings,
    path: Path,
) -> None:
    """Counts and versions; no date, host or duration, so that the same training gives the same bytes."""
    record = {
        "parameters": sum(
            tensor.numel()
            for name, tensor in trained.weights.items()
            if tensor.is_floating_point() and name != "mean_shape" and "running_" not in name
        ),
        "train_faces": len(faces.face),
        "validation_faces": len(validation.face),
        "train_sha256": faces.digest(),
        "box": faces.box_rule,
        "epochs": len(trained.history),
        "best_epoch": trained.best.epoch,
        "precision": fabric_precision(settings),
        "compiled": settings.compile,
        "versions": versions(backbone),
    }
    replace(path, json.dumps(record, indent=2) + "\n")


def write_strip(faces: Crops, augmentation: AugmentationSettings, side: int, path: Path) -> None:
    """A picture of augmented training faces as the net sees them, with their points."""
    mirror = mirror_of(faces.scheme, augmentation)
    generator = torch.Generator().manual_seed(0)
    replace(path, tiles.jpeg(strip(decode(faces, side), mirror, augmentation, side, generator)))
