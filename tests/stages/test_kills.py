"""A training that is killed, whoever is hit and whenever, ends with the weights of one that never was."""

import random
import shutil
import signal
import subprocess
import time
from pathlib import Path

import psutil
import pytest
import torch

from facepoints.training.checkpoint import SECONDS
from tests.stages.conftest import Clone

CELL = "synthetic-mobilenet_v3_small-geometric-all-0"
FILES = [f"models/{CELL}/{name}.safetensors" for name in ("model", "last")] + [
    f"results/history/{CELL}.csv",
    f"results/training/{CELL}.json",
]
MOMENTS = 3  # of each kind of victim
EPOCHS = 40
LATEST = 0.7  # share of them: a checkpoint that was seen is a little old
OFTEN = {SECONDS: "0.3"}


def longer(clone: Clone) -> Clone:
    """Its training takes seconds, enough to hit it."""
    params = clone.params()
    params["train"].update(epochs=EPOCHS, ema=0.9)
    clone.write_params(params)
    return clone


def start(clone: Clone) -> subprocess.Popen:
    return clone.started("dvc", "repro", f"train@{CELL}", **OFTEN)


def trainer(dvc: subprocess.Popen) -> psutil.Process:
    """The process that trains, once it runs."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        for process in psutil.Process(dvc.pid).children(recursive=True):
            try:
                if process.cmdline()[1:] == ["-m", "stages.train", CELL]:
                    return process
            except psutil.Error:
                continue
        assert dvc.poll() is None, dvc.communicate()
        time.sleep(0.02)
    raise AssertionError("no trainer was started")


def reached(clone: Clone) -> int:
    """The epochs that its checkpoint holds."""
    checkpoint = clone.folder / f".scratch/checkpoints/{CELL}.pt"
    if not checkpoint.is_file():
        return 0
    return len(torch.load(checkpoint, weights_only=True)["history"])


@pytest.fixture(scope="module")
def straight(finished, tmp_path_factory) -> Path:
    """The outputs of a training that nobody disturbs."""
    folder = tmp_path_factory.mktemp("straight") / "clone"
    shutil.copytree(finished.folder, folder, symlinks=True)
    longer(Clone(folder)).run("dvc", "repro", f"train@{CELL}")
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("moment", range(MOMENTS))
@pytest.mark.parametrize("who", ["dvc", "trainer", "both"])
def test_a_killed_training_ends_with_the_same_weights(clone, straight, who, moment):
    longer(clone)
    epoch = int((moment + random.random()) / MOMENTS * LATEST * EPOCHS)
    beyond = random.uniform(0, float(OFTEN[SECONDS]))
    print(f"{who} is killed {beyond:.2f} s after epoch {epoch} is in the checkpoint")
    dvc = start(clone)
    process = trainer(dvc)
    while reached(clone) < epoch:
        assert dvc.poll() is None, dvc.communicate()
        time.sleep(0.02)
    time.sleep(beyond)
    for victim, chosen in ((dvc.pid, "dvc"), (process.pid, "trainer")):
        if who in (chosen, "both") and psutil.pid_exists(victim):
            psutil.Process(victim).send_signal(signal.SIGKILL)
    out, err = dvc.communicate()
    if who != "trainer":
        assert dvc.returncode == -signal.SIGKILL
    again = clone.run("dvc", "repro", f"train@{CELL}", **OFTEN)
    print(out, err, again.stdout)
    for file in FILES:
        assert (clone.folder / file).read_bytes() == (straight / file).read_bytes(), file
    status = clone.run("dvc", "status", f"train@{CELL}")
    assert "up to date" in status.stdout + status.stderr


@pytest.mark.slow
def test_two_full_runs_give_identical_weights(clone, straight):
    longer(clone).run("dvc", "repro", "--no-run-cache", f"train@{CELL}")
    for file in FILES:
        assert (clone.folder / file).read_bytes() == (straight / file).read_bytes(), file
