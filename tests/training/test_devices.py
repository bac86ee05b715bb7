"""Two real processes that share each batch, over gloo."""

import os
import pickle
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from facepoints import FacepointsError
from facepoints.training import devices
from tests.training.examples import MODEL, SETTINGS, trained

ROOT = Path(__file__).parent.parent.parent
TRAIN = """
import pickle, sys
import torch
from pathlib import Path
from tests.training.examples import trained
from tests.training.test_devices import SHARED, STILL
store = pickle.loads(Path(sys.argv[1]).read_bytes())
out = Path(sys.argv[2])
result = trained(store, out / "a.pt", SHARED, model=STILL)
if torch.distributed.get_rank() == 0:
    assert torch.distributed.get_world_size() == 2
    torch.save({"weights": result.weights, "history": [vars(row) for row in result.history]}, out / "result")
"""
# Dropout is the one thing that each process draws for itself.
STILL = MODEL.model_copy(update={"head": MODEL.head.model_copy(update={"dropout": 0.0})})
SHARED = SETTINGS.model_copy(update={"ema": 0.9, "clip": 1.0})


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


STARTS = {
    "variable": ([sys.executable], {devices.DEVICES: "2"}),
    "torchrun": (
        [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node=2"],
        {},
    ),
    # As srun starts them; Slurm itself is not needed for that.
    "slurm": (None, {}),
}


def run(command, environment, folder):
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith("FACEPOINTS_")
    }
    paths = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
    return subprocess.Popen(
        command,
        cwd=folder,
        env={**clean, "PYTHONPATH": paths, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.mark.parametrize("start", STARTS)
def test_two_processes_train_what_one_does_but_for_the_order_of_sums(store, tmp_path, start):
    script, data = tmp_path / "script.py", tmp_path / "store"
    script.write_text(TRAIN)
    data.write_bytes(pickle.dumps(store))
    command, environment = STARTS[start]
    arguments = [str(script), str(data), str(tmp_path)]
    if start == "slurm":
        tasks = {
            "SLURM_NTASKS": "2",
            "SLURM_NTASKS_PER_NODE": "2",
            "SLURM_NNODES": "1",
            "SLURM_STEP_NUM_TASKS": "2",
            "SLURM_STEP_NUM_NODES": "1",
            "SLURM_JOB_ID": "1",
            "SLURM_JOB_NAME": "train",
            "SLURM_NODEID": "0",
            "SLURM_NODELIST": "127.0.0.1",
            "MASTER_ADDR": "127.0.0.1",
            "MASTER_PORT": str(free_port()),
        }
        ranks = ({"SLURM_PROCID": str(rank), "SLURM_LOCALID": str(rank)} for rank in range(2))
        started = [run([sys.executable, *arguments], {**tasks, **rank}, tmp_path) for rank in ranks]
    else:
        port = {"MASTER_PORT": str(free_port())}
        extra = [f"--master-port={port['MASTER_PORT']}"] if start == "torchrun" else []
        started = [run([*command, *extra, *arguments], {**environment, **port}, tmp_path)]
    for process in started:
        told, _ = process.communicate(timeout=300)
        assert process.returncode == 0, told
    shared = torch.load(tmp_path / "result", weights_only=True)
    alone = trained(store, tmp_path / "alone.pt", SHARED, model=STILL)
    for one, other in zip(shared["history"], alone.history, strict=True):
        assert one["train_loss"] == pytest.approx(other.train_loss, rel=1e-3)
        assert one["validation_nme"] == pytest.approx(other.validation_nme, abs=0.05)
    for name, value in alone.weights.items():
        torch.testing.assert_close(shared["weights"][name], value, rtol=1e-2, atol=1e-2)


@pytest.mark.parametrize("given", ["0", "-1", "many", "1000", ""])
def test_a_number_of_devices_that_are_not_there_is_refused(given, monkeypatch):
    monkeypatch.setenv(devices.DEVICES, given)
    with pytest.raises(FacepointsError, match=f"{devices.DEVICES}={given}: expected how many"):
        devices.connect(SETTINGS)


def test_a_batch_that_cannot_be_shared_in_pairs_is_refused(store, tmp_path):
    script, data = tmp_path / "script.py", tmp_path / "store"
    script.write_text(
        TRAIN.replace("SHARED, model", "SHARED.model_copy(update={'batch_size': 6}), model")
    )
    data.write_bytes(pickle.dumps(store))
    told, _ = run(
        [sys.executable, str(script), str(data), str(tmp_path)],
        {devices.DEVICES: "2", "MASTER_PORT": str(free_port())},
        tmp_path,
    ).communicate(timeout=300)
    assert "6 faces cannot be shared by 2 processes in pairs. Choose a multiple of 4." in told


def test_tasks_that_slurm_was_asked_for_in_another_way_are_refused(monkeypatch):
    for name, value in {"NTASKS": "2", "STEP_NUM_TASKS": "2", "STEP_NUM_NODES": "1"}.items():
        monkeypatch.setenv(f"SLURM_{name}", value)
    with pytest.raises(FacepointsError, match="--ntasks-per-node=2"):
        devices.connect(SETTINGS)
