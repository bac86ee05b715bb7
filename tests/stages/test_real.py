"""The pipeline on real faces, from the folder that FACEPOINTS_DATA names; shortened to minutes."""

import json

import pytest

from facepoints.cell import Cell

pytestmark = [pytest.mark.real, pytest.mark.slow]


FACES = {"muct": 1770, "w300": 2012, "wflw": 67, "youtube_faces": 3035}
SCHEMES = {"muct": "muct76", "w300": "ibug68", "wflw": "wflw98", "youtube_faces": "ibug68"}


@pytest.mark.parametrize(
    ("learned", "baseline", "others"),
    [
        ("muct", (9, 13), ["w300", "wflw"]),
        ("w300", (15, 21), ["muct", "wflw", "youtube_faces"]),
    ],
)
def test_a_few_epochs_on_real_faces_beat_the_mean_shape_here_and_on_other_schemes(
    clone, copies, learned, baseline, others
):
    changes = [
        f"datasets=[{','.join([learned, *others])}]",
        f"train_on=[{learned}]",
        "augmentations=[geometric]",
        f"dataset.{learned}.test=hash",
        *(f"dataset.{other}.test=all" for other in others),
        "cache.side=112",
        "model.mobilenet_v3_small.backbone=mobilenet_v3_small",
        "model.mobilenet_v3_small.input=96",
        "train.epochs=8",
        "train.batch_size=32",
        "train.threads=1",  # another test runs beside it
    ]
    options = [word for change in changes for word in ("-S", change)]
    clone.run("dvc", "exp", "run", *options, FACEPOINTS_DATA=str(copies))
    cell = Cell(learned, "mobilenet_v3_small", "geometric", "all", 0)
    for name in (learned, *others):
        path = clone.folder / f"results/evaluate/{name}/{cell.name}.json"
        metrics = json.loads(path.read_text())
        same = SCHEMES[name] == SCHEMES[learned]
        change = SCHEMES[name] if same else f"{SCHEMES[learned]} → {SCHEMES[name]}"
        assert metrics["scheme"] == change
        assert metrics["nme"] < metrics["baseline_nme"] - (2 if name == learned else 0)
        rows = (clone.folder / f"data/splits/{name}.csv").read_text().splitlines()
        assert len(rows) == FACES[name] + 1
        if name == learned:
            assert baseline[0] < metrics["baseline_nme"] < baseline[1]
        else:
            assert metrics["faces"] == FACES[name]
        assert (clone.folder / f"data/sheets/{name}.jpg").stat().st_size > 100_000
    export = json.loads((clone.folder / f"results/export/{cell.name}.json").read_text())
    assert export["parity_pixels"] <= 0.01
    handed = json.loads(clone.run("python", "-m", "benchmarks.handout", cell.name).stdout)
    assert handed["test_faces"] >= 200
    assert handed["within_0.05_px"] >= 0.999
    assert handed["nme"]["fp32"] == pytest.approx(handed["nme"]["pytorch"], abs=0.005)
    assert handed["nme"]["int8"] < handed["nme"]["fp32"] + 0.15
    # Of nets that learned for two minutes, a face more or less by the processor; the README has those of the recipes:
    # at most 0.01 and 0.02.
    assert handed["faces_rejected"]["fp32"] <= 0.04
    assert handed["backgrounds_accepted"]["fp32"] <= 0.1
