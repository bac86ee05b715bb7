"""export: one cell as ONNX models that know how they are to be used."""

import json
from pathlib import Path

from facepoints import parameters
from facepoints.cell import Cell
from facepoints.evaluation.exported import validation_nme
from facepoints.files import replace
from facepoints.inference.export import write
from facepoints.inference.handout import FULL, Trained, handed_out
from facepoints.inference.settings import ExportSettings
from facepoints.models import weights
from facepoints.models.predicting import prepare
from facepoints.models.settings import ModelSettings
from facepoints.sources.source import licence
from facepoints.splits import table
from facepoints.store.crops import read
from stages import run


def main(name: str) -> None:
    """Write models/CELL/model.onnx, its card.json, models/CELL/smaller/ and results/export/CELL.json."""
    cell = Cell.parse(name)
    params = parameters.read()
    settings = parameters.value(params, f"model.{cell.model}", ModelSettings)
    wanted = parameters.value(params, "export", ExportSettings)
    prepare(threads=1)
    out = Path(f"models/{name}")
    model, scheme, crop = weights.load(out / "model.safetensors", settings)
    origin = weights.read(out / "model.safetensors")[1].get(weights.ORIGIN)
    rows = table.read(Path(f"data/splits/{cell.train_on}.csv"))
    first = None if cell.size == "all" else cell.size
    train, validation = (
        read(Path("data/cache") / cell.train_on, faces)
        for faces in (table.faces(rows, "train", first), table.faces(rows, "validation"))
    )
    terms = licence(Path("sources") / cell.train_on)
    trained = Trained(
        name, settings, model, scheme, crop, cell.train_on, train, validation, terms, origin
    )
    smaller = out / "smaller"
    smaller.mkdir(parents=True, exist_ok=True)
    models = {}
    for precision, graph, card in handed_out(trained, wanted.precisions, validation_nme):
        path = out / "model.onnx" if precision == FULL else smaller / f"{precision}.onnx"
        write(graph, card, path)
        models[precision] = {
            "bytes": path.stat().st_size,
            "validation_nme": card.content["nme"]["percent"],
        }
        if precision == FULL:
            text = json.dumps(card.content, indent=2, ensure_ascii=False)
            replace(out / "card.json", f"{text}\n")
    record = {"parity_pixels": card.content["parity_pixels"], "models": models}
    replace(Path(f"results/export/{name}.json"), json.dumps(record, indent=2) + "\n")


if __name__ == "__main__":
    run(main)
