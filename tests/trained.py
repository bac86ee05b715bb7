"""A small model that has really learned, from drawn faces, exported as the pipeline exports."""

from pathlib import Path

import numpy as np
import torch

from facepoints.augment.settings import AugmentationSettings, Rotation, Scale, Translation
from facepoints.datasets.library import open_set
from facepoints.evaluation.exported import validation_nme
from facepoints.inference.export import write
from facepoints.inference.handout import Trained, handed_out
from facepoints.models.model import LandmarkModel
from facepoints.parameters import read
from facepoints.schemes.library import load
from facepoints.store.build import build
from facepoints.store.crops import read as read_store
from facepoints.store.crops import read_columns
from facepoints.store.faces import mean_shape
from facepoints.synthetic.scene import landmarks, render, sample
from facepoints.synthetic.settings import SyntheticSettings
from facepoints.training import devices
from facepoints.training.checkpoint import Checkpoint
from facepoints.training.loop import train
from tests.conftest import CROP, ROOT
from tests.layouts.drawn import Drawn
from tests.training.examples import MODEL, SETTINGS

FACES, VALIDATION = 176, 16
FRONTAL = {
    "faces": FACES,
    "side": 96,
    "yaw": 15.0,
    "pitch": 8.0,
    "roll": 8.0,
    "blur": 0.5,
    "noise": 3.0,
}
MOVED = AugmentationSettings(
    rotation=Rotation(probability=1.0, degrees=10.0),
    scale=Scale(probability=1.0, factor=1.15),
    translation=Translation(probability=1.0, sides=0.08),
)


def export(path: Path) -> None:
    """Draw, train and write it; about half a minute."""
    options = {**read(ROOT / "params.yaml")["dataset"]["synthetic"]["options"], **FRONTAL}
    scheme = load("ibug68")
    store_folder = path.parent / "store"
    build(open_set("synthetic", Path("unused"), scheme, options), scheme, CROP, store_folder)
    store = read_store(store_folder, read_columns(store_folder, ["face"])["face"])
    learned = store.take(np.arange(VALIDATION, FACES))
    settings = SETTINGS.model_copy(update={"epochs": 20, "batch_size": 16, "learning_rate": 0.004})
    trained = train(
        devices.connect(settings),
        learned,
        store.first(VALIDATION),
        MODEL,
        MOVED,
        settings,
        {},
        0,
        Checkpoint(path.parent / "checkpoint.pt", "key"),
    )
    model = LandmarkModel(MODEL, torch.from_numpy(mean_shape(learned)), CROP.side)
    model.load_state_dict(trained.weights)
    cell = Trained(
        cell="synthetic-mobilenet_v3_small-geometric-all-0",
        settings=MODEL,
        model=model.eval(),
        scheme=scheme,
        crop=CROP,
        data_set="synthetic",
        train=learned,
        validation=store.first(VALIDATION),
        licence="no photos: drawn faces",
    )
    ((_, graph, card),) = handed_out(cell, [], validation_nme)
    write(graph, card, path)


def face(index: int, side: int) -> Drawn:
    """A drawn face that it has not learned from, for an index beyond FACES."""
    options = {
        **read(ROOT / "params.yaml")["dataset"]["synthetic"]["options"],
        **FRONTAL,
        "side": side,
    }
    one = sample(SyntheticSettings(**{**options, "faces": index + 1}), index)
    return Drawn(render(one), landmarks(one))
