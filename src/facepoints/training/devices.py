"""Which devices train a cell: one process each, on one machine or several."""

import ctypes
import logging
import os

import torch
from lightning_fabric import Fabric
from lightning_fabric.plugins.environments.cluster_environment import ClusterEnvironment
from lightning_fabric.plugins.environments.lightning import LightningEnvironment
from lightning_fabric.plugins.environments.slurm import SLURMEnvironment
from lightning_fabric.plugins.environments.torchelastic import TorchElasticEnvironment

from facepoints import FacepointsError, cores
from facepoints.models.predicting import prepare
from facepoints.training.precision import fabric_precision
from facepoints.training.settings import TrainSettings

TRIM_THRESHOLD, MMAP_MAX = -1, -4  # of mallopt, from malloc.h
DEVICES = "FACEPOINTS_DEVICES"  # of this machine that share each batch


def is_first() -> bool:
    """Whether this process is the one that writes: asked before `connect`, so of what started it."""
    ranks = ["RANK", "LOCAL_RANK"] + (["SLURM_PROCID"] if _slurm_tasks() > 1 else [])
    return all(int(os.environ.get(rank, "0")) == 0 for rank in ranks)


def connect(settings: TrainSettings) -> Fabric:
    """This process, joined with the others that torchrun or Slurm's srun started, or that FACEPOINTS_DEVICES asks for.

    Raises:
        FacepointsError: FACEPOINTS_DEVICES is no number of devices that there are, or Slurm was asked in another way.
    """
    # Else it prints its choice of precision and the like.
    logging.getLogger("lightning_fabric").setLevel(logging.WARNING)
    environment, devices, machines = _environment()
    _keep_memory()
    prepare(settings.threads or max(1, cores() // devices))
    fabric = Fabric(
        accelerator="auto",
        devices=devices,
        num_nodes=machines,
        strategy="ddp" if devices * machines > 1 else "auto",
        precision=fabric_precision(settings),
        plugins=[environment],
    )
    fabric.launch()
    return fabric


def _keep_memory() -> None:
    """Let glibc keep large blocks for the next step instead of giving them back.

    On a CPU a step allocates hundreds of megabytes; to fetch them from the system anew took a tenth of its time.
    """
    libc = ctypes.CDLL(None)
    if hasattr(libc, "mallopt"):
        libc.mallopt(MMAP_MAX, 0)
        libc.mallopt(TRIM_THRESHOLD, -1)


def _environment() -> tuple[ClusterEnvironment, int, int]:
    """What started the processes, how many are on this machine, and how many machines there are."""
    if TorchElasticEnvironment.detect():
        here = int(os.environ["LOCAL_WORLD_SIZE"])
        return TorchElasticEnvironment(), here, int(os.environ["WORLD_SIZE"]) // here
    if (tasks := _slurm_tasks()) > 1:
        machines = int(os.environ["SLURM_STEP_NUM_NODES"])
        try:
            return SLURMEnvironment(), tasks // machines, machines
        except RuntimeError as error:  # it wants --ntasks-per-node
            raise FacepointsError(f"Slurm's tasks cannot share a training: {error}") from error
    return LightningEnvironment(), _asked_for(), 1


def _slurm_tasks() -> int:
    """How many tasks srun has started together with this process; a batch script, or no Slurm, is one."""
    return int(os.environ.get("SLURM_STEP_NUM_TASKS", "1"))


def _asked_for() -> int:
    given = os.environ.get(DEVICES, "1")
    there = torch.cuda.device_count() if torch.cuda.is_available() else cores()
    if not (given.isdigit() and 1 <= int(given) <= there):
        what = "GPUs" if torch.cuda.is_available() else "cores"
        raise FacepointsError(
            f"{DEVICES}={given}: expected how many devices share each batch, of this machine's {there} {what}."
        )
    return int(given)
