"""A small training."""

import numpy as np
import torch

from facepoints.augment.settings import AugmentationSettings, Rotation
from facepoints.models.settings import LossSettings, ModelSettings, RegressionSettings
from facepoints.store.crops import Crops
from facepoints.training import devices
from facepoints.training.checkpoint import Checkpoint
from facepoints.training.loop import Trained, train
from facepoints.training.settings import TrainSettings

MODEL = ModelSettings(
    backbone="mobilenet_v3_small",
    weights="none",
    freeze=False,
    input=64,
    normalise="half",
    batch_norm_momentum=0.1,
    learning_rate=None,
    head=RegressionSettings(name="regression", pool="average", sigmoid=False, dropout=0.2),
    loss=LossSettings(name="wing", unit="pixel", w=10.0, epsilon=2.0),
)
SETTINGS = TrainSettings(
    epochs=3,
    batch_size=8,
    optimizer="adamw",
    learning_rate=0.002,
    weight_decay=0.01,
    decay="all",
    clip=None,
    ema=None,
    schedule="cosine",
    warmup=0.1,
    patience=0,
    milestones=[0.5],
    factor=0.5,
    fade=0.0,
    stop_after=None,
    precision="fp32",
    compile=False,
    threads=1,
)
TURNED = AugmentationSettings(rotation=Rotation(probability=1.0, degrees=10.0))


def some(store: Crops, first: int, last: int) -> Crops:
    """Faces first … last − 1 of a store."""
    return store.take(np.arange(first, last))


def trained(
    store,
    path,
    settings=SETTINGS,
    augmentation=TURNED,
    *,
    seed=0,
    model=MODEL,
    faces=16,
    start=None,
    key="key",
) -> Trained:
    """Train on the first faces of a store, and choose the epoch on its last ones."""
    return train(
        devices.connect(settings),
        some(store, 0, faces),
        some(store, 16, 24),
        model,
        augmentation,
        settings,
        start or {},
        seed,
        Checkpoint(path, key),
    )


def same(first, second) -> bool:
    """Whether two sets of weights are the same bits."""
    return first.keys() == second.keys() and all(
        torch.equal(first[name], second[name]) for name in first
    )
