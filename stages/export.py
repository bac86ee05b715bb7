"""export: one cell as ONNX, compared with PyTorch on real crops, with its card in it."""

import json
from collections import Counter
from pathlib import Path

from facepoints import parameters
from facepoints.cell import Cell
from facepoints.evaluation.validation import validation_nme
from facepoints.files import replace
from facepoints.inference import likeness
from facepoints.inference.description import describe
from facepoints.inference.detection import detectors
from facepoints.inference.export import OPSET, Deployed, convert, parity, pixels, write
from facepoints.inference.fitting import corrections
from facepoints.models import weights
from facepoints.models.predicting import prepare
from facepoints.models.settings import ModelSettings
from facepoints.sources.source import licence
from facepoints.splits import table
from facepoints.store.crops import read
from facepoints.store.faces import decode
from stages import run

CROPS = 16  # on which ONNX and PyTorch must agree
FACES = 300  # training faces, at most, for the score and the corrections


def main(name: str) -> None:
    """Write models/CELL/model.onnx, models/CELL/card.json and results/export/CELL.json."""
    cell = Cell.parse(name)
    settings = parameters.value(parameters.read(), f"model.{cell.model}", ModelSettings)
    prepare(threads=1)
    model, scheme, crop = weights.load(Path(f"models/{name}/model.safetensors"), settings)
    rows = table.read(Path(f"data/splits/{cell.train_on}.csv"))
    folder = Path("data/cache") / cell.train_on
    train = read(folder, table.faces(rows, "train", None if cell.size == "all" else cell.size))
    validation = read(folder, table.faces(rows, "validation"))
    some = train.first(FACES)
    deployed = Deployed(model, likeness.learn(model, decode(some, model.input))).eval()
    graph = convert(deployed)
    images = pixels(decode(validation.first(CROPS), model.input), model.input)
    difference = parity(deployed, graph, images)
    card = describe(
        name,
        settings,
        scheme,
        crop,
        corrections(some, detectors()),
        {
            "data_set": cell.train_on,
            "faces": len(train.face),
            "sha256": train.digest(),
            "box_rules": dict(sorted(Counter(train.rule).items())),
            "licence": licence(Path("sources") / cell.train_on),
        },
        validation_nme(model, validation),
        difference,
        len(graph.graph.output) > 2,
    )
    path = Path(f"models/{name}/model.onnx")
    write(graph, card, path)
    replace(path.with_name("card.json"), json.dumps(card.content, indent=2, ensure_ascii=False) + "\n")
    record = {
        "parity_pixels": round(difference, 6),
        "crops": len(images),
        "opset": OPSET,
        "bytes": path.stat().st_size,
    }
    replace(Path(f"results/export/{name}.json"), json.dumps(record, indent=2) + "\n")


if __name__ == "__main__":
    run(main)
