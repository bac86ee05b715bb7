"""A training on drawn faces, for benchmarks of speed."""

import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from lightning_fabric import Fabric

from facepoints import parameters
from facepoints.augment.pipeline import mirror_of
from facepoints.augment.settings import AugmentationSettings
from facepoints.crops.settings import CacheSettings
from facepoints.datasets.library import open_set
from facepoints.models.model import LandmarkModel
from facepoints.models.settings import ModelSettings
from facepoints.schemes.library import load as load_scheme
from facepoints.store.batches import load
from facepoints.store.build import build
from facepoints.store.crops import Crops, read, read_columns
from facepoints.store.faces import mean_shape
from facepoints.store.spool import Spool
from facepoints.training.course import Course, seed_of
from facepoints.training.learner import Learner
from facepoints.training.settings import TrainSettings

DISTINCT = 64  # drawn faces; copies of them make up a set
SEED = 0


def drawn(count: int) -> Crops:
    """So many faces with crops as params.yaml has them; each has an encoded crop of its own."""
    params = parameters.read()
    cache = parameters.value(params, "cache", CacheSettings)
    scheme = load_scheme("ibug68")
    options = {**params["dataset"]["synthetic"]["options"], "faces": DISTINCT}
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "store"
        build(open_set("synthetic", Path("unused"), scheme, options), scheme, cache, store)
        return repeated(read(store, read_columns(store, ["face"])["face"]), count)


def repeated(crops: Crops, count: int) -> Crops:
    """Copies of some faces, one after the other, until there are `count`."""
    order = np.arange(count) % len(crops.face)
    copies = crops.take(order)
    return replace(
        copies,
        face=[f"{number}/{face}" for number, face in enumerate(copies.face)],
        crop=Spool.of(copies.crop),
    )


def model_settings(
    name: str, side: int | None = None, params: Mapping[str, Any] | None = None
) -> ModelSettings:
    """A model of params.yaml or of parameters like it, from scratch and whole, perhaps at another input."""
    settings = parameters.value(params or parameters.read(), f"model.{name}", ModelSettings)
    changes = {"weights": "none", "freeze": False, **({"input": side} if side else {})}
    return settings.model_copy(update=changes)


def course(
    fabric: Fabric, store: Crops, model: ModelSettings, augmentation: str, settings: TrainSettings
) -> Course:
    """The training of one model, ready for its first step."""
    transforms = parameters.value(
        parameters.read(), f"augmentation.{augmentation}", AugmentationSettings
    )
    torch.manual_seed(seed_of(SEED))
    shape = torch.from_numpy(mean_shape(store))
    learner = Learner(fabric, LandmarkModel(model, shape, store.settings.side), settings)
    return Course(
        fabric,
        learner,
        load(store, model.input, fabric.device),
        store.face,
        mirror_of(store.scheme, transforms).to(fabric.device),
        transforms,
        settings,
        SEED,
    )
