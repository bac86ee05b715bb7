"""Checkpoints: after each epoch everything that the next one needs, with a key of all inputs."""

import hashlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch
from filelock import FileLock, Timeout

from facepoints import FacepointsError, cores
from facepoints.models.backbones import TIMM
from facepoints.training.precision import fabric_precision
from facepoints.training.settings import TrainSettings


@dataclass(frozen=True)
class Checkpoint:
    """Where a cell's checkpoint lies (.pt), and the key of the training that may go on from it."""

    path: Path
    key: str


def versions(backbone: str) -> dict[str, str]:
    """Of the packages whose version may change a number that a net with this backbone gives."""
    own = ["timm"] if backbone.startswith(TIMM) else []
    return {
        name: version(name)
        for name in ("torch", "torchvision", *own, "numpy", "opencv-python-headless")
    }


def environment(backbone: str, settings: TrainSettings) -> list[str]:
    """What changes the bits of a training besides its inputs: libraries, device, precision, threads."""
    device = torch.cuda.get_device_name() if torch.cuda.is_available() else "cpu"
    precision = fabric_precision(settings.precision)
    return [*versions(backbone).values(), device, precision, str(settings.threads or cores())]


def key(description: str, inputs: list[Path]) -> str:
    """A hash of parameters (`description`), input files and this project's imported code.

    A checkpoint of other inputs is never gone on from, so that resuming cannot mix two trainings.
    """
    digest = hashlib.sha256(description.encode())
    files = sorted(
        file
        for path in inputs
        for file in ([path] if path.is_file() else sorted(path.rglob("*")))
        if file.is_file()
    )
    code = sorted(
        Path(file)
        for name, module in list(sys.modules.items())
        if name.split(".")[0] == "facepoints" and (file := getattr(module, "__file__", None))
    )
    for file in [*files, *code]:
        with file.open("rb") as stream:
            digest.update(hashlib.file_digest(stream, "sha256").digest())
    return digest.hexdigest()[:32]


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Keep a second trainer off the same cell.

    Args:
        path: of its checkpoint.

    Raises:
        FacepointsError: another process trains this cell.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path.with_suffix(".lock"))
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise FacepointsError(
            f"{path}: another process is training this very cell. Wait for it or stop it."
        ) from error
    try:
        yield
    finally:
        lock.release()


def save(saved: Checkpoint, state: dict[str, Any]) -> None:
    """Replace the checkpoint at once: a kill leaves the old or the new one."""
    partial = saved.path.with_suffix(".partial")
    torch.save({"key": saved.key, **state}, partial)
    partial.replace(saved.path)


def load(saved: Checkpoint, device: torch.device) -> dict[str, Any] | None:
    """The checkpoint, or None where there is none of this key; one of another key is said to be ignored."""
    if not saved.path.is_file():
        return None
    state: dict[str, Any] = torch.load(saved.path, map_location=device, weights_only=True)
    if state["key"] != saved.key:
        print(f"{saved.path}: of other parameters, data or code; this training starts afresh.")
        return None
    print(f"{saved.path}: going on after epoch {len(state['history'])}.")
    return state
