"""Predictions of a model for many faces, and the settings under which they repeat bit for bit."""

import os

import torch
from torch import Tensor
from tqdm import tqdm

from facepoints import cores
from facepoints.augment.pipeline import views
from facepoints.models.model import LandmarkModel
from facepoints.store.faces import Faces

BATCH = 64


def prepare(threads: int) -> None:
    """Same input, same bits: deterministic kernels and a fixed number of threads (0: all cores)."""
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # cuBLAS is deterministic only so
    torch.use_deterministic_algorithms(True, warn_only=True)
    torch.backends.cudnn.benchmark = False
    torch.set_num_threads(threads or cores())


@torch.no_grad()
def outputs(model: LandmarkModel, faces: Faces) -> Tensor:
    """The head's outputs for all faces, untransformed, in fp32."""
    model.eval()
    batches = [
        model(views(crops, model.input, faces.margin).contiguous(memory_format=torch.channels_last))
        for crops in tqdm(
            torch.split(faces.crops, BATCH), "predict", leave=False, disable=None, unit=" batches"
        )
    ]
    return torch.cat(batches)
