"""export: one cell as ONNX, compared with PyTorch on real crops."""

import json
from pathlib import Path

import numpy as np

from facepoints import parameters
from facepoints.cell import Cell
from facepoints.inference.export import OPSET, export, net_input
from facepoints.models import weights
from facepoints.models.predicting import prepare
from facepoints.models.settings import ModelSettings
from facepoints.splits import table
from facepoints.store.crops import read
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
    crop = store.settings
    images = np.stack(
        [net_input(data, crop.size, crop.margin_pixels, model.input) for data in store.crop]
    )
    path = Path(f"models/{name}/model.onnx")
    record = {
        "parity_pixels": round(export(model, path, images), 6),
        "crops": len(images),
        "opset": OPSET,
        "bytes": path.stat().st_size,
    }
    out = Path(f"results/export/{name}.json")
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    run(main)
