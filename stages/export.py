"""export: one cell as ONNX, compared with PyTorch on real crops, and its card."""

import json
from collections import Counter
from pathlib import Path

from facepoints import parameters
from facepoints.cell import Cell
from facepoints.files import replace
from facepoints.inference.card import card, write_card
from facepoints.inference.export import OPSET, export, pixels
from facepoints.models import weights
from facepoints.models.predicting import prepare
from facepoints.models.settings import ModelSettings
from facepoints.splits import table
from facepoints.store.crops import read, read_columns
from facepoints.store.faces import decode
from stages import run

CROPS = 16


def main(name: str) -> None:
    """Write models/CELL/model.onnx, its parity on crops of the validation split, and models/CELL/card.json."""
    cell = Cell.parse(name)
    settings = parameters.value(parameters.read(), f"model.{cell.model}", ModelSettings)
    prepare(threads=1)
    model, scheme, crop = weights.load(Path(f"models/{name}/model.safetensors"), settings)
    rows = table.read(Path(f"data/splits/{cell.train_on}.csv"))
    folder = Path("data/cache") / cell.train_on
    store = read(folder, table.faces(rows, "validation")[:CROPS])
    images = pixels(decode(store, model.input), model.input)
    path = Path(f"models/{name}/model.onnx")
    parity = export(model, path, images)
    record = {
        "parity_pixels": round(parity, 6),
        "crops": len(images),
        "opset": OPSET,
        "bytes": path.stat().st_size,
    }
    columns = read_columns(folder, ["face", "rule"])
    rule_of = dict(zip(columns["face"], columns["rule"], strict=True))
    first = None if cell.size == "all" else cell.size
    rules = Counter(rule_of[face] for face in table.faces(rows, "train", first))
    content = card(name, cell.train_on, settings, scheme, crop, rules, parity)
    write_card(Path(f"models/{name}/card.json"), content)
    replace(Path(f"results/export/{name}.json"), json.dumps(record, indent=2) + "\n")


if __name__ == "__main__":
    run(main)
