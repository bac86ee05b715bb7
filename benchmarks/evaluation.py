"""How long scoring takes: the evaluate stage of several cells, one after the other, and render.

    python -m benchmarks.evaluation resnet18
    python -m benchmarks.evaluation mobilenet_v3_small --robustness

prints seconds for the cells of one model at 224², whose weights are drawn at random, on faces of the embedded data set
(run `dvc repro` first), and the sizes of what was written. Each stage is a process, as under dvc.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import torch
import yaml

from benchmarks.trial import model_settings
from facepoints import cores
from facepoints.cell import Cell
from facepoints.models import weights
from facepoints.models.model import LandmarkModel
from facepoints.splits import table
from facepoints.store.crops import read
from facepoints.store.faces import mean_shape

ROOT = Path(__file__).parent.parent
SET, SIDE = "synthetic", 224
VALIDATION = 50  # faces, for export
RECORDS = ("history/{}.csv", "training/{}.json", "training/{}.jpg", "export/{}.json")
TRAINED = f"{SET}-mobilenet_v3_small-none-all-0"  # whose records stand for those of the cells


def project(folder: Path, model: str, cells: list[Cell], faces: int, robustness: bool) -> None:
    """A folder with all that the two stages read."""
    for name in ("stages", "src", "sources"):
        shutil.copytree(ROOT / name, folder / name)
    params = yaml.safe_load((ROOT / "params.yaml").read_text())
    params["models"], params["augmentations"] = [model], ["none"]
    params["seeds"] = [cell.seed for cell in cells]
    params["model"][model] = model_settings(model, SIDE).model_dump(exclude_none=False)
    params["evaluate"]["robustness"]["enabled"] = robustness
    text = yaml.safe_dump(params, sort_keys=False)
    (folder / "params.yaml").write_text(text)
    (folder / "data").mkdir()
    (folder / "data/cache").symlink_to(ROOT / "data/cache")
    rows = table.read(ROOT / f"data/splits/{SET}.csv")
    splits = ["test"] * faces + ["validation"] * VALIDATION
    splits += ["train"] * (len(rows) - len(splits))
    rows = [replace(row, split=split) for row, split in zip(rows, splits, strict=True)]
    table.write(rows, folder / f"data/splits/{SET}.csv")
    store = read(ROOT / "data/cache" / SET, [row.face for row in rows[:faces]])
    shape = torch.from_numpy(mean_shape(store))
    for cell in cells:
        torch.manual_seed(cell.seed)
        settings = model_settings(model, SIDE)
        net = LandmarkModel(settings, shape, store.settings.side)
        for file in ("model", "last"):
            path = folder / f"models/{cell.name}/{file}.safetensors"
            weights.write_trained(path, net.state_dict(), store.scheme, store.settings, settings)
        for record in RECORDS:
            path = folder / "results" / record.format(cell.name)
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / "results" / record.format(TRAINED), path)


def export(folder: Path, cells: list[Cell]) -> None:
    """The first cell's exported models, as those of all: how long they take does not depend on their weights."""
    seconds(folder, "stages.export", cells[0].name)
    for cell in cells[1:]:
        for name in ("model.onnx", "smaller"):
            given, wanted = (folder / "models" / one.name / name for one in (cells[0], cell))
            (shutil.copytree if given.is_dir() else shutil.copy)(given, wanted)


def seconds(folder: Path, *command: str) -> float:
    """How long a stage takes, as a process."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-m", *command], cwd=folder, check=True, stdout=sys.stderr)
    return round(time.perf_counter() - start, 1)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", help="a name under model in params.yaml")
    parser.add_argument("--cells", type=int, default=4)
    parser.add_argument("--faces", type=int, default=550)
    parser.add_argument("--robustness", action="store_true")
    arguments = parser.parse_args()
    cells = [Cell(SET, arguments.model, "none", "all", seed) for seed in range(arguments.cells)]
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        project(folder, arguments.model, cells, arguments.faces, arguments.robustness)
        export(folder, cells)
        evaluated = [seconds(folder, "stages.evaluate", SET, cell.name) for cell in cells]
        rendered = seconds(folder, "stages.render")
        found = {
            "cores": cores(),
            "model": arguments.model,
            "faces": arguments.faces,
            "robustness": arguments.robustness,
            "evaluate_seconds": evaluated,
            "render_seconds": rendered,
            "all_seconds": round(sum(evaluated) + rendered, 1),
            "page_mb": round((folder / "report/index.html").stat().st_size / 1e6, 2),
        }
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
