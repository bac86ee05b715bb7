"""`facepoints train`"""

import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import Annotated

import typer

from facepoints import FacepointsError
from facepoints.cli import dvc
from facepoints.cli.failure import told

LOGS = Path(".scratch/train")
TOLD = 5  # last lines of a failed cell's log


@told
def train(
    jobs: Annotated[
        int, typer.Option("--jobs", "-j", min=1, help="Cells at a time; on GPUs, one or more each.")
    ] = 1,
) -> None:
    """Train the cells that params.yaml selects, several at a time; `dvc repro` goes on from there.

    First what they need: data, splits and start weights. Each cell's output goes to .scratch/train/CELL.log. A cell
    that fails leaves the others running; the exit code is 1 then.
    """
    # Heavy packages: only this command needs them.
    import torch

    from facepoints import parameters
    from facepoints.report.selection import cells
    from facepoints.training.settings import TrainSettings

    params = parameters.read()
    names = [cell.name for cell in cells(params)]
    settings = parameters.value(params, "train", TrainSettings)
    if jobs > 1 and len(names) > 1 and not settings.threads and not torch.cuda.is_available():
        typer.echo(
            "train.threads is 0: each cell takes all cores, and they wait for one another. Set it to the cores "
            f"divided by {jobs}; it is a parameter because the last bits of a result depend on it.",
            err=True,
        )
    around = dvc.environment()
    if subprocess.run(dvc.reproduce("split", "start"), env=around, check=False).returncode:
        raise FacepointsError("data, splits or start weights could not be made; see above.")
    LOGS.mkdir(parents=True, exist_ok=True)
    slots: SimpleQueue[dict[str, str]] = SimpleQueue()
    for job in range(jobs):
        slots.put(slot(job, torch.cuda.device_count()))

    def one(name: str) -> bool:
        place, log = slots.get(), LOGS / f"{name}.log"
        try:
            with log.open("w") as stream:
                done = subprocess.run(
                    dvc.reproduce_alone(f"train@{name}"),
                    stdout=stream,
                    stderr=subprocess.STDOUT,
                    env={**around, **place},
                    check=False,
                )
        finally:
            slots.put(place)
        typer.echo(f"{name}: {'failed, see ' + str(log) if done.returncode else 'trained'}")
        return done.returncode == 0

    with ThreadPoolExecutor(jobs) as pool:
        failed = [name for name, well in zip(names, pool.map(one, names), strict=True) if not well]
    if failed:
        lines = (LOGS / f"{failed[0]}.log").read_text(errors="replace").splitlines()[-TOLD:]
        raise FacepointsError(
            f"{len(failed)} of {len(names)} cells failed: {', '.join(failed)}. The log of the first ends with:\n"
            + "\n".join(lines)
        )


def slot(job: int, gpus: int) -> dict[str, str]:
    """What a job's environment says of the one GPU that it uses, of those that this process may use."""
    if not gpus:
        return {}
    allowed = os.environ.get("CUDA_VISIBLE_DEVICES")
    names = allowed.split(",") if allowed else [str(number) for number in range(gpus)]
    return {"CUDA_VISIBLE_DEVICES": names[job % gpus]}
