"""train: one cell."""

import json
from pathlib import Path

from facepoints import parameters
from facepoints.augment.settings import AugmentationSettings
from facepoints.augment.sheet import STRIP
from facepoints.cell import Cell
from facepoints.models import weights
from facepoints.models.settings import ModelSettings
from facepoints.splits import table
from facepoints.store.crops import read
from facepoints.training import checkpoint
from facepoints.training.checkpoint import Checkpoint
from facepoints.training.loop import train
from facepoints.training.precision import fabric_precision
from facepoints.training.record import write_history, write_strip, write_training
from facepoints.training.settings import TrainSettings
from stages import run


def main(name: str) -> None:
    """Write the cell's weights (of the best epoch, and of the last), history and training record."""
    cell = Cell.parse(name)
    params = parameters.read()
    model = parameters.value(params, f"model.{cell.model}", ModelSettings)
    augmentation = parameters.value(
        params, f"augmentation.{cell.augmentation}", AugmentationSettings
    )
    settings = parameters.value(params, "train", TrainSettings)

    store, split = Path("data/cache") / cell.train_on, Path(f"data/splits/{cell.train_on}.csv")
    start = Path(f"models/start/{cell.model}.safetensors")
    rows = table.read(split)
    names = table.faces(rows, "train", None if cell.size == "all" else cell.size)
    faces = read(store, names)
    validation = read(store, table.faces(rows, "validation"))

    parts = [part.model_dump() for part in (model, augmentation, settings)]
    described = json.dumps([name, checkpoint.environment(model.backbone, settings), *parts])
    saved = Checkpoint(
        Path(f".scratch/checkpoints/{name}.pt"), checkpoint.key(described, [store, split, start])
    )
    with checkpoint.locked(saved.path):
        trained = train(
            faces,
            validation,
            model,
            augmentation,
            settings,
            weights.read(start)[0],
            cell.seed,
            saved,
        )
        for file, kept in (("model", trained.weights), ("last", trained.last)):
            path = Path(f"models/{name}/{file}.safetensors")
            weights.write_trained(path, kept, faces.scheme, faces.settings)
        write_history(trained.history, Path(f"results/history/{name}.csv"))
        precision = fabric_precision(settings.precision)
        record = Path(f"results/training/{name}.json")
        write_training(trained, faces, validation, model.backbone, precision, record)
        shown = read(store, names[:STRIP])
        write_strip(shown, augmentation, model.input, record.with_suffix(".jpg"))
        saved.path.unlink(missing_ok=True)


if __name__ == "__main__":
    run(main)
