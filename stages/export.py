"""export: one cell as ONNX, compared with PyTorch on real crops."""

import json
from pathlib import Path

from facepoints import parameters
from facepoints.cell import Cell
from facepoints.files import replace
from facepoints.inference.export import OPSET, export, pixels
from facepoints.models import weights
from facepoints.models.predicting import prepare
from facepoints.models.settings import ModelSettings
from facepoints.splits import table
from facepoints.store.crops import read
from facepoints.store.faces import decode
from stages import run

CROPS = 16


def main(name: str) -> None:
    """Write models/CELL/model.onnx and its parity; the crops are of the validation split."""
    cell = Cell.parse(name)
    settings = parameters.value(parameters.read(), f"model.{cell.model}", ModelSettings)
    prepare(threads=1)
    model, _ = weights.load(Path(f"models/{name}/model.safetensors"), settings)
    rows = table.read(Path(f"data/splits/{cell.train_on}.csv"))
    store = read(Path("data/cache") / cell.train_on, table.faces(rows, "validation")[:CROPS])
    images = pixels(decode(store, model.input), model.input)
    path = Path(f"models/{name}/model.onnx")
    record = {
        "parity_pixels": round(export(model, path, images), 6),
        "crops": len(images),
        "opset": OPSET,
        "bytes": path.stat().st_size,
    }
    replace(Path(f"results/export/{name}.json"), json.dumps(record, indent=2) + "\n")


if __name__ == "__main__":
    run(main)
