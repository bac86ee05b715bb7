"""The pipeline on real faces, from the folder that FACEPOINTS_DATA names; shortened to minutes."""

import json
import os

import pytest

from facepoints.cell import Cell

pytestmark = [pytest.mark.real, pytest.mark.slow]


@pytest.fixture(scope="module")
def copies():
    folder = os.environ.get("FACEPOINTS_DATA")
    if not folder:
        pytest.fail("FACEPOINTS_DATA names no folder: nothing is checked on real faces.")
    return folder


@pytest.mark.parametrize(
    ("dataset", "faces", "baseline"), [("muct", 1770, (9, 13)), ("w300", 2012, (15, 21))]
)
def test_a_few_epochs_on_real_faces_beat_the_mean_shape(clone, copies, dataset, faces, baseline):
    clone.run(
        "dvc",
        "exp",
        "run",
        "-S",
        f"datasets=[{dataset}]",
        "-S",
        f"train_on=[{dataset}]",
        "-S",
        "augmentations=[geometric]",
        "-S",
        f"dataset.{dataset}.test=hash",
        "-S",
        "cache.side=112",
        "-S",
        "model.mobilenet_v3_small.input=96",
        "-S",
        "train.epochs=8",
        "-S",
        "train.batch_size=32",
        "-S",
        "train.threads=0",
        FACEPOINTS_DATA=copies,
    )
    cell = Cell(dataset, "mobilenet_v3_small", "geometric", "all", 0)
    path = clone.folder / f"results/evaluate/{dataset}/{cell.name}.json"
    metrics = json.loads(path.read_text())
    assert baseline[0] < metrics["baseline_nme"] < baseline[1]
    assert metrics["nme"] < metrics["baseline_nme"] - 2
    rows = (clone.folder / f"data/splits/{dataset}.csv").read_text().splitlines()
    assert len(rows) == faces + 1
    export = json.loads((clone.folder / f"results/export/{cell.name}.json").read_text())
    assert export["crops"] == 16
    assert export["parity_pixels"] <= 0.01
