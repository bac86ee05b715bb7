"""train: one cell."""

import json
from contextlib import nullcontext
from pathlib import Path

from facepoints import parameters
from facepoints.augment.settings import AugmentationSettings
from facepoints.augment.sheet import STRIP
from facepoints.cell import Cell
from facepoints.models import weights
from facepoints.models.settings import ModelSettings
from facepoints.models.start import beginning
from facepoints.splits import table
from facepoints.store.crops import read
from facepoints.training import checkpoint, devices
from facepoints.training.checkpoint import Checkpoint
from facepoints.training.loop import train
from facepoints.training.precision import decided
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
    settings = decided(parameters.value(params, "train", TrainSettings), model.backbone)

    path = Path(f".scratch/checkpoints/{name}.pt")
    with checkpoint.locked(path) if devices.is_first() else nullcontext():
        fabric = devices.connect(settings)
        store, split = Path("data/cache") / cell.train_on, Path(f"data/splits/{cell.train_on}.csv")
        start = Path(f"models/start/{cell.model}.safetensors")
        rows = table.read(split)
        names = table.faces(rows, "train", None if cell.size == "all" else cell.size)
        faces = read(store, names)
        validation = read(store, table.faces(rows, "validation"))

        parts = [part.model_dump() for part in (model, augmentation, settings)]
        around = checkpoint.environment(model.backbone, settings, fabric.world_size)
        key = checkpoint.key(json.dumps([name, around, *parts]), [store, split, start])
        saved = Checkpoint(path, key)
        begin = beginning(start, model, faces.scheme, faces.settings.side)
        if begin.told:
            fabric.print(begin.told)
        trained = train(
            fabric,
            faces,
            validation,
            model,
            augmentation,
            settings,
            begin.weights,
            cell.seed,
            saved,
        )
        if fabric.global_rank > 0:
            return
        for file, kept in (("model", trained.weights), ("last", trained.last)):
            out = Path(f"models/{name}/{file}.safetensors")
            weights.write_trained(out, kept, faces.scheme, faces.settings, model, begin.origin)
        write_history(trained.history, Path(f"results/history/{name}.csv"))
        record = Path(f"results/training/{name}.json")
        write_training(trained, faces, validation, model.backbone, settings, record)
        shown = read(store, names[:STRIP])
        write_strip(shown, augmentation, model.input, record.with_suffix(".jpg"))
        saved.discard()


if __name__ == "__main__":
    run(main)
