"""Does what is handed out keep what the trained net can: `python -m benchmarks.handout CELL [--project FOLDER]`.

For a cell whose stages have run there, prints of its test split: how far ONNX's points lie from PyTorch's (pixels of
the crop: the share of points within 0.05, and the most), NME of PyTorch and of every exported precision, and the
score's errors: the share of test faces that it rejects, in their exact boxes, and of 500 windows of the set's photos,
beside the labelled faces, that it takes for faces. (Photos of some sets show faces without labels, too.)
"""

import argparse
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from facepoints import parameters
from facepoints.cell import Cell
from facepoints.crops.extent import landmark_box
from facepoints.crops.warp import view_affine, warp
from facepoints.datasets.face import FaceSet
from facepoints.datasets.library import open_set
from facepoints.evaluation.exported import Measure, view_points
from facepoints.evaluation.points import match
from facepoints.inference.export import pixels
from facepoints.inference.predictor import ACCEPTED, Predictor
from facepoints.models import weights
from facepoints.models.predicting import prepare
from facepoints.models.settings import ModelSettings
from facepoints.schemes.library import load
from facepoints.splits import table
from facepoints.store.crops import Crops, read
from facepoints.store.faces import decode

BACKGROUNDS = 500
WINDOW = (0.12, 0.35)  # its side, from … to, in the photo's shorter side
TRIES = 20  # places in one photo
NEAR = 0.05  # pixels
PART = 64  # faces at once


def backgrounds(faces: FaceSet, side: int) -> NDArray[np.uint8]:
    """Windows of photos that no labelled face touches: (500, side, side, 3) RGB."""
    random = np.random.default_rng(0)
    records = list(faces.faces())
    boxes: dict[str, list[NDArray[np.float32]]] = {}
    for face in records:
        boxes.setdefault(face.image, []).append(landmark_box(face.landmarks, face.labelled))
    found: list[NDArray[np.uint8]] = []
    while len(found) < BACKGROUNDS:
        face = records[random.integers(len(records))]
        image = faces.image(face)
        height, width = image.shape[:2]
        for _ in range(TRIES):
            window = random.uniform(*WINDOW) * min(height, width)
            low = random.uniform([0, 0], [width - window, height - window]) - 0.5
            high = low + window
            beside = [(high < box[:2]).any() or (low > box[2:]).any() for box in boxes[face.image]]
            if all(beside):
                found.append(warp(image, view_affine(np.concatenate([low, high]), side), side))
                break
    return np.stack(found)


def differences(predictor: Predictor, name: str, settings: ModelSettings, store: Crops) -> Any:
    """Of ONNX's points from PyTorch's on the same pixels, (N · K,) pixels of the crop, and PyTorch's points."""
    model, _, _ = weights.load(Path(f"models/{name}/model.safetensors"), settings)
    expected = []
    for start in range(0, len(store.face), PART):
        part = store.take(np.arange(start, min(start + PART, len(store.face))))
        images = torch.from_numpy(pixels(decode(part, model.input), model.input))
        with torch.no_grad():
            expected.append(model.predict(images.permute(0, 3, 1, 2).float() / 255).points.numpy())
    points = np.concatenate(expected)
    given = view_points(predictor.run, model.input, store)
    apart = np.linalg.norm(given - points, axis=-1).ravel() * store.settings.side
    return apart, points


def benchmark(name: str) -> dict[str, Any]:
    """All numbers of a cell of the project in the working folder."""
    cell = Cell.parse(name)
    params = parameters.read()
    settings = parameters.value(params, f"model.{cell.model}", ModelSettings)
    prepare(threads=0)
    folder = Path(f"models/{name}")
    files = [folder / "model.onnx", *sorted((folder / "smaller").glob("*.onnx"))]
    predictors = {one.card.content["precision"]: one for one in map(Predictor, files)}
    rows = table.read(Path(f"data/splits/{cell.train_on}.csv"))
    store = read(Path("data/cache") / cell.train_on, table.faces(rows, "test"))
    measure = Measure(store, match(store.scheme, store.scheme), store.scheme.normaliser, 100)
    full = predictors["fp32"]
    apart, points = differences(full, name, settings, store)
    options = parameters.value(params, f"dataset.{cell.train_on}.options", dict[str, Any])
    kind = parameters.value(params, f"dataset.{cell.train_on}.format", str)
    raw = Path("data/raw") / cell.train_on
    scheme = load(parameters.value(params, f"dataset.{cell.train_on}.scheme", str), raw)
    faces = open_set(kind, raw, scheme, options)
    views = pixels(decode(store, full.card.side), full.card.side)
    return {
        "cell": name,
        "test_faces": len(store.face),
        "points": len(apart),
        "within_0.05_px": round(float((apart <= NEAR).mean()), 5),
        "largest_px": round(float(apart.max()), 3),
        "nme": {
            "pytorch": round(measure.of(points)["nme"], 4),
            **{
                precision: round(measure.of(view_points(one.run, one.card.side, store))["nme"], 4)
                for precision, one in predictors.items()
            },
        },
        "faces_rejected": {
            precision: round(float((one.run(views)["score"] < ACCEPTED).mean()), 4)
            for precision, one in predictors.items()
        },
        "backgrounds_accepted": {
            precision: round(float((one.run(seen)["score"] >= ACCEPTED).mean()), 4)
            for seen in [backgrounds(faces, full.card.side)]
            for precision, one in predictors.items()
        },
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cell")
    parser.add_argument("--project", type=Path, default=Path())
    given = parser.parse_args()
    os.chdir(given.project)
    print(json.dumps(benchmark(given.cell), indent=2))


if __name__ == "__main__":
    main()
