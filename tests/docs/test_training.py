"""docs/training.md is replayed with two processes on one machine; what it names is there.

What runs under srun is tested by tests/training/test_devices.py, several machines by tests/stages/test_train_jobs.py.
"""

import json
import re
import subprocess

import pytest
import yaml

from facepoints.experiment import check
from facepoints.parameters import read
from facepoints.store import batches
from facepoints.training import checkpoint, devices
from tests.docs.replay import ROOT, blocks, replay, text

NAME = "training.md"
PAGE = text(NAME)
CELL = "synthetic-mobilenet_v3_small-none-all-1"
TINY = {
    "JOBS=4": "JOBS=2",
    "--jobs 4": "--jobs 2",
    # Nothing is stale by then.
    "FACEPOINTS_DEVICES=4 dvc repro": f"FACEPOINTS_DEVICES=2 dvc repro -f -s train@{CELL}",
    "--nnodes=2 --nproc-per-node=8": "--nnodes=1 --nproc-per-node=2",
    "HOST:29500": "localhost:0",
    "train_sizes=[100]": "train_sizes=[16]",
    "CELL": CELL,
}
TASK, MODEL = blocks(NAME, "yaml")
DRAWN = "mobilenet_v3_small_drawn"


def test_the_variables_are_those_that_are_read():
    assert set(re.findall(r"FACEPOINTS_[A-Z_]+", PAGE)) == {
        batches.MEMORY,
        checkpoint.SECONDS,
        devices.DEVICES,
    }
    assert f"({batches.DEFAULT_MEMORY:g} if it is not set)" in PAGE
    assert checkpoint.DEFAULT_SECONDS == 60
    assert "is replaced every minute" in PAGE


@pytest.mark.slow
def test_the_page_s_commands_train_score_and_share_a_cell(clone, tmp_path):
    params = clone.params()
    params.update(augmentations=["none"], seeds=[1])
    # The page's model, made as small as the one that it starts from.
    small = params["model"]["mobilenet_v3_small"]
    found = yaml.safe_load(MODEL)
    found[DRAWN].update(backbone=small["backbone"], input=small["input"])
    params["model"].update(found)
    clone.write_params(params)
    installed = clone.folder / ".venv/installed"  # the environment of the tests serves here
    installed.parent.mkdir()
    installed.touch()
    clone.run("dvc", "remote", "add", "-d", "shared", str(tmp_path / "remote"))

    told = replay(NAME, clone, TINY)
    assert CELL in told["make train JOBS=2          # then make repro, for the rest"]
    summary = json.loads((clone.folder / "metrics/summary.json").read_text())
    assert list(summary["synthetic"]) == [f"{DRAWN}-none-16-1"]
    assert not clone.stale()
    (run,) = (each for command, each in told.items() if command.startswith("dvc exp run"))
    assert f"Starting from weights/drawn.safetensors ({CELL}): its backbone and head." in run


def test_the_model_that_starts_from_kept_weights_is_valid():
    params = read(ROOT / "params.yaml")
    params["model"].update(yaml.safe_load(MODEL))
    assert check({**params, "models": [DRAWN]}).model[DRAWN].weights == "drawn"


def test_the_task_is_yaml_with_scripts_of_bash():
    found = yaml.safe_load(TASK)
    assert {"resources", "setup", "run"} <= set(found)
    for part in (found["setup"], found["run"]):
        subprocess.run(["bash", "-n"], input=part, text=True, check=True)
