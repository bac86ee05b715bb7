"""Where the faces of a training lie, and how its batches come from there without anybody waiting for them."""

import os
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice

import torch
from torch import Tensor

from facepoints import FacepointsError
from facepoints.store.crops import Crops
from facepoints.store.faces import Encoded, Faces, encoded

MEMORY = "FACEPOINTS_MEMORY"  # GB of memory that a training's decoded crops may take
DEFAULT_MEMORY = 8.0
GPU_SHARE = 0.5  # of what is free there: the net needs the rest
AHEAD = 3  # batches


def memory() -> float:
    """The budget in bytes for decoded crops, from the environment.

    Raises:
        FacepointsError: what is there is no number of gigabytes.
    """
    given = os.environ.get(MEMORY, str(DEFAULT_MEMORY))
    try:
        gigabytes = float(given)
    except ValueError:
        gigabytes = -1
    if not 0 <= gigabytes < float("inf"):
        raise FacepointsError(
            f"{MEMORY}={given}: expected the gigabytes that decoded crops may take, as 8 or 0.5."
        )
    return gigabytes * 1e9


def load(store: Crops, side: int, device: torch.device) -> Faces | Encoded:
    """The faces of a store for many epochs: decoded, on the device where they fit, or encoded above the budget."""
    found = encoded(store, side)
    if found.decoded_bytes > memory():
        return found
    faces = found.take(slice(None))
    if device.type != "cuda":
        return faces
    free, _ = torch.cuda.mem_get_info(device)
    return faces.to(device) if found.decoded_bytes < GPU_SHARE * free else faces.pinned()


def batches(
    faces: Faces | Encoded, indices: Sequence[Tensor], device: torch.device
) -> Iterator[Faces]:
    """The faces with these indices, on the device; made ahead where they are not there already."""
    if isinstance(faces, Faces) and faces.crops.device.type == device.type:
        for index in [index.to(device) for index in indices]:  # all now: each one is waited for
            yield faces.take(index)
        return

    def fetch(index: Tensor) -> Faces:
        batch = faces.take(index)
        return batch.pinned() if device.type == "cuda" else batch

    left = iter(indices)
    with ThreadPoolExecutor(1) as ahead:
        waiting: deque[Future[Faces]] = deque(
            ahead.submit(fetch, each) for each in islice(left, AHEAD)
        )
        while waiting:
            batch = waiting.popleft().result()
            waiting.extend(ahead.submit(fetch, each) for each in islice(left, 1))
            yield batch.to(device)
