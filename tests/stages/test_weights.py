"""Kept weights in the pipeline: what runs again, what a clone without them can do, and what they save."""

import json
import subprocess

import pandas as pd
import pytest
import yaml

from tests.stages.conftest import Clone
from tests.stages.test_pipeline import NONE, START, ran

GOES_ON = "synthetic-goes_on-none-all-0"


def keep(clone, cell=NONE, name="drawn"):
    clone.run("facepoints", "weights", "keep", cell, name)
    clone.commit(f"kept {name}")


def history(clone, cell):
    return pd.read_csv(clone.folder / f"results/history/{cell}.csv")


@pytest.mark.slow
def test_one_more_file_runs_start_alone_and_who_uses_none_needs_none(clone, tmp_path):
    keep(clone)
    assert clone.stale() == START
    assert ran(clone.run("dvc", "repro").stdout) == START
    clone.commit("start again")
    subprocess.run(["git", "clone", "-q", clone.folder, tmp_path / "fresh"], check=True)
    fresh = Clone(tmp_path / "fresh")
    dry = fresh.run("dvc", "repro", "--dry", "--allow-missing").stdout
    assert "Data and pipelines are up to date." in dry
    # Without data, cache and remote; with --pull too.
    assert ran(fresh.run("dvc", "repro", "start").stdout) == {"check"} | START
    fresh.run("git", "diff", "--exit-code")
    (fresh.folder / "models/start/mobilenet_v3_small.safetensors").unlink()
    fresh.run("dvc", "repro", "--pull", "start")
    assert not (fresh.folder / "weights/drawn.safetensors").exists()


def test_a_model_of_weights_that_are_not_here_ends_in_start(clone):
    params = clone.params()
    params["model"]["mobilenet_v3_small"]["weights"] = "drawn"
    clone.write_params(params)
    done = clone.run("dvc", "repro", check=False)
    assert done.returncode
    assert ran(done.stdout) == {"check"} | START
    told = "error: model.mobilenet_v3_small.weights: no weights/drawn.safetensors. If it was kept"
    assert told in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_a_model_goes_on_from_another_s_weights(clone):
    """Trained for seconds, kept, and trained further under a model's name of its own."""
    params = clone.params()
    params["dataset"]["synthetic"]["options"].update(faces=96, yaw=15.0, pitch=8.0)
    params.update(augmentations=["none"])
    params["model"]["mobilenet_v3_small"]["backbone"] = "resnet18"
    params["train"].update(epochs=20, learning_rate=0.002)
    clone.write_params(params)
    clone.run("dvc", "repro", f"train@{NONE}")
    keep(clone)

    entry = {**params["model"]["mobilenet_v3_small"], "weights": "drawn", "learning_rate": 0.0002}
    params["model"]["goes_on"] = entry
    params["models"].append("goes_on")
    params["train"]["epochs"] = 2
    clone.write_params(params)
    done = clone.run("dvc", "repro", f"export@{GOES_ON}").stdout
    assert f"Starting from weights/drawn.safetensors ({NONE}): its backbone and head." in done
    scratch, further = (history(clone, cell).validation_nme for cell in (NONE, GOES_ON))
    assert scratch.min() < 0.6 * scratch[0]
    assert further[0] < 1.1 * scratch.min()

    lock = yaml.safe_load((clone.folder / "dvc.lock").read_text())["stages"]
    assert lock["start@goes_on"]["params"]["params.yaml"]["model.goes_on.weights"] == "drawn"
    kept = yaml.safe_load((clone.folder / "weights/kept.yaml").read_text())["drawn"]
    card = json.loads((clone.folder / f"models/{GOES_ON}/card.json").read_text())
    origin = card["training"]["starts_from"]
    assert origin == {
        "name": "drawn",
        "cell": NONE,
        "data_set": "synthetic",
        "licence": kept["licence"],
        "backbone": "resnet18",
    }
    assert f"starts from   {NONE} (licence: " in clone.run("facepoints", "card", GOES_ON).stdout
    assert ran(clone.run("dvc", "repro", f"export@{GOES_ON}").stdout) == set()
