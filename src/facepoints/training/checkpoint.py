"""Checkpoints: every minute everything that the rest of a training needs, with a key of all inputs."""

import hashlib
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil
import torch
from filelock import FileLock, Timeout

from facepoints import FacepointsError, cores
from facepoints.models.backbones import TIMM
from facepoints.training.precision import fabric_precision
from facepoints.training.settings import TrainSettings

SECONDS = "FACEPOINTS_CHECKPOINT_SECONDS"  # between checkpoints
DEFAULT_SECONDS = 60.0


class Checkpoint:
    """A cell's checkpoint.

    Args:
        path: where it lies (.pt).
        key: of the training that may go on from it.
    """

    def __init__(self, path: Path, key: str) -> None:
        self.path, self.key = path, key
        self.seconds = seconds()
        self.saved_at = time.monotonic()
        self.callers = callers()

    def due(self) -> bool:
        """Whether what was done since the last one is worth its time."""
        return time.monotonic() - self.saved_at >= self.seconds

    def save(self, state: dict[str, Any]) -> None:
        """Replace it at once: a kill leaves the old or the new one.

        Raises:
            FacepointsError: it cannot be written; the last one stays.
            KeyboardInterrupt: Ctrl-C came meanwhile; the last one stays, too.
        """
        partial = self.path.with_suffix(".partial")
        try:
            with partial.open("wb") as stream:
                torch.save({"key": self.key, **state}, stream)
        except (OSError, RuntimeError, KeyboardInterrupt) as error:
            partial.unlink(missing_ok=True)
            # Interrupted, torch closes the file on the way out, which fails in turn at what is missing.
            if KeyboardInterrupt in (type(error), type(error.__context__)):
                raise KeyboardInterrupt from None
            raise FacepointsError(
                f"{self.path}: the checkpoint could not be written ({error}). Make room on the disk; the last one "
                "stays, and the next run goes on from there."
            ) from error
        partial.replace(self.path)
        self.saved_at = time.monotonic()

    def load(self, device: torch.device) -> dict[str, Any] | None:
        """Its state, or None where there is none of this key; one of another key is said to be ignored."""
        if not self.path.is_file():
            return None
        state: dict[str, Any] = torch.load(self.path, map_location=device, weights_only=True)
        if state["key"] != self.key:
            print(f"{self.path}: of other parameters, data or code; this training starts afresh.")
            return None
        return state

    def discard(self) -> None:
        """Remove it: the training's outputs are written.

        But not where whoever started this process has been killed meanwhile. Its outputs are nobody's then: the next
        `dvc repro` removes them, starts this training again and finds it finished here.
        """
        if callers() == self.callers:
            self.path.unlink(missing_ok=True)


def seconds() -> float:
    """The time between checkpoints, from the environment.

    Raises:
        FacepointsError: what is there is no time.
    """
    given = os.environ.get(SECONDS, str(DEFAULT_SECONDS))
    try:
        found = float(given)
    except ValueError:
        found = -1
    if not found >= 0:
        raise FacepointsError(f"{SECONDS}={given}: expected seconds between checkpoints, as 60.")
    return found


def callers() -> list[int]:
    """The processes that wait for this one, from the nearest on."""
    return [process.pid for process in psutil.Process().parents()]


def versions(backbone: str) -> dict[str, str]:
    """Of the packages whose version may change a number that a net with this backbone gives."""
    own = ["timm"] if backbone.startswith(TIMM) else []
    return {
        name: version(name)
        for name in ("torch", "torchvision", *own, "numpy", "opencv-python-headless")
    }


def environment(backbone: str, settings: TrainSettings, processes: int) -> list[str]:
    """What changes the bits of a training besides its inputs: libraries, device, precision, threads, processes."""
    device = torch.cuda.get_device_name() if torch.cuda.is_available() else "cpu"
    precision = fabric_precision(settings)
    threads = settings.threads or cores()
    return [*versions(backbone).values(), device, precision, str(threads), str(processes)]


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
    """Keep a second trainer off the same cell: it waits for the first and says so.

    Args:
        path: of its checkpoint.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    lock, holder = FileLock(path.with_suffix(".lock")), path.with_suffix(".pid")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        pid = holder.read_text() if holder.is_file() else "unknown"
        print(f"{path}: process {pid} is training this very cell; waiting for it.", flush=True)
        lock.acquire()
    try:
        holder.write_text(str(os.getpid()))
        yield
    finally:
        holder.unlink(missing_ok=True)
        lock.release()
