"""A training that is killed, whoever is hit and whenever, ends with the weights of one that never was."""

import random
import shutil
import signal
import subprocess
import time
from pathlib import Path

import psutil
import pytest

from facepoints.training.checkpoint import SECONDS
from tests.stages.conftest import Clone

CELL = "synthetic-mobilenet_v3_small-geometric-all-0"
FILES = [f"models/{CELL}/{name}.safetensors" for name in ("model", "last")] + [
    f"results/history/{CELL}.csv",
    f"results/training/{CELL}.json",
]
MOMENTS = 5
LATEST = 0.8  # share of the work: the same work takes more or less time
OFTEN = {SECONDS: "0.3"}


def longer(clone: Clone) -> Clone:
    """Its training takes seconds, enough to hit it."""
    params = clone.params()
    params["train"].update(epochs=40, ema=0.9)
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


def worked(process: psutil.Process) -> float | None:
    """The processor's seconds that it has taken, whatever works beside it; None once it has ended."""
    try:
        ended = process.status() == psutil.STATUS_ZOMBIE
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return None
    return None if ended else times.user + times.system


@pytest.fixture(scope="module")
def straight(finished, tmp_path_factory) -> tuple[Path, float]:
    """The outputs of a training that nobody disturbs, and the processor's seconds that it takes."""
    folder = tmp_path_factory.mktemp("straight") / "clone"
    shutil.copytree(finished.folder, folder, symlinks=True)
    dvc = start(longer(Clone(folder)))
    process, seconds = trainer(dvc), 0.0
    while (taken := worked(process)) is not None:
        seconds = taken
        time.sleep(0.05)
    out, err = dvc.communicate()
    assert dvc.returncode == 0, out + err
    assert seconds > 4  # else there is no moment to hit it
    return folder, seconds


@pytest.mark.slow
@pytest.mark.parametrize("moment", range(MOMENTS))
@pytest.mark.parametrize("who", ["dvc", "trainer", "both"])
def test_a_killed_training_ends_with_the_same_weights(clone, straight, who, moment):
    folder, seconds = straight
    longer(clone)
    until = (moment + random.random()) / MOMENTS * LATEST * seconds
    print(f"{who} is killed after {until:.2f} s of the trainer's work, of {seconds:.2f} s")
    dvc = start(clone)
    process = trainer(dvc)
    while (taken := worked(process)) is not None and taken < until:
        time.sleep(0.02)
    assert taken is not None, "it ended before the moment came"
    for victim, chosen in ((dvc.pid, "dvc"), (process.pid, "trainer")):
        if who in (chosen, "both") and psutil.pid_exists(victim):
            psutil.Process(victim).send_signal(signal.SIGKILL)
    out, err = dvc.communicate()
    if who != "trainer":
        assert dvc.returncode == -signal.SIGKILL
    again = clone.run("dvc", "repro", f"train@{CELL}", **OFTEN)
    print(out, err, again.stdout)
    for file in FILES:
        assert (clone.folder / file).read_bytes() == (folder / file).read_bytes(), file
    status = clone.run("dvc", "status", f"train@{CELL}")
    assert "up to date" in status.stdout + status.stderr


@pytest.mark.slow
def test_two_full_runs_give_identical_weights(clone, straight):
    folder, _ = straight
    longer(clone).run("dvc", "repro", "--no-run-cache", f"train@{CELL}")
    for file in FILES:
        assert (clone.folder / file).read_bytes() == (folder / file).read_bytes(), file
